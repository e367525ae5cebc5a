import type { z } from 'zod';
import type { DeskApi } from '#core/desk-api/contract.ts';
import { packReplySchema } from '#core/sync/evidence-questions.ts';
import type { Question } from './host.ts';

export interface EvidencePorts {
  /** Throws what a person should read when the server cannot answer. */
  ask<Schema extends z.ZodType>(
    name: Question,
    input: unknown,
    schema: Schema,
  ): Promise<z.output<Schema>>;
}

type EvidenceCalls = Pick<DeskApi, Extract<keyof DeskApi, `evidence.${string}`>>;

/** Evidence at this desk: made and signed by the server, saved by the person who asked for it. */
export function createEvidenceCalls({ ask }: EvidencePorts): EvidenceCalls {
  return { 'evidence.pack': (wish) => ask('evidencePack', wish, packReplySchema) };
}
