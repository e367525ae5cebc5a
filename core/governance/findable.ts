import type { AccountStatus, AccountTerms } from '#core/accounts/account.ts';
import type { CaseFile } from '#core/cases/cases.ts';
import { PATTERNS } from '#core/fraud/detector.ts';
import { moneyText } from '#core/money/money.ts';
import type { Action } from '#core/people/roles.ts';
import type { Order } from '#core/provisioning/orders.ts';
import type { Dispute } from '#core/support/disputes.ts';
import { DISPUTE_REASON_TEXT, disputedText } from '#core/support/letter.ts';
import type { Ticket } from '#core/support/tickets.ts';
import type { Words } from '#core/support/words.ts';
import type { Governance, Payout } from './governance.ts';

/** What can be found, and where the window goes for it. The server and every desk make the same. */
export interface Findable {
  readonly kind: FindableKind;
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  /** "support/tickets/t-1": a place of the window. */
  readonly link: string;
  /** Whatever else it is found by. */
  readonly words: string;
}

/** What each kind asks of the roles of whoever looks for it. */
export const FINDABLE = {
  account: 'view',
  trader: 'view',
  verdict: 'view',
  program: 'view',
  ticket: 'viewTickets',
  dispute: 'viewTickets',
  case: 'viewCases',
  payout: 'viewPayouts',
  order: 'viewPayouts',
} as const satisfies Readonly<Record<string, Action>>;
export type FindableKind = keyof typeof FINDABLE;

/** Words of one search; the rest is not looked at. */
export const WORDS_PER_SEARCH_MAX = 8;
/** Letters of a ticket's messages that it is found by. */
export const TICKET_WORDS_MAX = 8_000;

/**
 * What a person typed, as a question to a full-text index: every word has to occur, by its
 * beginning. Null where there is no word in it; what the index takes for signs of its own is none.
 */
export function matchOf(text: string): string | null {
  const words = text.normalize('NFC').match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length === 0) return null;
  return words
    .slice(0, WORDS_PER_SEARCH_MAX)
    .map((word) => `"${word}"*`)
    .join(' ');
}

export function accountFindables(
  { accountId, traderId, traderName, program, phase, platform }: AccountTerms,
  status: AccountStatus,
): readonly Findable[] {
  return [
    {
      kind: 'account',
      id: accountId,
      title: `${accountId} · ${traderName}`,
      detail: `${program.name}, ${phase.name}, ${status}`,
      link: `risk/${accountId}`,
      words: `${traderId} ${program.programId} ${platform}`,
    },
    {
      kind: 'trader',
      id: traderId,
      title: traderName,
      detail: `Trader ${traderId}`,
      link: `risk/${accountId}`,
      words: '',
    },
    {
      kind: 'program',
      id: program.programId,
      title: program.name,
      detail: `Program ${program.programId}`,
      link: `programs/${program.programId}`,
      words: '',
    },
  ];
}

export function ticketFindable(
  ticket: Ticket,
  words: readonly Words[],
  traderName: string,
): Findable {
  const { ticketId, number, topic, accountId, traderId, tags } = ticket;
  const subject = words.find((one) => one.subject !== '')?.subject ?? '';
  const said = words.map(({ text }) => text).join(' ');
  return {
    kind: 'ticket',
    id: ticketId,
    title: `Ticket ${number}${subject === '' ? '' : ` · ${subject}`}`,
    detail: [topic, traderName, accountId ?? ''].filter((part) => part !== '').join(', '),
    link: `support/tickets/${ticketId}`,
    words: `${tags.join(' ')} ${traderId ?? ''} ${said}`.slice(0, TICKET_WORDS_MAX),
  };
}

export function disputeFindable(dispute: Dispute, traderName: string): Findable {
  const { disputeId, number, about, reason, accountId, traderId, decision } = dispute;
  return {
    kind: 'dispute',
    id: disputeId,
    title: `Dispute ${number} · ${DISPUTE_REASON_TEXT[reason]}`,
    detail: `${disputedText(about)}, account ${accountId}`,
    link: `support/disputes/${disputeId}`,
    words: `${traderId} ${traderName} ${decision?.reason ?? ''}`,
  };
}

export function caseFindable(file: CaseFile): Findable {
  const { caseId, number, accounts, traders, patterns } = file;
  const named = PATTERNS.filter((pattern) => patterns.has(pattern)).join(', ');
  return {
    kind: 'case',
    id: caseId,
    title: `Case ${number} · ${named}`,
    detail: [...accounts].slice(0, 5).join(', '),
    link: `cases/queue/${caseId}`,
    words: `${[...traders].join(' ')} ${[...accounts].join(' ')}`,
  };
}

export function payoutFindable(
  { payoutId, request }: Payout,
  governance: Governance,
  traderName: string,
): Findable {
  const { accountId, currency, traderId } = request;
  const proposal = governance.proposal(payoutId);
  const state = proposal?.closed?.outcome ?? 'open';
  const amount = `${moneyText(proposal?.amount ?? 0)} ${currency}`;
  return {
    kind: 'payout',
    id: payoutId,
    title: `Payout ${amount} · ${traderName === '' ? traderId : traderName}`,
    detail: `${state}, account ${accountId}`,
    link: `approvals/${payoutId}`,
    words: `${payoutId} ${traderId}`,
  };
}

export function orderFindable({ data }: Order): Findable {
  const { orderId, externalId, source, programId, traderId, price, currency } = data;
  return {
    kind: 'order',
    id: orderId,
    title: `Order ${externalId} · ${moneyText(price)} ${currency}`,
    detail: `${source}, ${programId}`,
    link: `orders/${orderId}`,
    words: `${orderId} ${traderId}`,
  };
}

export function verdictFindable(verdict: {
  readonly seq: number;
  readonly accountId: string;
  readonly sentence: string;
}): Findable {
  const { seq, accountId, sentence } = verdict;
  return {
    kind: 'verdict',
    id: String(seq),
    title: sentence,
    detail: `Entry ${seq}, account ${accountId}`,
    link: `risk/${accountId}`,
    words: '',
  };
}
