import { packReplySchema, packRequestSchema } from '#core/sync/evidence-questions.ts';

/** Evidence as a renderer may ask for it: only the server has the prices and the log’s key. */
export const evidenceCalls = {
  /** The pack of one verdict, or of a payout’s answer, to be saved and given to the trader. */
  'evidence.pack': { input: packRequestSchema, output: packReplySchema },
} as const;
