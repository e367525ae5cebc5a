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
import { decideInsight } from './insight-decisions.ts';
import {
  decideGovernance,
  GOVERNANCE_INTENTS,
  type GovernedState,
} from './governance-decisions.ts';
import { accountOf, permissionFor } from './permit.ts';
import { decideOrders, ORDER_INTENTS, type OrderState } from './order-decisions.ts';
import { decidePublishProgram, type PublishingState } from './publish-program.ts';
import { decideStanding } from './standing-decisions.ts';
import { decideSupport, type SupportState } from './support-decisions.ts';
import type { ServerCommand } from './server-command.ts';
import { decideWorkIntent, type WorkState } from './work-decisions.ts';

export type Rejection = Omit<Extract<CommandResult, { type: 'rejected' }>, 'type' | 'commandId'>;

/** Everything that decisions rest on. */
export interface DecisionState
  extends LifePorts, GovernedState, CaseState, OrderState, SupportState, WorkState {
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
  const decideIntent = DECIDERS[command.intent.type] as Decider<AnyIntent>;
  return decideIntent(command, state);
}

type AnyIntent = ServerCommand['intent'];
type Decider<Wish extends AnyIntent> = (
  command: ServerCommand & { readonly intent: Wish },
  state: DecisionState,
) => Result<Decided, Rejection>;
type Deciders = {
  readonly [Type in AnyIntent['type']]: Decider<Extract<AnyIntent, { readonly type: Type }>>;
};

/** Who decides each intent: a room's own decider, or one function. */
const DECIDERS: Deciders = {
  acknowledgeAlert: ({ intent, actor }, state) => one(decideAcknowledge(intent, actor.id, state)),
  acknowledgeAlerts: ({ intent, actor }, state) => decideAcknowledgeAll(intent, actor.id, state),
  setAlertRules: ({ intent, actor }, state) => decideSetAlertRules(intent, actor.id, state),
  ...forEach(['escalateAlerts', 'observeFeed', 'foundAlertRules'], ({ intent }, state) =>
    decideForAlerts(intent, state),
  ),
  directAccount: ({ intent, actor }, state) => one(decideDirective(intent, actor.id, state)),
  acceptChange: ({ intent, actor }, state) => one(decideAcceptance(intent, actor.id, state)),
  requestSuccessor: ({ intent, actor }, state) =>
    one(decideSuccessor(intent, actor.id, { ...state, followedBy: orderAfter(state) })),
  publishProgram: (command, state) => decidePublishProgram(command.intent, command, state),
  ...forEach(['setKpiGoals', 'scheduleReport', 'noteReport'], ({ intent, actor }, state) =>
    decideInsight(intent, actor.id, state),
  ),
  noteExposure: ({ intent }, state) => decideExposure(intent, state),
  ...forEach(['raiseSignals', 'actOnCase', 'takeNextCase'], decideCases),
  ...forEach(ORDER_INTENTS, decideOrders),
  ...forEach(
    ['actOnWork', 'takeNextWork', 'handOverWork', 'changeWorkPolicy', 'escalateWork'],
    decideWorkIntent,
  ),
  ...forEach(
    [
      'receiveMessage',
      'openTicket',
      'actOnTicket',
      'openDispute',
      'decideDispute',
      'withdrawDispute',
    ],
    decideSupport,
  ),
  ...forEach(['shareStanding', 'revokeStanding'], decideStanding),
  ...forEach(GOVERNANCE_INTENTS, decideGovernance),
  propose: (command, state) => {
    const problem = proposalProblem(command.intent, command.actor.id, state);
    return problem ? err(problem) : decideGovernance(command, state);
  },
};

/** The same decider for some intents. */
function forEach<Type extends AnyIntent['type']>(
  types: readonly Type[],
  decider: Decider<Extract<AnyIntent, { readonly type: Type }>>,
): { readonly [Each in Type]: typeof decider } {
  return Object.fromEntries(types.map((type) => [type, decider])) as {
    readonly [Each in Type]: typeof decider;
  };
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
  'receiveOrder',
  'advanceOrder',
  'reverseOrder',
  'receiveMessage',
  'escalateAlerts',
  'escalateWork',
  'observeFeed',
  'foundAlertRules',
  'noteReport',
]);

function one(decision: Result<Decided['drafts'][number], Rejection>): Result<Decided, Rejection> {
  return decision.ok ? ok({ drafts: [decision.value], contents: [] }) : decision;
}

/** Two roads lead to an account that follows another: one of them is an order. */
function orderAfter({ world }: DecisionState): (accountId: string) => boolean {
  return (accountId) => world.governance.orders.after(accountId) !== undefined;
}
