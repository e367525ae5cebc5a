import {
  movesCapital,
  realisedBy,
  type AccountTerms,
  type BalanceOperation,
  type Deal,
  type ProtectionChange,
} from '#core/accounts/account.ts';
import {
  byPositionId,
  heldPosition,
  UNPROTECTED,
  type HeldPosition,
  type Protection,
} from '#core/accounts/held-position.ts';
import type { Position, Quote } from '#core/accounts/positions.ts';
import { assert, present } from '#core/kernel/assert.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { createCalendar, type NewsRelease } from '#core/market/calendar.ts';
import type { Instrument } from '#core/market/instrument.ts';
import type { JournalledMark } from '#core/market/mark.ts';
import type { AccountState } from '#core/rules/account-state.ts';
import {
  bandOf,
  linesOf,
  gaugeAt,
  openJudgedAccount,
  settleHighest,
  stepAccount,
  type AccountBand,
  type BreachLines,
  type JudgedAccount,
} from '#core/rules/judge.ts';
import { direct, underRuleSet, type Directive } from '#core/rules/directive.ts';
import { dealMoment, payoutMoment, realisedByDeal } from '#core/rules/moment.ts';
import type { Gauge, Moment } from '#core/rules/rule-kind.ts';
import { cutOffOn, type RuleSet } from '#core/rules/rule-set.ts';
import type { EvidencePosition, VerdictCause } from '#core/rules/rules.events.ts';
import { statusFact, verdictFacts, type VerdictDraft } from '#core/rules/verdict-facts.ts';
import { dayClockId, endedOn, type EpochMs, type TradingDay } from '#core/time/time.ts';
import { createAccountsTable, type AccountsTable } from './accounts-table.ts';
import { createBandWatch } from './band-watch.ts';
import { createExposure, reducePosition } from './exposure.ts';
import type { Holdings, ValuedAccount } from './holdings.ts';
import type { CreatePriceWatch } from './price-watch.ts';
import { createRuleColumns, type RuleColumns, type StatePool } from './rule-columns.ts';

/** Receives the verdicts of one account. Called in ascending order of account numbers. */
export type OnVerdicts = (account: number, verdicts: readonly VerdictDraft[]) => void;

/** An account at this instant, with what each of its rules shows. */
export interface Standing {
  readonly status: number;
  readonly balance: number;
  readonly equity: number;
  readonly openPositions: number;
  /** Equity at the start of the trading day is the daily rules' business; gauges say what they use. */
  readonly gauges: readonly Gauge[];
}

/**
 * The live engine: every account's money in columns, every mark a question of which accounts' bands
 * it left (see price-watch), and the rules themselves only there. Gives the verdicts of the
 * reference evaluator, byte for byte.
 */
