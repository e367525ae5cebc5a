import { assert } from '#core/kernel/assert.ts';
import type { PaymentState, Payout } from '#core/governance/governance.ts';
import type { PaymentReport } from '#core/payouts/payouts.events.ts';
import type { Queried, Submitted } from './payment-provider.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * A payment that the rail does not know may be submitted, again with its own key, this long after
 * it could leave for the first time. Rails forget keys after a day: later, only a person may say
 * that nothing has left.
 */
export const SUBMIT_WITHIN_MS = 12 * HOUR_MS;
/** Each after the rail said that nothing had arrived. */
export const SUBMITS_MAX = 3;
/** Questions about what was submitted that the rail leaves open until a person is told. */
export const QUESTIONS_MAX = 8;
/** Between two questions, twice as long each time. */
export const QUESTION_FIRST_MS = 2_000;
export const QUESTION_LAST_MS = 5 * MINUTE_MS;
/** A payment whose end is not known is asked for … */
export const SENT_QUESTION_FIRST_MS = 30_000;
export const SENT_QUESTION_LAST_MS = HOUR_MS;
/** … and becomes a person's matter when nothing was heard of it for so long. */
export const SENT_QUIET_MAX_MS = 5 * 24 * HOUR_MS;
/** A person knows: the rail is asked all the same, because it may yet tell. */
export const UNKNOWN_QUESTION_MS = 10 * MINUTE_MS;

/** What this process did about a payment; after a restart it is empty, and the rail is asked. */
export interface Attempts {
  readonly submits: number;
  /** Questions since the rail last told anything. */
  readonly questions: number;
  readonly lastAt: number | null;
  /** The rail said that nothing has arrived, and nothing was submitted since. */
  readonly notArrived: boolean;
}
export const NO_ATTEMPTS: Attempts = { submits: 0, questions: 0, lastAt: null, notArrived: false };

export type Step = 'submit' | 'query' | 'wait' | 'person';

export interface PaymentMoment {
  readonly payout: Payout;
  readonly state: PaymentState;
  readonly attempts: Attempts;
  /** When it may leave: at once, or at a cut-off. */
  readonly readyAt: number;
  readonly now: number;
}

/**
 * What to do about a payment now; pure, and the same after a crash at any point. Nothing is ever
 * submitted that the rail has not just said it does not have: whether an earlier process came as
 * far as submitting it, nobody else can tell.
 */
export function nextStep({ payout, state, attempts, readyAt, now }: PaymentMoment): Step {
  const { payment } = payout;
  if (!payment || isFinal(state) || isFrozen(payout) || now < readyAt) return 'wait';
  if (state === 'unknown') return due(attempts, now, UNKNOWN_QUESTION_MS, UNKNOWN_QUESTION_MS);
  if (state === 'sent') {
    const heardAt = payout.reports.at(-1)?.at ?? payment.at;
    if (now - heardAt >= SENT_QUIET_MAX_MS) return 'person';
    return due(attempts, now, SENT_QUESTION_FIRST_MS, SENT_QUESTION_LAST_MS);
  }
  const { submits, questions, notArrived } = attempts;
  if (now - Math.max(payment.at, readyAt) >= SUBMIT_WITHIN_MS) return lateStep(attempts);
  if (notArrived) return submits < SUBMITS_MAX ? 'submit' : 'person';
  // A rail that is down before anything was submitted is waited for.
  if (submits > 0 && questions >= QUESTIONS_MAX) return 'person';
  return due(attempts, now, QUESTION_FIRST_MS, QUESTION_LAST_MS);
}

/** It may have been paid by a process that is no more: it is asked for once, and never submitted. */
function lateStep({ lastAt }: Attempts): Step {
  return lastAt === null ? 'query' : 'person';
}

