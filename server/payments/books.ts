import type { Fact } from '#core/facts/registry.ts';
import type { Money } from '#core/money/money.ts';
import {
  createLedger,
  type Ledger,
  type LedgerEvent,
  type LedgerLine,
  type OpenAmounts,
  type StatementRow,
} from '#core/payouts/ledger.ts';

/** The firm's books of payouts, kept by nothing but the facts of the log, in their order. */
export interface Books {
  /** Takes the next fact; those that move no money, or were taken before, are passed over. */
  apply(fact: Fact): void;
  /** Currencies that anything was posted in, in order of their codes. */
  currencies(): readonly string[];
  trialBalance(currency: string): readonly LedgerLine[];
  openOf(payoutId: string): OpenAmounts | null;
  /** Lines of a month of UTC, "2026-11". */
  statement(month: string): readonly StatementRow[];
  /** Facts that fit nothing in the books, as sentences: a person's matter, with an exception each. */
  problems(): readonly string[];
}

export function createBooks(): Books {
  const state: State = {
    ledger: createLedger(),
    payouts: new Map(),
    byInstruction: new Map(),
    currencies: new Set(),
    problems: [],
    lastSeq: 0,
  };
  return {
    apply: (fact) => {
      const { seq } = fact.envelope;
      if (seq <= state.lastSeq) return;
      state.lastSeq = seq;
      for (const event of eventsOf(fact, state)) post(event, state);
    },
    currencies: () => [...state.currencies].sort(),
    trialBalance: (currency) => state.ledger.trialBalance(currency),
    openOf: (payoutId) => state.ledger.openOf(payoutId),
    statement: (month) => state.ledger.statement(month),
    problems: () => state.problems,
  };
}

interface KnownPayout {
  readonly currency: string;
  /** What the version that stands would pay. */
  readonly amount: Money;
}

interface State {
  readonly ledger: Ledger;
  readonly payouts: Map<string, KnownPayout>;
  /** The payout that a bank's line names, by its end-to-end id. */
  readonly byInstruction: Map<string, string>;
  readonly currencies: Set<string>;
  readonly problems: string[];
  lastSeq: number;
}

function post(event: LedgerEvent, { ledger, currencies, problems }: State): void {
  const posted = ledger.post(event);
  if (!posted.ok) problems.push(`entry ${event.id}: ${posted.error}`);
  else if (posted.value) currencies.add(posted.value.currency);
}

/** What a fact means for the books: nothing for most of them, at most one posting. */
function eventsOf(fact: Fact, state: State): readonly LedgerEvent[] {
  const { seq } = fact.envelope;
  const id = `fact-${seq}`;
  switch (fact.kind) {
    case 'payoutRequested': {
      const { payoutId, currency } = fact.data;
      state.payouts.set(payoutId, { currency, amount: 0 });
      return [];
    }
    case 'proposalOpened':
      return setAmount(fact.data.proposalId, fact.data.amount, state);
    case 'proposalRevised': {
      const { proposalId, amount, at } = fact.data;
      setAmount(proposalId, amount, state);
      return voided(proposalId, id, at, state);
    }
    case 'proposalApproved': {
      const { proposalId: payoutId, at } = fact.data;
      const known = state.payouts.get(payoutId);
      if (!known || known.amount <= 0) return [];
      return [{ type: 'approved', id, at, payoutId, ...known }];
    }
    case 'proposalClosed': {
      const { proposalId, outcome, at } = fact.data;
      return outcome === 'executed' ? [] : voided(proposalId, id, at, state);
    }
    case 'paymentInstructed': {
      const { payoutId, instructionId, amount, at } = fact.data;
      state.byInstruction.set(instructionId, payoutId);
      return [{ type: 'instructed', id, at, payoutId, amount }];
    }
    case 'paymentReported':
      return reported(fact, id, state);
    case 'bankEntryBooked':
      return [bankLine(fact, id, state)];
    case 'entryMatched': {
      const { entryId, payoutId, at } = fact.data;
      return [{ type: 'matched', id, at, entryId, payoutId }];
    }
    default:
      return [];
  }
}

function setAmount(payoutId: string, amount: Money, { payouts }: State): readonly LedgerEvent[] {
  const known = payouts.get(payoutId);
  if (known) payouts.set(payoutId, { ...known, amount });
  return [];
}

/** What was approved and never ordered is owed no more. */
function voided(payoutId: string, id: string, at: number, { ledger }: State): LedgerEvent[] {
  const payable = ledger.openOf(payoutId)?.payable ?? 0;
  return payable > 0 ? [{ type: 'approvalVoided', id, at, payoutId }] : [];
}

/**
 * `sent`, `unknown` and `paid` move nothing: the bank's line does. Refused or sent back, the money
 * is owed again; told twice, or after the bank has booked it otherwise, it is not owed twice.
 */
function reported(
  { data }: Extract<Fact, { kind: 'paymentReported' }>,
  id: string,
  { ledger }: State,
): readonly LedgerEvent[] {
  const { payoutId, state, at } = data;
  if (state !== 'declined' && state !== 'returned') return [];
  const open = ledger.openOf(payoutId);
  if (!open || open.comingBack > 0) return [];
  const isOut = open.leaving > 0 || (state === 'returned' && open.paid > 0);
  return isOut ? [{ type: state, id, at, payoutId }] : [];
}

/**
 * A bank's line is suspense until it is matched, which is a fact of its own. What comes in under a
 * payment's end-to-end id is that payment's, as far as it has left.
 */
function bankLine(
  { data }: Extract<Fact, { kind: 'bankEntryBooked' }>,
  id: string,
  { byInstruction }: State,
): LedgerEvent {
  const { entryId, amount, currency, direction, fee, endToEndId, at } = data;
  const line = { id, at, entryId, amount, currency };
  if (fee) return { type: 'fee', ...line };
  if (direction === 'out') return { type: 'bankOut', ...line, payoutId: null };
  const payoutId = byInstruction.get(endToEndId ?? '') ?? null;
  return { type: 'bankIn', ...line, payoutId };
}
