import { z } from 'zod';
import { detectors } from '#core/fraud/detectors/index.ts';
import { useOf, type ScoringPolicy } from '#core/fraud/scoring.ts';
import type { Detector } from '#core/fraud/detector.ts';
import type { ToxicityQuestion } from '#core/fraud/toxicity.ts';
import {
  backTestRunSchema,
  backTestStartSchema,
  toxicityRequestSchema,
  type DetectorsReply,
} from '#core/sync/surveillance-questions.ts';
import type { Questions } from '../gateway/gateway.ts';
import type { BackTests } from './back-tests.ts';
import type { SurveillanceStanding } from './messages.ts';
import type { SurveillanceThread } from './surveillance.ts';

export interface SurveillanceQuestionPorts {
  readonly surveillance: Pick<SurveillanceThread, 'toxicity' | 'standing'>;
  readonly backTests: BackTests;
  /** The policy in force. */
  policy(): ScoringPolicy;
}

/** What desks ask about surveillance; who may ask stands in QUESTION_PERMITS. */
export function surveillanceQuestions(ports: SurveillanceQuestionPorts): Questions {
  const { surveillance, backTests, policy } = ports;
  return {
    toxicity: {
      schema: toxicityRequestSchema,
      answer: async (question: ToxicityQuestion) => ({
        rows: await surveillance.toxicity(question),
        asOf: surveillance.standing()?.marketAt ?? null,
      }),
    },
    detectors: {
      schema: z.strictObject({}),
      answer: () => detectorsReply(policy(), surveillance.standing()),
    },
    backTestStart: {
      schema: backTestStartSchema,
      answer: ({ policy: draft, days }: z.output<typeof backTestStartSchema>) => ({
        runId: backTests.start({ draft, published: policy(), days }),
      }),
    },
    backTestState: {
      schema: backTestRunSchema,
      answer: ({ runId }: z.output<typeof backTestRunSchema>) => backTests.state(runId),
    },
    backTestCancel: {
      schema: backTestRunSchema,
      answer: ({ runId }: z.output<typeof backTestRunSchema>) => {
        backTests.cancel(runId);
        return {};
      },
    },
  };
}

function detectorsReply(
  policy: ScoringPolicy,
  standing: SurveillanceStanding | null,
): DetectorsReply {
  return {
    policyVersion: policy.version,
    progress: standing && progressOf(standing),
    detectors: detectors.all.map((detector) => {
      const own = standing?.detectors.find((one) => one.detector === detector.id);
      const { id, version, title, pattern, describes, honestReasons, checklist } = detector;
      return {
        detector: id,
        version,
        title,
        pattern,
        describes,
        honestReasons,
        checklist: [...checklist],
        params: schemaOf(detector),
        defaults: detector.defaults as DetectorsReply['detectors'][number]['defaults'],
        use: useOf(policy, id),
        held: own?.held ?? null,
        fault: own?.fault ?? null,
      };
    }),
  };
}

function progressOf(standing: SurveillanceStanding): DetectorsReply['progress'] {
  const { seq, marketAt, factsBehind, marksBehind, busyPerMille } = standing;
  return { seq, marketAt, factsBehind, marksBehind, busyPerMille };
}

type Json = DetectorsReply['detectors'][number]['params'];

function schemaOf({ params }: Detector): Json {
  const { $schema: _draft, ...rest } = z.toJSONSchema(params, {
    io: 'input',
    unrepresentable: 'any',
  }) as Record<string, unknown>;
  return rest as Json;
}
