import { z } from 'zod';
import { COINCIDENCE_HELD_MAX, createCoincidence } from '../coincidence.ts';
import { defineDetector } from '../detector.ts';
import type { RingSeen, Said } from '../ring-finding.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

const params = z.strictObject({
  /** Acts no further apart than this are together: what copiers need, jitter included. */
  togetherSeconds: z.int().min(2).max(120),
  /** Acts within this are closer still: few enough of them are evidence already. */
  closeSeconds: z.int().min(1).max(120),
  /** Of trades closer to each other than this, one counts. */
  apartMinutes: z.int().min(1).max(240),
  /** A match that happens to one in fewer than this is ordinary and counts for nothing. */
  rareFrom: z.int().min(2).max(10_000),
  /** Matches of two traders that a finding rests on, at least. */
  matchesMin: z.int().min(2).max(100),
  /** Part of the less active one's trades that must match, in thousandths. */
  shareMin: z.int().min(1).max(1_000),
  /** Spoken of when chance shows it once in so many. */
  oneInMin: z.int().min(2).max(1_000_000_000),
  /** Symbols that move as one, beside those that their currencies tell. */
  related: z.array(z.array(z.string().min(1).max(32)).min(2).max(20)).max(100),
});
type Params = z.output<typeof params>;

export const copyTrading = defineDetector<Params>({
  id: 'copyTrading',
  version: 2,
  title: 'Copy trading',
  pattern: 'together',
  describes:
    'Traders who open and close the same trades within seconds of each other, again and again, ' +
    'more often than others who were active in the same minutes explain.',
  honestReasons:
    'Followers of one small signal service or chat room look alike, and so do users of one trading ' +
    'program with the same settings. Ask where the idea came from, and look for trades that only ' +
    'one of them made.',
  checklist: [
    'Look who opens first: a leader is before the others nearly always.',
    'Compare volumes: copies keep the same ratio to the leader.',
    'Look for trades outside of the matches, and whose they are.',
    'Look whether the accounts share a device, a network or a place of payment.',
    'Read what the program of each account says about copying.',
  ],
  params,
  defaults: {
    togetherSeconds: 25,
    closeSeconds: 3,
    apartMinutes: 3,
    rareFrom: 100,
    matchesMin: 3,
    shareMin: 300,
    oneInMin: 100,
    related: [],
  },
  needs: ['fill', 'trade', 'clock'],
  heldMax: COINCIDENCE_HELD_MAX,
  start: (params, directory, resume) =>
    createCoincidence(
      {
        togetherMs: params.togetherSeconds * SECOND_MS,
        closeMs: params.closeSeconds * SECOND_MS,
        rules: { ...params, apartMs: params.apartMinutes * MINUTE_MS },
        opposite: false,
        sameTrader: false,
        byCurrency: false,
        related: params.related,
        say: (seen) => said(seen, params),
      },
      directory,
      resume,
    ),
});

function said(seen: RingSeen, params: Params): Said {
  const { traders, weight, withinMs, how } = seen;
  const { opportunities, matches, eachOneIn, share, comparisons } = weight;
  return {
    sentence:
      `${traders.length} traders make the same trades within ${withinMs / SECOND_MS} s of each ` +
      `other, ${how}: the closest two in ${matches} of ${opportunities} trades, where chance lets ` +
      `one trade in ${eachOneIn} match so.`,
    figures: [
      { name: 'traders', unit: 'count', value: traders.length, limit: 2 },
      { name: 'matches', unit: 'count', value: matches, limit: params.matchesMin },
      { name: 'tradesCompared', unit: 'count', value: opportunities, limit: null },
      { name: 'shareMatched', unit: 'perMille', value: share, limit: params.shareMin },
      { name: 'matchByChanceOneIn', unit: 'count', value: eachOneIn, limit: params.rareFrom },
      { name: 'comparisons', unit: 'count', value: comparisons, limit: null },
    ],
  };
}
