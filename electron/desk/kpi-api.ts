import { z } from 'zod';
import type { DeskApi } from '#core/desk-api/contract.ts';
import { DeskRefusal } from '#core/desk-api/rpc.ts';
import {
  kpiDetailReplySchema,
  kpiListSchema,
  kpiPlansSchema,
  kpiReplayStartedSchema,
  kpiReplayStateSchema,
  kpiRowsSchema,
} from '#core/sync/kpi-questions.ts';
import type { Command } from '#core/sync/protocol.ts';
import type { Question } from './host.ts';

export interface KpiPorts {
  /** Throws what a person should read when the server cannot answer. */
  ask<Schema extends z.ZodType>(
    name: Question,
    input: unknown,
    schema: Schema,
  ): Promise<z.output<Schema>>;
  send(intent: Command['intent']): Promise<{ commandId: string; state: 'queued' | 'accepted' }>;
}

type KpiCalls = Pick<DeskApi, Extract<keyof DeskApi, `kpi.${string}`>>;

/** The firm's numbers at this desk: only the server has the whole log that they rest on. */
export function createKpiCalls({ ask, send }: KpiPorts): KpiCalls {
  return {
    'kpi.list': (wish) => ask('kpiList', wish, kpiListSchema),
    'kpi.detail': (wish) => ask('kpiDetail', wish, kpiDetailReplySchema),
    'kpi.rows': (wish) => ask('kpiRows', wish, kpiRowsSchema),
    'kpi.replay': async (wish) => {
      const { runId } = await ask('kpiReplayStart', wish, kpiReplayStartedSchema);
      if (runId !== null) return { runId };
      const message = 'Another replay is running: wait for it to end, or cancel it.';
      throw new DeskRefusal({ code: 'rejected', message });
    },
    'kpi.replayState': (run) => ask('kpiReplayState', run, kpiReplayStateSchema),
    'kpi.replayCancel': (run) => ask('kpiReplayCancel', run, z.strictObject({})),
    'kpi.plans': () => ask('kpiPlans', {}, kpiPlansSchema),
    'kpi.setGoals': (wish) => send({ type: 'setKpiGoals', ...wish }),
    'kpi.schedule': (wish) => send({ type: 'scheduleReport', ...wish }),
  };
}
