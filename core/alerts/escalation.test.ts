import { describe, expect, it } from 'vitest';
import { TELLS_NOBODY, type AlertRule, type AlertRules } from './alert-rules.ts';
import { createAlerting, ESCALATIONS_KEPT_MAX } from './alerting.ts';
import { escalationsDue, type Waiting } from './escalation.ts';
import { groupKeyOf } from './groups.ts';
import { aNotice } from './testing/notices.ts';

const MINUTE_MS = 60_000;
const T0 = Date.UTC(2026, 4, 1, 12);
const step = (afterMinutes: number): AlertRule['steps'][number] => ({
  afterMinutes,
  tell: { ...TELLS_NOBODY, by: ['email'], roles: ['manager'] },
});
const BREACHES: AlertRule = {
  ruleId: 'breaches',
  name: 'Breaches',
  enabled: true,
  when: {
    kinds: ['breach'],
    severity: 'soft',
    programs: ['p'],
    amountFrom: null,
    addressedRoles: [],
    addressedPersons: [],
  },
  tell: TELLS_NOBODY,
  gatherSeconds: 0,
  quiet: [],
  acknowledgeWithinMinutes: 5,
  steps: [step(5), step(30)],
};
const RULES: AlertRules = { rules: [BREACHES], people: [] };
const breach = (seq: number, over: Parameters<typeof aNotice>[0] = {}): Waiting => ({
  notice: aNotice({ seq, kind: 'breach', severity: 'hard', programId: 'p', ...over }),
  since: T0 + seq * MINUTE_MS,
});
const due = (waiting: Waiting[], minutes: number, level = 0): string[] =>
  escalationsDue(RULES, waiting, { level: () => level }, T0 + minutes * MINUTE_MS).map(
    (one) => `${one.rule.ruleId} ${one.level} open ${one.open} first ${one.firstSeq}`,
  );

describe('what nobody acknowledges', () => {
  it('is escalated when its time has come, and not a moment before', () => {
    const waiting = [breach(0)];
    expect([due(waiting, 5 - 1 / 60), due(waiting, 5)]).toEqual([
      [],
      ['breaches 1 open 1 first 0'],
    ]);
  });

  it('is escalated as a group, from its oldest alert on', () => {
    expect(due([breach(3), breach(1), breach(2)], 6)).toEqual(['breaches 1 open 3 first 1']);
  });

  it('takes one step at a time, each after its own', () => {
    const waiting = [breach(0)];
    expect([due(waiting, 29, 1), due(waiting, 30, 1), due(waiting, 999, 2)]).toEqual([
      [],
      ['breaches 2 open 1 first 0'],
      [],
    ]);
    expect(due(waiting, 999, 0)).toEqual(['breaches 1 open 1 first 0']);
  });

  it('counts only what the rule is about: another program’s alert in the same group waits for nobody', () => {
    expect(due([breach(0, { programId: 'q' })], 60)).toEqual([]);
    expect(due([breach(0, { programId: 'q' }), breach(3)], 8)).toEqual([
      'breaches 1 open 1 first 3',
    ]);
  });

  it('is nothing where nothing is to be acknowledged', () => {
    const info: Waiting = { notice: aNotice({ kind: 'breach', severity: 'info' }), since: T0 };
    expect(due([info], 60)).toEqual([]);
    expect(due([], 60)).toEqual([]);
  });
});

describe('the fold of escalations', () => {
  const escalation = (group: string, level: number) => ({
    group,
    ruleId: 'breaches',
    ruleName: 'Breaches',
    level,
    rulesVersion: 1,
    severity: 'hard' as const,
    open: 1,
    firstSeq: 1,
    tell: TELLS_NOBODY,
    at: T0,
  });

  it('knows how far a rule has come with a group', () => {
    const alerting = createAlerting();
    const group = groupKeyOf(aNotice());
    alerting.escalate(escalation(group, 1));
    alerting.escalate(escalation(group, 2));
    expect([
      alerting.level('breaches', group),
      alerting.level('another', group),
      alerting.level('breaches', 'another'),
    ]).toEqual([2, 0, 0]);
  });

  it('remembers no more than so many', () => {
    const alerting = createAlerting();
    for (let at = 0; at <= ESCALATIONS_KEPT_MAX; at += 1)
      alerting.escalate(escalation(`g${at}`, 1));
    expect([
      alerting.level('breaches', 'g0'),
      alerting.level('breaches', `g${ESCALATIONS_KEPT_MAX}`),
    ]).toEqual([0, 1]);
  });
});
