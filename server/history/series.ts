import { bustAsOperation } from '#core/accounts/account.ts';
import { createMarketView } from '#core/accounts/market-view.ts';
import type { Fact } from '#core/facts/registry.ts';
import { present } from '#core/kernel/assert.ts';
import type { JournalledMark } from '#core/market/mark.ts';
import { gaugeAt } from '#core/rules/judge.ts';
import { openReadings } from '#core/rules/readings.ts';
import type { MomentCause } from '#core/rules/rule-kind.ts';
import { openReferenceAccount, type ReferenceAccount } from '#core/rules/reference.ts';
import { compileRuleSet, type RuleSet } from '#core/rules/rule-set.ts';
import { SERIES_POINTS_MAX, type AccountDetail } from '#core/sync/protocol.ts';
import { dayClockId } from '#core/time/time.ts';
import type { Store } from '../store/store.ts';

type Point = AccountDetail['series'][number];

/**
 * One account's equity and floors over time: its facts and the marks of the journal, replayed by
 * the reference evaluator. Thinned to SERIES_POINTS_MAX points; lows and highs survive thinning.
 */
export function seriesOf(store: Store, partition: number, accountId: string): Point[] {
  const replay = openReplay(store, partition, accountId);
  if (replay === null) return [];
  const { account, facts, market, from } = replay;
  const points = createThinning(SERIES_POINTS_MAX);
  const readings = readingsOf(account);
  const add = (at: number, cause: MomentCause): void => {
    readings?.follow({ ...account.moment(at), cause });
    points.add({ ...pointOf(account, at), readings: readings?.floors() ?? null });
  };
  let next = 0;
  const applyFactsBefore = (index: number): void => {
    for (; next < facts.length; next += 1) {
      const fact = present(facts[next], 'fact');
      if (fact.envelope.marksBefore > index) return;
      applyFact(account, fact, replay.ruleSetOf);
      add(fact.envelope.occurredAt, causeOf(fact));
    }
  };
  for (const chunk of store.marks(partition, from)) {
    for (const mark of chunk) {
      applyFactsBefore(mark.index);
      market.apply(mark);
      if (!holds(account, mark, market)) continue;
      account.mark(mark);
      add(mark.at, 'mark');
    }
  }
  applyFactsBefore(Infinity);
  return points.all();
}

/** Three readings of the distance that the account's own overall floor began with. */
function readingsOf(account: ReferenceAccount): ReturnType<typeof openReadings> | null {
  const { judged } = account;
  for (const rule of judged.ruleSet.rules.keys()) {
    const gauge = gaugeAt(judged, account.moment(0), rule);
    if (gauge.type !== 'floor' || gauge.role !== 'overall') continue;
    return gauge.allowance > 0 ? openReadings(judged.terms, gauge.allowance) : null;
  }
  return null;
}

function causeOf(fact: Fact): MomentCause {
  if (fact.kind === 'tradingDayRolled') return 'dayOpen';
  return fact.kind === 'balanceOperationBooked' ? 'balanceOperation' : 'deal';
}

interface Replay {
  readonly account: ReferenceAccount;
  readonly facts: readonly Fact[];
  readonly market: ReturnType<typeof createMarketView>;
  readonly from: number;
  /** A published rule set; null when the log holds none of this hash. */
  ruleSetOf(hash: string): RuleSet | null;
}