export interface Book {
  defineInstrument(instrument: Instrument): Result<number, string>;
  /** Opens an account; its number is dense, from 0, in order of opening. */
  openAccount(account: AccountOpening): Result<number, string>;
  numberOf(accountId: string): number | undefined;
  readonly accounts: number;
  /** Values and judges every account that holds the symbol. An unknown symbol is an assertion. */
  mark(mark: JournalledMark, onVerdicts: OnVerdicts): void;
  /** Refuses what does not fit what is open; a refusal changes nothing. */
  deal(deal: Deal): Result<readonly VerdictDraft[], string>;
  balanceOperation(operation: BalanceOperation): Result<readonly VerdictDraft[], string>;
  /** A stop or target of an open position changed; refuses one that is not open. */
  protect(change: ProtectionChange): Result<readonly VerdictDraft[], string>;
  /** What people decided about an account; refuses what its state does not allow. */
  direct(
    accountId: string,
    directive: Directive,
    at: EpochMs,
  ): Result<readonly VerdictDraft[], string>;
  /** Puts an account under another rule set and judges it; refuses one whose days turn otherwise. */
  changeRules(
    accountId: string,
    ruleSet: RuleSet,
    at: EpochMs,
  ): Result<readonly VerdictDraft[], string>;
  /** Puts a release on the calendar that all accounts share, or moves it. */
  scheduleNews(release: NewsRelease): void;
  /**
   * Takes every account on the clock from its day into the next, at the day's opening instant, and
   * tells those whose rules look at that time of day.
   */
  rollOver(clockId: string, day: TradingDay, onVerdicts: OnVerdicts): void;
  equity(account: number): number;
  balance(account: number): number;
  status(account: number): number;
  terms(account: number): AccountTerms;
  /** The trading day that the account is in; null before the first. */
  day(account: number): TradingDay | null;
  positions(account: number): readonly Position[];
  quote(symbol: string): Quote | null;
  standing(account: number): Standing;
  lines(account: number): BreachLines;
  instruments(): readonly Instrument[];
  /** Whether anything but equity changed since the last call; clears the mark. */
  takeChanged(account: number): boolean;
  state(account: number, at: EpochMs): AccountState;
  /** Lays accounts that hold the same symbols side by side: verdicts stay, sweeps get faster. */
  pack(): void;
  snapshot(): BookSnapshot;
  /** What is open, in the engine's own columns. */
  readonly open: OpenBook;
  /** Bytes of the engine's columns; names and terms not counted. */
  bytes(): number;
}

/**
 * The engine's own columns, to be read and never written, and only until the book changes: for
 * passes over everything that is open. A row of `positions` that was given back has no volume.
 */
export interface OpenBook {
  readonly accounts: AccountsTable;
  readonly positions: Holdings['positions'];
  readonly symbols: Holdings['symbols'];
}

export interface AccountOpening {
  readonly terms: AccountTerms;
  readonly ruleSet: RuleSet;
  readonly day: TradingDay | null;
}

/** Everything a book knows, as plain data. Restoring it gives the same verdicts from there on. */
export interface BookSnapshot {
  readonly instruments: readonly Instrument[];
  readonly quotes: readonly (Quote | null)[];
  readonly ruleSets: readonly RuleSet['ref'][];
  readonly days: readonly (readonly [clockId: string, day: TradingDay])[];
  readonly news: readonly NewsRelease[];
  readonly accounts: readonly {
    readonly terms: AccountTerms;
    readonly ruleSet: number;
    readonly status: number;
    readonly balance: number;
    readonly numbers: readonly number[];
    readonly positions: readonly Position[];
    readonly protections: readonly (readonly [positionId: string, protection: Protection])[];
  }[];
}

/** Marks are watched through safe bands; the linear pass finds the same and is there to prove it. */
export function createBook(createWatch: CreatePriceWatch = createBandWatch): Book {
  return openBook(createWatch);
}

/** Rebuilds a book; `ruleSets` must hold every rule set that the snapshot names. */
export function restoreBook(
  snapshot: BookSnapshot,
  ruleSetOf: (ref: RuleSet['ref']) => RuleSet,
  createWatch: CreatePriceWatch = createBandWatch,
): Book {
  const book = openBook(createWatch);
  book.restore(snapshot, snapshot.ruleSets.map(ruleSetOf));
  return book;
}

interface RestorableBook extends Book {
  restore(snapshot: BookSnapshot, ruleSets: readonly RuleSet[]): void;
}

/** Rule states of all accounts lie here, one run of numbers per account. */
const STATES_AT_START = 1_024;

