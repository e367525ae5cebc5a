import { z } from 'zod';
import type { Governance } from '#core/governance/governance.ts';
import {
  kpiDetailRequestSchema,
  kpiListRequestSchema,
  kpiReplaySchema,
  kpiReplayStartSchema,
  kpiRowsRequestSchema,
  SENDINGS_SHOWN_MAX,
  type KpiPlans,
} from '#core/sync/kpi-questions.ts';
import type { Questions } from '../gateway/gateway.ts';
import type { KpiThread } from './kpi-thread.ts';
import type { KpiAnswer } from './messages.ts';
import type { Replays } from './replays.ts';

export interface KpiQuestionPorts {
  readonly kpis: Pick<KpiThread, 'ask'>;
  readonly replays: Replays;
  governance(): Governance;
  /** Names of mailboxes that reports may go to. */
  readonly mailboxes: readonly string[];
}

/** What desks ask about the firm's numbers; who may ask stands in QUESTION_PERMITS. */
export function kpiQuestions({
  kpis,
  replays,
  governance,
  mailboxes,
}: KpiQuestionPorts): Questions {
  return {
    kpiList: {
      schema: kpiListRequestSchema,
      answer: async (wish: z.output<typeof kpiListRequestSchema>) =>
        replyOf(await kpis.ask({ type: 'list', ...wish, kpiIds: null })),
    },
    kpiDetail: {
      schema: kpiDetailRequestSchema,
      answer: async (wish: z.output<typeof kpiDetailRequestSchema>) =>
        replyOf(await kpis.ask({ type: 'detail', ...wish })),
    },
    kpiRows: {
      schema: kpiRowsRequestSchema,
      answer: async (wish: z.output<typeof kpiRowsRequestSchema>) =>
        replyOf(await kpis.ask({ type: 'rows', ...wish })),
    },
    kpiReplayStart: {
      schema: kpiReplayStartSchema,
      answer: (wish: z.output<typeof kpiReplayStartSchema>) => ({ runId: replays.start(wish) }),
    },
    kpiReplayState: {
      schema: kpiReplaySchema,
      answer: ({ runId }: z.output<typeof kpiReplaySchema>) => replays.state(runId),
    },
    kpiReplayCancel: {
      schema: kpiReplaySchema,
      answer: ({ runId }: z.output<typeof kpiReplaySchema>) => {
        replays.cancel(runId);
        return {};
      },
    },
    kpiPlans: {
      schema: z.strictObject({}),
      answer: () => plansOf(governance(), mailboxes),
    },
  };
}

function replyOf(answer: KpiAnswer): unknown {
  switch (answer.type) {
    case 'list':
      return answer.list;
    case 'rows':
      return answer.rows;
    case 'detail':
      return { asOf: answer.asOf, seq: answer.seq, card: answer.card };
    case 'rejected':
      return answer;
  }
}

function plansOf({ insight }: Governance, mailboxes: readonly string[]): KpiPlans {
  const { goals, version } = insight;
  return {
    goals,
    version,
    schedules: [...insight.schedules()].map(({ scheduleId, schedule, since }) => ({
      scheduleId,
      schedule,
      since,
    })),
    sendings: insight
      .sendings()
      .slice(0, SENDINGS_SHOWN_MAX)
      .map(({ numbers: _numbers, ...sent }) => sent),
    mailboxes: [...mailboxes],
  };
}
