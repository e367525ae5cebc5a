import { z } from 'zod';
import { moneyUnits } from '#core/money/schemas.ts';
import type { Money } from '#core/money/money.ts';

/** What a person may be in the firm; one person may be several things. */
export const ROLES = [
  'riskOfficer',
  'seniorRiskOfficer',
  'payoutApprover',
  'finance',
  'supportAgent',
  'compliance',
  'manager',
  'admin',
  'auditor',
] as const;
export type Role = (typeof ROLES)[number];
export const roleSchema = z.enum(ROLES);

/** Everything that can be done, in words. What is not in a role's row is denied. */
export const ACTIONS = {
  view: 'See accounts, alerts, programs and exposure',
  viewPayouts: 'See payout requests and their evidence',
  viewPeople: 'See people, roles and keys',
  viewAudit: 'Read the audit log',
  exportAudit: 'Export a bundle for auditors',
  acknowledgeAlert: 'Acknowledge alerts',
  changeAlertRules: 'Change who is told of what, and how',
  directAccount: 'Restrict, lift, close and except accounts',
  acceptChange: 'Record that a trader accepted a version',
  workOrders: 'Retry, cancel and look at orders of the shop',
  requestSuccessor: 'Reset or scale up an account',
  previewImpact: 'Preview the impact of a draft',
  enrolKey: 'Enrol a signing key of one’s own',
  proposePublishing: 'Propose a version of a program',
  approvePublishing: 'Approve a version of a program',
  proposeOverride: 'Propose to override a verdict',
  approveOverride: 'Approve an override of a verdict',
  proposeAdjustment: 'Propose a balance adjustment',
  approveAdjustment: 'Approve a balance adjustment',
  proposePeople: 'Propose roles and key changes',
  approvePeople: 'Approve roles and key changes',
  proposeLimits: 'Propose approval limits',
  approveLimits: 'Approve approval limits',
  proposeExposure: 'Propose exposure limits',
  approveExposure: 'Approve exposure limits',
  reviewPayout: 'Assess a payout again, deduct, ask for information',
  holdPayout: 'Hold a payout',
  approvePayout: 'Approve or reject a payout',
  settlePayment: 'Say what became of a payment that nobody knows',
  reconcile: 'Import bank files and match entries',
  viewCases: 'See cases of surveillance and their evidence',
  workCases: 'Take cases in hand, note, dismiss and warn',
  assignCases: 'Give cases to others, decide escalated ones',
  reviewCases: 'Judge decided cases again without being told',
  proposeConsequence: 'Propose what a case leads to',
  approveConsequence: 'Approve what a case leads to',
  proposeScoring: 'Propose how findings are scored',
  approveScoring: 'Approve how findings are scored',
  viewTickets: 'See tickets and disputes',
  workTickets: 'Answer tickets, and write disputes down',
  decideDisputes: 'Decide what a trader disputes',
  shareStanding: 'Give a trader a link to where the account stands, and take it back',
  workItems: 'Take work in hand, note, pause and hand it over',
  assignWork: 'Give work to others, and take it from them',
  changeWorkPolicy: 'Change what work is owed, and when the firm works',
  viewKpis: 'See the numbers of the firm, and what is behind them',
  setKpiGoals: 'Set what the numbers of the firm are to reach',
  scheduleReports: 'Change which numbers are sent to whom',
} as const;
export type Action = keyof typeof ACTIONS;
export const ACTION_NAMES = Object.keys(ACTIONS) as Action[];
export const actionSchema = z.enum(ACTION_NAMES as [Action, ...Action[]]);

const SEES = ['view', 'viewPayouts', 'viewTickets'] as const satisfies readonly Action[];
const OFFICER = [
  ...SEES,
  'acknowledgeAlert',
  'directAccount',
  'acceptChange',
  'requestSuccessor',
  'previewImpact',
  'enrolKey',
  'holdPayout',
] as const satisfies readonly Action[];

/** Who answers traders, and decides about what they dispute. */
const ANSWERS = [
  'workTickets',
  'decideDisputes',
  'shareStanding',
] as const satisfies readonly Action[];

/** Who gives work to others. */
const LEADS = ['workItems', 'assignWork'] as const satisfies readonly Action[];

/** Who looks into matters of surveillance. */
const INVESTIGATES = [
  'viewCases',
  'workCases',
  'reviewCases',
  'proposeConsequence',
  'approveConsequence',
] as const satisfies readonly Action[];