function openBook(createWatch: CreatePriceWatch): RestorableBook {
  const table = createAccountsTable();
  const exposure = createExposure(table, createWatch);
  const terms: AccountTerms[] = [];
  const numbers = new Map<string, number>();
  const ruleColumns: RuleColumns[] = [];
  const ruleColumnsByHash = new Map<string, number>();
  const days = new Map<string, TradingDay>();
  /** The current day of each rule set, in step with `days`. */
  const dayOfRuleSet: (TradingDay | null)[] = [];
  /** By account number; accounts move when the book is packed. */
  let slots = new Int32Array(64);
  const pool: StatePool = { numbers: new Float64Array(STATES_AT_START) };
  let statesUsed = 0;

  const calendar = createCalendar();
  /** By account number: few accounts have any, so this is no column. */
  const protections = new Map<number, Map<string, Protection>>();
  /** The account that `moment` is about. */
  let momentSlot = 0;
  const held = (slot: number): HeldPosition[] => {
    const { currency } = termsAt(slot);
    const set = protections.get(table.column.number[slot] as number);
    return exposure
      .positions(slot)
      .sort(byPositionId)
      .map((position) => {
        const { positionId } = position;
        const floating = exposure.floatingOf(slot, positionId);
        const protection = set?.get(positionId) ?? UNPROTECTED;
        return heldPosition(position, { currency, floating, protection }, exposure);
      });
  };

  const moment: Moment = {
    cause: 'mark',
    at: 0,
    balance: 0,
    equity: 0,
    openPositions: 0,
    day: null,
    deal: null,
    capitalFlow: 0,
    realised: 0,
    payout: null,
    cutOff: null,
    positions: () => held(momentSlot),
    news: (symbol, from, to) => {
      const instrument = exposure.instrument(symbol);
      return instrument ? calendar.around(instrument, from, to) : [];
    },
  };
  const band: AccountBand = {
    atOrBelow: 0,
    atOrAbove: 0,
    atOrAboveFollowing: 0,
    drop: 0,
    follows: false,
  };

  const slotOf = (account: number): number => slots[account] as number;
  const columnsAt = (slot: number): RuleColumns =>
    ruleColumns[table.column.ruleSet[slot] as number] as RuleColumns;
  const termsAt = (slot: number): AccountTerms =>
    terms[table.column.number[slot] as number] as AccountTerms;
  const dayAt = (slot: number): TradingDay | null =>
    dayOfRuleSet[table.column.ruleSet[slot] as number] ?? null;
  const setDay = (clockId: string, day: TradingDay): void => {
    days.set(clockId, day);
    for (const [at, { ruleSet }] of ruleColumns.entries()) {
      if (dayClockId(ruleSet.dayClock) === clockId) dayOfRuleSet[at] = day;
    }
  };
  const judgedAt = (slot: number): JudgedAccount => {
    const { stateOffset, status } = table.column;
    return columnsAt(slot).at(stateOffset[slot] as number, termsAt(slot), status[slot] as number);
  };
  const setMoment = (slot: number, cause: Moment['cause'], at: EpochMs): void => {
    moment.cause = cause;
    moment.at = at;
    moment.balance = table.column.balance[slot] as number;
    moment.equity = table.column.equity[slot] as number;
    moment.openPositions = table.column.openPositions[slot] as number;
    moment.day = dayAt(slot);
    moment.deal = null;
    moment.capitalFlow = 0;
    moment.realised = 0;
    moment.payout = null;
    moment.cutOff = null;
    momentSlot = slot;
  };
  const setBand = (slot: number, judged: JudgedAccount): void => {
    bandOf(judged, moment, band);
    const { column } = table;
    // A price may move a leg and a position valued on its own of one account one after the other:
    // the equity between the two never was, so such an account's highest is not remembered.
    const following = band.follows && column.singles[slot] === 0;
    const always = Number(band.atOrBelow === Infinity);
    exposure.lookAlways(always - Number(column.atOrBelow[slot] === Infinity));
    column.atOrBelow[slot] = band.atOrBelow;
    column.atOrAbove[slot] = following ? band.atOrAboveFollowing : band.atOrAbove;
    column.drop[slot] = following ? band.drop : Infinity;
    column.highest[slot] = column.equity[slot] as number;
    exposure.reband(slot, following);
  };
  /**
   * Brings equity up to date, and lets the rules know of the highest that only the price watch has
   * seen. Must come before anything else changes: that was reached at the old balance, on the old day.
   */
  const settle = (slot: number): void => {
    exposure.settle(slot);
    if (table.column.following[slot] !== 1) return;
    setMoment(slot, 'mark', 0);
    settleHighest(judgedAt(slot), moment, table.column.highest[slot] as number);
  };
  /** Judges one account at the moment set; stores what its rules remember. */
  const step = (slot: number, cause: VerdictCause): readonly VerdictDraft[] => {
    const judged = judgedAt(slot);
    const outcomes = stepAccount(judged, moment);
    setBand(slot, judged);
    // Latches change without news too: a new day lets every limit warn again.
    columnsAt(slot).keepSaid(table.column.stateOffset[slot] as number);
    table.column.status[slot] = judged.status;
    if (outcomes.length === 0) return NO_VERDICTS;
    table.column.changed[slot] = 1;
    const { ruleSet } = columnsAt(slot);
    const positions = evidencePositions(slot);
    return verdictFacts(outcomes, { terms: termsAt(slot), ruleSet, moment, cause, positions });
  };
  /** Stores all of a judged account, and bands it anew at the moment set. */
  const keep = (slot: number, judged: JudgedAccount): void => {
    columnsAt(slot).put(judged, table.column.stateOffset[slot] as number);
    table.column.status[slot] = judged.status;
    table.column.changed[slot] = 1;
    setBand(slot, judgedAt(slot));
  };
  const evidencePositions = (slot: number): EvidencePosition[] =>
    exposure.positions(slot).map((position) => {
      const { positionId, symbol, side, volume, openValue } = position;
      const quote = exposure.quote(symbol);
      return {
        positionId,
        symbol,
        side,
        volume,
        openValue,
        bid: quote?.bid ?? null,
        ask: quote?.ask ?? null,
        floating: exposure.floatingOf(slot, positionId),
      };
    });
  const valued = (slot: number): ValuedAccount => {
    const { currency, positionRounding } = termsAt(slot);
    return { slot, currency, positionRounding };
  };
  const ruleColumnsOf = (ruleSet: RuleSet): number => {
    const known = ruleColumnsByHash.get(ruleSet.ref.hash);
    if (known !== undefined) return known;
    const index = ruleColumns.push(createRuleColumns(ruleSet, pool)) - 1;
    ruleColumnsByHash.set(ruleSet.ref.hash, index);
    dayOfRuleSet[index] = days.get(dayClockId(ruleSet.dayClock)) ?? null;
    return index;
  };
  /** A run of so many numbers for the states of an account. */
  const newStates = (width: number): number => {
    const offset = statesUsed;
    statesUsed += width;
    while (statesUsed > pool.numbers.length) pool.numbers = doubled(pool.numbers);
    return offset;
  };
  const addAccount = (opening: AccountTerms, ruleSet: RuleSet): number => {
    const slot = table.add();
    const account = terms.push(opening) - 1;
    numbers.set(opening.accountId, account);
    if (account === slots.length) slots = grown(slots);
    slots[account] = slot;
    const index = ruleColumnsOf(ruleSet);
    const { column } = table;
    column.number[slot] = account;
    column.ruleSet[slot] = index;
    column.stateOffset[slot] = newStates((ruleColumns[index] as RuleColumns).width);
    column.balance[slot] = opening.startBalance;
    column.equity[slot] = opening.startBalance;
    column.changed[slot] = 1;
    return account;
  };
  const addTo = (column: Float64Array, slot: number, amount: number): void => {
    column[slot] = (column[slot] as number) + amount;
  };

  const book: RestorableBook = {
    defineInstrument: exposure.defineInstrument,
    openAccount: ({ terms: opening, ruleSet, day }) => {
      if (numbers.has(opening.accountId))
        return err(`account ${opening.accountId} is open already`);
      const account = addAccount(opening, ruleSet);
      if (day) setDay(dayClockId(ruleSet.dayClock), day);
      const slot = slotOf(account);
      const offset = table.column.stateOffset[slot] as number;
      columnsAt(slot).put(openJudgedAccount(opening, ruleSet), offset);
      setMoment(slot, 'mark', day?.opensAt ?? 0);
      setBand(slot, judgedAt(slot));
      return ok(account);
    },
    numberOf: (accountId) => numbers.get(accountId),
    get accounts() {
      return terms.length;
    },
    mark: (mark, onVerdicts) => {
      const touched = exposure.applyMark(mark.symbol, mark.bid, mark.ask);
      assert(touched !== null, `a mark of the unknown symbol ${mark.symbol}`);
      if (touched.count === 0) return;
      const digits = present(exposure.instrument(mark.symbol), mark.symbol).digits;
      const cause: VerdictCause = { type: 'mark', mark, digits };
      for (const account of accountsTouched(touched.slots, touched.count, table.column.number)) {
        const slot = slotOf(account);
        const equity = table.column.equity[slot] as number;
        const lowest = (table.column.highest[slot] as number) - (table.column.drop[slot] as number);
        const inside =
          equity > (table.column.atOrBelow[slot] as number) &&
          equity > lowest &&
          equity < (table.column.atOrAbove[slot] as number);
        // An account can leave its band on one leg and return on another within the same mark.
        if (inside) continue;
        settle(slot);
        setMoment(slot, 'mark', mark.at);
        const verdicts = step(slot, cause);
        if (verdicts.length > 0) onVerdicts(account, verdicts);
      }
    },
    deal: (deal) => {
      const account = numbers.get(deal.accountId);
      if (account === undefined) return err(`account ${deal.accountId} is unknown`);
      const slot = slotOf(account);
      const before = exposure.position(slot, deal.positionId);
      const refusal =
        dealRefusal(deal, before) ??
        exposure.refusal(deal.symbol, deal.volume, deal.price, termsAt(slot).currency);
      if (refusal !== null) return err(refusal);
      settle(slot);
      exposure.change(valued(slot), before, positionAfter(deal, before));
      const realised = realisedByDeal(deal);
      addTo(table.column.balance, slot, realised);
      addTo(table.column.equity, slot, realised);
      table.column.changed[slot] = 1;
      setMoment(slot, 'deal', deal.at);
      moment.realised = realised;
      moment.deal = dealMoment(deal, before, {
        day: moment.day,
        instrument: exposure.instrument(deal.symbol),
        symbolFlatAfter: exposure.isFlatIn(slot, deal.symbol),
      });
      if (moment.deal.lotsAfter === 0) protections.get(account)?.delete(deal.positionId);
      return ok(step(slot, { type: 'deal', dealId: deal.dealId }));
    },
    balanceOperation: (operation) => {
      const account = numbers.get(operation.accountId);
      if (account === undefined) return err(`account ${operation.accountId} is unknown`);
      const slot = slotOf(account);
      settle(slot);
      addTo(table.column.balance, slot, operation.amount);
      addTo(table.column.equity, slot, operation.amount);
      table.column.changed[slot] = 1;
      setMoment(slot, 'balanceOperation', operation.at);
      moment.capitalFlow = movesCapital(operation) ? operation.amount : 0;
      moment.realised = realisedBy(operation);
      moment.payout = payoutMoment(operation);
      return ok(step(slot, { type: 'balanceOperation', operationId: operation.operationId }));
    },
    protect: ({ accountId, positionId, stopLoss, takeProfit, at }) => {
      const account = numbers.get(accountId);
      if (account === undefined) return err(`account ${accountId} is unknown`);
      const slot = slotOf(account);
      if (exposure.position(slot, positionId) === null) {
        return err(`position ${positionId} is not open`);
      }
      settle(slot);
      const set = protections.get(account) ?? new Map<string, Protection>();
      protections.set(account, set.set(positionId, { stopLoss, takeProfit }));
      setMoment(slot, 'protection', at);
      return ok(step(slot, { type: 'protection', positionId }));
    },
    direct: (accountId, directive, at) => {
      const account = numbers.get(accountId);
      if (account === undefined) return err(`account ${accountId} is unknown`);
      const slot = slotOf(account);
      settle(slot);
      const judged = judgedAt(slot);
      const outcomes = direct(judged, directive);
      if (!outcomes.ok) return outcomes;
      const reinstated = directive.type === 'reinstate';
      setMoment(slot, reinstated ? 'dayOpen' : 'mark', at);
      keep(slot, judged);
      const changed = outcomes.value.map((outcome) => statusFact(outcome, termsAt(slot), at));
      if (!reinstated) return ok(changed);
      return ok([...changed, ...step(slot, { type: 'reinstated', ruleId: directive.ruleId })]);
    },
    changeRules: (accountId, ruleSet, at) => {
      const account = numbers.get(accountId);
      if (account === undefined) return err(`account ${accountId} is unknown`);
      const slot = slotOf(account);
      const before = columnsAt(slot).ruleSet;
      if (dayClockId(before.dayClock) !== dayClockId(ruleSet.dayClock)) {
        return err('its trading days would turn at other instants');
      }
      settle(slot);
      const judged = underRuleSet(judgedAt(slot), ruleSet);
      terms[account] = judged.terms;
      const { column } = table;
      column.ruleSet[slot] = ruleColumnsOf(ruleSet);
      column.stateOffset[slot] = newStates(columnsAt(slot).width);
      setMoment(slot, 'mark', at);
      keep(slot, judged);
      return ok(step(slot, { type: 'rulesChanged', version: ruleSet.ref.version }));
    },
    scheduleNews: calendar.schedule,
    rollOver: (clockId, day, onVerdicts) => {
      const cause: VerdictCause = { type: 'rollOver', clockId, dayKey: day.key };
      const onClock = ruleColumns.map(
        (columns) => dayClockId(columns.ruleSet.dayClock) === clockId,
      );
      const cutOffs = ruleColumns.map(({ ruleSet }) => cutOffOn(ruleSet, clockId));
      const before = days.get(clockId) ?? null;
      for (let account = 0; account < terms.length; account += 1) {
        const slot = slotOf(account);
        const cutOff = cutOffs[table.column.ruleSet[slot] as number];
        const turns = onClock[table.column.ruleSet[slot] as number] === true;
        if (!cutOff && !turns) continue;
        settle(slot);
        let cut = NO_VERDICTS;
        if (cutOff) {
          setMoment(slot, 'cutOff', day.opensAt);
          moment.cutOff = { clockId, date: endedOn(cutOff, day) };
          cut = step(slot, cause);
        }
        if (!turns) {
          if (cut.length > 0) onVerdicts(account, cut);
          continue;
        }
        setMoment(slot, 'dayClose', day.opensAt);
        moment.day = before;
        const closing = step(slot, cause);
        setMoment(slot, 'dayOpen', day.opensAt);
        moment.day = day;
        const opening = step(slot, cause);
        table.column.changed[slot] = 1;
        const all = [...cut, ...closing, ...opening];
        if (all.length > 0) onVerdicts(account, all);
      }
      setDay(clockId, day);
    },
    equity: (account) => {
      const slot = slotOf(account);
      exposure.value(slot);
      return table.column.equity[slot] as number;
    },
    balance: (account) => table.column.balance[slotOf(account)] as number,
    status: (account) => table.column.status[slotOf(account)] as number,
    terms: (account) => present(terms[account], `account number ${account}`),
    day: (account) => dayAt(slotOf(account)),
    positions: (account) => exposure.positions(slotOf(account)),
    quote: exposure.quote,
    standing: (account) => {
      const slot = slotOf(account);
      settle(slot);
      setMoment(slot, 'mark', 0);
      const judged = judgedAt(slot);
      return {
        status: judged.status,
        balance: moment.balance,
        equity: moment.equity,
        openPositions: moment.openPositions,
        gauges: judged.ruleSet.rules.map((_rule, at) => gaugeAt(judged, moment, at)),
      };
    },
    instruments: exposure.instruments,
    lines: (account) => {
      const slot = slotOf(account);
      settle(slot);
      setMoment(slot, 'mark', 0);
      return linesOf(judgedAt(slot), moment);
    },
    takeChanged: (account) => {
      const slot = slotOf(account);
      const changed = table.column.changed[slot] === 1;
      table.column.changed[slot] = 0;
      return changed;
    },
    state: (account, at) => {
      const slot = slotOf(account);
      settle(slot);
      const judged = judgedAt(slot);
      return {
        terms: termsAt(slot),
        ruleSet: judged.ruleSet.content,
        status: judged.status,
        balance: table.column.balance[slot] as number,
        day: dayAt(slot),
        at,
        positions: exposure.positions(slot),
        protections: [...(protections.get(account) ?? [])],
        states: judged.states.map((state) => ({ ...state })),
        latches: [...judged.latches],
        exceptions: [...judged.exceptions],
        market: exposure.instruments().map((instrument) => ({
          instrument,
          bid: exposure.quote(instrument.symbol)?.bid ?? null,
          ask: exposure.quote(instrument.symbol)?.ask ?? null,
        })),
      };
    },
    pack: () => {
      const keys = packingKeys(table.length, (slot) => exposure.positions(slot), exposure);
      const moved = packedSlots(keys);
      permuteColumns(table.column, moved);
      exposure.renumber(moved);
      for (let slot = 0; slot < table.length; slot += 1) {
        slots[table.column.number[slot] as number] = slot;
      }
    },
    snapshot: () => {
      const instruments = exposure.instruments();
      return {
        instruments,
        quotes: instruments.map((instrument) => exposure.quote(instrument.symbol)),
        ruleSets: ruleColumns.map((columns) => columns.ruleSet.ref),
        days: [...days],
        news: calendar.releases(),
        accounts: terms.map((opening, account) => {
          const slot = slotOf(account);
          settle(slot);
          const offset = table.column.stateOffset[slot] as number;
          return {
            terms: opening,
            ruleSet: table.column.ruleSet[slot] as number,
            status: table.column.status[slot] as number,
            balance: table.column.balance[slot] as number,
            numbers: [...pool.numbers.subarray(offset, offset + columnsAt(slot).width)],
            positions: exposure.positions(slot),
            protections: [...(protections.get(account) ?? [])],
          };
        }),
      };
    },
    restore: (snapshot, ruleSets) => {
      for (const [clockId, day] of snapshot.days) days.set(clockId, day);
      for (const ruleSet of ruleSets) ruleColumnsOf(ruleSet);
      for (const release of snapshot.news) calendar.schedule(release);
      for (const [at, instrument] of snapshot.instruments.entries()) {
        exposure.defineInstrument(instrument);
        const quote = snapshot.quotes[at];
        if (quote) exposure.applyMark(instrument.symbol, quote.bid, quote.ask);
      }
      for (const saved of snapshot.accounts) {
        const ruleSet = present(ruleSets[saved.ruleSet], 'rule set of an account');
        const account = addAccount(saved.terms, ruleSet);
        const slot = slotOf(account);
        if (saved.protections.length > 0) protections.set(account, new Map(saved.protections));
        const { column } = table;
        column.status[slot] = saved.status;
        column.balance[slot] = saved.balance;
        column.equity[slot] = saved.balance;
        pool.numbers.set(saved.numbers, column.stateOffset[slot] as number);
        // The chain keeps the latest position first: rebuild it from the last.
        for (const position of [...saved.positions].reverse()) {
          exposure.change(valued(slot), null, position);
        }
        setMoment(slot, 'mark', 0);
        setBand(slot, judgedAt(slot));
      }
    },
    bytes: () => table.bytes() + exposure.bytes() + pool.numbers.byteLength + slots.byteLength,
    open: {
      accounts: table,
      positions: exposure.holdings.positions,
      symbols: exposure.holdings.symbols,
    },
  };
  return book;
}

