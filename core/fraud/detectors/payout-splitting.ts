import { z } from 'zod';
import { moneyText, mulDivFloor, type Money } from '#core/money/money.ts';
import type { EpochMs } from '#core/time/time.ts';
import {
  AFFILIATES_HELD_MAX,
  createAffiliates,
  type AffiliatesState,
  type Sharing,
} from '../affiliates.ts';
import { strengthOf } from '../ring-finding.ts';
import { defineDetector, type Detecting } from '../detector.ts';
import {
  createEntityGraph,
  GRAPH_HELD_MAX,
  HOUSEHOLD,
  KIND_WEIGHTS,
  kindsText,
  pictureOf,
  thingsIn,
  type EntityGraphState,
} from '../entity-graph.ts';
import type { Directory } from '../observation.ts';
import { ACCOUNTS_PER_SIGNAL_MAX, PER_MILLE, type Finding, type Picture } from '../signal.ts';
import { createExpiringMap, type ExpiringMapState } from '../windows.ts';

const DAY_MS = 86_400_000;
const PAYEES_MAX = 30_000;
/** Payouts remembered to one payee. */
const PAYOUTS_EACH_MAX = 20;
const WAITING_MAX = 20_000;
const ACCOUNTS_EACH_MAX = 3;
/** A school's pupils sit in one room: where no more than that is shared, it weighs so much at most. */
const ONE_ROOM_MOST = 650;
/** Networks of up to a handful count as shared by the traders of one affiliate. */
const AFFILIATE_LINK_MIN = 25;

const params = z.strictObject({
  /** Payouts further apart than this are not counted together. */
  windowDays: z.int().min(1).max(120),
  /** Weight of a payee that two traders have, and what each further one adds, in thousandths. */
  payeeWeight: z.int().min(0).max(PER_MILLE),
  furtherWeight: z.int().min(0).max(PER_MILLE),
  /** Amounts above which more people approve: staying under them is what splitting is for. */
  limits: z.array(z.int().min(1)).max(10),
  /** Payouts under one limit that go beyond it together, at least. */
  partsMin: z.int().min(2).max(20),
  /** Each of them is at least this part of the limit, in thousandths. */
  partPerMille: z.int().min(100).max(PER_MILLE),
  /** An affiliate is spoken of when chance shows it once in so many. */
  oneInMin: z.int().min(2).max(1_000_000_000),
});
type Params = z.output<typeof params>;

export const payoutSplitting = defineDetector<Params>({
  id: 'payoutSplitting',
  version: 2,
  title: 'Payout splitting',
  pattern: 'identity',
  describes:
    'Payouts of several traders to one place, payouts that stay one by one under an amount that ' +
    'asks for more approvals, and affiliates whose traders share more than those of other affiliates.',
  honestReasons:
    'A couple may be paid to one account, and a company to its own. Several payouts under a limit may ' +
    'follow from the calendar of the program. A trading school sends pupils who sit in one room.',
  checklist: [
    'Compare the name of the payee with the names of the traders.',
    'Add up what the payee was paid within the window, over all traders.',
    'Look whether the program itself splits payouts by its calendar or its caps.',
    'Look what the affiliate earned by these traders.',
  ],
  params,
  defaults: {
    windowDays: 30,
    payeeWeight: 650,
    furtherWeight: 80,
    limits: [25_000_0000],
    partsMin: 2,
    partPerMille: 700,
    oneInMin: 100,
  },
  needs: ['payout', 'identity', 'session', 'clock'],
  heldMax: GRAPH_HELD_MAX + PAYEES_MAX * (1 + PAYOUTS_EACH_MAX) + AFFILIATES_HELD_MAX + WAITING_MAX,
  start,
});

interface Paid {
  readonly payoutId: string;
  readonly accountId: string;
  readonly trader: string;
  readonly amount: Money | null;
  readonly at: EpochMs;
}

interface State {
  readonly graph: EntityGraphState;
  readonly payees: ExpiringMapState<readonly Paid[]>;
  readonly affiliates: AffiliatesState;
  readonly waiting: readonly string[];
}

