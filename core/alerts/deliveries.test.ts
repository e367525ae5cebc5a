import { describe, expect, it } from 'vitest';
import { createPeople } from '#core/people/people.ts';
import { EVERYWHERE, type Role } from '#core/people/roles.ts';
import {
  addresseesOf,
  alertRulesSchema,
  DEFAULT_ALERT_RULES,
  matches,
  TELLS_NOBODY,
  type Addressees,
  type AlertRule,
  type AlertRules,
} from './alert-rules.ts';
import { deliveries, isFor, targetText, type Told } from './deliveries.ts';
import { groupKeyOf } from './groups.ts';
import type { Notice } from './notice.ts';
import { aNotice, fixedZones } from './testing/notices.ts';

const NOW = Date.UTC(2026, 4, 1, 12, 30);

function rule(over: Partial<AlertRule> = {}): AlertRule {
  return {
    ruleId: 'r',
    name: 'A rule',
    enabled: true,
    when: {
      kinds: [],
      severity: 'info',
      programs: [],
      amountFrom: null,
      addressedRoles: [],
      addressedPersons: [],
    },
    tell: { ...TELLS_NOBODY, by: ['email'], roles: ['riskOfficer'] },
    gatherSeconds: 0,
    quiet: [],
    acknowledgeWithinMinutes: null,
    steps: [],
    ...over,
  };
}
const only = (...rules: AlertRule[]): AlertRules => ({ rules, people: [] });
const NOTHING_TOLD: Told = { level: () => 0, has: () => false };

function staff(...members: readonly (readonly [string, Role, string[]?])[]): Addressees {
  const people = createPeople();
  for (const [personId, role, programs = null] of members) {
    if (!people.persons.has(personId)) people.add(personId);
    people.grant(personId, role, { ...EVERYWHERE, programs }, 1);
  }
  return addresseesOf(people);
}
const FINN_AND_GIA = staff(
  ['finn', 'riskOfficer'],
  ['gia', 'seniorRiskOfficer'],
  ['gia', 'riskOfficer'],
);

function told(
  rules: AlertRules,
  notice: Notice = aNotice(),
  over: { history?: Told; people?: Addressees; at?: number } = {},
): string[] {
  const { history = NOTHING_TOLD, people = FINN_AND_GIA, at = NOW } = over;
  return deliveries(rules, notice, history, { at, zones: fixedZones }, people).map(
    ({ channel, target, level, notBefore }) =>
      `${level} ${channel} ${targetText(target)} +${(notBefore - at) / 1_000}`,
  );
}

describe('who is told', () => {
  it('is everybody who holds a role, each once by each way, however many roles a person has', () => {
    const rules = only(
      rule({
        tell: {
          ...TELLS_NOBODY,
          by: ['email', 'sound'],
          roles: ['riskOfficer', 'seniorRiskOfficer'],
          persons: ['gia'],
        },
      }),
    );
    expect(told(rules)).toEqual([
      '0 email person:finn +0',
      '0 sound person:finn +0',
      '0 email person:gia +0',
      '0 sound person:gia +0',
    ]);
  });

  it('is nobody whose role does not reach the program, and nobody who left', () => {
    const people = staff(
      ['near', 'riskOfficer', ['two-step']],
      ['far', 'riskOfficer', ['futures']],
    );
    expect(told(only(rule()), aNotice(), { people })).toEqual(['0 email person:near +0']);
    const left = createPeople();
    left.add('finn');
    left.grant('finn', 'riskOfficer', EVERYWHERE, 1);
    left.deactivate('finn', 2);
    const gone = only(
      rule({ tell: { ...TELLS_NOBODY, by: ['email'], roles: ['riskOfficer'], persons: ['finn'] } }),
    );
    expect(told(gone, aNotice(), { people: addresseesOf(left) })).toEqual([]);
  });

  it('is a mailbox or a program once, with no role at all', () => {
    const rules = only(rule({ tell: { ...TELLS_NOBODY, mailboxes: ['desk'], hooks: ['pager'] } }));
    expect(told(rules)).toEqual(['0 email mailbox:desk +0', '0 webhook hook:pager +0']);
  });

  it('is nobody where no rule fits, and nobody by a rule that is off', () => {
    expect(told(only(rule({ enabled: false })))).toEqual([]);
    expect(told(only())).toEqual([]);
  });
});