/** The matrix: what each role may do. Data, shown on screen and tested cell by cell. */
export const MATRIX: Readonly<Record<Role, readonly Action[]>> = {
  riskOfficer: [
    ...OFFICER,
    'reviewPayout',
    'proposeOverride',
    'proposePublishing',
    'proposeExposure',
    ...INVESTIGATES,
    ...ANSWERS,
    'workItems',
    'proposeScoring',
  ],
  seniorRiskOfficer: [
    ...OFFICER,
    ...INVESTIGATES,
    ...ANSWERS,
    ...LEADS,
    'workOrders',
    'assignCases',
    'proposeScoring',
    'approveScoring',
    'reviewPayout',
    'proposeOverride',
    'approveOverride',
    'proposePublishing',
    'approvePublishing',
    'proposeAdjustment',
    'approveAdjustment',
    'proposeExposure',
    'approveExposure',
    'changeAlertRules',
    'viewAudit',
    'viewKpis',
  ],
  payoutApprover: [
    ...SEES,
    'enrolKey',
    'workItems',
    'reviewPayout',
    'holdPayout',
    'approvePayout',
    'viewCases',
  ],
  finance: [
    ...SEES,
    'workOrders',
    'enrolKey',
    'workItems',
    'holdPayout',
    'settlePayment',
    'reconcile',
    'proposeAdjustment',
    'approveAdjustment',
    'viewAudit',
    'viewKpis',
  ],
  supportAgent: [
    ...SEES,
    'acceptChange',
    'workOrders',
    'requestSuccessor',
    'workTickets',
    'shareStanding',
    'workItems',
  ],
  compliance: [
    ...SEES,
    ...INVESTIGATES,
    ...ANSWERS,
    ...LEADS,
    'assignCases',
    'approveScoring',
    'enrolKey',
    'acknowledgeAlert',
    'directAccount',
    'reviewPayout',
    'holdPayout',
    'viewPeople',
    'viewAudit',
    'exportAudit',
    'viewKpis',
  ],
  manager: [
    ...SEES,
    'workOrders',
    'decideDisputes',
    ...LEADS,
    'changeWorkPolicy',
    'enrolKey',
    'viewCases',
    'assignCases',
    'approveConsequence',
    'proposeScoring',
    'approveScoring',
    'previewImpact',
    'proposePublishing',
    'approvePublishing',
    'approveOverride',
    'approveAdjustment',
    'proposeLimits',
    'approveLimits',
    'proposeExposure',
    'approveExposure',
    'changeAlertRules',
    'approvePayout',
    'viewPeople',
    'viewAudit',
    'exportAudit',
    'viewKpis',
    'setKpiGoals',
    'scheduleReports',
  ],
  admin: [
    'view',
    'viewPeople',
    'viewAudit',
    'exportAudit',
    'enrolKey',
    'proposePeople',
    'approvePeople',
    'proposeLimits',
    'approveLimits',
    'changeAlertRules',
    'changeWorkPolicy',
    'viewKpis',
    'scheduleReports',
  ],
  auditor: [...SEES, 'viewPeople', 'viewAudit', 'exportAudit', 'viewCases', 'viewKpis'],
};

/** Where a grant of a role holds; null is everywhere, or any amount. */
export const scopeSchema = z.strictObject({
  programs: z.array(z.string().min(1).max(80)).max(200).nullable(),
  regions: z
    .array(z.string().regex(/^[A-Z]{2}$/))
    .max(200)
    .nullable(),
  upTo: moneyUnits.nullable(),
});
export type Scope = z.output<typeof scopeSchema>;
export const EVERYWHERE: Scope = { programs: null, regions: null, upTo: null };

export interface Grant {
  readonly role: Role;
  readonly scope: Scope;
}

/** What an action is about: left out where it concerns no program, region or amount. */
export interface About {
  readonly programId?: string | null;
  readonly region?: string | null;
  readonly amount?: Money | null;
}

/** Deny by default: only a grant whose role has the action, and whose scope covers what it is about, allows it. */
export function isPermitted(grants: readonly Grant[], action: Action, about: About = {}): boolean {
  return grants.some(({ role, scope }) => MATRIX[role].includes(action) && covers(scope, about));
}

function covers({ programs, regions, upTo }: Scope, about: About): boolean {
  return (
    isWithin(programs, about.programId) &&
    isWithin(regions, about.region) &&
    (upTo === null || (about.amount ?? 0) <= upTo)
  );
}

/** A grant for some programs says nothing about the others; what concerns no program is not limited by it. */
function isWithin(allowed: readonly string[] | null, wanted: string | null | undefined): boolean {
  if (allowed === null || wanted === undefined) return true;
  return wanted !== null && allowed.includes(wanted);
}
