import { z } from 'zod';
import type { PlatformAction, PlatformRecord } from '#core/accounts/record.ts';
import { platformRecordSchema } from '#core/accounts/record.ts';
import { createBook, restoreBook, type Book, type BookSnapshot } from '#core/engine/book.ts';
import type { Fact, FactDraft } from '#core/facts/registry.ts';
import { present } from '#core/kernel/assert.ts';
import type { Actor, Causation } from '#core/kernel/event.ts';
import type { JournalledMark } from '#core/market/mark.ts';
import { createPrintQuality, type SymbolQuality } from '#core/market/quality.ts';
import { compileRuleSet, type RuleSet } from '#core/rules/rule-set.ts';
import type { VerdictDraft } from '#core/rules/verdict-facts.ts';
import { dayClockId, type DayClock, type TradingDay } from '#core/time/time.ts';
import { nextTradingDay, tradingDayAt } from '../time/roll-overs.ts';
import { createEnvelopes, type EnvelopesState } from './envelopes.ts';

/** Deal ids remembered to recognise a deal told twice; a platform repeats itself soon or never. */
export const DEALS_REMEMBERED_MAX = 500_000;
export const EXCERPT_MAX = 4_000;

/** What one record led to. */
export interface Intake {
  readonly facts: Fact[];
  /** Set when the record was a mark that prices accounts. */
  mark: JournalledMark | null;
  /** Why the record was refused; null when it was not. */
  refused: string | null;
  readonly actions: PlatformAction[];
}

/** Turns untrusted records into facts and marks, and judges every account on each. */
export interface Ingest {
  readonly book: Book;
  accept(record: unknown): Intake;
  /** A fact decided by a person: it gets its place among the others. */
  decided(draft: FactDraft, operatorId: string, commandId: string, at: number): Fact;
  adopt(fact: Fact): void;
  readonly lastSeq: number;
  readonly marks: number;
  readonly marketAt: number | null;
  quality(): ReadonlyMap<string, Readonly<SymbolQuality>>;
  /** Equity of an account as its trading day began. */
  dayStartEquity(account: number): number;
  state(): IngestState;
}

export interface IngestState {
  readonly envelopes: EnvelopesState;
  readonly marks: number;
  readonly marketAt: number | null;
  readonly quality: readonly (readonly [string, SymbolQuality])[];
  readonly clocks: readonly (readonly [DayClock, TradingDay])[];
  readonly published: readonly string[];
  readonly deals: readonly string[];
  readonly dayStarts: readonly number[];
  readonly book: BookSnapshot;
}

export interface IngestOptions {
  readonly partition: number;
  readonly platform: string;
  /** Published rule sets, by hash. */
  readonly ruleSets: ReadonlyMap<string, RuleSet>;
  readonly now: () => number;
  readonly resume?: IngestState | undefined;
}

/**
 * A deterministic function of the records, one after the other: how they are batched, and how fast
 * they come, changes nothing but `recordedAt`.
 */
