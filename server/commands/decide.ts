import type { Result } from '#core/kernel/result.ts';
import type { Fact, FactDraft } from '#core/facts/registry.ts';
import type { Command, CommandResult } from '#core/sync/protocol.ts';
import { decideAcceptance, decideDirective, decideSuccessor } from './account-decisions.ts';
import type { LifePorts } from '../history/life.ts';
import { decideAcknowledge } from './acknowledge.ts';
import { decidePublishProgram, type PublishingState } from './publish-program.ts';

export type Rejection = Omit<Extract<CommandResult, { type: 'rejected' }>, 'type' | 'commandId'>;

/** Everything that decisions rest on. */
export interface DecisionState extends LifePorts {
  factAt(seq: number): Fact | null;
  isComing(programId: string, version: number): boolean;
  readonly publishing: PublishingState;
}

/** One pure decision per kind of intent: the same command on the same log gives the same answer. */
export function decide(command: Command, state: DecisionState): Result<FactDraft, Rejection> {
  const { intent, operatorId } = command;
  switch (intent.type) {
    case 'acknowledgeAlert':
      return decideAcknowledge(intent, operatorId, state);
    case 'publishProgram':
      return decidePublishProgram(intent, operatorId, state.publishing);
    case 'directAccount':
      return decideDirective(intent, operatorId, state);
    case 'acceptChange':
      return decideAcceptance(intent, operatorId, state);
    case 'requestSuccessor':
      return decideSuccessor(intent, operatorId, state);
  }
}
