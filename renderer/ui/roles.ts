import type { Role } from '#core/people/roles.ts';

const ROLE_TEXT: Readonly<Record<Role, string>> = {
  riskOfficer: 'risk officer',
  seniorRiskOfficer: 'senior risk officer',
  payoutApprover: 'payout approver',
  finance: 'finance',
  supportAgent: 'support agent',
  compliance: 'compliance',
  manager: 'manager',
  admin: 'administrator',
  auditor: 'auditor',
};

export function roleText(role: Role): string {
  return ROLE_TEXT[role];
}
