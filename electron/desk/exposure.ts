import { z } from 'zod';
import type { DeskApi } from '#core/desk-api/contract.ts';
import {
  exposureHoldersSchema,
  exposureSeriesSchema,
  exposureViewSchema,
  type ExposureView,
} from '#core/exposure/view.ts';
import type { Question } from './host.ts';

export interface ExposurePorts {
  /** Throws what a person should read when the server cannot answer. */
  ask<Schema extends z.ZodType>(
    name: Question,
    input: unknown,
    schema: Schema,
  ): Promise<z.output<Schema>>;
  /** As `ask`, but null when the server cannot be asked. */
  tryAsk<Schema extends z.ZodType>(
    name: Question,
    input: unknown,
    schema: Schema,
  ): Promise<z.output<Schema> | null>;
}

type ExposureCalls = Pick<DeskApi, Extract<keyof DeskApi, `exposure.${string}`>>;

/** The live book at this desk: told by the server while a window looks, the latest kept in memory. */
export interface DeskExposure {
  readonly calls: ExposureCalls;
  /** Keeps what the server tells. */
  told(view: ExposureView): void;
  /** Another log, or nobody signed in: nothing of it is shown any more. */
  forget(): void;
}

const watchReplySchema = z.strictObject({ view: exposureViewSchema.nullable() });

export function createExposure({ ask, tryAsk }: ExposurePorts): DeskExposure {
  let latest: ExposureView | null = null;
  return {
    told: (view) => void (latest = view),
    forget: () => void (latest = null),
    calls: {
      'exposure.watch': async ({ watches }) => {
        const reply = await tryAsk('exposureWatch', { watches }, watchReplySchema);
        if (reply?.view) latest = reply.view;
        const source = reply === null ? 'kept' : 'live';
        return { view: latest, source, asOf: latest?.serverAt ?? null };
      },
      'exposure.series': (wanted) => ask('exposureSeries', wanted, exposureSeriesSchema),
      'exposure.holders': (wanted) => ask('exposureHolders', wanted, exposureHoldersSchema),
    },
  };
}
