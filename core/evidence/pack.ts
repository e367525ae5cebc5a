import { z } from 'zod';
import { digestOfText } from '#core/kernel/digest.ts';
import { bytesOfBase64 } from '#core/kernel/base64.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { digestSchema, idSchema } from '#core/kernel/ids.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { ruleSetRefSchema } from '#core/accounts/account.ts';
import { checkpointBody } from '#core/audit/checkpoint.ts';
import { envelopeSchema } from '#core/kernel/event.ts';
import { epochMs } from '#core/time/time.ts';
import { sliceSchema, SLICES_MAX } from './slices.ts';

/** The whole file; above it nobody mails it, and no reader has to take it. */
export const PACK_BYTES_MAX: number = 64 * 1024 * 1024;
export const FACTS_PER_PACK_MAX = 50_000;
export const MARKS_PER_PACK_MAX = 2_000_000;
const PROOF_HASHES_MAX = 500_000;
const CONTENTS_MAX = 50;
const CONTENT_TEXT_MAX = 1_000_000;
const HASH_TEXT = /^[A-Za-z0-9+/]{43}=$/;
const hashSchema = z.string().regex(HASH_TEXT, 'expected 32 bytes in base64');

/** What a pack is about: a verdict on an account, or the answer to a payout of it. */
export const SUBJECT_TYPES = ['verdict', 'payout'] as const;

/** One entry of the log as it stands there, and the hash under which the tree holds it. */
const entrySchema = z.strictObject({
  data: z.record(z.string(), z.json()),
  envelope: envelopeSchema.strict(),
  leaf: hashSchema,
});

/** Everything that one verdict follows from. Its canonical text is what the firm signs. */
export const packBodySchema = z.strictObject({
  schema: z.literal('propdesk-evidence/1'),
  log: z.strictObject({
    /** The log's name, as its checkpoints say it. */
    origin: z.string().min(1).max(120),
    /** Ed25519, base64. */
    publicKey: hashSchema,
  }),
  /** The server's clock as the pack was made. */
  madeAt: epochMs,
  subject: z.strictObject({
    type: z.enum(SUBJECT_TYPES),
    accountId: idSchema,
    /** The fact that it is about. */
    seq: z.int().min(1),
    sentence: z.string().min(1).max(2_000),
  }),
  /** The version in force at the verdict. */
  ruleSet: ruleSetRefSchema,
  engineVersion: z.string().min(1).max(20),
  /** The last fact that is judged again; later ones say what people made of the verdict. */
  through: z.int().min(1),
  facts: z.array(entrySchema).min(1).max(FACTS_PER_PACK_MAX),
  /**
   * Entries of the account of which the pack shows only that they are there: what the platform saw of
   * the person beside trades. They may name others, and no rule looks at them.
   */
  sealed: z
    .array(z.strictObject({ seq: z.int().min(1), streamVersion: z.int().min(1), leaf: hashSchema }))
    .max(FACTS_PER_PACK_MAX),
  prices: z.array(sliceSchema).max(SLICES_MAX),
  /** Bytes that facts name by their digest. */
  contents: z
    .array(z.strictObject({ digest: digestSchema, text: z.string().max(CONTENT_TEXT_MAX) }))
    .max(CONTENTS_MAX),
  proof: z.array(hashSchema).max(PROOF_HASHES_MAX),
  /** The signed checkpoint that the proof leads to. */
  checkpoint: z.string().min(1).max(4_096),
});
export type PackBody = z.infer<typeof packBodySchema>;

export const packSchema = z.strictObject({
  body: packBodySchema,
  /** Over the body, signed by the log's key: see bodyNote. */
  note: z.string().min(1).max(4_096),
});
export type Pack = z.infer<typeof packSchema>;

/** What is signed as evidence, so that nothing takes it for a checkpoint of the log. */
export function evidenceOrigin(origin: string): string {
  return `${origin}/evidence`;
}

/** The text that the log's key signs for a body: how many facts it has, and its SHA-256. */
export function bodyNote(body: PackBody): string {
  return checkpointBody({
    origin: evidenceOrigin(body.log.origin),
    size: body.facts.length,
    root: bytesOfHex(digestOfText(canonicalText(body))),
  });
}

function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** The machine part as it stands in the file: canonical, and without what could end its element. */
export function writeMachinePart(pack: Pack): string {
  return canonicalText(pack).replaceAll('<', '\\u003c');
}

/** Deeper than any fact; a reader that recurses is not led further. */
const DEPTH_MAX = 40;

/**
 * Reads a machine part of which every value has one way of being written: what does not give the
 * same text again (white space, another order, a key that is there twice, a fraction) is refused.
 */
export function readMachinePart(text: string): Result<Pack, string> {
  const deep = depthProblem(text);
  if (deep !== null) return err(deep);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err('the machine part is no JSON');
  }
  const parsed = packSchema.safeParse(value);
  if (!parsed.success) return err(`the machine part is no pack: ${firstIssue(parsed.error)}`);
  if (writeMachinePart(parsed.data) !== text) {
    return err('the machine part is not written as packs are: somebody wrote it anew');
  }
  return ok(parsed.data);
}

function firstIssue({ issues }: z.ZodError): string {
  const [issue] = issues;
  return `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'malformed'}`;
}

/** Looked at before anything is read: brackets outside of texts. */
function depthProblem(text: string): string | null {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inText) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) inText = false;
    } else if (code === 0x22) inText = true;
    else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > DEPTH_MAX) return `the machine part is nested deeper than ${DEPTH_MAX}`;
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return null;
}

/** A hash as the pack writes it; the schema has seen that it is one. */
export function hashIn(text: string): Uint8Array {
  const bytes = bytesOfBase64(text);
  return bytes.ok ? bytes.value : new Uint8Array(0);
}
