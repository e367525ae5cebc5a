import { z } from 'zod';
import { idSchema } from '#core/kernel/ids.ts';
import { moneyUnits } from '#core/money/schemas.ts';
import { isPermitted, roleSchema, type Role } from '#core/people/roles.ts';
import type { People } from '#core/people/people.ts';
import { isAtLeast, noticeKindSchema, severitySchema, type Notice } from './notice.ts';

export const RULES_MAX = 60;
export const STEPS_MAX = 4;
export const QUIET_HOURS_MAX = 8;
export const PEOPLE_WITH_QUIET_HOURS_MAX = 200;
export const NAMES_PER_LIST_MAX = 40;
/** Longer, and a message about a fast market is old when it leaves. */
export const GATHER_SECONDS_MAX = 900;
export const MINUTES_MAX = 7 * 24 * 60;

/** How people at a desk are told, and how others are. */
export const CHANNELS = ['desk', 'sound', 'desktop', 'email', 'webhook'] as const;
export type Channel = (typeof CHANNELS)[number];
export const channelSchema = z.enum(CHANNELS);
/** The channels by which a role or a person can be told. */
export const PERSONAL_CHANNELS = ['desk', 'sound', 'desktop', 'email'] as const;

const wallTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day such as "22:00"');

/** A part of the day in which nobody is disturbed, by the clocks of a zone. */
export const quietHoursSchema = z.strictObject({
  /** An IANA name, "Europe/Prague". */
  zone: z.string().min(1).max(60),
  from: wallTime,
  /** On the next day when it is not later than `from`; equal times are a whole day. */
  until: wallTime,
  /** Weekdays on which it begins: 1 is Monday, 7 Sunday. */
  days: z.array(z.int().min(1).max(7)).min(1).max(7),
  breaksThrough: z.strictObject({
    /** From this severity on; null for none. */
    severity: severitySchema.nullable(),
    /** What nobody has acknowledged in time. */
    escalations: z.boolean(),
  }),
});
export type QuietHours = z.output<typeof quietHoursSchema>;

const names = z.array(idSchema).max(NAMES_PER_LIST_MAX);

/** Who is told, and how. */
export const tellSchema = z.strictObject({
  by: z.array(z.enum(PERSONAL_CHANNELS)).max(PERSONAL_CHANNELS.length),
  roles: z.array(roleSchema).max(20),
  persons: names,
  /** Mailboxes and webhooks by the names that the server's settings give them. */
  mailboxes: names,
  hooks: names,
});
export type Tell = z.output<typeof tellSchema>;

export const alertRuleSchema = z.strictObject({
  ruleId: idSchema,
  name: z.string().min(1).max(80),
  enabled: z.boolean(),
  /** All of it must fit; an empty list fits everything. */
  when: z.strictObject({
    kinds: z.array(noticeKindSchema).max(20),
    severity: severitySchema,
    programs: names,
    /** What is at stake is at least this; null for any. */
    amountFrom: moneyUnits.nullable(),
    /** Whom the notice itself is for. */
    addressedRoles: z.array(roleSchema).max(20),
    addressedPersons: names,
  }),
  tell: tellSchema,
  /** How long a message waits for more of the same before it leaves. */
  gatherSeconds: z.int().min(0).max(GATHER_SECONDS_MAX),
  quiet: z.array(quietHoursSchema).max(QUIET_HOURS_MAX),
  /** From being recorded to being acknowledged; null where nobody waits for it. */
  acknowledgeWithinMinutes: z.int().min(1).max(MINUTES_MAX).nullable(),
  /** What happens to what nobody acknowledges, earliest first. */
  steps: z
    .array(z.strictObject({ afterMinutes: z.int().min(1).max(MINUTES_MAX), tell: tellSchema }))
    .max(STEPS_MAX)
    .refine(rises, 'each step must come later than the one before'),
});
export type AlertRule = z.output<typeof alertRuleSchema>;

function rises(steps: readonly { readonly afterMinutes: number }[]): boolean {
  return steps.every(
    (step, at) => at === 0 || step.afterMinutes > (steps[at - 1]?.afterMinutes ?? 0),
  );
}

/** Who is told what and when, in a whole firm: one version replaces the one before. */
export const alertRulesSchema = z.strictObject({
  rules: z
    .array(alertRuleSchema)
    .max(RULES_MAX)
    .refine(
      (rules) => new Set(rules.map(({ ruleId }) => ruleId)).size === rules.length,
      'every rule needs an id of its own',
    ),
  /** Hours in which a person is not disturbed, whichever rule it is. */
  people: z
    .array(
      z.strictObject({
        personId: idSchema,
        quiet: z.array(quietHoursSchema).min(1).max(QUIET_HOURS_MAX),
      }),
    )
    .max(PEOPLE_WITH_QUIET_HOURS_MAX),
});
export type AlertRules = z.output<typeof alertRulesSchema>;