export function createIngest(options: IngestOptions): Ingest {
  const { resume, ruleSets } = options;
  const book = resume
    ? restoreBook(resume.book, (ref) =>
        present(ruleSets.get(ref.hash), `rule set ${ref.ruleSetId}`),
      )
    : createBook();
  const envelopes = createEnvelopes(options.partition, options.now, resume?.envelopes);
  const quality = createPrintQuality(resume?.quality);
  const clocks = new Map(resume?.clocks.map(([clock, day]) => [dayClockId(clock), { clock, day }]));
  const published = new Set(resume?.published);
  const deals = new Set(resume?.deals);
  const dayStarts = [...(resume?.dayStarts ?? [])];
  let marks = resume?.marks ?? 0;
  let marketAt = resume?.marketAt ?? null;
  let nextRollOver = earliestClose(clocks);
  let intake: Intake = emptyIntake();

  const actors: Record<'platform' | 'engine', Actor> = {
    platform: { type: 'platform', id: options.platform },
    engine: { type: 'engine', id: 'rules' },
  };
  const add = (draft: FactDraft, actor: Actor, causation: Causation, occurredAt: number): Fact => {
    const around = { occurredAt, actor, causation, marksBefore: marks };
    const fact = envelopes.wrap(draft, around);
    intake.facts.push(fact);
    return fact;
  };
  const booked = (draft: FactDraft, at: number): Fact =>
    add(draft, actors.platform, { type: 'none' }, at);
  const verdicts = (drafts: readonly VerdictDraft[], causation: Causation): void => {
    for (const draft of drafts) {
      add(draft, actors.engine, causation, draft.data.at);
      if (draft.kind === 'accountStatusChanged') intake.actions.push(...actionsFor(draft.data));
      if (draft.kind === 'conductFlagged' && draft.data.effect === 'closePositions') {
        const { accountId, ruleId } = draft.data;
        intake.actions.push({ type: 'closePositions', accountId, reason: ruleId });
      }
    }
  };
  const refuse = (reason: string): void => {
    intake.refused = reason;
  };

  /** Processes every roll-over due at or before an instant: that instant belongs to the new day. */
  const rollOvers = (at: number): void => {
    while (at >= nextRollOver) {
      for (const [clockId, { clock, day }] of clocks) {
        if (day.closesAt !== nextRollOver) continue;
        const next = nextTradingDay(clock, day);
        const { envelope } = booked(
          { kind: 'tradingDayRolled', data: { clockId, clock, day: next } },
          next.opensAt,
        );
        book.rollOver(clockId, next, (_account, drafts) =>
          verdicts(drafts, { type: 'fact', seq: envelope.seq }),
        );
        clocks.set(clockId, { clock, day: next });
        startDay(clockId);
      }
      nextRollOver = earliestClose(clocks);
    }
  };
  const startDay = (clockId: string): void => {
    for (let account = 0; account < book.accounts; account += 1) {
      const ruleSet = ruleSets.get(book.terms(account).ruleSet.hash);
      if (ruleSet && dayClockId(ruleSet.dayClock) === clockId)
        dayStarts[account] = book.equity(account);
    }
  };

  const mark = (record: Extract<PlatformRecord, { type: 'mark' }>): void => {
    const { symbol, bid, ask, at, source } = record;
    if (book.quote(symbol) === null && !hasInstrument(symbol)) {
      return refuse(`mark.symbol: "${symbol}" is not defined`);
    }
    const assessed = quality.assess(symbol, record);
    if (assessed.type === 'compareOnly') return;
    if (assessed.type === 'refuse') return refuse(`mark.at: ${assessed.reason}`);
    rollOvers(at);
    const journalled = { index: marks, symbol, bid, ask, at, source, quality: assessed.quality };
    intake.mark = journalled;
    marks += 1;
    marketAt = Math.max(marketAt ?? at, at);
    book.mark(journalled, (_account, drafts) =>
      verdicts(drafts, { type: 'mark', index: journalled.index }),
    );
  };
  const instruments = new Set(resume?.book.instruments.map(({ symbol }) => symbol));
  const hasInstrument = (symbol: string): boolean => instruments.has(symbol);

  const openAccount = ({ terms, at }: Extract<PlatformRecord, { type: 'accountOpened' }>): void => {
    const ruleSet = ruleSets.get(terms.ruleSet.hash);
    if (!ruleSet)
      return refuse(`terms.ruleSet: no published rule set has the hash ${terms.ruleSet.hash}`);
    if (book.numberOf(terms.accountId) !== undefined) {
      return refuse(`terms.accountId: account ${terms.accountId} is open already`);
    }
    const contradictions = compileRuleSet(ruleSet.content, ruleSet.ref.version, terms);
    if (!contradictions.ok) {
      const [first] = contradictions.error;
      return refuse(`terms.ruleSet: ${first?.path}: ${first?.message}`);
    }
    rollOvers(at);
    publish(ruleSet, at);
    const day = dayFor(ruleSet.dayClock, at);
    booked({ kind: 'accountOpened', data: terms }, at);
    const opened = book.openAccount({ terms, ruleSet, day });
    if (opened.ok) dayStarts[opened.value] = terms.startBalance;
  };
  const publish = (ruleSet: RuleSet, at: number): void => {
    if (published.has(ruleSet.ref.hash)) return;
    published.add(ruleSet.ref.hash);
    const { ref, content } = ruleSet;
    booked(
      {
        kind: 'ruleSetPublished',
        data: { ruleSet: ref, content, effectiveFrom: at, approvedBy: 'set-up' },
      },
      at,
    );
  };
  const dayFor = (clock: DayClock, at: number): TradingDay => {
    const clockId = dayClockId(clock);
    const known = clocks.get(clockId);
    if (known) return known.day;
    const day = tradingDayAt(clock, at);
    clocks.set(clockId, { clock, day });
    nextRollOver = earliestClose(clocks);
    booked({ kind: 'tradingDayRolled', data: { clockId, clock, day } }, at);
    return day;
  };
  const bookDeal = ({ deal }: Extract<PlatformRecord, { type: 'deal' }>): void => {
    const name = `${deal.accountId}/${deal.dealId}`;
    if (deals.has(name)) return refuse(`deal.dealId: deal ${deal.dealId} was booked already`);
    // Past roll-overs are due even when the deal itself is refused: they hang on the clock alone.
    rollOvers(deal.at);
    const result = book.deal(deal);
    if (!result.ok) return refuse(`deal: ${result.error}`);
    remember(deals, name);
    const { envelope } = booked({ kind: 'dealBooked', data: deal }, deal.at);
    verdicts(result.value, { type: 'fact', seq: envelope.seq });
  };
  const bookOperation = ({
    operation,
  }: Extract<PlatformRecord, { type: 'balanceOperation' }>): void => {
    const name = `${operation.accountId}/operation/${operation.operationId}`;
    if (deals.has(name))
      return refuse(`operation.operationId: ${operation.operationId} was booked already`);
    rollOvers(operation.at);
    const result = book.balanceOperation(operation);
    if (!result.ok) return refuse(`operation: ${result.error}`);
    remember(deals, name);
    const { envelope } = booked({ kind: 'balanceOperationBooked', data: operation }, operation.at);
    verdicts(result.value, { type: 'fact', seq: envelope.seq });
  };
  const protect = ({ change }: Extract<PlatformRecord, { type: 'protection' }>): void => {
    rollOvers(change.at);
    const result = book.protect(change);
    if (!result.ok) return refuse(`protection: ${result.error}`);
    const { envelope } = booked({ kind: 'protectionSet', data: change }, change.at);
    verdicts(result.value, { type: 'fact', seq: envelope.seq });
  };
  const take = (record: PlatformRecord): void => {
    switch (record.type) {
      case 'mark':
        return mark(record);
      case 'deal':
        return bookDeal(record);
      case 'balanceOperation':
        return bookOperation(record);
      case 'protection':
        return protect(record);
      case 'news':
        book.scheduleNews(record.release);
        booked({ kind: 'newsScheduled', data: record.release }, marketAt ?? 0);
        return;
      case 'accountOpened':
        return openAccount(record);
      case 'time':
        return rollOvers(record.at);
      case 'instrument': {
        const { instrument } = record;
        const defined = book.defineInstrument(instrument);
        if (!defined.ok) return refuse(`instrument: ${defined.error}`);
        if (instruments.has(instrument.symbol)) return;
        instruments.add(instrument.symbol);
        booked({ kind: 'instrumentDefined', data: instrument }, marketAt ?? 0);
      }
    }
  };

  return {
    book,
    accept: (record) => {
      intake = emptyIntake();
      const read = readRecord(record);
      if (typeof read === 'string') refuse(read);
      else take(read);
      return intake;
    },
    decided: (draft, operatorId, commandId, at) => {
      intake = emptyIntake();
      return add(
        draft,
        { type: 'operator', id: operatorId },
        { type: 'command', id: commandId },
        at,
      );
    },
    adopt: envelopes.adopt,
    get lastSeq() {
      return envelopes.lastSeq;
    },
    get marks() {
      return marks;
    },
    get marketAt() {
      return marketAt;
    },
    quality: quality.symbols,
    dayStartEquity: (account) => dayStarts[account] ?? 0,
    state: () => ({
      envelopes: envelopes.state(),
      marks,
      marketAt,
      quality: quality.state(),
      clocks: [...clocks.values()].map(({ clock, day }) => [clock, day] as const),
      published: [...published],
      deals: [...deals],
      dayStarts,
      book: book.snapshot(),
    }),
  };
}

