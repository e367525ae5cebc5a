import { z } from 'zod';
import {
  exposureHoldersRequestSchema,
  exposureHoldersSchema,
  exposureSeriesRequestSchema,
  exposureSeriesSchema,
  exposureViewSchema,
} from '#core/exposure/view.ts';
import { epochMs } from '#core/time/time.ts';

/** Exposure as a renderer may ask for it. */
export const exposureCalls = {
  /**
   * Said again and again while somebody looks: the server tells of the book only meanwhile. Gives
   * the latest that this desk was told; null before anything was.
   */
  'exposure.watch': {
    input: z.strictObject({ watches: z.boolean() }),
    output: z.strictObject({
      view: exposureViewSchema.nullable(),
      /** `live` as of now, `kept` as this desk last saw it. */
      source: z.enum(['live', 'kept']),
      /** When this desk was told of it, by the server's clock. */
      asOf: epochMs.nullable(),
    }),
  },
  /** A sample a minute of the last day: of the firm, or of one symbol. */
  'exposure.series': { input: exposureSeriesRequestSchema, output: exposureSeriesSchema },
  /** The accounts that hold most of a part of the book. */
  'exposure.holders': { input: exposureHoldersRequestSchema, output: exposureHoldersSchema },
} as const;

/** The live book, about once a second while it is watched. */
export const exposureStreams = { exposure: exposureViewSchema } as const;
