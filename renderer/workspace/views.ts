import type { ReactElement } from 'react';
import type { Role } from '#core/people/roles.ts';
import type { RendererClient } from '../desk/client.ts';
import {
  Alerts,
  Audit,
  BookShocks,
  Exposure,
  FraudQueue,
  Kpis,
  Orders,
  Payouts,
  People,
  Programs,
  Support,
  Work,
} from '../panels/index.ts';
import { ICONS } from './icons.ts';

/** Keys that a panel hears while it is in front, with what they do; one small letter can be run from the palette. */
export type KeyWords = readonly [keys: string, says: string];

/** Where a panel is docked when nobody has moved anything. */
export interface Docked {
  readonly panel: string;
  readonly beside?: {
    readonly panel: string;
    readonly at: 'left' | 'right' | 'above' | 'below' | 'within';
    /** Pixels: of its width beside another one, of its height above or below. */
    readonly size?: number;
  };
}

export const GROUPS = ['Watch', 'Decide', 'Serve', 'Firm'] as const;

/**
 * One view: a workspace with a name, a key and what is docked in it at first. The rail, the keys,
 * the palette, the sheet of keys and where each role begins are all made from this list.
 */
export interface ViewKind {
  readonly name: string;
  readonly title: string;
  /** One sentence for those who look for it. */
  readonly says: string;
  /** A digit, or `g` and a letter, one after the other. */
  readonly key: string;
  readonly group: (typeof GROUPS)[number];
  /** The path of a picture of 24 by 24, drawn with a line. */
  readonly icon: string;
  /** What fills it; null when it is made of parts (`docked`). */
  readonly panel: ((props: { readonly client: RendererClient }) => ReactElement) | null;
  readonly docked?: readonly Docked[];
  /** Who begins here after signing in; the first view that names a role of theirs. */
  readonly startsFor: readonly Role[];
  readonly keys: readonly KeyWords[];
}

