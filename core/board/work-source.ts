import type { Fact, FactKind } from '#core/facts/registry.ts';
import type { Governance } from '#core/governance/governance.ts';
import type { Decided } from '#core/governance/propose.ts';
import type { GovernedWorld, Refusal } from '#core/governance/world.ts';
import type { Result } from '#core/kernel/result.ts';
import type { Action } from '#core/people/roles.ts';
import type { EpochMs } from '#core/time/time.ts';
import type { Priority, WorkKind } from '#core/work/policy.ts';
import type { WorkChange } from '#core/work/work.events.ts';
import type { WorkItem } from './item.ts';

/** Where the page of what an item is about is found. */
export const LINK_PAGES = [
  'account',
  'case',
  'payouts',
  'dispute',
  'ticket',
  'order',
  'feeds',
] as const;
export interface Link {
  readonly page: (typeof LINK_PAGES)[number];
  readonly id: string;
}

/** What an item is about, as far as its fact says; the host knows whose an account is. */
export interface ItemAbout {
  readonly accountId: string | null;
  readonly traderId: string | null;
  readonly programId: string | null;
}
export const ABOUT_NOTHING: ItemAbout = { accountId: null, traderId: null, programId: null };

export interface Described {
  /** A sentence that says what is to be done, without its full stop. */
  readonly title: string;
  readonly about: ItemAbout;
  readonly priority: Priority;
  readonly link: Link;
  /** People who may not work on it: who decided first does not decide again. */
  readonly notFor: readonly string[];
  /** Alerts that wait with it, by their entries: settling it acknowledges them. */
  readonly alertSeqs: readonly number[];
}

/** What a fact says of one item; `id` names it within its kind. */
export type Word = { readonly id: string; readonly by: string | null } & Said;
export type Said =
  | { readonly says: 'opened'; readonly what: Described }
  | { readonly says: 'changed'; readonly what: Partial<Described> }
  | { readonly says: 'touched' }
  | { readonly says: 'owned'; readonly to: string | null }
  | { readonly says: 'paused'; readonly until: EpochMs; readonly reason: string }
  | { readonly says: 'resumed' }
  | { readonly says: 'settled'; readonly reason: string }
  | { readonly says: 'reopened'; readonly reason: string };

/** Everything beside the items that working on them rests on. */
export type WorkWorld = Pick<GovernedWorld, 'governance' | 'at' | 'accountOf'>;

/** Who acts, and what is acted on. */
export interface Doing {
  readonly item: WorkItem;
  readonly change: WorkChange;
  readonly personId: string;
  readonly commandId: string;
}

/**
 * One kind of work: which facts open its items, change and settle them. Shared code never asks
 * which kind it is.
 */
export interface WorkSource {
  readonly kind: WorkKind;
  /** What people call one of them. */
  readonly name: string;
  /** The kinds of facts that it reads. */
  readonly takes: readonly FactKind[];
  /** What seeing its items, and working on them, asks of a person's roles. */
  readonly sees: Action;
  readonly works: Action;
  /** Begins to read a log from its first fact; what it keeps between facts is its own. */
  open(): (fact: Fact, at: EpochMs) => readonly Word[];
  /** How its items are settled, where a person cannot do it here; null where a person can. */
  readonly settledBy: string | null;
  /** Whether a person's roles reach an item, where more than the account's program decides. */
  reaches?(item: WorkItem, personId: string, action: Action, governance: Governance): boolean;
  /**
   * An act that the item's own room decides, so that there are not two truths; null where it is
   * told as `workDone` like any other.
   */
  carryOut?(doing: Doing, world: WorkWorld): Result<Decided, Refusal> | null;
}