export function matches({ enabled, when }: AlertRule, notice: Notice): boolean {
  const { kinds, severity, programs, amountFrom, addressedRoles, addressedPersons } = when;
  const { role, personId } = notice.addressed;
  return (
    enabled &&
    isAtLeast(notice.severity, severity) &&
    isAmong(kinds, notice.kind) &&
    isAmong(programs, notice.programId) &&
    isAmong(addressedRoles, role) &&
    isAmong(addressedPersons, personId) &&
    (amountFrom === null || notice.amount >= amountFrom)
  );
}

function isAmong<Value>(wanted: readonly Value[], value: Value | null): boolean {
  return wanted.length === 0 || (value !== null && wanted.includes(value));
}

/** Who holds which role, where: as far as telling people needs it. */
export interface Addressees {
  isActive(personId: string): boolean;
  /** Active persons whose role reaches what a notice is about. */
  holding(role: Role, notice: Pick<Notice, 'programId'>): readonly string[];
}

export function addresseesOf({ persons }: Pick<People, 'persons'>): Addressees {
  return {
    isActive: (personId) => persons.get(personId)?.active === true,
    holding: (role, { programId }) => {
      // What concerns no program concerns everybody who has the role anywhere.
      const about = programId === null ? {} : { programId };
      return [...persons.values()].flatMap(({ personId, active, roles }) => {
        const held = roles.filter((one) => one.toSeq === null && one.role === role);
        return active && isPermitted(held, 'view', about) ? [personId] : [];
      });
    },
  };
}

export const TELLS_NOBODY: Tell = { by: [], roles: [], persons: [], mailboxes: [], hooks: [] };
const nobody = TELLS_NOBODY;
const shared: Pick<AlertRule, 'enabled' | 'gatherSeconds' | 'quiet' | 'steps'> = {
  enabled: true,
  gatherSeconds: 10,
  quiet: [],
  steps: [],
};
const RISK: Role[] = ['riskOfficer', 'seniorRiskOfficer'];
const whenever = {
  severity: 'warning' as const,
  programs: [],
  amountFrom: null,
  addressedRoles: [],
  addressedPersons: [],
};

/** What holds until the firm says otherwise: desks alone, because no address is known yet. */
export const DEFAULT_ALERT_RULES: AlertRules = {
  rules: [
    {
      ...shared,
      ruleId: 'breaches',
      name: 'Breaches',
      when: { ...whenever, kinds: ['breach'], severity: 'soft' },
      tell: { ...nobody, by: ['desk', 'sound', 'desktop'], roles: RISK },
      acknowledgeWithinMinutes: 15,
      steps: [
        {
          afterMinutes: 15,
          tell: { ...nobody, by: ['desk', 'sound', 'desktop'], roles: ['seniorRiskOfficer'] },
        },
        { afterMinutes: 60, tell: { ...nobody, by: ['desk', 'desktop'], roles: ['manager'] } },
      ],
    },
    {
      ...shared,
      ruleId: 'warnings',
      name: 'Warnings and flags',
      when: { ...whenever, kinds: ['warning', 'conductFlag'] },
      tell: { ...nobody, by: ['desk', 'sound'], roles: RISK },
      acknowledgeWithinMinutes: null,
    },
    {
      ...shared,
      ruleId: 'exposure',
      name: 'Exposure limits',
      when: { ...whenever, kinds: ['exposureLimit'] },
      tell: { ...nobody, by: ['desk', 'sound', 'desktop'], roles: [...RISK, 'manager'] },
      acknowledgeWithinMinutes: 15,
    },
    {
      ...shared,
      ruleId: 'cases',
      name: 'Cases and requests to look',
      when: { ...whenever, kinds: ['review', 'caseOpened', 'caseEscalated'] },
      tell: { ...nobody, by: ['desk'], roles: [...RISK, 'compliance'] },
      acknowledgeWithinMinutes: null,
    },
    {
      ...shared,
      ruleId: 'overdue',
      name: 'Payouts and approvals that wait too long',
      when: { ...whenever, kinds: ['payoutOverdue', 'approvalOverdue'] },
      tell: { ...nobody, by: ['desk', 'desktop'], roles: ['payoutApprover', 'manager'] },
      acknowledgeWithinMinutes: null,
    },
    {
      ...shared,
      ruleId: 'work',
      name: 'Work that nobody has settled in time',
      when: { ...whenever, kinds: ['workOverdue'] },
      tell: { ...nobody, by: ['desk'], roles: [...RISK, 'compliance', 'manager'] },
      acknowledgeWithinMinutes: null,
    },
    {
      ...shared,
      ruleId: 'feeds',
      name: 'Feeds that fall silent',
      when: { ...whenever, kinds: ['feedSilent'] },
      tell: { ...nobody, by: ['desk', 'sound', 'desktop'], roles: [...RISK, 'admin'] },
      acknowledgeWithinMinutes: 15,
    },
  ],
  people: [],
};
