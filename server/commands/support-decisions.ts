import { receivedSchema } from '#core/support/act.ts';
import {
  decideDecision,
  decideOpenDispute,
  decideWithdrawal,
  type DisputeWorker,
} from '#core/support/disputes.ts';
import {
  decideOpenTicket,
  decideReceived,
  decideTicketWork,
  type SupportWorker,
} from '#core/support/work.ts';
import type { Fact } from '#core/facts/registry.ts';
import { executedOf, matterOf } from '#core/governance/disputed.ts';
import type { Decided } from '#core/governance/propose.ts';
import type { GovernedWorld } from '#core/governance/world.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { Intent } from '#core/sync/protocol.ts';
import type { Rejection } from './decide.ts';
import type { ServerCommand, ServerIntent } from './server-command.ts';

/** What deciding about tickets and disputes rests on. */
export interface SupportState {
  readonly world: GovernedWorld;
  factAt(seq: number): Fact | null;
  salt(): string;
}

export type SupportIntent =
  | Extract<
      Intent,
      {
        type: 'openTicket' | 'actOnTicket' | 'openDispute' | 'decideDispute' | 'withdrawDispute';
      }
    >
  | Extract<ServerIntent, { type: 'receiveMessage' }>;

type Answer = Result<Decided, Rejection>;

/** What traders write, what they are answered, and what they dispute. */
export function decideSupport(
  command: ServerCommand & { readonly intent: SupportIntent },
  state: SupportState,
): Answer {
  const { intent, actor } = command;
  const { tickets, disputes } = state.world.governance;
  const folds = { tickets, disputes };
  const by = workerOf(command, state);
  if (intent.type === 'receiveMessage') return receive(intent, by, folds);
  if (intent.type === 'withdrawDispute') {
    if (actor.type === 'client' && disputes.dispute(intent.disputeId)?.client !== actor.id) {
      return err({ code: 'notFound', message: `there is no dispute ${intent.disputeId}` });
    }
    return decideWithdrawal(intent, by, disputes);
  }
  const { personId } = by;
  if (personId === null) {
    return err({ code: 'forbidden', message: 'a person of the firm does this' });
  }
  const worker = { ...by, personId };
  switch (intent.type) {
    case 'openTicket':
      return decideOpenTicket(intent, worker);
    case 'actOnTicket':
      return decideTicketWork(intent, worker, tickets);
    case 'openDispute':
      return decideOpenDispute(intent, worker, folds);
    case 'decideDispute':
      return decideDecision(intent, worker, folds);
  }
}

/** A message, and in the same transaction the dispute that it opens: both, or neither. */
function receive(
  { message }: Extract<SupportIntent, { type: 'receiveMessage' }>,
  by: DisputeWorker,
  folds: Parameters<typeof decideOpenDispute>[2],
): Answer {
  const parsed = receivedSchema.safeParse(message);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return err({ code: 'invalid', message: `${issue?.path.join('.')}: ${issue?.message}` });
  }
  const { dispute, accountId } = parsed.data;
  const taken = decideReceived(parsed.data, by, folds.tickets);
  if (!taken.ok || dispute === null || taken.value.drafts.length === 0) return taken;
  if (accountId === null) return err({ code: 'invalid', message: 'accountId: name the account' });
  const { ticketId } = taken.value;
  const opened = decideOpenDispute({ ...dispute, accountId, ticketId }, by, folds, ticketId);
  if (!opened.ok) return opened;
  return ok({ ...taken.value, drafts: [...taken.value.drafts, ...opened.value.drafts] });
}

function workerOf(
  { actor, commandId }: ServerCommand,
  { world, factAt, salt }: SupportState,
): DisputeWorker & SupportWorker {
  const { governance, at, accountOf } = world;
  return {
    personId: actor.type === 'operator' ? actor.id : null,
    commandId,
    at,
    salt,
    may: governance.people.may,
    account: accountOf,
    matter: (about) => matterOf(about, governance, factAt),
    executed: (proposalId) => executedOf(proposalId, governance),
  };
}
