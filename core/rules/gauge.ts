import { z } from 'zod';

/** A rule's Gauge as wires carry it. */
export const gaugeSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('floor'),
    role: z.enum(['daily', 'overall']),
    floor: z.int(),
    allowance: z.int(),
    measured: z.int(),
  }),
  z.strictObject({ type: z.literal('target'), value: z.int(), target: z.int(), start: z.int() }),
  z.strictObject({
    type: z.literal('share'),
    share: z.int(),
    limit: z.int(),
    total: z.int(),
    value: z.int(),
    most: z.int(),
  }),
  z.strictObject({ type: z.literal('flags'), value: z.int() }),
  z.strictObject({ type: z.literal('count'), value: z.int(), needed: z.int() }),
]);
