import type { z } from 'zod';
import type { DeskApi } from '#core/desk-api/contract.ts';
import type { Intent } from '#core/sync/protocol.ts';
import { linksReplySchema } from '#core/sync/standing-questions.ts';
import type { Question } from './host.ts';

export interface StandingPorts {
  /** Throws what a person should read when the server cannot answer. */
  ask<Schema extends z.ZodType>(
    name: Question,
    input: unknown,
    schema: Schema,
  ): Promise<z.output<Schema>>;
  send(
    intent: Intent,
  ): Promise<{ readonly commandId: string; readonly state: 'queued' | 'accepted' }>;
}

type StandingCalls = Pick<DeskApi, Extract<keyof DeskApi, `standing.${string}`>>;

/** Links to standings at this desk: given and taken back like any command, read from the server. */
export function createStandingCalls({ ask, send }: StandingPorts): StandingCalls {
  return {
    'standing.links': (wanted) => ask('standingLinks', wanted, linksReplySchema),
    'standing.share': (wish) => send({ type: 'shareStanding', ...wish }),
    'standing.revoke': (wish) => send({ type: 'revokeStanding', ...wish }),
  };
}