/** Marks come by the million: they are checked by hand, all else by its schema. */
function readRecord(record: unknown): PlatformRecord | string {
  const mark = record as Extract<PlatformRecord, { type: 'mark' }> | null;
  if (typeof mark === 'object' && mark !== null && mark.type === 'mark' && isMark(mark))
    return mark;
  const parsed = platformRecordSchema.safeParse(record);
  return parsed.success ? parsed.data : `the record is malformed: ${z.prettifyError(parsed.error)}`;
}

function isMark({ symbol, bid, ask, at, source }: Record<string, unknown>): boolean {
  return (
    typeof symbol === 'string' &&
    typeof source === 'string' &&
    isPrice(bid) &&
    isPrice(ask) &&
    Number.isSafeInteger(at) &&
    symbol.length > 0 &&
    symbol.length <= 32 &&
    source.length > 0 &&
    source.length <= 40
  );
}

function isPrice(value: unknown): boolean {
  return Number.isSafeInteger(value) && Math.abs(value as number) <= 1e12;
}

function emptyIntake(): Intake {
  return { facts: [], mark: null, refused: null, actions: [] };
}

function earliestClose(clocks: ReadonlyMap<string, { readonly day: TradingDay }>): number {
  let first = Infinity;
  for (const { day } of clocks.values()) first = Math.min(first, day.closesAt);
  return first;
}

function remember(names: Set<string>, name: string): void {
  names.add(name);
  if (names.size <= DEALS_REMEMBERED_MAX) return;
  const [oldest] = names;
  if (oldest !== undefined) names.delete(oldest);
}

/** What a platform is asked to do when an account's status changes. */
function actionsFor(change: {
  readonly accountId: string;
  readonly to: string;
}): readonly PlatformAction[] {
  const { accountId, to } = change;
  switch (to) {
    case 'failed':
    case 'paused':
    case 'passed':
      return [
        { type: 'closePositions', accountId, reason: to },
        { type: 'disableTrading', accountId, reason: to },
      ];
    default:
      return [{ type: 'resumeTrading', accountId, reason: 'dayBegan' }];
  }
}