function start(params: Params, directory: Directory, resume?: unknown): Detecting {
  const saved = resume as State | undefined;
  const graph = createEntityGraph(KIND_WEIGHTS, saved?.graph);
  let entries = 0;
  const payees = createExpiringMap<readonly Paid[]>(
    { entriesMax: PAYEES_MAX, keepMs: params.windowDays * DAY_MS },
    saved?.payees,
    (_, paid) => void (entries -= paid.length),
  );
  for (const [, paid] of payees.entries()) entries += paid.length;
  const affiliates = createAffiliates(graph, AFFILIATE_LINK_MIN, saved?.affiliates);
  /** Payees that were asked for since the last minute. */
  const waiting = new Set<string>(saved?.waiting);
  const pay = (payee: string, paid: Paid): void => {
    const before = payees.get(payee) ?? [];
    const from = paid.at - params.windowDays * DAY_MS;
    const kept = [...before, paid]
      .filter(({ at }) => at >= from)
      .sort((one, other) => one.at - other.at || (one.payoutId < other.payoutId ? -1 : 1))
      .slice(-PAYOUTS_EACH_MAX);
    entries += kept.length - before.length;
    payees.set(payee, kept, paid.at);
    if (waiting.size < WAITING_MAX) waiting.add(payee);
  };
  const settle = (at: EpochMs, found: (finding: Finding) => void): void => {
    for (const payee of [...waiting].sort()) {
      const paid = payees.get(payee) ?? [];
      const link = strongestAmong(tradersOf(paid), graph.between);
      const together = paidTogether(payee, paid, link, params);
      if (together) found({ ...together, at });
      for (const limit of params.limits) {
        const split = splitBelow(payee, paid, limit, params);
        if (split) found({ ...split, at });
      }
    }
    waiting.clear();
    if (at % DAY_MS !== 0) return;
    affiliates.weigh(at, (sharing) => {
      if (sharing.oneIn < params.oneInMin) return;
      const accounts = sharing.sharing
        .flatMap((trader) => directory.accountsOf(trader).slice(-ACCOUNTS_EACH_MAX))
        .slice(0, ACCOUNTS_PER_SIGNAL_MAX);
      if (accounts.length > 0) found({ ...sentBySame(sharing), at, accounts });
    });
  };
  return {
    observe: (observation, found) => {
      if (observation.type === 'clock') {
        settle(observation.at, found);
        graph.expire(observation.at);
        payees.expire(observation.at);
        return;
      }
      if (!('accountId' in observation)) return;
      const { accountId, at } = observation;
      const trader = directory.account(accountId)?.traderId ?? accountId;
      for (const thing of thingsIn(observation)) graph.see({ trader, ...thing, at });
      if (observation.type === 'identity' && observation.affiliateId !== null) {
        affiliates.sent(observation.affiliateId, trader, at);
      }
      if (observation.type !== 'payout') return;
      const { payoutId, payeeId, amount } = observation;
      pay(payeeId, { payoutId, accountId, trader, amount, at });
    },
    held: () => graph.size() + payees.size() + entries + affiliates.size() + waiting.size,
    state: (): State => ({
      graph: graph.state(),
      payees: payees.state(),
      affiliates: affiliates.state(),
      waiting: [...waiting],
    }),
  };
}

type Said = Omit<Finding, 'at'>;

/** Several traders, one place. */
function paidTogether(
  payee: string,
  paid: readonly Paid[],
  link: number,
  { payeeWeight, furtherWeight, windowDays }: Params,
): Said | null {
  const traders = tradersOf(paid);
  if (traders.length < 2) return null;
  const several = payeeWeight + furtherWeight * (traders.length - 2);
  return {
    key: `payee ${payee}`,
    ...aboutPayouts(paid),
    strength: Math.min(PER_MILLE, Math.max(several, link)),
    oneIn: null,
    sentence:
      `${paid.length} payouts of ${traders.length} traders go to one place within ${windowDays} ` +
      `days: ${moneyText(sumOf(paid))} where an amount was named.`,
    figures: [
      { name: 'traders', unit: 'count', value: traders.length, limit: 2 },
      { name: 'payouts', unit: 'count', value: paid.length, limit: null },
      { name: 'amount', unit: 'money', value: sumOf(paid), limit: null },
      { name: 'closestTwo', unit: 'perMille', value: link, limit: null },
    ],
    picture: payeePicture(payee, paid),
  };
}

