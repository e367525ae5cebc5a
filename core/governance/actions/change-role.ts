import { z } from 'zod';
import { idSchema } from '#core/kernel/ids.ts';
import { err, ok } from '#core/kernel/result.ts';
import { moneyText } from '#core/money/money.ts';
import { roleSchema, scopeSchema, type Scope } from '#core/people/roles.ts';
import { formAction, NOBODY } from './action-kind.ts';

/** Gives a person a role within a scope, or takes it away. */
export const changeRole = formAction({
  type: 'changeRole',
  title: 'Change a person’s roles',
  schema: z.strictObject({
    personId: idSchema,
    role: roleSchema,
    change: z.enum(['grant', 'revoke']),
    scope: scopeSchema,
  }),
  prepare: ({ personId, role, change }, { governance }) => {
    const person = governance.people.persons.get(personId);
    if (!person) return err(`there is no person ${personId}`);
    const holds = person.roles.some((one) => one.role === role && one.toSeq === null);
    if (change === 'revoke' && !holds) return err(`${personId} is no ${role}`);
    return ok({ about: { ...NOBODY, personId }, amount: 0, concerned: [personId] });
  },
  lines: ({ personId, role, change, scope }) => [
    change === 'grant' ? `${personId} becomes ${role}` : `${personId} is ${role} no more`,
    ...(change === 'grant' ? [scopeText(scope)] : []),
  ],
  execute: ({ personId, role, change, scope }, { at }) =>
    ok([
      change === 'grant'
        ? { kind: 'roleGranted', data: { personId, role, scope, at } }
        : { kind: 'roleRevoked', data: { personId, role, at } },
    ]),
});

function scopeText({ programs, regions, upTo }: Scope): string {
  const parts = [
    programs === null ? 'all programs' : `programs ${programs.join(', ')}`,
    regions === null ? 'all regions' : `regions ${regions.join(', ')}`,
    upTo === null ? 'any amount' : `up to ${moneyText(upTo)}`,
  ];
  return `For ${parts.join('; ')}`;
}
