import { decideHandOver, decideWorkAct, isFreeFor, type Acting } from '#core/board/act.ts';
import type { Board } from '#core/board/board.ts';
import { byUrgency } from '#core/board/order.ts';
import { createServiceDesk } from '#core/board/service.ts';
import type { Decided } from '#core/governance/propose.ts';
import type { GovernedWorld } from '#core/governance/world.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { Intent } from '#core/sync/protocol.ts';
import { NOTHING_IS_FREE } from '#core/work/act.ts';
import { policyProblem } from '#core/work/policy-check.ts';
import { REASON_MAX } from '#core/work/work.events.ts';
import { zones } from '../time/zones.ts';
import type { Rejection } from './decide.ts';
import type { ServerCommand, ServerIntent } from './server-command.ts';

/** What deciding about work rests on beside governing. */
export interface WorkState {
  readonly world: GovernedWorld;
  readonly board: Board;
}

export type WorkIntent =
  | Extract<Intent, { type: 'actOnWork' | 'takeNextWork' | 'handOverWork' | 'changeWorkPolicy' }>
  | Extract<ServerIntent, { type: 'escalateWork' }>;

type Answer = Result<Decided, Rejection>;
const reject = (code: Rejection['code'], message: string): Answer => err({ code, message });

/** Items that are tried one after the other, before whoever asks for the next one is told to look. */
const TRIED_MAX = 200;

/** What people do with work, and what the server sees of its time. */
export function decideWorkIntent(
  command: ServerCommand & { readonly intent: WorkIntent },
  { world, board }: WorkState,
): Answer {
  const { intent, actor, commandId } = command;
  const by: Acting = { personId: actor.id, commandId, world, board };
  switch (intent.type) {
    case 'actOnWork':
      return decideWorkAct(intent, by);
    case 'takeNextWork':
      return takeNext(intent, by);
    case 'handOverWork':
      return decideHandOver(intent, by);
    case 'changeWorkPolicy':
      return changePolicy(intent, by);
    case 'escalateWork':
      return escalate(intent, by, actor.type === 'system');
  }
}

/** The most urgent free item: the server chooses, so that two who ask at once get two. */
function takeNext({ kinds }: Extract<WorkIntent, { type: 'takeNextWork' }>, by: Acting): Answer {
  const { board, personId, world } = by;
  const service = createServiceDesk(board.policy, zones);
  const free = [...board.open()]
    .filter((item) => kinds.length === 0 || kinds.includes(item.kind))
    .filter((item) => isFreeFor(item, personId, world))
    .map((item) => ({ item, service: service.serviceOf(item, world.at) }))
    .sort(byUrgency);
  for (const { item } of free.slice(0, TRIED_MAX)) {
    const { itemId, version } = item;
    const act = { verb: 'assign', to: personId } as const;
    // What its own room refuses, somebody having it in hand there, is not free.
    const taken = decideWorkAct({ itemId, version, act }, by);
    if (taken.ok) return taken;
  }
  return reject('notFound', NOTHING_IS_FREE);
}

/** One version follows another: of two people who change the same one, the second is told. */
function changePolicy(
  { policy: wanted, baseVersion, reason }: Extract<WorkIntent, { type: 'changeWorkPolicy' }>,
  { board, personId, world: { at } }: Acting,
): Answer {
  const { version } = board.policy;
  if (version !== baseVersion) {
    return reject('conflict', `meanwhile version ${version} was decided: look at it again`);
  }
  const policy = { ...wanted, version: version + 1 };
  const problem = policyProblem(policy, zones, at);
  if (problem !== null) return reject('invalid', problem);
  const data = { policy, personId, reason, at };
  return ok({ drafts: [{ kind: 'workPolicyChanged', data }], contents: [] });
}

/** The server alone watches time; a step is told once, and only while the item is open. */
function escalate(
  { itemId, level }: Extract<WorkIntent, { type: 'escalateWork' }>,
  { board, world: { at } }: Acting,
  isSystem: boolean,
): Answer {
  if (!isSystem) return reject('forbidden', 'the server alone watches the time of work');
  const item = board.item(itemId);
  if (!item || item.state === 'settled') return reject('notFound', 'it is not open any more');
  const steps = createServiceDesk(board.policy, zones).stepsDue(item, at);
  const step = steps.find((one) => one.level === level);
  if (!step) return reject('invalid', `step ${level} is not due`);
  const { title, owner: personId } = item;
  const data = { itemId, level, tell: step.tell, personId, title: title.slice(0, REASON_MAX), at };
  return ok({ drafts: [{ kind: 'workEscalated', data }], contents: [] });
}
