import { z } from 'zod';
import {
  backTestRunSchema,
  backTestStartSchema,
  backTestStateSchema,
  detectorsReplySchema,
  toxicityReplySchema,
  toxicityRequestSchema,
} from '#core/sync/surveillance-questions.ts';

/** Surveillance as a renderer may ask for it; all of it is the server's to answer. */
export const surveillanceCalls = {
  /** Whose fills the market follows, the worst first. */
  'surveillance.toxicity': { input: toxicityRequestSchema, output: toxicityReplySchema },
  /** What detectors there are, how each is used, and how far surveillance has come. */
  'surveillance.detectors': { input: z.strictObject({}), output: detectorsReplySchema },
  /** Tries a draft of a scoring policy on the days that were; refused while another one runs. */
  'backTest.start': { input: backTestStartSchema, output: backTestRunSchema },
  'backTest.state': { input: backTestRunSchema, output: backTestStateSchema },
  'backTest.cancel': { input: backTestRunSchema, output: z.strictObject({}) },
} as const;