function openReplay(store: Store, partition: number, accountId: string): Replay | null {
  const own = store.stream(partition, `account:${accountId}`);
  const [opening] = own;
  if (opening?.kind !== 'accountOpened') return null;
  const firm = store.stream(partition, 'firm');
  const market = createMarketView(
    firm.flatMap((fact) => (fact.kind === 'instrumentDefined' ? [fact.data] : [])),
  );
  const published = firm.find(
    (fact) =>
      fact.kind === 'ruleSetPublished' && fact.data.ruleSet.hash === opening.data.ruleSet.hash,
  );
  if (published?.kind !== 'ruleSetPublished') return null;
  const ruleSet = compileRuleSet(published.data.content, published.data.ruleSet.version);
  if (!ruleSet.ok) return null;
  const clockId = dayClockId(ruleSet.value.dayClock);
  const days = firm.filter(
    (fact) => fact.kind === 'tradingDayRolled' && fact.data.clockId === clockId,
  );
  const before = days.filter((fact) => fact.envelope.seq < opening.envelope.seq).at(-1);
  const after = days.filter((fact) => fact.envelope.seq > opening.envelope.seq);
  const day = before?.kind === 'tradingDayRolled' ? before.data.day : null;
  const account = openReferenceAccount({
    terms: opening.data,
    ruleSet: ruleSet.value,
    market,
    day,
  });
  const facts = [...own.slice(1), ...after].sort(
    (one, other) => one.envelope.seq - other.envelope.seq,
  );
  // Prices from shortly before the opening on: a first position needs the quotes of that moment.
  const from = Math.max(0, opening.envelope.marksBefore - 2_000);
  const ruleSetOf = (hash: string): RuleSet | null => {
    const version = firm.find(
      (fact) => fact.kind === 'ruleSetPublished' && fact.data.ruleSet.hash === hash,
    );
    if (version?.kind !== 'ruleSetPublished') return null;
    const compiled = compileRuleSet(version.data.content, version.data.ruleSet.version);
    return compiled.ok ? compiled.value : null;
  };
  return { account, facts, market, from, ruleSetOf };
}

function applyFact(
  account: ReferenceAccount,
  fact: Fact,
  ruleSetOf: (hash: string) => RuleSet | null,
): void {
  if (fact.kind === 'dealBooked') account.deal(fact.data);
  else if (fact.kind === 'dealBusted') account.balanceOperation(bustAsOperation(fact.data));
  else if (fact.kind === 'accountDirected') account.direct(fact.data.directive, fact.data.at);
  else if (fact.kind === 'rulesChanged') {
    const ruleSet = ruleSetOf(fact.data.to.hash);
    if (ruleSet) account.changeRules(ruleSet, fact.data.at);
  } else if (fact.kind === 'balanceOperationBooked') account.balanceOperation(fact.data);
  else if (fact.kind === 'protectionSet') account.protect(fact.data);
  else if (fact.kind === 'tradingDayRolled') account.rollOver(fact.data.clockId, fact.data.day);
}

function holds(account: ReferenceAccount, mark: JournalledMark, market: Replay['market']): boolean {
  for (const position of account.positions.values()) {
    if (market.dependsOn(position, mark.symbol, account.judged.terms.currency)) return true;
  }
  return false;
}

function pointOf(account: ReferenceAccount, at: number): Omit<Point, 'readings'> {
  const moment = account.moment(at);
  let dailyFloor: number | null = null;
  let overallFloor: number | null = null;
  for (let rule = 0; rule < account.judged.ruleSet.rules.length; rule += 1) {
    const gauge = gaugeAt(account.judged, moment, rule);
    if (gauge.type !== 'floor') continue;
    if (gauge.role === 'daily') dailyFloor = Math.max(dailyFloor ?? gauge.floor, gauge.floor);
    else overallFloor = Math.max(overallFloor ?? gauge.floor, gauge.floor);
  }
  return { at, equity: moment.equity, balance: moment.balance, dailyFloor, overallFloor };
}

/** Keeps at most `pointsMax` points by halving its resolution; each bucket keeps low, high and last. */
function createThinning(pointsMax: number): { add(point: Point): void; all(): Point[] } {
  const bucketsMax = Math.floor(pointsMax / 3);
  let width = 1;
  let buckets: Point[][] = [];
  let filled = 0;
  const summary = (points: readonly Point[]): Point[] => {
    if (points.length <= 3) return [...points];
    let low = points[0] as Point;
    let high = low;
    for (const point of points) {
      if (point.equity < low.equity) low = point;
      if (point.equity > high.equity) high = point;
    }
    const kept = new Set([low, high, points.at(-1) as Point]);
    return points.filter((point) => kept.has(point));
  };
  return {
    add: (point) => {
      const open = buckets.at(-1);
      if (open && filled < width) {
        open.push(point);
        filled += 1;
        if (filled === width) buckets[buckets.length - 1] = summary(open);
        return;
      }
      if (buckets.length === bucketsMax) {
        const halved: Point[][] = [];
        for (let at = 0; at < buckets.length; at += 2) {
          halved.push(summary([...(buckets[at] ?? []), ...(buckets[at + 1] ?? [])]));
        }
        buckets = halved;
        width *= 2;
      }
      buckets.push([point]);
      filled = 1;
    },
    all: () => buckets.flat(),
  };
}