describe('a rule', () => {
  const when = (over: Partial<AlertRule['when']>): AlertRule =>
    rule({ when: { ...rule().when, ...over } });
  it.each([
    ['its kinds', when({ kinds: ['breach'] }), aNotice({ kind: 'breach' }), aNotice()],
    ['a severity', when({ severity: 'soft' }), aNotice({ severity: 'hard' }), aNotice()],
    ['programs', when({ programs: ['two-step'] }), aNotice(), aNotice({ programId: null })],
    [
      'an amount',
      when({ amountFrom: 100_000_0000 }),
      aNotice({ amount: 100_000_0000 }),
      aNotice({ amount: 99_999_9999 }),
    ],
    [
      'a role that it is for',
      when({ addressedRoles: ['manager'] }),
      aNotice({ addressed: { role: 'manager', personId: null } }),
      aNotice(),
    ],
    [
      'a person that it is for',
      when({ addressedPersons: ['finn'] }),
      aNotice({ addressed: { role: null, personId: 'finn' } }),
      aNotice({ addressed: { role: null, personId: 'gia' } }),
    ],
  ])('fits by %s, and by nothing else', (_what, one, fitting, other) => {
    expect([matches(one, fitting), matches(one, other)]).toEqual([true, false]);
  });

  it('whose steps do not come one after another is no rule', () => {
    const steps = [30, 30].map((afterMinutes) => ({ afterMinutes, tell: TELLS_NOBODY }));
    expect(alertRulesSchema.safeParse(only(rule({ steps }))).success).toBe(false);
  });

  it('needs an id that no other has', () => {
    expect(alertRulesSchema.safeParse(only(rule(), rule())).success).toBe(false);
  });

  it('of those that every firm begins with can be kept as it is', () => {
    expect(alertRulesSchema.parse(DEFAULT_ALERT_RULES)).toEqual(DEFAULT_ALERT_RULES);
  });
});

describe('a message leaves', () => {
  const night = {
    zone: 'UTC',
    from: '12:00',
    until: '14:00',
    days: [1, 2, 3, 4, 5, 6, 7],
    breaksThrough: { severity: 'hard' as const, escalations: false },
  };

  it('when it has gathered for as long as its rule says', () => {
    expect(told(only(rule({ gatherSeconds: 30 })))[0]).toBe('0 email person:finn +30');
  });

  it('when the quiet hours of its rule have ended', () => {
    expect(told(only(rule({ quiet: [night] })))[0]).toBe('0 email person:finn +5400');
    expect(told(only(rule({ quiet: [night] })), aNotice({ severity: 'hard' }))[0]).toBe(
      '0 email person:finn +0',
    );
  });

  it('when a person’s own quiet hours have ended: they hold that person’s alone, and no program’s', () => {
    const rules: AlertRules = {
      ...only(rule({ tell: { ...rule().tell, hooks: ['pager'] } })),
      people: [{ personId: 'finn', quiet: [night] }],
    };
    expect(told(rules)).toEqual([
      '0 email person:finn +5400',
      '0 email person:gia +0',
      '0 webhook hook:pager +0',
    ]);
  });

  it('with what had held it, so that a desk can be silent instead of late', () => {
    const rules = only(rule({ quiet: [night] }));
    const [first] = deliveries(
      rules,
      aNotice(),
      NOTHING_TOLD,
      { at: NOW, zones: fixedZones },
      FINN_AND_GIA,
    );
    expect(first?.quietUntil).toBe(NOW + 5_400_000);
  });
});

describe('what was decided', () => {
  it('is not decided again', () => {
    const seen = new Set<string>();
    const history: Told = { level: () => 0, has: (id) => seen.has(id) };
    const decide = (): number => {
      const made = deliveries(
        only(rule()),
        aNotice(),
        history,
        { at: NOW, zones: fixedZones },
        FINN_AND_GIA,
      );
      for (const { deliveryId } of made) seen.add(deliveryId);
      return made.length;
    };
    expect([decide(), decide()]).toEqual([2, 0]);
  });

  it('is the same for every notice of a group, and another for another group', () => {
    const idOf = (notice: Notice): string | undefined =>
      deliveries(
        only(rule()),
        notice,
        NOTHING_TOLD,
        { at: NOW, zones: fixedZones },
        FINN_AND_GIA,
      )[0]?.deliveryId;
    expect(idOf(aNotice({ seq: 9, accountId: 'A9' }))).toBe(idOf(aNotice()));
    expect(idOf(aNotice({ symbol: 'XAUUSD' }))).not.toBe(idOf(aNotice()));
  });

  it('of a step comes when the step was reached, at once, and by that step’s ways', () => {
    const stepped = rule({
      gatherSeconds: 60,
      steps: [
        { afterMinutes: 5, tell: { ...TELLS_NOBODY, by: ['email'], roles: ['seniorRiskOfficer'] } },
      ],
    });
    const group = groupKeyOf(aNotice());
    const history: Told = {
      level: (ruleId, of) => (ruleId === 'r' && of === group ? 1 : 0),
      has: (id) => id.startsWith('r\n0\n'),
    };
    expect(told(only(stepped), aNotice(), { history })).toEqual(['1 email person:gia +0']);
  });
});

describe('a person’s desk', () => {
  it('has what a rule tells that person, and what is for others only once it was escalated', () => {
    const rules = only(
      rule({
        steps: [{ afterMinutes: 5, tell: { ...TELLS_NOBODY, by: ['desk'], persons: ['boss'] } }],
      }),
    );
    const people = staff(['finn', 'riskOfficer'], ['boss', 'manager']);
    const level = (reached: number): Pick<Told, 'level'> => ({ level: () => reached });
    expect([
      isFor('finn', aNotice(), rules, level(0), people),
      isFor('boss', aNotice(), rules, level(0), people),
      isFor('boss', aNotice(), rules, level(1), people),
    ]).toEqual([true, false, true]);
  });
});