function due({ questions, lastAt }: Attempts, now: number, first: number, last: number): Step {
  if (lastAt === null) return 'query';
  const wait = Math.min(last, first * 2 ** Math.max(0, questions - 1));
  return now - lastAt >= wait ? 'query' : 'wait';
}

export function isFinal(state: PaymentState): boolean {
  return state === 'none' || state === 'paid' || state === 'declined' || state === 'returned';
}

export function afterSubmit(attempts: Attempts, said: Submitted, now: number): Attempts {
  const questions = said.type === 'unknown' ? 1 : 0;
  return { submits: attempts.submits + 1, questions, lastAt: now, notArrived: false };
}

export function afterQuery(attempts: Attempts, said: Queried, now: number): Attempts {
  const questions = attempts.questions + 1;
  return { ...attempts, questions, lastAt: now, notArrived: said.type === 'notKnown' };
}

type Report = Omit<PaymentReport, 'at'>;
const FREEZE = 'freeze';
const NOT_KNOWN = 'not-known';

/** The rail told of another payment than the approved one: only a person goes on from there. */
export function isFrozen({ payment, reports }: Payout): boolean {
  const freeze = payment ? reportIdOf(payment.instructionId, FREEZE) : '';
  return reports.some(({ reportId }) => reportId === freeze);
}

function reportIdOf(instructionId: string, what: string): string {
  return `${instructionId}-${what}`;
}

/**
 * The fact that an answer makes, or null when it tells nothing new. Its id follows from the facts
 * so far: told again after a crash it is the same report, and counts once. A rail that cannot tell
 * makes no fact: it is asked again, and in the end a person is told.
 */
export function reportOf(
  payout: Payout,
  state: PaymentState,
  said: Queried,
  eventId?: string,
): Report | null {
  const what = `${said.type}-${payout.reports.length}`;
  switch (said.type) {
    case 'sent':
      // Said before, it is no news: a person who was told since settles it undisturbed.
      if (isFinal(state) || payout.reports.some((one) => one.state === 'sent')) return null;
      return report(payout, 'sent', eventId ?? what, said.reference, '');
    case 'paid':
      if (state === 'paid') return null;
      return report(payout, 'paid', eventId ?? what, said.reference, '');
    case 'declined':
    case 'returned':
      if (said.type === state) return null;
      return report(payout, said.type, eventId ?? what, '', said.message);
    case 'notKnown':
      // Before that nobody was told anything: it is submitted.
      if (state !== 'unknown') return null;
      return once(payout, NOT_KNOWN, 'The rail says that it has no such payment');
    case 'unknown':
      return said.freeze ? once(payout, FREEZE, said.message) : null;
  }
}

/** What a person is told when asking has come to nothing. */
export function giveUp(payout: Payout, state: PaymentState, message: string): Report {
  const kind = state === 'sent' ? 'quiet' : 'open';
  return report(payout, 'unknown', `${kind}-${payout.reports.length}`, '', message);
}

/** The bank's own line is matched: the money has left, whatever the rail has told so far. */
export function statementReport(payout: Payout, state: PaymentState): Report | null {
  const [entryId] = payout.entries;
  if (entryId === undefined || state === 'none' || state === 'paid' || state === 'returned') {
    return null;
  }
  return once(payout, `entry-${entryId.slice(0, 16)}`, 'Matched with a line of the bank', 'paid');
}

function once(
  payout: Payout,
  what: string,
  message: string,
  state: PaymentReport['state'] = 'unknown',
): Report | null {
  const made = report(payout, state, what, '', message);
  return payout.reports.some(({ reportId }) => reportId === made.reportId) ? null : made;
}

function report(
  { payoutId, payment }: Payout,
  state: PaymentReport['state'],
  what: string,
  providerReference: string,
  message: string,
): Report {
  assert(payment, `payout ${payoutId} was instructed`);
  const { instructionId } = payment;
  const reportId = reportIdOf(instructionId, what);
  return { payoutId, instructionId, state, reportId, providerReference, message };
}