const NO_VERDICTS: readonly VerdictDraft[] = [];

/** Why a deal cannot follow from what is open; null when it can. */
function dealRefusal(deal: Deal, before: Position | null): string | null {
  if (deal.entry === 'in') {
    if (!before) return null;
    if (before.symbol !== deal.symbol) return `position ${deal.positionId} is in ${before.symbol}`;
    if (before.side !== deal.side) return `position ${deal.positionId} is a ${before.side}`;
    return null;
  }
  if (!before) return `position ${deal.positionId} is not open`;
  if (before.symbol !== deal.symbol) return `position ${deal.positionId} is in ${before.symbol}`;
  if (before.side === deal.side) return `a ${deal.side} cannot close a ${before.side} position`;
  if (deal.volume <= before.volume) return null;
  return `position ${deal.positionId} has a volume of ${before.volume}, less than ${deal.volume}`;
}

function positionAfter(deal: Deal, before: Position | null): Position | null {
  if (deal.entry === 'out') return reducePosition(present(before, 'position'), deal.volume);
  const added = deal.volume * deal.price;
  if (before) {
    return { ...before, volume: before.volume + deal.volume, openValue: before.openValue + added };
  }
  const { positionId, symbol, side, volume, at } = deal;
  return { positionId, symbol, side, volume, openValue: added, openedAt: at };
}

