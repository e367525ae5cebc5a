import type { AccountStatus } from '#core/accounts/account.ts';
import type { Audience } from '#core/approvals/decision.ts';
import type { FactDraft } from '#core/facts/registry.ts';
import type { Money } from '#core/money/money.ts';
import type { Result } from '#core/kernel/result.ts';
import type { Governance } from './governance.ts';

/**
 * Everything beside the facts that governing rests on, given in from outside: so that the server,
 * the verifier and the simulator decide alike.
 */
export interface GovernedWorld {
  readonly governance: Governance;
  /** The server's clock. */
  readonly at: number;
  /** Market time: what accounts' own facts are dated by. */
  readonly marketAt: number;
  /** The latest version of a program; 0 when there is none. */
  latestVersion(programId: string): number;
  readonly audience: Audience;
  /** Strict: refuses keys and signatures that prove nothing. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /** The root of the log when it had so many entries, as 64 hexadecimal digits; null beyond its end. */
  rootAt(size: number): string | null;
  /** When an entry was recorded; null when there is none. */
  recordedAt(seq: number): number | null;
  /** Bytes that are kept beside the log, by their digest. */
  content(digest: string): string | null;
  accountStatus(accountId: string): AccountStatus | null;
  /** Whose account it is and of which program; null when there is none. */
  accountOf(accountId: string): { readonly traderId: string; readonly programId: string } | null;
  /** What an account stands at; null when there is none. */
  moneyOf(accountId: string): AccountMoney | null;
  /** Breaches and failures of an account after an entry of the log: sentences. */
  blockedSince(accountId: string, seq: number): string | null;
}

/** An account in money, as of the latest prices. */
export interface AccountMoney {
  readonly nominalSize: Money;
  /** Floating and closed profit above what it began with; below zero for a loss. */
  readonly profit: Money;
}

/** Why something is not done: a code for programs, a sentence for people. */
export interface Refusal {
  readonly code: 'notFound' | 'invalid' | 'forbidden' | 'needSequence' | 'conflict' | 'notApproved';
  readonly message: string;
}
export type Drafts = Result<readonly FactDraft[], Refusal>;