/** Amounts that stay under a limit one by one and go beyond it together. */
function splitBelow(
  payee: string,
  paid: readonly Paid[],
  limit: Money,
  { partsMin, partPerMille, windowDays }: Params,
): Said | null {
  const least = mulDivFloor(limit, partPerMille, PER_MILLE);
  const parts = paid.filter(({ amount }) => amount !== null && amount >= least && amount <= limit);
  if (parts.length < partsMin || sumOf(parts) <= limit) return null;
  const traders = tradersOf(parts).length;
  return {
    key: `limit ${limit} ${payee}`,
    ...aboutPayouts(parts),
    strength: Math.min(PER_MILLE, 500 + 75 * (parts.length - 2) + 150 * Math.min(2, traders - 1)),
    oneIn: null,
    sentence:
      `${parts.length} payouts to one place within ${windowDays} days stay just under ` +
      `${moneyText(limit)} one by one and make ${moneyText(sumOf(parts))} together.`,
    figures: [
      { name: 'payouts', unit: 'count', value: parts.length, limit: partsMin },
      { name: 'traders', unit: 'count', value: traders, limit: null },
      { name: 'amount', unit: 'money', value: sumOf(parts), limit },
    ],
    picture: payeePicture(payee, parts),
  };
}

function sentBySame(sharing: Sharing): Omit<Said, 'accounts'> {
  const { affiliate, traders, sharing: shared, usual, oneIn, links } = sharing;
  const things = links.flatMap((link) => link.shared);
  const isOneRoom = things.every(({ kind }) => HOUSEHOLD.includes(kind));
  return {
    key: `affiliate ${affiliate}`,
    fromAt: Math.min(...things.map(({ since }) => since)),
    strength: Math.min(isOneRoom ? ONE_ROOM_MOST : PER_MILLE, strengthOf(oneIn)),
    oneIn,
    sentence:
      `${shared.length} of ${traders} traders of one affiliate share things with each other ` +
      `(${kindsText(links)}); of the traders of other affiliates ${usual} in 1,000 do.`,
    figures: [
      { name: 'tradersSharing', unit: 'count', value: shared.length, limit: 3 },
      { name: 'tradersSent', unit: 'count', value: traders, limit: null },
      { name: 'sharingAmongOthers', unit: 'perMille', value: usual, limit: null },
    ],
    trades: [],
    picture: pictureOf(links),
  };
}

function aboutPayouts(paid: readonly Paid[]): Pick<Said, 'accounts' | 'fromAt' | 'trades'> {
  const accounts = [...new Set(paid.map(({ accountId }) => accountId))].sort();
  return { accounts, fromAt: Math.min(...paid.map(({ at }) => at)), trades: [] };
}

function payeePicture(payee: string, paid: readonly Paid[]): Picture {
  const place = `payee ${payee}`;
  const accounts = new Map(paid.map((one) => [one.accountId, one]));
  const nodes = [...accounts.keys()].map((accountId) => ({
    id: accountId,
    kind: 'account',
    label: accountId,
  }));
  return {
    type: 'graph',
    nodes: [{ id: place, kind: 'payee', label: `payee of ${accounts.size}` }, ...nodes].map(
      (node) => ({
        ...node,
        kind: node.kind as 'payee' | 'account',
      }),
    ),
    edges: [...accounts.values()].map(({ accountId, amount }) => ({
      from: accountId,
      to: place,
      weight: PER_MILLE,
      label: amount === null ? 'all there is' : moneyText(amount),
    })),
  };
}

function strongestAmong(
  traders: readonly string[],
  between: (one: string, other: string) => { readonly weight: number },
): number {
  let most = 0;
  for (const [at, one] of traders.entries()) {
    for (const other of traders.slice(at + 1)) most = Math.max(most, between(one, other).weight);
  }
  return most;
}

function tradersOf(paid: readonly Paid[]): string[] {
  return [...new Set(paid.map(({ trader }) => trader))].sort();
}

function sumOf(paid: readonly Paid[]): Money {
  return paid.reduce((sum, { amount }) => sum + (amount ?? 0), 0);
}
