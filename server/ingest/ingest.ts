import { z } from 'zod';
import type { IntakeAction, PlatformRecord } from '#core/accounts/record.ts';
import { platformRecordSchema } from '#core/accounts/record.ts';
import { bustAsOperation, hasEnded, STATUS } from '#core/accounts/account.ts';
import { harderRules } from '#core/programs/easing.ts';
import type { Migration } from '#core/programs/programs.events.ts';
import { reviewOfBust, reviewOfDeal, type Reviewed } from '#core/rules/review.ts';
import type { ReviewData } from '#core/rules/rules.events.ts';
import { createBook, restoreBook, type Book, type BookSnapshot } from '#core/engine/book.ts';
import type { Fact, FactDraft } from '#core/facts/registry.ts';
import { present } from '#core/kernel/assert.ts';
import type { Actor, Causation } from '#core/kernel/event.ts';
import type { JournalledMark, ReferencePrice } from '#core/market/mark.ts';
import { createPrintQuality, type SymbolQuality } from '#core/market/quality.ts';
import { compileRuleSet, type RuleSet } from '#core/rules/rule-set.ts';
import type { VerdictDraft } from '#core/rules/verdict-facts.ts';
import { clockOf, dayClockId, type DayClock, type TradingDay } from '#core/time/time.ts';
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
  /** Set when it was a mark of another source, which is only compared with. */
  reference: ReferencePrice | null;
  /** Why the record was refused; null when it was not. */
  refused: string | null;
  readonly actions: IntakeAction[];
}

/** Turns untrusted records into facts and marks, and judges every account on each. */
export interface Ingest {
  readonly book: Book;
  accept(record: unknown): Intake;
  /** What a person decided takes its place among the facts, and takes effect there. */
  decided(
    draft: FactDraft,
    by: { readonly actor: Actor; readonly commandId: string; readonly at: number },
  ): Intake;
  /** The same for a decision that stands in the log already; gives what followed from it. */
  adopt(fact: Fact): Intake;
  /** Whether a published version has not taken effect yet. */
  isComing(programId: string, version: number): boolean;
  readonly lastSeq: number;
  readonly marks: number;
  /** Prices of other sources so far. */
  readonly references: number;
  readonly marketAt: number | null;
  quality(): ReadonlyMap<string, Readonly<SymbolQuality>>;
  /** Equity of an account as its trading day began. */
  dayStartEquity(account: number): number;
  state(): IngestState;
}

export interface IngestState {
  readonly envelopes: EnvelopesState;
  readonly marks: number;
  /** Left out by snapshots from before other sources' prices were kept. */
  readonly references?: number;
  readonly marketAt: number | null;
  readonly quality: readonly (readonly [string, SymbolQuality])[];
  readonly clocks: readonly (readonly [DayClock, TradingDay])[];
  readonly published: readonly string[];
  /** Versions whose day has not come, and those that accounts move to at their next payout. */
  readonly coming: readonly PublishedVersion[];
  readonly atPayout: readonly PublishedVersion[];
  readonly deals: readonly string[];
  readonly dayStarts: readonly number[];
  readonly book: BookSnapshot;
}

/** A published version, as far as intake needs to know it. */
export interface PublishedVersion {
  readonly seq: number;
  readonly programId: string;
  readonly version: number;
  readonly effectiveFrom: number;
  readonly migration: Migration;
}

export interface IngestOptions {
  readonly partition: number;
  readonly platform: string;
  /** Published rule sets, by hash. */
  readonly ruleSets: ReadonlyMap<string, RuleSet>;
  /** The rule set of a phase in a version of a program; undefined when there is none. */
  readonly ruleSetOf?: (programId: string, version: number, phaseId: string) => RuleSet | undefined;
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
  let coming = [...(resume?.coming ?? [])];
  const atPayout = new Map(resume?.atPayout.map((one) => [one.programId, one]));
  const deals = new Set(resume?.deals);
  const dayStarts = [...(resume?.dayStarts ?? [])];
  let marks = resume?.marks ?? 0;
  let references = resume?.references ?? 0;
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

