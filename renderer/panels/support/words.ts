import type { Disputed, Remedy, Topic } from '#core/support/support.events.ts';
import type { TicketQueue } from '#core/support/tickets.ts';
import { DISPUTE_REASON_TEXT, REMEDY_TEXT } from '#core/support/letter.ts';

export { DISPUTE_REASON_TEXT, REMEDY_TEXT };

export const TOPIC_TEXT: Readonly<Record<Topic, string>> = {
  account: 'Account',
  rules: 'Rules',
  payout: 'Payout',
  platform: 'Platform',
  purchase: 'Purchase',
  identity: 'Identity',
  dispute: 'Dispute',
  other: 'Other',
};

/** Always a shape beside the word: colour alone says nothing. */
export const QUEUE_TEXT: Readonly<Record<TicketQueue, string>> = {
  unassigned: '○ Unassigned',
  assigned: '◐ In hand',
  waiting: '❚❚ Waits for the trader',
  overdue: '▲ Overdue',
  solved: '● Solved',
  merged: '– Merged',
};

export const REMEDY_SAYS: Readonly<Record<Remedy, string>> = {
  upheld: 'The decision stands; a clause says why',
  reinstated: 'The verdict falls: needs an override that was carried out',
  refunded: 'The trader was right: needs a credit that was carried out',
  goodwill: 'The decision stands, something is given: needs a credit',
};

export const KIND_TEXT: Readonly<Record<string, string>> = {
  breachDetected: '■ Breach',
  conductFlagged: '▲ Flag',
  warningRaised: '△ Warning',
};

export function aboutText(about: Disputed): string {
  switch (about.type) {
    case 'verdict':
      return `Rule ${about.ruleId}, entry ${about.seq}`;
    case 'payout':
      return `Payout ${about.payoutId}`;
    case 'case':
      return `Case ${about.caseId}`;
  }
}

const MINUTE_MS = 60_000;

/** "in 3 h", "2 d late": two parts at the most, never a colour alone. */
export function dueText(dueAt: number | null, now: number): string {
  if (dueAt === null) return 'stands still';
  const late = now >= dueAt;
  const much = spanText(Math.abs(dueAt - now));
  return late ? `${much} late` : `in ${much}`;
}

export function spanText(ms: number): string {
  const minutes = Math.floor(ms / MINUTE_MS);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h`;
  return `${Math.floor(minutes / 1_440)} d`;
}

export function sizeText(bytes: number): string {
  return bytes < 1_000 ? `${bytes} bytes` : `${Math.ceil(bytes / 1_000)} kB`;
}
