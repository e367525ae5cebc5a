import { z } from 'zod';
import { mulDivFloor, type Money } from '#core/money/money.ts';
import type { EpochMs } from '#core/time/time.ts';
import { atLeast, chanceOf, oneIn } from '../chance.ts';
import { seenOf, strengthOf } from '../ring-finding.ts';
import { defineDetector, type Detecting } from '../detector.ts';
import {
  createEntityGraph,
  GRAPH_HELD_MAX,
  KIND_WEIGHTS,
  onlyKinds,
  thingsIn,
  type EntityGraphState,
} from '../entity-graph.ts';
import type { Directory, Trade } from '../observation.ts';
import {
  ACCOUNTS_PER_SIGNAL_MAX,
  PER_MILLE,
  TRADES_PER_SIGNAL_MAX,
  type Finding,
  type TradeSeen,
} from '../signal.ts';
import { createExpiringMap, type ExpiringMapState } from '../windows.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const ACCOUNTS_MAX = 100_000;
const TRADERS_MAX = 60_000;
/** Purchases remembered of one trader, and losing trades kept to be shown. */
const PURCHASES_MAX = 40;
const SHOWN_MAX = 12;
const WAITING_MAX = 20_000;
const WEEK_MS = 7 * DAY_MS;
/** Traders linked as strongly as this are taken for one person. */
const SAME_PERSON = 700;
const PERSON_MAX = 20;

const params = z.strictObject({
  /** Purchases further back than this are forgotten. */
  windowDays: z.int().min(1).max(120),
  /** A trade that loses so much of the balance stakes the account, in thousandths. */
  stakePerMille: z.int().min(5).max(PER_MILLE),
  /** An account that was staked is burnt when it failed, or lost so much of its start, in thousandths. */
  burntPerMille: z.int().min(5).max(PER_MILLE),
  /** Bought so soon after one was burnt, it is rolled. */
  quickHours: z.int().min(1).max(240),
  burntMin: z.int().min(2).max(100),
  rolledMin: z.int().min(1).max(100),
  /** Spoken of when chance shows it once in so many. */
  oneInMin: z.int().min(1).max(1_000_000_000),
});
type Params = z.output<typeof params>;

export const accountRolling = defineDetector<Params>({
  id: 'accountRolling',
  version: 1,
  title: 'Account rolling',
  pattern: 'together',
  describes:
    'One person, under one name or several that share a document, device or card, who stakes account ' +
    'after account on single trades and buys the next one at once: few survive, and those pay.',
  honestReasons:
    'Somebody who lost may try again the same day, even twice. Look whether later accounts are ' +
    'traded as the first ones were, and whether the person was offered a discount to come back.',
  checklist: [
    'Add up what was paid for accounts and what was paid out.',
    'Look at the largest loss of each account against its balance.',
    'Look how long after a loss the next account was bought.',
    'Look whether several accounts were traded at the same time, in opposite directions.',
  ],
  params,
  defaults: {
    windowDays: 30,
    stakePerMille: 20,
    burntPerMille: 60,
    quickHours: 12,
    burntMin: 4,
    rolledMin: 3,
    oneInMin: 20,
  },
  needs: ['account', 'status', 'trade', 'session', 'identity', 'clock'],
  heldMax: ACCOUNTS_MAX + TRADERS_MAX * (PURCHASES_MAX + SHOWN_MAX) + GRAPH_HELD_MAX + WAITING_MAX,
  start,
});

/** How one account has gone so far. */
interface Course {
  readonly net: Money;
  readonly staked: boolean;
  readonly failed: boolean;
  readonly burnt: boolean;
}
const BEGINNING: Course = { net: 0, staked: false, failed: false, burnt: false };

interface Purchase {
  readonly accountId: string;
  readonly at: EpochMs;
  /** Since an account of the same person was burnt; null for none. */
  readonly afterMs: number | null;
}

/** What one trader bought and lost. */
interface Record {
  readonly purchases: readonly Purchase[];
  readonly burnt: readonly (readonly [accountId: string, at: EpochMs])[];
  readonly shown: readonly TradeSeen[];
}
const NOTHING: Record = { purchases: [], burnt: [], shown: [] };

interface State {
  readonly graph: EntityGraphState;
  readonly courses: ExpiringMapState<Course>;
  readonly records: ExpiringMapState<Record>;
  readonly bought: number;
  readonly rolled: number;
  readonly waiting: readonly string[];
}

