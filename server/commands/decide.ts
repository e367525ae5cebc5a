import type { Fact } from '#core/facts/registry.ts';
import type { Decided } from '#core/governance/propose.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { CommandResult } from '#core/sync/protocol.ts';
import type { LifePorts } from '../history/life.ts';
import type { AcknowledgeableFact } from '../store/store.ts';
import { decideAcceptance, decideDirective, decideSuccessor } from './account-decisions.ts';
import { decideAcknowledge } from './acknowledge.ts';
import { decideCases, proposalProblem, type CaseState } from './case-decisions.ts';
import { decideExposure } from './exposure-decisions.ts';
import { decideAcknowledgeAll, decideForAlerts, decideSetAlertRules } from './alert-decisions.ts';
import { decideGovernance, type GovernedState } from './governance-decisions.ts';
import { accountOf, permissionFor } from './permit.ts';
import { decidePublishProgram, type PublishingState } from './publish-program.ts';
import type { ServerCommand } from './server-command.ts';

export type Rejection = Omit<Extract<CommandResult, { type: 'rejected' }>, 'type' | 'commandId'>;

/** Everything that decisions rest on. */
export interface DecisionState extends LifePorts, GovernedState, CaseState {
  factAt(seq: number): Fact | null;
  /** What acknowledging needs to know of facts, those that there are. */
  alertsAt(seqs: readonly number[]): AcknowledgeableFact[];
  isComing(programId: string, version: number): boolean;
  readonly publishing: PublishingState;
}

/** One pure decision per kind of intent: the same command on the same log gives the same answer. */
export function decide(command: ServerCommand, state: DecisionState): Result<Decided, Rejection> {
  const refusal = permissionRefusal(command, state);
  if (refusal) return err(refusal);
  const { intent, actor } = command;
  switch (intent.type) {
    case 'acknowledgeAlert':
      return one(decideAcknowledge(intent, actor.id, state));
    case 'acknowledgeAlerts':
      return decideAcknowledgeAll(intent, actor.id, state);
    case 'setAlertRules':
      return decideSetAlertRules(intent, actor.id, state);
    case 'escalateAlerts':
    case 'observeFeed':
    case 'foundAlertRules':
      return decideForAlerts(intent, state);
    case 'directAccount':
      return one(decideDirective(intent, actor.id, state));
    case 'acceptChange':
      return one(decideAcceptance(intent, actor.id, state));
    case 'requestSuccessor':
      return one(decideSuccessor(intent, actor.id, state));
    case 'publishProgram':
      return decidePublishProgram(intent, command, state);
    case 'noteExposure':
      return decideExposure(intent, state);
    case 'raiseSignals':
    case 'actOnCase':
    case 'takeNextCase':
      return decideCases({ ...command, intent }, state);
    case 'propose': {
      const problem = proposalProblem(intent, actor.id, state);
      return problem ? err(problem) : decideGovernance({ ...command, intent }, state);
    }
    default:
      return decideGovernance({ ...command, intent }, state);
  }
}

/** The one place where a person's roles are asked about what the person wishes: denied by default. */
function permissionRefusal(
  { intent, actor }: ServerCommand,
  { world, accountFacts }: DecisionState,
): Rejection | null {
  if (actor.type === 'system' || actor.type === 'client') return null;
  const { people } = world.governance;
  if (actor.type !== 'operator' || people.persons.get(actor.id)?.active !== true) {
    return { code: 'forbidden', message: 'sign in first' };
  }
  if (SERVER_INTENTS.has(intent.type))
    return { code: 'forbidden', message: 'no person may do this' };
  const wish = intent as Parameters<typeof permissionFor>[0];
  const action = permissionFor(wish);
  if (action === null) return null;
  const accountId = accountOf(wish);
  const opened = accountId === null ? undefined : accountFacts(accountId)[0];
  const about =
    opened?.kind === 'accountOpened' ? { programId: opened.data.program.programId } : {};
  if (people.may(actor.id, action, about)) return null;
  return { code: 'forbidden', message: 'no role of yours allows this' };
}

/** What only the server's own parts and clients of the API wish. */
const SERVER_INTENTS: ReadonlySet<string> = new Set([
  'found',
  'openPayout',
  'recordCheck',
  'withdrawPayout',
  'signedIn',
  'signedOut',
  'runPayments',
  'noteExposure',
  'reportPayment',
  'issueLetter',
  'raiseSignals',
  'escalateAlerts',
  'observeFeed',
  'foundAlertRules',
]);

function one(decision: Result<Decided['drafts'][number], Rejection>): Result<Decided, Rejection> {
  return decision.ok ? ok({ drafts: [decision.value], contents: [] }) : decision;
}
