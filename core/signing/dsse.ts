import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { assert, present } from '#core/kernel/assert.ts';
import { base64Of, bytesOfBase64 } from '#core/kernel/base64.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { STRICT_JSON_BYTES_MAX } from './strict-json.ts';

/** The largest signature that an envelope carries; which length is right, the key's kind says. */
export const SIGNATURE_BYTES_MAX = 128;
const NAME_LENGTH_MAX = 128;

/**
 * What a signature of an envelope is over: the bytes of https://github.com/secure-systems-lab/dsse
 * (protocol.md, version 1). With both lengths in front, no other pair of type and payload has
 * these bytes, so what was signed as one kind of statement cannot be shown as another.
 */
export function pae(payloadType: string, payload: Uint8Array): Uint8Array {
  assert(payloadType.isWellFormed(), 'a payload type is whole characters');
  const type = utf8ToBytes(payloadType);
  return concatBytes(
    utf8ToBytes(`DSSEv1 ${type.length} `),
    type,
    utf8ToBytes(` ${payload.length} `),
    payload,
  );
}

/** Visible ASCII, so that what names a type or a key is never two texts that look like one. */
const nameSchema = z.string().regex(/^[\x21-\x7e]+$/, 'expected ASCII without spaces');

/** Base64 of so many bytes at most; its length is checked before anything looks at its letters. */
function base64Schema(bytesMax: number): z.ZodType<string, string> {
  return z
    .string()
    .max(4 * Math.ceil(bytesMax / 3), { abort: true })
    .superRefine((text, context) => {
      const bytes = bytesOfBase64(text);
      if (!bytes.ok) context.addIssue(bytes.error);
      else if (bytes.value.length > bytesMax) context.addIssue(`more than ${bytesMax} bytes`);
    });
}

/**
 * The envelope as DSSE writes it, narrowed to what we write: one signature, standard base64, a key
 * id, and no field besides, because such a field would be signed by nobody.
 */
export const signedEnvelopeSchema = z.strictObject({
  payloadType: nameSchema.max(NAME_LENGTH_MAX),
  payload: base64Schema(STRICT_JSON_BYTES_MAX),
  signatures: z.tuple([
    z.strictObject({
      /** Where to look for the key. Nothing may be decided by it: no signature is over it. */
      keyid: nameSchema.max(NAME_LENGTH_MAX),
      sig: base64Schema(SIGNATURE_BYTES_MAX),
    }),
  ]),
});
export type SignedEnvelope = z.infer<typeof signedEnvelopeSchema>;

export interface OpenedEnvelope {
  readonly payloadType: string;
  /** The exact bytes that were signed: check the signature over their pae before reading them. */
  readonly payload: Uint8Array;
  readonly keyId: string;
  readonly signature: Uint8Array;
}

/** Puts a signature over pae(payloadType, payload) beside what it is over. */
export function sealEnvelope(
  payloadType: string,
  payload: Uint8Array,
  keyId: string,
  signature: Uint8Array,
): SignedEnvelope {
  const envelope: SignedEnvelope = {
    payloadType,
    payload: base64Of(payload),
    signatures: [{ keyid: keyId, sig: base64Of(signature) }],
  };
  const { error } = signedEnvelopeSchema.safeParse(envelope);
  assert(!error, `an envelope can be opened: ${error && z.prettifyError(error)}`);
  return envelope;
}

/** Reads the form of an envelope only; whether its signature is right, a verifier says. */
export function openEnvelope(input: unknown): Result<OpenedEnvelope, string> {
  const parsed = signedEnvelopeSchema.safeParse(input);
  if (!parsed.success) return err(`not a signed envelope: ${z.prettifyError(parsed.error)}`);
  const { payloadType, payload, signatures } = parsed.data;
  const [{ keyid, sig }] = signatures;
  return ok({ payloadType, payload: bytesIn(payload), keyId: keyid, signature: bytesIn(sig) });
}

/** What the schema has read as base64 already. */
function bytesIn(text: string): Uint8Array {
  const bytes = bytesOfBase64(text);
  return present(bytes.ok ? bytes.value : null, 'base64');
}