function start(params: Params, directory: Directory, resume?: unknown): Detecting {
  const saved = resume as State | undefined;
  const keepMs = params.windowDays * DAY_MS;
  const kinds = onlyKinds(['document', 'device', 'purchase'], KIND_WEIGHTS);
  const graph = createEntityGraph(kinds, saved?.graph);
  const courses = createExpiringMap<Course>({ entriesMax: ACCOUNTS_MAX, keepMs }, saved?.courses);
  let entries = 0;
  const sizeOf = ({ purchases, burnt, shown }: Record): number =>
    purchases.length + burnt.length + shown.length;
  const records = createExpiringMap<Record>(
    { entriesMax: TRADERS_MAX, keepMs },
    saved?.records,
    (_, record) => void (entries -= sizeOf(record)),
  );
  for (const [, record] of records.entries()) entries += sizeOf(record);
  /** Of all traders: accounts bought, and those of them that were rolled. */
  let bought = saved?.bought ?? 0;
  let rolled = saved?.rolled ?? 0;
  const waiting = new Set<string>(saved?.waiting);
  const traderOf = (accountId: string): string =>
    directory.account(accountId)?.traderId ?? accountId;
  const personOf = (trader: string): string[] => {
    const others = graph.links(trader).filter(({ weight }) => weight >= SAME_PERSON);
    return [trader, ...others.map(({ traders }) => traders[1])].slice(0, PERSON_MAX);
  };
  const update = (trader: string, record: Record, at: EpochMs): void => {
    entries += sizeOf(record) - sizeOf(records.get(trader) ?? NOTHING);
    records.set(trader, record, at);
  };
  const recordOf = (trader: string): Record => records.get(trader) ?? NOTHING;
  const buy = (accountId: string, trader: string, at: EpochMs): void => {
    const burntAt = Math.max(
      ...personOf(trader).flatMap((one) => recordOf(one).burnt.map(([, when]) => when)),
    );
    const afterMs = Number.isFinite(burntAt) ? at - burntAt : null;
    const record = recordOf(trader);
    const purchases = [...record.purchases, { accountId, at, afterMs }].slice(-PURCHASES_MAX);
    update(trader, { ...record, purchases }, at);
    bought += 1;
    if (isRolled({ afterMs }, params)) rolled += 1;
  };
  /** Takes how an account went on, and remembers when it is burnt by that. */
  const goOn = (accountId: string, course: Omit<Course, 'burnt'>, at: EpochMs): void => {
    const before = courses.get(accountId) ?? BEGINNING;
    const size = directory.account(accountId)?.startBalance ?? 0;
    const lost = size > 0 && -course.net >= mulDivFloor(size, params.burntPerMille, PER_MILLE);
    const burnt = before.burnt || (course.staked && (course.failed || lost));
    courses.set(accountId, { ...course, burnt }, at);
    if (!burnt || before.burnt) return;
    const trader = traderOf(accountId);
    const record = recordOf(trader);
    const all = [...record.burnt, [accountId, at] as const].slice(-PURCHASES_MAX);
    update(trader, { ...record, burnt: all }, at);
    if (waiting.size < WAITING_MAX) waiting.add(trader);
  };
  const lose = (trade: Trade): void => {
    const { accountId, at, profit, balance } = trade;
    const before = courses.get(accountId) ?? BEGINNING;
    const isStake = balance > 0 && -profit >= mulDivFloor(balance, params.stakePerMille, PER_MILLE);
    if (isStake) {
      const record = recordOf(traderOf(accountId));
      const shown = [...record.shown, seenOf(trade)].slice(-SHOWN_MAX);
      update(traderOf(accountId), { ...record, shown }, at);
    }
    const staked = before.staked || isStake;
    goOn(accountId, { ...before, net: before.net + profit, staked }, at);
  };
  const settle = (at: EpochMs, found: (finding: Finding) => void): void => {
    const persons = new Map<string, string[]>();
    for (const trader of waiting) {
      const person = personOf(trader).sort();
      persons.set(person[0] ?? trader, person);
    }
    waiting.clear();
    for (const [first, person] of [...persons].sort(([one], [other]) => (one < other ? -1 : 1))) {
      const rolling = rollingOf(person.map(recordOf), params, {
        at,
        bought,
        rolled,
        persons: records.size(),
      });
      if (rolling) found({ key: first, at, ...said(rolling, person, params) });
    }
  };
  return {
    observe: (observation, found) => {
      switch (observation.type) {
        case 'account': {
          const { accountId, traderId, previousAccountId } = observation.account;
          const before = previousAccountId === null ? undefined : courses.get(previousAccountId);
          // What goes on from an account that was passed is not bought.
          if (previousAccountId !== null && !before?.burnt) return;
          buy(accountId, traderId, observation.at);
          return;
        }
        case 'trade':
          lose(observation);
          return;
        case 'status': {
          const { accountId, status, at } = observation;
          if (status !== 'failed') return;
          goOn(accountId, { ...(courses.get(accountId) ?? BEGINNING), failed: true }, at);
          return;
        }
        case 'clock':
          settle(observation.at, found);
          for (const kept of [graph, courses, records]) kept.expire(observation.at);
          return;
        default: {
          if (!('accountId' in observation)) return;
          const trader = traderOf(observation.accountId);
          for (const thing of thingsIn(observation))
            graph.see({ trader, ...thing, at: observation.at });
        }
      }
    },
    held: () => courses.size() + records.size() + entries + graph.size() + waiting.size,
    state: (): State => ({
      graph: graph.state(),
      courses: courses.state(),
      records: records.state(),
      bought,
      rolled,
      waiting: [...waiting],
    }),
  };
}

