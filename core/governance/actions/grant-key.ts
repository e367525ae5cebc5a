import { z } from 'zod';
import { err, ok } from '#core/kernel/result.ts';
import { keyIdSchema } from '#core/people/people.events.ts';
import { fingerprintText } from '#core/signing/public-key.ts';
import { formAction, NOBODY } from './action-kind.ts';

/** Lets an enrolled key count, once its fingerprint was compared with the person's own screen. */
export const grantKey = formAction({
  type: 'grantKey',
  title: 'Let a signing key count',
  schema: z.strictObject({
    keyId: keyIdSchema,
    personId: z.string().max(80),
    deviceId: z.string().max(80),
    fingerprint: z.string().max(80),
  }),
  prepare: ({ keyId, personId, deviceId, fingerprint }, { governance }) => {
    const key = governance.people.key(keyId);
    if (!key) return err('this key is not enrolled');
    if (key.personId !== personId || key.deviceId !== deviceId)
      return err('the key is of somebody else');
    if (fingerprintText(key.publicKey) !== fingerprint)
      return err('the fingerprint is another key’s');
    return ok({ about: { ...NOBODY, personId }, amount: 0, concerned: [personId] });
  },
  lines: ({ keyId, personId, deviceId, fingerprint }) => [
    `Person ${personId}, device ${deviceId}`,
    `Key ${keyId}`,
    `Fingerprint: ${fingerprint}`,
    'Compare it, by voice, with what stands on that person’s screen.',
  ],
  blockedBy: ({ keyId }, { governance }) => {
    const key = governance.people.key(keyId);
    if (!key) return 'this key is not enrolled';
    if (key.revokedSeq !== null) return 'this key was revoked';
    return key.frozen ? 'this key is frozen' : null;
  },
  execute: ({ keyId }, { at }) => ok([{ kind: 'keyGranted', data: { keyId, at } }]),
});
