import { z } from 'zod';
import type { EpochMs } from '#core/time/time.ts';
import { oneIn, chanceOf } from '../chance.ts';
import { defineDetector, type Detecting } from '../detector.ts';
import {
  createEntityGraph,
  GRAPH_HELD_MAX,
  KIND_WEIGHTS,
  kindsText,
  pictureOf,
  thingsIn,
  type EntityGraphState,
  type Link,
} from '../entity-graph.ts';
import {
  createFingerprints,
  FINGERPRINTS_HELD_MAX,
  type FingerprintsState,
  type Likeness,
} from '../fingerprint.ts';
import type { Directory } from '../observation.ts';
import { PER_MILLE, type Finding } from '../signal.ts';
import { createExpiringMap, type ExpiringMapState } from '../windows.ts';

const DAY_MS = 86_400_000;
const ENDED_MAX = 60_000;
const WAITING_MAX = 20_000;
const ACCOUNTS_EACH_MAX = 4;
/** Comparisons of habits are spoken of with at least so many others. */
const CONTROLS_MIN = 10;

const params = z.strictObject({
  /** Who comes back later than this is somebody new. */
  withinDays: z.int().min(1).max(400),
  /** Coming back within this adds `soonWeight`. */
  soonDays: z.int().min(0).max(60),
  soonWeight: z.int().min(0).max(PER_MILLE),
  /** A habit that no other trader shares so closely adds this. */
  habitWeight: z.int().min(0).max(PER_MILLE),
  /** What failing by itself counts, next to being closed by people, in thousandths. */
  failedFactor: z.int().min(0).max(PER_MILLE),
  /** What has to be in common before time and habits count, in thousandths. */
  linkMin: z.int().min(1).max(PER_MILLE),
  /** Spoken of from this weight on, all reasons together. */
  weightMin: z.int().min(1).max(PER_MILLE),
});
type Params = z.output<typeof params>;

export const repeatOffender = defineDetector<Params>({
  id: 'repeatOffender',
  version: 1,
  title: 'Back under another name',
  pattern: 'identity',
  describes:
    'A trader whose accounts were closed or have failed, and a new one who begins afterwards with ' +
    'the same document, device, card, payee, address or network, or with the same habits.',
  honestReasons:
    'Somebody in the same household may begin because the other one stopped, and on a network that ' +
    'many share a newcomer follows a leaver every day. Failing is no offence: look at what ended the ' +
    'first account.',
  checklist: [
    'Read why the earlier account ended, and whether a person ended it.',
    'Compare the documents and the addresses of both names.',
    'Compare how the two trade: hours, symbols, sizes, time held.',
    'Look whether the earlier trader was told not to come back.',
  ],
  params,
  defaults: {
    withinDays: 180,
    soonDays: 3,
    soonWeight: 200,
    habitWeight: 500,
    failedFactor: 900,
    linkMin: 100,
    weightMin: 600,
  },
  needs: ['account', 'status', 'session', 'identity', 'payout', 'trade', 'clock'],
  heldMax: GRAPH_HELD_MAX + FINGERPRINTS_HELD_MAX + 2 * ENDED_MAX + WAITING_MAX,
  start,
});

/** How a trader's last account ended. */
interface Ended {
  readonly at: EpochMs;
  readonly closed: boolean;
}

interface State {
  readonly graph: EntityGraphState;
  readonly habits: FingerprintsState;
  readonly ended: ExpiringMapState<Ended>;
  readonly begun: ExpiringMapState<EpochMs>;
  readonly waiting: readonly string[];
}

/** A trader who left, another who came, and what speaks for their being one. */
interface Return {
  readonly left: string;
  readonly came: string;
  readonly ended: Ended;
  readonly cameAt: EpochMs;
  readonly link: Link;
  readonly likeness: Likeness | null;
  readonly weight: number;
}