/** What one person did, against all others. */
interface Rolling {
  readonly purchases: readonly Purchase[];
  readonly burnt: readonly (readonly [accountId: string, at: EpochMs])[];
  readonly shown: readonly TradeSeen[];
  readonly rolled: number;
  readonly rarity: number;
  /** Of others' purchases so many are rolled, in thousandths. */
  readonly usual: number;
}

interface Everybody {
  readonly at: EpochMs;
  readonly bought: number;
  readonly rolled: number;
  readonly persons: number;
}

function rollingOf(
  records: readonly Record[],
  params: Params,
  { at, bought, rolled: allRolled, persons }: Everybody,
): Rolling | null {
  const from = at - params.windowDays * DAY_MS;
  const purchases = records.flatMap((one) => one.purchases).filter((one) => one.at >= from);
  const burnt = records.flatMap((one) => one.burnt).filter(([, when]) => when >= from);
  const rolled = purchases.filter((purchase) => isRolled(purchase, params)).length;
  if (burnt.length < params.burntMin || rolled < params.rolledMin) return null;
  const [othersRolled, others] = [allRolled - rolled, bought - purchases.length];
  const usual = chanceOf(Math.max(0, othersRolled) + 1, Math.max(0, others) + 2);
  const tail = atLeast(rolled, purchases.length, usual);
  const rarity = oneIn(tail, Math.max(1, persons) * Math.max(1, rolled));
  if (rarity < params.oneInMin) return null;
  const shown = records.flatMap((one) => one.shown);
  const share = mulDivFloor(PER_MILLE, Math.max(0, othersRolled) + 1, Math.max(0, others) + 2);
  return { purchases, burnt, shown, rolled, rarity, usual: share };
}

function said(
  { purchases, burnt, shown, rolled, rarity, usual }: Rolling,
  person: readonly string[],
  params: Params,
): Omit<Finding, 'key' | 'at'> {
  const accounts = [
    ...new Set(
      [...burnt, ...purchases.map(({ accountId, at }) => [accountId, at] as const)].map(
        ([id]) => id,
      ),
    ),
  ];
  const trades = [...shown]
    .sort(
      (one, other) => one.openedAt - other.openedAt || (one.positionId < other.positionId ? -1 : 1),
    )
    .slice(-TRADES_PER_SIGNAL_MAX);
  const named = [...new Set([...trades.map(({ accountId }) => accountId), ...accounts.sort()])];
  const firstAt = Math.min(...burnt.map(([, at]) => at), ...purchases.map(({ at }) => at));
  const days = Math.max(1, Math.ceil((Math.max(...burnt.map(([, at]) => at)) - firstAt) / DAY_MS));
  return {
    fromAt: Math.min(firstAt, ...trades.map(({ openedAt }) => openedAt)),
    accounts: named.slice(0, ACCOUNTS_PER_SIGNAL_MAX),
    strength: Math.min(PER_MILLE, strengthOf(rarity)),
    oneIn: rarity,
    sentence:
      `${person.length === 1 ? 'One trader' : `${person.length} linked traders`} burnt ${burnt.length} ` +
      `accounts in ${days} ${days === 1 ? 'day' : 'days'} with trades that staked ` +
      `${params.stakePerMille} in 1,000 of the balance and more; ${rolled} of ${purchases.length} ` +
      `accounts were bought within ${params.quickHours} h of such a loss, where others do so in ` +
      `${usual} of 1,000.`,
    figures: [
      { name: 'accountsBurnt', unit: 'count', value: burnt.length, limit: params.burntMin },
      { name: 'accountsBought', unit: 'count', value: purchases.length, limit: null },
      { name: 'accountsRolled', unit: 'count', value: rolled, limit: params.rolledMin },
      { name: 'rolledByOthers', unit: 'perMille', value: usual, limit: null },
      { name: 'largestLoss', unit: 'money', value: largestLoss(trades), limit: null },
    ],
    trades,
    picture: { type: 'trades' },
  };
}

function isRolled({ afterMs }: Pick<Purchase, 'afterMs'>, { quickHours }: Params): boolean {
  return afterMs !== null && afterMs <= Math.min(quickHours * HOUR_MS, WEEK_MS);
}

function largestLoss(trades: readonly TradeSeen[]): Money {
  return Math.min(0, ...trades.map(({ profit }) => profit ?? 0)) + 0;
}