  /** Processes all that is due at or before an instant: that instant belongs to the new day. */
  const passTime = (at: number): void => {
    rollOvers(at);
    if (coming.length > 0) takeEffect(at);
  };
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
  /** Versions whose day has come go on sale; accounts move to them where the version says so. */
  const takeEffect = (at: number): void => {
    const due = coming.filter(({ effectiveFrom }) => effectiveFrom <= at);
    if (due.length === 0) return;
    coming = coming.filter(({ effectiveFrom }) => effectiveFrom > at);
    for (const version of due) {
      const { programId, migration } = version;
      const enters = migration === 'newPurchasesOnly' ? 'purchasesOnly' : 'nextPhases';
      intake.actions.push({ type: 'offerVersion', programId, version: version.version, enters });
      atPayout.delete(programId);
      if (migration === 'fromNextPayout') atPayout.set(programId, version);
      if (migration !== 'fromDate') continue;
      for (let account = 0; account < book.accounts; account += 1)
        moveIfEasier(account, version, at);
    }
  };
  /** A change in the account's favour is made; any other waits for its trader's word. */
  const moveIfEasier = (account: number, to: PublishedVersion, at: number): void => {
    const { accountId, program } = book.terms(account);
    if (program.programId !== to.programId || hasEnded(book.status(account))) return;
    const change = changeOf(accountId, to.version);
    if (!change || harderRules(change.before, change.after).length > 0) return;
    changeRules(accountId, change.after, { at, basis: 'favourable', because: to.seq });
  };
  /** The rule sets that a move to a version would lead from and to; null when it leads nowhere. */
  const changeOf = (
    accountId: string,
    version: number,
  ): { readonly before: RuleSet; readonly after: RuleSet } | null => {
    const account = book.numberOf(accountId);
    if (account === undefined) return null;
    const { program, phase, ruleSet } = book.terms(account);
    const before = ruleSets.get(ruleSet.hash);
    const after = options.ruleSetOf?.(program.programId, version, phase.phaseId);
    return before && after && ruleSet.version < version ? { before, after } : null;
  };
  const changeRules = (
    accountId: string,
    ruleSet: RuleSet,
    why: { at: number; basis: 'favourable' | 'accepted'; because: number },
  ): void => {
    const { at, basis, because } = why;
    const from = book.terms(present(book.numberOf(accountId), accountId)).ruleSet;
    const changed = book.changeRules(accountId, ruleSet, at);
    if (!changed.ok) return;
    publish(ruleSet, at);
    clocksFor(ruleSet, at);
    const data = { accountId, at, from, to: ruleSet.ref, basis };
    const causation: Causation = { type: 'fact', seq: because };
    const { envelope } = add({ kind: 'rulesChanged', data }, actors.engine, causation, at);
    verdicts(changed.value, { type: 'fact', seq: envelope.seq });
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
    if (assessed.type === 'compareOnly') {
      intake.reference = {
        index: references,
        symbol,
        bid,
        ask,
        at,
        source,
        marksBefore: marks,
        seqBefore: envelopes.lastSeq,
      };
      references += 1;
      return;
    }
    if (assessed.type === 'refuse') return refuse(`mark.at: ${assessed.reason}`);
    passTime(at);
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
    passTime(at);
    publish(ruleSet, at);
    const day = clocksFor(ruleSet, at);
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
  /** The day of an account's clock; its cut-offs are watched from now on, too. */
  const clocksFor = (ruleSet: RuleSet, at: number): TradingDay => {
    for (const cutOff of ruleSet.cutOffs) dayFor(clockOf(cutOff), at);
    return dayFor(ruleSet.dayClock, at);
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
    passTime(deal.at);
    const before = reviewed(deal.accountId);
    const result = book.deal(deal);
    if (!result.ok) return refuse(`deal: ${result.error}`);
    remember(deals, name);
    const { envelope } = booked({ kind: 'dealBooked', data: deal }, deal.at);
    const causation: Causation = { type: 'fact', seq: envelope.seq };
    verdicts(result.value, causation);
    review(reviewOfDeal(deal, before), causation);
  };
  /** The account as it stands: what a person would have to know to look at a record. */
  const reviewed = (accountId: string): Reviewed => {
    const account = book.numberOf(accountId);
    if (account === undefined) return { status: STATUS.active, day: null };
    return { status: book.status(account), day: book.day(account) };
  };
  const review = (data: ReviewData | null, causation: Causation): void => {
    if (data) add({ kind: 'reviewRequested', data }, actors.engine, causation, data.at);
  };
  const bustDeal = ({ bust }: Extract<PlatformRecord, { type: 'dealBusted' }>): void => {
    const { accountId, dealId, at } = bust;
    const name = `${accountId}/bust/${dealId}`;
    if (deals.has(name)) return refuse(`bust.dealId: deal ${dealId} was declared void already`);
    if (!deals.has(`${accountId}/${dealId}`)) {
      return refuse(`bust.dealId: no deal ${dealId} of ${accountId} is known`);
    }
    passTime(at);
    const before = reviewed(accountId);
    const result = book.balanceOperation(bustAsOperation(bust));
    if (!result.ok) return refuse(`bust: ${result.error}`);
    remember(deals, name);
    const { envelope } = booked({ kind: 'dealBusted', data: bust }, at);
    const causation: Causation = { type: 'fact', seq: envelope.seq };
    verdicts(result.value, causation);
    review(reviewOfBust(bust, before), causation);
  };
  const bookOperation = ({
    operation,
  }: Extract<PlatformRecord, { type: 'balanceOperation' }>): void => {
    const name = `${operation.accountId}/operation/${operation.operationId}`;
    if (deals.has(name))
      return refuse(`operation.operationId: ${operation.operationId} was booked already`);
    passTime(operation.at);
    const result = book.balanceOperation(operation);
    if (!result.ok) return refuse(`operation: ${result.error}`);
    remember(deals, name);
    const { envelope } = booked({ kind: 'balanceOperationBooked', data: operation }, operation.at);
    verdicts(result.value, { type: 'fact', seq: envelope.seq });
    const account = book.numberOf(operation.accountId);
    if (operation.type !== 'payout' || account === undefined) return;
    const next = atPayout.get(book.terms(account).program.programId);
    if (next) moveIfEasier(account, next, operation.at);
  };
  const protect = ({ change }: Extract<PlatformRecord, { type: 'protection' }>): void => {
    passTime(change.at);
    const result = book.protect(change);
    if (!result.ok) return refuse(`protection: ${result.error}`);
    const { envelope } = booked({ kind: 'protectionSet', data: change }, change.at);
    verdicts(result.value, { type: 'fact', seq: envelope.seq });
  };
  /** What the platform knows of a trader beside the trades: it changes no number. */
  const observe = (draft: ObservedDraft): void => {
    const { accountId, at } = draft.data;
    if (book.numberOf(accountId) === undefined) {
      return refuse(`${draft.kind}.accountId: no account ${accountId} is open`);
    }
    passTime(at);
    booked(draft, at);
  };
  const take = (record: PlatformRecord): void => {
    switch (record.type) {
      case 'mark':
        return mark(record);
      case 'deal':
        return bookDeal(record);
      case 'balanceOperation':
        return bookOperation(record);
      case 'dealBusted':
        return bustDeal(record);
      case 'protection':
        return protect(record);
      case 'news':
        book.scheduleNews(record.release);
        booked({ kind: 'newsScheduled', data: record.release }, marketAt ?? 0);
        return;
      case 'accountOpened':
        return openAccount(record);
      case 'identity':
        return observe({ kind: 'identityRecorded', data: record.identity });
      case 'session':
        return observe({ kind: 'sessionObserved', data: record.session });
      case 'orderActivity':
        return observe({ kind: 'orderActivityObserved', data: record.activity });
      case 'time':
        return passTime(record.at);
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

  /** What a person's decision leads to, at its place among the facts. */
  const obey = ({ envelope, ...fact }: Fact): void => {
    const causation: Causation = { type: 'fact', seq: envelope.seq };
    if (fact.kind === 'programPublished') {
      const { programId, version, effectiveFrom, migration } = fact.data;
      coming.push({ seq: envelope.seq, programId, version, effectiveFrom, migration });
      takeEffect(marketAt ?? effectiveFrom);
    } else if (fact.kind === 'accountDirected') {
      const { accountId, directive, at } = fact.data;
      const directed = book.direct(accountId, directive, at);
      if (directed.ok) verdicts(directed.value, causation);
    } else if (fact.kind === 'changeAccepted') {
      const change = changeOf(fact.data.accountId, fact.data.version);
      const why = { at: fact.data.at, basis: 'accepted', because: envelope.seq } as const;
      if (change) changeRules(fact.data.accountId, change.after, why);
    } else if (fact.kind === 'successorRequested') {
      const { accountId, successor: origin, nominalSize, startBalance, at } = fact.data;
      // Who goes on at another size leaves the account behind; who begins again has lost it.
      if (origin === 'scaledUp') {
        const closed = book.direct(accountId, { type: 'close' }, at);
        if (closed.ok) verdicts(closed.value, causation);
      }
      intake.actions.push({ type: 'openAccount', accountId, origin, nominalSize, startBalance });
    } else if (fact.kind === 'orderAdvanced' && fact.data.step.type === 'asked') {
      const { orderId: credential, step } = fact.data;
      const { accountId, terms } = step;
      intake.actions.push({ type: 'createAccount', accountId, terms, credential });
    } else if (fact.kind === 'adjustmentOrdered') {
      const { accountId, amount, reference: operationId, reason } = fact.data;
      const operation = {
        type: 'adjustment',
        operationId,
        amount,
        comment: reason.slice(0, 200),
      } as const;
      intake.actions.push({ type: 'bookOperation', accountId, operation });
    } else if (fact.kind === 'paymentInstructed') {
      const { accountId, instructionId: operationId, gross, amount: traderShare } = fact.data;
      const booked = {
        type: 'payout',
        operationId,
        amount: -gross,
        traderShare,
        comment: '',
      } as const;
      intake.actions.push({ type: 'bookOperation', accountId, operation: booked });
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
    decided: (draft, { actor, commandId, at }) => {
      intake = emptyIntake();
      const fact = add(draft, actor, { type: 'command', id: commandId }, at);
      obey(fact);
      return intake;
    },
    adopt: (fact) => {
      intake = emptyIntake();
      envelopes.adopt(fact);
      obey(fact);
      return intake;
    },
    isComing: (programId, version) =>
      coming.some((one) => one.programId === programId && one.version === version),
    get lastSeq() {
      return envelopes.lastSeq;
    },
    get marks() {
      return marks;
    },
    get references() {
      return references;
    },
    get marketAt() {
      return marketAt;
    },
    quality: quality.symbols,
    dayStartEquity: (account) => dayStarts[account] ?? 0,
    state: () => ({
      envelopes: envelopes.state(),
      marks,
      references,
      marketAt,
      quality: quality.state(),
      clocks: [...clocks.values()].map(({ clock, day }) => [clock, day] as const),
      published: [...published],
      coming,
      atPayout: [...atPayout.values()],
      deals: [...deals],
      dayStarts,
      book: book.snapshot(),
    }),
  };
}

type ObservedDraft = Extract<
  FactDraft,
  { kind: 'identityRecorded' | 'sessionObserved' | 'orderActivityObserved' }
>;

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
  return { facts: [], mark: null, reference: null, refused: null, actions: [] };
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
}): readonly IntakeAction[] {
  const { accountId, to } = change;
  switch (to) {
    case 'restricted':
      return [{ type: 'disableTrading', accountId, reason: to }];
    case 'failed':
    case 'paused':
    case 'passed':
    case 'closed':
      return [
        { type: 'closePositions', accountId, reason: to },
        { type: 'disableTrading', accountId, reason: to },
      ];
    default:
      return [{ type: 'resumeTrading', accountId, reason: 'dayBegan' }];
  }
}
