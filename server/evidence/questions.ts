import {
  packRequestSchema,
  type PackReply,
  type PackRequest,
} from '#core/sync/evidence-questions.ts';
import type { Evidence } from './evidence.ts';

/** What desks may ask about evidence; who may, stands in QUESTION_PERMITS. */
export function evidenceQuestions(evidence: Pick<Evidence, 'pack'>) {
  return {
    evidencePack: {
      schema: packRequestSchema,
      answer: async (
        wish: PackRequest,
      ): Promise<PackReply | { type: 'rejected'; reason: string }> => {
        const made = await evidence.pack(wish);
        if (!made.ok) return { type: 'rejected', reason: made.error };
        return { name: `evidence-${wish.accountId}-${wish.seq}.html`, html: made.value };
      },
    },
  };
}
