import { DEFAULT_WORK_POLICY } from '#core/work/default-policy.ts';
import { defineKpi, type Taking } from '../define.ts';
import { firstOf, isIn, lastOf, stepsOf } from '../matters.ts';

/** From this share of its time on, work is late. */
const ALL_OF_ITS_TIME = 1_000;

type About = Pick<Taking, 'matters' | 'at' | 'seq'>;

function begin(kind: string, id: string, { matters, at, seq }: About): void {
  const itemId = `${kind}/${id}`;
  if (!matters.open(itemId, { at, seq }, { tags: { kind, itemId, id } })) {
    matters.step(itemId, { at, seq }, 'again');
  }
}

function settle(kind: string, id: string, { matters, at, seq }: About): void {
  matters.step(`${kind}/${id}`, { at, seq }, 'settled');
}

/**
 * Whether a step of the ladder says that the time has passed, and not only that it passes soon; the
 * last step does in any case. Ladders of one kind of work are taken as alike for all priorities.
 */
function isLate(itemId: string, level: number, { context }: Taking): boolean {
  const kind = itemId.slice(0, itemId.indexOf('/'));
  const { levels } = context.directory.workPolicy ?? DEFAULT_WORK_POLICY;
  const own = levels.filter((one) => one.kind === kind);
  const owed = own.find(({ priority }) => priority === 'normal') ?? own[0];
  const step = owed?.ladder[level - 1];
  return step === undefined || step.atPerMille >= ALL_OF_ITS_TIME || level === owed?.ladder.length;
}

/** Whether work is done within the time it is owed. */
export const slaAttainment = defineKpi({
  id: 'slaAttainment',
  system: 'support',
  title: 'SLA attainment',
  describes:
    'The share of matters settled during the period (tickets, disputes, fraud cases, payout ' +
    'exceptions, provisioning failures) for which the server had not recorded that their time had ' +
    'passed. A matter that was opened again counts once, by when it was settled for good.',
  method: 'A share with Wilson’s score interval (1927).',
  empty: 'Nothing was settled during the period.',
  unit: 'ppm',
  better: 'higher',
  shape: 'share',
  breakdowns: ['kind'],
  matter: 'item of work',
  cohort: 'any',
  takes: {
    ticketOpened: ({ data }, taking) => begin('ticket', data.ticketId, taking),
    ticketChanged: ({ data: { ticketId, change } }, taking) => {
      if (change.type === 'solved') settle('ticket', ticketId, taking);
      if (change.type === 'reopened') begin('ticket', ticketId, taking);
    },
    disputeOpened: ({ data }, taking) => begin('dispute', data.disputeId, taking),
    disputeDecided: ({ data }, taking) => settle('dispute', data.disputeId, taking),
    caseOpened: ({ data }, taking) => begin('fraudCase', data.caseId, taking),
    caseReopened: ({ data }, taking) => begin('fraudCase', data.caseId, taking),
    caseDecided: ({ data }, taking) => {
      const isInterim = data.outcome === 'payoutHold' || data.outcome === 'releaseHold';
      if (!isInterim) settle('fraudCase', data.caseId, taking);
    },
    exceptionRaised: ({ data }, taking) => begin('payoutException', data.exceptionId, taking),
    exceptionSettled: ({ data }, taking) => settle('payoutException', data.exceptionId, taking),
    orderAdvanced: ({ data: { orderId, step } }, taking) => {
      const kind = 'provisioningFailure';
      if (step.type === 'failed') begin(kind, orderId, taking);
      else if (taking.matters.has(`${kind}/${orderId}`) && isWayOut(step.type)) {
        settle(kind, orderId, taking);
      }
    },
    workDone: ({ data: { itemId, change } }, taking) => {
      const { matters, at, seq } = taking;
      if (change.type === 'settled') matters.step(itemId, { at, seq }, 'settled');
      if (change.type === 'reopened') matters.step(itemId, { at, seq }, 'again');
    },
    workEscalated: ({ data: { itemId, level } }, taking) => {
      const { matters, at, seq } = taking;
      if (isLate(itemId, level, taking)) matters.step(itemId, { at, seq }, 'late');
    },
  },
  look: (item, window) => {
    const steps = stepsOf(item, window);
    const again = lastOf(steps, 'again');
    const settled = steps.find(
      ({ name, seq }) => name === 'settled' && (again === undefined || seq > again.seq),
    );
    if (!settled || !isIn(settled.at, window)) return [];
    const { at, seq } = settled;
    const late = firstOf(steps, 'late');
    const isInTime = late === undefined || late.at > at;
    const says = isInTime ? 'settled in time' : 'settled late';
    return [{ type: isInTime ? 'hit' : 'miss', value: 0, at, seq, says }];
  },
});

/** A failure is over once the order goes on, or is given up. */
function isWayOut(step: string): boolean {
  return ['created', 'credentialsSent', 'cancelled'].includes(step);
}
