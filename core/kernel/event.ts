import { z } from 'zod';

/**
 * The contract of an event kind. One definition gives the TypeScript type, the validation on the
 * wire and on disk, and the generator for fuzzing. History is never edited: a newer version reads
 * an older one through its `upcasts`.
 */
export interface EventDefinition<Kind extends string, Data> {
  readonly kind: Kind;
  readonly version: number;
  /** Which stream the event belongs to: one account's, or the firm's. */
  readonly stream: 'account' | 'firm';
  /**
   * Where it comes from: `input` was told to us (a platform booked it, a person decided it);
   * `derived` follows from inputs and marks, so a verifier can and does compute it again.
   */
  readonly origin: 'input' | 'derived';
  readonly data: z.ZodType<Data>;
  /** From version n to n + 1, keyed by n. */
  readonly upcasts: Readonly<Record<number, (old: unknown) => unknown>>;
}

// eslint-disable-next-line -- the widest definition: members of the registry differ in their data
export type AnyEventDefinition = EventDefinition<string, never> | EventDefinition<string, object>;

export function defineEvent<const Kind extends string, Data>(definition: {
  kind: Kind;
  version: number;
  stream: 'account' | 'firm';
  origin: 'input' | 'derived';
  data: z.ZodType<Data>;
  upcasts?: Readonly<Record<number, (old: unknown) => unknown>>;
}): EventDefinition<Kind, Data> {
  return { upcasts: {}, ...definition };
}

/** Who did it: the platform's adapter, the engine, a person, a client of the API, or the server itself. */
export const actorSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('platform'), id: z.string().min(1).max(80) }),
  z.object({ type: z.literal('engine'), id: z.string().min(1).max(80) }),
  z.object({ type: z.literal('operator'), id: z.string().min(1).max(80) }),
  z.object({ type: z.literal('client'), id: z.string().min(1).max(80) }),
  z.object({ type: z.literal('system'), id: z.string().min(1).max(80) }),
]);
export type Actor = z.infer<typeof actorSchema>;

/**
 * What surrounds every fact. `seq` orders a partition without gaps; times only explain:
 * `occurredAt` is the platform's clock, `recordedAt` the server's. `causation` is the `seq` of the
 * fact that led to this one, or the index in the mark journal of the mark that did.
 */
export const envelopeSchema = z.object({
  partition: z.int().min(0),
  seq: z.int().min(1),
  kind: z.string().min(1).max(60),
  version: z.int().min(1),
  /** `account:<id>` or `firm`. */
  stream: z.string().min(1).max(120),
  /** Position in its own stream, from 1, without gaps. */
  streamVersion: z.int().min(1),
  occurredAt: z.int(),
  recordedAt: z.int(),
  actor: actorSchema,
  causation: z.union([
    z.object({ type: z.literal('fact'), seq: z.int().min(1) }),
    z.object({ type: z.literal('mark'), index: z.int().min(0) }),
    z.object({ type: z.literal('command'), id: z.string().min(1).max(80) }),
    z.object({ type: z.literal('record'), id: z.string().min(1).max(120) }),
    z.object({ type: z.literal('none') }),
  ]),
  /** How many marks had been journalled when this was decided: interleaves facts with marks. */
  marksBefore: z.int().min(0),
});
export type Envelope = z.infer<typeof envelopeSchema>;
export type Causation = Envelope['causation'];
