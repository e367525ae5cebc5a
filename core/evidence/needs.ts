import { conversionBetween } from '#core/accounts/market-view.ts';
import type { Fact } from '#core/facts/registry.ts';
import type { Instrument } from '#core/market/instrument.ts';
import type { JournalledMark } from '#core/market/mark.ts';
import { compileRuleSet, type RuleSet } from '#core/rules/rule-set.ts';
import { clockOf, dayClockId } from '#core/time/time.ts';

/*
 * What of a firm's log and journal one account's verdicts rest on. Shared by who makes a pack and by
 * nobody who checks one: what is missing shows there, because the verdict no longer follows.
 */

type Opened = Extract<Fact, { kind: 'accountOpened' }>;

/** Facts of the firm that judging one account needs, up to an entry, in order. */
export function firmFactsFor(
  own: readonly Fact[],
  firm: readonly Fact[],
  through: number,
): readonly Fact[] {
  const [opening] = own;
  if (opening?.kind !== 'accountOpened') return [];
  const until = firm.filter(({ envelope }) => envelope.seq <= through);
  const published = publishedFor(opening, own, until);
  const ruleSets = published.flatMap((fact) => {
    const compiled = compileRuleSet(fact.data.content, fact.data.ruleSet.version);
    return compiled.ok ? [compiled.value] : [];
  });
  const symbols = symbolsOf(opening, own, until);
  const chosen = new Set<Fact>([
    ...published,
    ...until.filter((one) => one.kind === 'instrumentDefined' && symbols.has(one.data.symbol)),
    ...daysFor(opening, ruleSets, until),
    ...(needsCalendar(ruleSets) ? until.filter(({ kind }) => kind === 'newsScheduled') : []),
  ]);
  return until.filter((fact) => chosen.has(fact));
}

type Published = Extract<Fact, { kind: 'ruleSetPublished' }>;

/** The versions that the account was ever under, each where it was published first. */
function publishedFor(
  opening: Opened,
  own: readonly Fact[],
  firm: readonly Fact[],
): readonly Published[] {
  const hashes = new Set([opening.data.ruleSet.hash]);
  for (const fact of own) if (fact.kind === 'rulesChanged') hashes.add(fact.data.to.hash);
  return firm.flatMap((fact) => {
    if (fact.kind !== 'ruleSetPublished' || !hashes.delete(fact.data.ruleSet.hash)) return [];
    return [fact];
  });
}

/** What the account traded, and what its money is converted through. */
function symbolsOf(opening: Opened, own: readonly Fact[], firm: readonly Fact[]): Set<string> {
  const traded = new Set(own.flatMap((one) => (one.kind === 'dealBooked' ? one.data.symbol : [])));
  const { currency } = opening.data;
  const symbols = new Set(traded);
  for (const fact of firm) {
    if (fact.kind !== 'instrumentDefined' || !traded.has(fact.data.symbol)) continue;
    const { quoteCurrency } = fact.data;
    symbols.add(quoteCurrency + currency).add(currency + quoteCurrency);
  }
  return symbols;
}

/** The day that ran when the account opened, and every turn since of a clock of its rules. */
function daysFor(opening: Opened, ruleSets: readonly RuleSet[], firm: readonly Fact[]): Fact[] {
  const clocks = new Set(
    ruleSets.flatMap(({ dayClock, cutOffs }) =>
      [dayClock, ...cutOffs.map((one) => clockOf(one))].map(dayClockId),
    ),
  );
  const turns = firm.flatMap((fact) =>
    fact.kind === 'tradingDayRolled' && clocks.has(fact.data.clockId) ? [fact] : [],
  );
  const { seq } = opening.envelope;
  const running = new Map<string, Fact>();
  for (const turn of turns) if (turn.envelope.seq < seq) running.set(turn.data.clockId, turn);
  return [...running.values(), ...turns.filter(({ envelope }) => envelope.seq > seq)];
}

function needsCalendar(ruleSets: readonly RuleSet[]): boolean {
  return ruleSets.some(({ rules }) =>
    rules.some(({ kind, params }) => kind.needs?.(params).includes('calendar') === true),
  );
}

/**
 * Marks that can change the account: all of a symbol while something depends on it, and the last
 * before that, because it is the price at which it begins. `facts` are in order.
 */
export function marksFor(
  facts: readonly Fact[],
  marks: Iterable<readonly JournalledMark[]>,
  marksMax: number,
): readonly JournalledMark[] | null {
  const needs = trackNeeds(facts);
  const latest = new Map<string, JournalledMark>();
  const chosen: JournalledMark[] = [];
  const end = facts.at(-1)?.envelope.marksBefore ?? 0;
  const begin = (symbols: readonly string[]): void => {
    for (const symbol of symbols) {
      const mark = latest.get(symbol);
      if (mark) chosen.push(mark);
      latest.delete(symbol);
    }
  };
  for (const chunk of marks) {
    for (const mark of chunk) {
      if (mark.index >= end) break;
      begin(needs.before(mark.index));
      if (needs.has(mark.symbol)) chosen.push(mark);
      else latest.set(mark.symbol, mark);
      if (chosen.length > marksMax) return null;
    }
    if ((chunk.at(-1)?.index ?? 0) >= end) break;
  }
  begin(needs.before(Infinity));
  return [...new Set(chosen)].sort((one, other) => one.index - other.index);
}

/** Which symbols an account's open positions depend on, as its facts go by. */
function trackNeeds(facts: readonly Fact[]): {
  /** Applies what stands before a mark; symbols that are needed from here on and were not. */
  before(index: number): readonly string[];
  has(symbol: string): boolean;
} {
  const instruments = new Map<string, Instrument>();
  const open = new Map<string, { readonly symbol: string; volume: number }>();
  let needed = new Set<string>();
  let currency = '';
  let next = 0;
  const apply = (fact: Fact): boolean => {
    if (fact.kind === 'accountOpened') ({ currency } = fact.data);
    if (fact.kind === 'instrumentDefined') instruments.set(fact.data.symbol, fact.data);
    if (fact.kind !== 'dealBooked') return fact.kind === 'instrumentDefined';
    const { positionId, symbol, entry, volume } = fact.data;
    const held = open.get(positionId);
    const left = (held?.volume ?? 0) + (entry === 'in' ? volume : -volume);
    if (left > 0) open.set(positionId, { symbol: held?.symbol ?? symbol, volume: left });
    else open.delete(positionId);
    return true;
  };
  const dependsOn = (): Set<string> => {
    const symbols = new Set<string>();
    for (const { symbol } of open.values()) {
      symbols.add(symbol);
      const quote = instruments.get(symbol)?.quoteCurrency;
      if (quote === undefined) continue;
      const way = conversionBetween(quote, currency, (name) => instruments.get(name));
      if (way && way.type !== 'none') symbols.add(way.symbol);
    }
    return symbols;
  };
  return {
    before: (index) => {
      const begun = new Set<string>();
      for (; next < facts.length; next += 1) {
        const fact = facts[next];
        if (!fact || fact.envelope.marksBefore > index) break;
        if (!apply(fact)) continue;
        const now = dependsOn();
        for (const symbol of now) if (!needed.has(symbol)) begun.add(symbol);
        needed = now;
      }
      return [...begun];
    },
    has: (symbol) => needed.has(symbol),
  };
}
