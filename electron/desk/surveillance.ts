import { z } from 'zod';
import type { DeskApi } from '#core/desk-api/contract.ts';
import { DeskRefusal } from '#core/desk-api/rpc.ts';
import {
  backTestStartedSchema,
  backTestStateSchema,
  detectorsReplySchema,
  toxicityReplySchema,
} from '#core/sync/surveillance-questions.ts';

import type { Question } from './host.ts';

export interface SurveillancePorts {
  /** Throws what a person should read when the server cannot answer. */
  ask<Schema extends z.ZodType>(
    name: Question,
    input: unknown,
    schema: Schema,
  ): Promise<z.output<Schema>>;
}

type SurveillanceCalls = Pick<
  DeskApi,
  Extract<keyof DeskApi, `surveillance.${string}` | `backTest.${string}`>
>;

/** Surveillance at this desk: only the server has the prices that it rests on. */
export function createSurveillanceCalls({ ask }: SurveillancePorts): SurveillanceCalls {
  return {
    'surveillance.toxicity': (wanted) => ask('toxicity', wanted, toxicityReplySchema),
    'surveillance.detectors': () => ask('detectors', {}, detectorsReplySchema),
    'backTest.start': async (wish) => {
      const { runId } = await ask('backTestStart', wish, backTestStartedSchema);
      if (runId !== null) return { runId };
      const message = 'Another back-test is running: wait for it to end, or cancel it.';
      throw new DeskRefusal({ code: 'rejected', message });
    },
    'backTest.state': (run) => ask('backTestState', run, backTestStateSchema),
    'backTest.cancel': (run) => ask('backTestCancel', run, z.strictObject({})),
  };
}