/** Every view there is. Adding one is an entry here and an icon. */
export const VIEWS = [
  {
    name: 'risk',
    title: 'Risk',
    says: 'Every account live, alerts, and one account in depth',
    key: '1',
    group: 'Watch',
    icon: ICONS.risk,
    panel: null,
    docked: [
      { panel: 'accounts' },
      { panel: 'feed', beside: { panel: 'accounts', at: 'right', size: 380 } },
      { panel: 'account', beside: { panel: 'accounts', at: 'below', size: 420 } },
    ],
    startsFor: ['riskOfficer', 'seniorRiskOfficer'],
    keys: [
      ['/', 'Search accounts'],
      ['↑ ↓ ← →', 'Move in the grid'],
      ['Enter', 'Open the account'],
      ['Ctrl+C / Alt+C', 'Copy the cell / the row'],
      ['Alt+1 … Alt+6', 'The pages of the open account'],
      ['n', 'Go to the newest alert'],
      ['A', 'Acknowledge the alert or the group in focus'],
      ['→ ←', 'Unfold and fold the group of alerts in focus'],
    ],
  },
  {
    name: 'exposure',
    title: 'Exposure',
    says: 'The live book by slices, limits, shocks and toxic flow',
    key: '7',
    group: 'Watch',
    icon: ICONS.exposure,
    panel: Exposure,
    startsFor: [],
    keys: [
      ['[', 'Slice before'],
      [']', 'Slice after'],
      ['J K', 'Next and previous row'],
      ['c', 'Concentration'],
      ['h', 'Holders of the row'],
      ['w', 'What if: shocks'],
      ['l', 'Limits'],
      ['p', 'Propose a limit'],
      ['x', 'Toxic flow, and back'],
    ],
  },
  {
    name: 'shocks',
    title: 'What if',
    says: 'A shock of the whole book, account by account',
    key: '2',
    group: 'Watch',
    icon: ICONS.shocks,
    panel: BookShocks,
    startsFor: [],
    keys: [],
  },
  {
    name: 'alerts',
    title: 'Alerts',
    says: 'History, deliveries, rules and quiet hours of alerts',
    key: '9',
    group: 'Watch',
    icon: ICONS.alerts,
    panel: Alerts,
    startsFor: [],
    keys: [],
  },
  {
    name: 'cases',
    title: 'Cases',
    says: 'What surveillance found, with evidence and consequences',
    key: '8',
    group: 'Decide',
    icon: ICONS.cases,
    panel: FraudQueue,
    startsFor: ['compliance'],
    keys: [
      ['g', 'Take, lock and open the most urgent free case'],
      ['J K', 'Next and previous case'],
      ['\\', 'Hide the list of cases'],
      ['/', 'Find a case'],
      ['c', 'Claim the case or give it back'],
      ['s', 'Assign the case'],
      ['z', 'Snooze the case'],
      ['d', 'Dismiss'],
      ['w', 'Warn'],
      ['x', 'Propose a consequence'],
      ['n', 'Write a note'],
      ['e', 'Escalate'],
      ['m', 'Merge'],
      ['p', 'Split'],
      ['r', 'Reopen'],
      ['v', 'Answer a blind review'],
      ['1 … 9, ↑, Ctrl+Enter', 'In a form: choose, reason as last time, send and go on'],
    ],
  },
  {
    name: 'work',
    title: 'Work',
    says: 'Everything that waits for somebody, who has it and by when',
    key: 'g w',
    group: 'Decide',
    icon: ICONS.work,
    panel: Work,
    startsFor: [],
    keys: [
      ['g', 'Take the most urgent free item'],
      ['J K', 'Next and previous item'],
      ['h', 'Hand over what is yours'],
      ['/', 'Find work'],
      ['o', 'Open the page of what it is about'],
      ['c', 'Take the item, or give it back'],
      ['d', 'Settle'],
      ['z', 'Pause, with a reason'],
      ['u', 'Go on with a paused item'],
      ['s', 'Assign'],
      ['p', 'Change the priority'],
      ['n', 'Write a note'],
      ['r', 'Reopen'],
    ],
  },
  {
    name: 'approvals',
    title: 'Approvals',
    says: 'Payouts and everything else that waits for a second person',
    key: '4',
    group: 'Decide',
    icon: ICONS.approvals,
    panel: Payouts,
    startsFor: ['payoutApprover', 'finance'],
    keys: [
      ['J K', 'Next and previous in the queue'],
      ['a', 'Approve the open proposal'],
      ['r', 'Reject the open proposal'],
      ['h', 'Hold the open payout'],
      ['l', 'Release the open payout'],
      ['q', 'Ask the trader'],
      ['d', 'Deduct trades'],
    ],
  },
  {
    name: 'orders',
    title: 'Orders',
    says: 'From a purchase to an account: what stands still, and how fast it goes',
    key: 'g o',
    group: 'Serve',
    icon: ICONS.orders,
    panel: Orders,
    startsFor: [],
    keys: [
      ['J K', 'Next and previous order'],
      ['/', 'Find an order'],
      ['r', 'Retry the open order, or say that it was looked at'],
      ['c', 'Cancel the open order'],
      ['o', 'Open its account'],
    ],
  },
  {
    name: 'kpis',
    title: 'Numbers',
    says: 'What the firm achieves, against before and its targets, down to every matter',
    key: 'g n',
    group: 'Firm',
    icon: ICONS.kpis,
    panel: Kpis,
    startsFor: ['manager'],
    keys: [
      ['← →', 'Next and previous tile'],
      ['Enter', 'Open the tile'],
      ['[ ]', 'Shorter and longer period'],
      ['Esc', 'Back to all numbers'],
    ],
  },
  {
    name: 'support',
    title: 'Support',
    says: 'What traders write, what they are answered, and what they dispute',
    key: 'g s',
    group: 'Serve',
    icon: ICONS.support,
    panel: Support,
    startsFor: ['supportAgent'],
    keys: [
      ['J K', 'Next and previous ticket or dispute'],
      ['/', 'Find a ticket'],
      ['r', 'Reply to the open ticket'],
      ['n', 'Note; in the list, write down what a trader said'],
      ['a', 'Take the ticket, or give it back'],
      ['s', 'Assign'],
      ['w', 'Say whose it is'],
      ['f', 'File under a topic and tags'],
      ['d', 'Take a dispute down, or decide the open one'],
      ['m', 'Merge into another ticket'],
      ['x', 'Solve'],
      ['o', 'Reopen'],
      ['Ctrl+Enter', 'Send what is written'],
    ],
  },
  {
    name: 'programs',
    title: 'Programs',
    says: 'Programs and their rules, drafts, impact and versions',
    key: '3',
    group: 'Firm',
    icon: ICONS.programs,
    panel: Programs,
    startsFor: [],
    keys: [['Ctrl+Z / Ctrl+Shift+Z', 'Undo and redo in the draft']],
  },
  {
    name: 'people',
    title: 'People',
    says: 'Who may do what, keys, sessions and limits of approval',
    key: '5',
    group: 'Firm',
    icon: ICONS.people,
    panel: People,
    startsFor: ['admin'],
    keys: [],
  },
  {
    name: 'audit',
    title: 'Audit',
    says: 'Every decision and fact, each with its proof',
    key: '6',
    group: 'Firm',
    icon: ICONS.audit,
    panel: Audit,
    startsFor: ['auditor'],
    keys: [],
  },
] as const satisfies readonly ViewKind[];

export type View = (typeof VIEWS)[number]['name'];

/** The same list, without each entry's own type. */
export const viewKinds: readonly ViewKind[] = VIEWS;

export function viewNamed(name: string): ViewKind | undefined {
  return viewKinds.find((view) => view.name === name);
}

/** Where somebody begins: managers on figures, approvers on their queue, officers on the risk desk. */
export function startViewOf(roles: readonly Role[]): string {
  const own = roles.flatMap(
    (role) => viewKinds.find(({ startsFor }) => startsFor.includes(role)) ?? [],
  );
  return own[0]?.name ?? 'risk';
}

/** The view of a digit, or of a letter after `g`. */
export function viewOfKey(key: string, afterG: boolean): string | null {
  const wanted = afterG ? `g ${key}` : key;
  return viewKinds.find((view) => view.key === wanted)?.name ?? null;
}