/** The account numbers behind touched slots, ascending and once each: order never depends on memory. */
function accountsTouched(slots: Int32Array, count: number, number: Int32Array): Int32Array {
  const found = new Int32Array(count);
  for (let at = 0; at < count; at += 1) found[at] = number[slots[at] as number] as number;
  found.sort();
  let kept = 0;
  for (let at = 0; at < count; at += 1) {
    if (at === 0 || found[at] !== found[at - 1]) found[kept++] = found[at] as number;
  }
  return found.subarray(0, kept);
}

/** Accounts sort by their first and second symbol, so that one symbol's sweep walks one stretch. */
function packingKeys(
  length: number,
  positionsOf: (slot: number) => readonly Position[],
  exposure: { instruments(): readonly Instrument[] },
): Float64Array {
  const index = new Map(exposure.instruments().map(({ symbol }, at) => [symbol, at + 1]));
  const keys = new Float64Array(length);
  for (let slot = 0; slot < length; slot += 1) {
    const held = [...new Set(positionsOf(slot).map(({ symbol }) => index.get(symbol) ?? 0))].sort(
      (one, other) => one - other,
    );
    keys[slot] = (held[0] ?? 0) * 65_536 + (held[1] ?? 0);
  }
  return keys;
}

/** `moved[old]` is the new slot of what lay at `old`. */
function packedSlots(keys: Float64Array): Int32Array {
  const order = Int32Array.from(keys, (_key, slot) => slot);
  order.sort((one, other) => (keys[one] as number) - (keys[other] as number) || one - other);
  const moved = new Int32Array(keys.length);
  for (const [to, from] of order.entries()) moved[from] = to;
  return moved;
}

function permuteColumns(
  columns: Readonly<Record<string, Float64Array | Int32Array | Uint8Array>>,
  moved: Int32Array,
): void {
  for (const column of Object.values(columns)) {
    const before = column.slice(0, moved.length);
    for (let slot = 0; slot < moved.length; slot += 1) {
      column[moved[slot] as number] = before[slot] as number;
    }
  }
}

function doubled(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2);
  larger.set(values);
  return larger;
}

function grown(values: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(values.length * 2);
  larger.set(values);
  return larger;
}
