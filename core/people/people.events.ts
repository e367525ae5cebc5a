import { z } from 'zod';
import { idSchema } from '#core/kernel/ids.ts';
import { defineEvent } from '#core/kernel/event.ts';
import { epochMs } from '#core/time/time.ts';
import { roleSchema, scopeSchema } from './roles.ts';

/*
 * People appear by pseudonym alone: names, logins and passwords are in a store that can be erased.
 */

export const keyIdSchema = z.string().regex(/^[0-9a-f]{64}$/);

export const personAdded = defineEvent({
  kind: 'personAdded',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({ personId: idSchema, at: epochMs }),
});

export const personDeactivated = defineEvent({
  kind: 'personDeactivated',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({ personId: idSchema, at: epochMs }),
});

export const roleGranted = defineEvent({
  kind: 'roleGranted',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({ personId: idSchema, role: roleSchema, scope: scopeSchema, at: epochMs }),
});

export const roleRevoked = defineEvent({
  kind: 'roleRevoked',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({ personId: idSchema, role: roleSchema, at: epochMs }),
});

/** A device showed that it holds a key; it counts only once it is granted. */
export const keyEnrolled = defineEvent({
  kind: 'keyEnrolled',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    keyId: keyIdSchema,
    personId: idSchema,
    deviceId: idSchema,
    /** Raw Ed25519, base64. */
    publicKey: z.string().max(60),
    /** The signed envelope by which the device showed it. */
    envelope: z.string().max(8_000),
    at: epochMs,
  }),
});

export const keyGranted = defineEvent({
  kind: 'keyGranted',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({ keyId: keyIdSchema, at: epochMs }),
});

export const keyRevoked = defineEvent({
  kind: 'keyRevoked',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    keyId: keyIdSchema,
    /** The entry of the log since which it may have been in other hands; null when it was not. */
    compromisedSince: z.int().min(1).nullable(),
    reason: z.string().min(1).max(400),
    at: epochMs,
  }),
});

/** Two decisions of one place in a device's chain: the device was cloned. */
export const keyFrozen = defineEvent({
  kind: 'keyFrozen',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({ keyId: keyIdSchema, reason: z.string().min(1).max(400), at: epochMs }),
});

export const personSignedIn = defineEvent({
  kind: 'personSignedIn',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({ personId: idSchema, deskId: idSchema, at: epochMs }),
});

export const personSignedOut = defineEvent({
  kind: 'personSignedOut',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    personId: idSchema,
    deskId: idSchema,
    /** Every session of the person ended, not this one alone. */
    everywhere: z.boolean(),
    at: epochMs,
  }),
});
