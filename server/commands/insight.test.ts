import { describe, expect, it } from 'vitest';
import type { Intent } from '#core/sync/protocol.ts';
import type { Schedule } from '#core/insight/reports.ts';
import { openGovernedFirm } from './testing/governed-firm.ts';

const goals = { currency: 'USD', targets: { passRate: 100_000 }, baseline: null };
const setGoals = (over: object = {}, baseVersion = 0): Intent => ({
  type: 'setKpiGoals',
  goals: { ...goals, ...over },
  baseVersion,
  reason: 'the board decided',
});
const schedule: Schedule = {
  title: 'Weekly numbers',
  kpiIds: ['passRate'],
  every: 'week',
  zone: 'Europe/Prague',
  time: '06:00',
  formats: ['pdf'],
  tell: ['mailbox:risk-desk'],
};
const plan = (over: Partial<Schedule> | null, scheduleId = 'weekly'): Intent => ({
  type: 'scheduleReport',
  scheduleId,
  schedule: over === null ? null : { ...schedule, ...over },
  reason: 'the board asked',
});

describe('goals of numbers', () => {
  it('are a manager’s to set, one version after the other', () => {
    const firm = openGovernedFirm();
    firm.as('jona', setGoals());
    expect(firm.partition.governance.insight).toMatchObject({ goals, version: 1 });
    expect(firm.ask('jona', setGoals())).toMatch(/^conflict: somebody has changed the goals/);
    expect(firm.ask('finn', setGoals({}, 1))).toMatch(/^forbidden/);
    firm.as('jona', setGoals({ targets: {} }, 1));
    expect(firm.reopen().partition.governance.insight.version).toBe(2);
  });

  it('name numbers that there are, and a baseline that has passed', () => {
    const firm = openGovernedFirm();
    expect(firm.ask('jona', setGoals({ targets: { happiness: 1 } }))).toBe(
      'invalid: there is no KPI "happiness"',
    );
    const baseline = { from: firm.clock, until: firm.clock + 1 };
    expect(firm.ask('jona', setGoals({ baseline }))).toMatch(/^invalid: a baseline is a period/);
  });
});

describe('schedules of reports', () => {
  it('are a manager’s or an administrator’s, and end as they began', () => {
    const firm = openGovernedFirm();
    firm.as('ada', plan({}));
    const { insight } = firm.partition.governance;
    expect([...insight.schedules()].map((one) => one.schedule)).toEqual([schedule]);
    expect(firm.ask('gia', plan({}))).toMatch(/^forbidden/);
    firm.as('jona', plan(null));
    expect([...insight.schedules()]).toEqual([]);
    expect(firm.ask('jona', plan(null))).toBe('notFound: there is no schedule weekly');
  });

  it('name numbers and zones that there are', () => {
    const firm = openGovernedFirm();
    expect(firm.ask('jona', plan({ kpiIds: ['happiness'] }))).toMatch(/^invalid: there is no KPI/);
    expect(firm.ask('jona', plan({ zone: 'Mars/Olympus' }))).toMatch(/^invalid: there is no zone/);
  });

  it('count a sending once, however often the server tells of it', () => {
    const firm = openGovernedFirm();
    firm.as('jona', plan({}));
    const sending = {
      scheduleId: 'weekly',
      periodEnd: 1,
      target: 'mailbox:risk-desk',
      outcome: 'sent' as const,
      says: 'taken',
      numbers: 'a'.repeat(64),
      seq: 1,
    };
    firm.system({ type: 'noteReport', sending });
    firm.system({ type: 'noteReport', sending });
    expect(firm.partition.governance.insight.sendings().length).toBe(1);
  });
});