function start(params: Params, directory: Directory, resume?: unknown): Detecting {
  const saved = resume as State | undefined;
  const graph = createEntityGraph(KIND_WEIGHTS, saved?.graph);
  const habits = createFingerprints(saved?.habits);
  const keepMs = params.withinDays * DAY_MS;
  const ended = createExpiringMap<Ended>({ entriesMax: ENDED_MAX, keepMs }, saved?.ended);
  /** When traders opened their first account: those who are new. */
  const begun = createExpiringMap<EpochMs>({ entriesMax: ENDED_MAX, keepMs }, saved?.begun);
  const waiting = new Set<string>(saved?.waiting);
  const traderOf = (accountId: string): string =>
    directory.account(accountId)?.traderId ?? accountId;
  const wait = (trader: string): void => {
    if (waiting.size < WAITING_MAX) waiting.add(trader);
  };
  /** Somebody else has it at the same time: it is shared, and nobody came back. */
  const isShared = ({ traders, shared: [heaviest] }: Link, cameAt: EpochMs): boolean =>
    heaviest !== undefined &&
    graph.holders(heaviest).some((other) => {
      if (traders.includes(other)) return false;
      const endedAt = ended.get(other)?.at ?? Infinity;
      return (begun.get(other) ?? -Infinity) <= cameAt && endedAt > cameAt;
    });
  const returned = (link: Link, left: string, came: string): Return | null => {
    const end = ended.get(left);
    const cameAt = begun.get(came);
    if (end === undefined || cameAt === undefined || cameAt < end.at) return null;
    if (link.weight < params.linkMin || isShared(link, cameAt)) return null;
    const gapMs = cameAt - end.at;
    const likeness = habits.compare(left, came);
    const added = [
      gapMs <= params.soonDays * DAY_MS ? params.soonWeight : 0,
      likeness ? habitWeightOf(likeness, params.habitWeight) : 0,
    ];
    const doubt = added.reduce(
      (still, weight) => Math.ceil((still * (PER_MILLE - weight)) / PER_MILLE),
      PER_MILLE - link.weight,
    );
    const factor = end.closed ? PER_MILLE : params.failedFactor;
    const weight = Math.floor(((PER_MILLE - doubt) * factor) / PER_MILLE);
    return { left, came, ended: end, cameAt, link, likeness, weight };
  };
  const settle = (at: EpochMs, found: (finding: Finding) => void): void => {
    const seen = new Map<string, Return>();
    for (const trader of waiting) {
      for (const link of graph.links(trader)) {
        const [one, other] = link.traders;
        for (const back of [returned(link, one, other), returned(link, other, one)]) {
          if (back && back.weight >= params.weightMin) seen.set(`${back.came}\n${back.left}`, back);
        }
      }
    }
    waiting.clear();
    for (const [, back] of [...seen].sort(([one], [other]) => (one < other ? -1 : 1))) {
      const accounts = [back.left, back.came].flatMap((trader) =>
        directory.accountsOf(trader).slice(-ACCOUNTS_EACH_MAX),
      );
      if (accounts.length > 0) found({ ...said(back), at, accounts });
    }
  };
  return {
    observe: (observation, found) => {
      switch (observation.type) {
        case 'account': {
          const { traderId } = observation.account;
          if (!begun.has(traderId)) begun.set(traderId, observation.at, observation.at);
          // Who goes on has not ended.
          ended.delete(traderId);
          return;
        }
        case 'status': {
          const { accountId, status, at } = observation;
          if (status !== 'failed' && status !== 'closed') return;
          const trader = traderOf(accountId);
          // Who trades on with another account has not ended.
          if (directory.accountsOf(trader).at(-1) !== accountId) return;
          const closed = status === 'closed' || (ended.get(trader)?.closed ?? false);
          ended.set(trader, { at, closed }, at);
          return;
        }
        case 'trade':
          habits.trade(traderOf(observation.accountId), observation);
          return;
        case 'clock':
          settle(observation.at, found);
          for (const kept of [graph, habits, ended, begun]) kept.expire(observation.at);
          return;
        default: {
          if (!('accountId' in observation)) return;
          const trader = traderOf(observation.accountId);
          for (const thing of thingsIn(observation)) {
            if (graph.see({ trader, ...thing, at: observation.at })) wait(trader);
          }
        }
      }
    },
    held: () => graph.size() + habits.size() + ended.size() + begun.size() + waiting.size,
    state: (): State => ({
      graph: graph.state(),
      habits: habits.state(),
      ended: ended.state(),
      begun: begun.state(),
      waiting: [...waiting],
    }),
  };
}

/** All of it where nobody else is so alike, nothing where one in five is. */
function habitWeightOf({ controls, asAlike }: Likeness, weight: number): number {
  if (controls < CONTROLS_MIN) return 0;
  return Math.max(0, Math.floor((weight * (controls - 5 * asAlike)) / controls));
}

function said(back: Return): Omit<Finding, 'at' | 'accounts'> {
  const { left, came, ended, cameAt, link, likeness, weight } = back;
  const hours = Math.floor((cameAt - ended.at) / 3_600_000);
  const ending = ended.closed ? 'was closed' : 'failed';
  const alike = likeness
    ? `, and trades ${likeness.alike} in 1,000 alike (${likeness.asAlike} of ${likeness.controls} others do)`
    : '';
  return {
    key: `${came} after ${left}`.slice(0, 200),
    fromAt: ended.at,
    strength: weight,
    oneIn: likeness ? oneIn(chanceOf(likeness.asAlike + 1, likeness.controls + 1), 1) : null,
    sentence:
      `${came} began ${hours} h after ${left} ${ending}, with ${link.shared.length} ` +
      `${link.shared.length === 1 ? 'thing' : 'things'} in common (${kindsText([link])})${alike}.`.slice(
        0,
        300,
      ),
    figures: [
      { name: 'thingsShared', unit: 'count', value: link.shared.length, limit: 1 },
      { name: 'linkWeight', unit: 'perMille', value: link.weight, limit: null },
      { name: 'gap', unit: 'seconds', value: Math.floor((cameAt - ended.at) / 1_000), limit: null },
      ...(likeness
        ? [{ name: 'alike', unit: 'perMille', value: likeness.alike, limit: null } as const]
        : []),
    ],
    trades: [],
    picture: pictureOf([link]),
  };
}
