import { z } from 'zod';
import { err, ok } from '#core/kernel/result.ts';
import { keyIdSchema } from '#core/people/people.events.ts';
import { formAction, NOBODY } from './action-kind.ts';

/** Ends a key: a lost device, a person who leaves, a key that may be in other hands. */
export const revokeKey = formAction({
  type: 'revokeKey',
  title: 'Revoke a signing key',
  schema: z.strictObject({
    keyId: keyIdSchema,
    /** The entry of the log since which it may have been in other hands. */
    compromisedSince: z.int().min(1).nullable(),
  }),
  prepare: ({ keyId }, { governance }) => {
    const key = governance.people.key(keyId);
    if (!key) return err('this key is not enrolled');
    if (key.revokedSeq !== null) return err('this key was revoked already');
    return ok({ about: { ...NOBODY, personId: key.personId }, amount: 0, concerned: [] });
  },
  lines: ({ keyId, compromisedSince }) => [
    `Key ${keyId}`,
    compromisedSince === null
      ? 'It was not in other hands.'
      : `It may have been in other hands since entry ${compromisedSince}.`,
  ],
  execute: ({ keyId, compromisedSince }, { at }, { reason }) =>
    ok([
      { kind: 'keyRevoked', data: { keyId, compromisedSince, reason: reason || 'revoked', at } },
    ]),
});
