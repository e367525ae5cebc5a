import { z } from 'zod';
import { moneyText } from '#core/money/money.ts';
import { COINCIDENCE_HELD_MAX, createCoincidence } from '../coincidence.ts';
import { defineDetector } from '../detector.ts';
import type { RingSeen, Said } from '../ring-finding.ts';
import type { TradeSeen } from '../signal.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

const params = z.strictObject({
  /** Acts no further apart than this are together. */
  togetherSeconds: z.int().min(2).max(600),
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
  /** Also by way of different symbols that share a currency: EURUSD bought, NZDUSD sold. */
  byCurrency: z.boolean(),
  /** Symbols that move as one, beside those that their currencies tell. */
  related: z.array(z.array(z.string().min(1).max(32)).min(2).max(20)).max(100),
});
type Params = z.output<typeof params>;

export const oppositeHedging = defineDetector<Params>({
  id: 'oppositeHedging',
  version: 1,
  title: 'Opposite positions',
  pattern: 'opposite',
  describes:
    'Accounts, of one person or of several, that hold opposite sides of the same market over the ' +
    'same minutes again and again: what one loses the other gains, and the firm pays the winner.',
  honestReasons:
    'Where many trade one market somebody always stands on the other side, and two programs of one ' +
    'kind may be on two sides of one level. Sizes, exits and other trades then differ.',
  checklist: [
    'Add up the results of both sides: they cancel but for the costs.',
    'Compare the sizes, in money rather than in lots.',
    'Look what became of the loser: was it given up, and bought again?',
    'Look whether the accounts share a device, a network, a document or a place of payment.',
    'Check that no allowance covers them, such as two members of one household.',
  ],
  params,
  defaults: {
    togetherSeconds: 60,
    closeSeconds: 10,
    apartMinutes: 3,
    rareFrom: 100,
    matchesMin: 2,
    shareMin: 300,
    oneInMin: 100,
    byCurrency: true,
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
        opposite: true,
        sameTrader: true,
        byCurrency: params.byCurrency,
        related: params.related,
        say: (seen) => said(seen, params),
      },
      directory,
      resume,
    ),
});

function said(seen: RingSeen, params: Params): Said {
  const { traders, accounts, weight, withinMs, how, trades } = seen;
  const { opportunities, matches, eachOneIn, share, comparisons } = weight;
  const [gained, lost] = sidesOf(trades);
  return {
    sentence:
      `${accounts.length} accounts of ${traders.length} ${traders.length === 1 ? 'trader' : 'traders'} ` +
      `take opposite sides within ${withinMs / SECOND_MS} s of each other, ${how}, in ${matches} of ` +
      `${opportunities} trades: ${moneyText(gained)} were gained and ${moneyText(-lost)} lost; ` +
      `chance lets one trade in ${eachOneIn} match so.`,
    figures: [
      { name: 'accounts', unit: 'count', value: accounts.length, limit: 2 },
      { name: 'matches', unit: 'count', value: matches, limit: params.matchesMin },
      { name: 'tradesCompared', unit: 'count', value: opportunities, limit: null },
      { name: 'shareMatched', unit: 'perMille', value: share, limit: params.shareMin },
      { name: 'gained', unit: 'money', value: gained, limit: null },
      { name: 'lost', unit: 'money', value: lost, limit: null },
      { name: 'matchByChanceOneIn', unit: 'count', value: eachOneIn, limit: params.rareFrom },
      { name: 'comparisons', unit: 'count', value: comparisons, limit: null },
    ],
  };
}

/** What winning and losing trades made, added up. */
function sidesOf(trades: readonly TradeSeen[]): readonly [gained: number, lost: number] {
  const results = trades.map(({ profit }) => profit ?? 0);
  const sum = (kept: (result: number) => boolean): number =>
    results.filter(kept).reduce((total, result) => total + result, 0);
  return [sum((result) => result > 0) + 0, sum((result) => result < 0) + 0];
}
