import type { Money } from '#core/money/money.ts';
import type { BankAccount } from './account.ts';
import type { CurrencyAmount } from './currency.ts';
import type { Direction } from './reader.ts';

/** Where something stands in the file, for a person who looks it up. */
export interface FilePlace {
  readonly line: number;
  readonly column: number;
}

/** What a bank says happened on our accounts: camt.053 and camt.054 alike. */
export interface BankReport {
  readonly kind: 'statement' | 'notification';
  /** "camt.053.001.08". */
  readonly version: string;
  readonly messageId: string;
  /** As the bank wrote it: often without a zone. */
  readonly createdAt: string;
  /** One per account and period. */
  readonly accounts: readonly AccountReport[];
  /** Everything that can be read but does not add up, in the order of the file. */
  readonly problems: readonly ReportProblem[];
}

export interface ReportProblem extends FilePlace {
  readonly kind:
    'balance' | 'summary' | 'details' | 'direction' | 'account' | 'duplicate' | 'partial';
  /** A sentence with the numbers; the place is beside it. */
  readonly sentence: string;
}

export interface AccountReport extends FilePlace {
  readonly id: string;
  readonly account: BankAccount;
  readonly currency: string | null;
  readonly owner: string | null;
  /** `COPY`, `DUPL` or `CODU` where the bank says that it sent this before. */
  readonly copy: string | null;
  /** Whether this file holds the whole report, and not one page of several. */
  readonly complete: boolean;
  readonly balances: readonly Balance[];
  /** One per currency that has both booked balances. */
  readonly reconciliations: readonly Reconciliation[];
  readonly summary: EntrySummary;
  readonly entries: readonly BankEntry[];
}

export interface Balance extends CurrencyAmount, FilePlace {
  /** ISO's code (`OPBD`, `PRCD`, `CLBD`, `CLAV` …) or the bank's own. */
  readonly type: string;
  /** Overdrawn is `debit`. */
  readonly direction: Direction;
  readonly date: string | null;
}

/** Amounts are signed here: money in is positive. The place is that of the closing balance. */
export interface Reconciliation extends FilePlace {
  readonly currency: string;
  readonly opening: Money;
  /** `null` where the sum is too large to be kept exactly. */
  readonly booked: Money | null;
  readonly closing: Money;
  readonly agrees: boolean;
}

/** What the bank says that it counted; `null` where it does not say. */
export interface EntrySummary {
  readonly total: SummaryLine;
  readonly credits: SummaryLine;
  readonly debits: SummaryLine;
  /** Signed. */
  readonly net: Money | null;
}

export interface SummaryLine {
  readonly count: number | null;
  readonly sum: Money | null;
  readonly place: FilePlace;
}

export interface BankEntry extends CurrencyAmount, FilePlace {
  readonly reference: string | null;
  /** The way the money moved, also where it moved back. */
  readonly direction: Direction;
  /** Takes an earlier entry of the other direction back. */
  readonly reversal: boolean;
  /** `BOOK`, `PDNG`, `INFO`, `FUTR` or the bank's own. Only `BOOK` has moved money. */
  readonly status: string;
  readonly bookingDate: string | null;
  readonly valueDate: string | null;
  readonly bankReference: string | null;
  /** "PMNT/ICDT/ESCT", or the bank's own code. */
  readonly transactionCode: string | null;
  readonly information: string | null;
  readonly batches: readonly Batch[];
  readonly transactions: readonly BankTransaction[];
}

export interface Batch extends FilePlace {
  readonly messageId: string | null;
  readonly paymentInformationId: string | null;
  readonly count: number | null;
  readonly total: CurrencyAmount | null;
  readonly direction: Direction | null;
}

export interface BankTransaction extends FilePlace {
  readonly references: TransactionReferences;
  /** As it was booked; `null` where neither the transaction nor a lone entry says it. */
  readonly amount: CurrencyAmount | null;
  /** What the payer ordered, which is what a payout says, before exchange and charges. */
  readonly instructed: CurrencyAmount | null;
  readonly direction: Direction;
  readonly debtor: Party;
  readonly creditor: Party;
  /** The side that is not us: who was paid by a debit, who paid a credit. */
  readonly counterparty: Party;
  readonly remittance: Remittance;
  /** Why a payment came back. Such a transaction never marks a payout as paid. */
  readonly returned: { readonly code: string | null; readonly information: string | null } | null;
  readonly information: string | null;
}

export interface TransactionReferences {
  readonly messageId: string | null;
  readonly paymentInformationId: string | null;
  readonly instructionId: string | null;
  /** Without the word with which banks say that there was none. */
  readonly endToEndId: string | null;
  readonly transactionId: string | null;
  readonly bankReference: string | null;
}

export interface Party {
  readonly name: string | null;
  readonly account: BankAccount | null;
  readonly bic: string | null;
}

export interface Remittance {
  readonly lines: readonly string[];
  /** References of creditors: RF…, QR and others. */
  readonly references: readonly string[];
}
