import type { Decided } from '#core/governance/propose.ts';
import type { Refusal } from '#core/governance/world.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { Action } from '#core/people/roles.ts';
import {
  HANDED_OVER_MAX,
  PAUSE_MAX_DAYS,
  PAUSE_MAX_MS,
  type ActOnWork,
  type HandOverWork,
  type WorkVerb,
} from '#core/work/act.ts';
import type { WorkChange } from '#core/work/work.events.ts';
import type { Board } from './board.ts';
import { pausedUntil, type WorkItem } from './item.ts';
import { sources } from './sources/index.ts';
import type { Doing, WorkWorld } from './work-source.ts';

/** Who acts, and on what. */
export interface Acting {
  readonly personId: string;
  /** Of the command: names what it brings into being. */
  readonly commandId: string;
  readonly world: WorkWorld;
  readonly board: Board;
}

type Answer = Result<Decided, Refusal>;

function refuse(code: Refusal['code'], message: string): Result<never, Refusal> {
  return err({ code, message });
}

/** Whether a person's roles reach an item: by its source's word, or by its account's program. */
export function reachesItem(
  item: WorkItem,
  personId: string,
  action: Action,
  { governance, accountOf }: Pick<WorkWorld, 'governance' | 'accountOf'>,
): boolean {
  const { reaches } = sources.get(item.kind);
  if (reaches) return reaches(item, personId, action, governance);
  const { accountId } = item.about;
  const programId = accountId === null ? undefined : accountOf(accountId)?.programId;
  return governance.people.may(personId, action, programId === undefined ? {} : { programId });
}

export function mayWorkOn(
  item: WorkItem,
  personId: string,
  world: Pick<WorkWorld, 'governance' | 'accountOf'>,
): boolean {
  return (
    !item.notFor.includes(personId) &&
    world.governance.people.may(personId, 'workItems') &&
    reachesItem(item, personId, sources.get(item.kind).works, world)
  );
}

/**
 * What becomes of what a person does with an item. Asked in this order, so that two faults always
 * give the same refusal: whether the item is there; whether a role reaches it; whether it is
 * somebody else's; whether others changed it since the person looked; what the verb itself needs.
 */
export function decideWorkAct({ itemId, version, act }: ActOnWork, by: Acting): Answer {
  const item = by.board.item(itemId);
  if (!item) return refuse('notFound', `there is no item of work ${itemId}`);
  const problem =
    roleProblem(item, act, by) ??
    ownerProblem(item, act, by) ??
    versionProblem(item, version, act, by.personId) ??
    verbProblem(item, act, by);
  return problem ? err(problem) : tell(item, changeOf(act), by);
}

/** The act as the log tells it: by the item's own room where that decides it. */
function tell(item: WorkItem, change: WorkChange, by: Acting): Answer {
  const { personId, commandId, world } = by;
  const doing: Doing = { item, change, personId, commandId };
  const own = sources.get(item.kind).carryOut?.(doing, world) ?? null;
  if (own) return own;
  const data = { itemId: item.itemId, personId, change, at: world.at };
  return ok({ drafts: [{ kind: 'workDone', data }], contents: [] });
}

function changeOf(act: WorkVerb): WorkChange {
  switch (act.verb) {
    case 'assign':
      return { type: 'assigned', to: act.to };
    case 'note':
      return { type: 'noted', text: act.text };
    case 'prioritise':
      return { type: 'prioritised', priority: act.priority, reason: act.reason };
    case 'pause':
      return { type: 'paused', until: act.until, reason: act.reason };
    case 'resume':
      return { type: 'resumed' };
    case 'settle':
      return { type: 'settled', reason: act.reason };
    case 'reopen':
      return { type: 'reopened', reason: act.reason };
  }
}

function roleProblem(item: WorkItem, act: WorkVerb, { personId, world }: Acting): Refusal | null {
  const leads = world.governance.people.may(personId, 'assignWork');
  const sees = reachesItem(item, personId, sources.get(item.kind).sees, world);
  const isFree = act.verb === 'assign' || act.verb === 'note' || act.verb === 'prioritise';
  if (leads && sees && isFree) return null;
  if (item.notFor.includes(personId)) {
    return {
      code: 'forbidden',
      message: 'you decided before what it is about: somebody else has to',
    };
  }
  if (!mayWorkOn(item, personId, world)) {
    return { code: 'forbidden', message: 'no role of yours works on this' };
  }
  const gives = act.verb === 'assign' && act.to !== null && act.to !== personId;
  return gives && !leads
    ? { code: 'forbidden', message: 'no role of yours gives work to others: hand it over instead' }
    : null;
}

/** What somebody has in hand is left to that person, but for a word and by who gives work out. */
function ownerProblem(
  { owner, state }: WorkItem,
  { verb }: WorkVerb,
  { personId, world }: Acting,
): Refusal | null {
  if (owner === null || owner === personId || verb === 'note') return null;
  if (state === 'settled') return null;
  if (world.governance.people.may(personId, 'assignWork')) return null;
  return { code: 'conflict', message: `${owner} has it in hand` };
}

function versionProblem(
  { version, deeds }: WorkItem,
  seen: number,
  { verb }: WorkVerb,
  personId: string,
): Refusal | null {
  if (version <= seen || verb === 'note') return null;
  const news = deeds.findLast(({ seq, by }) => seq > seen && by !== personId);
  if (!news) return null;
  const who = news.by === null ? 'it changed by itself' : `${news.by} was here`;
  return {
    code: 'conflict',
    message: `meanwhile ${who} (${news.says}): look at it again`,
  };
}

function verbProblem(item: WorkItem, act: WorkVerb, by: Acting): Refusal | null {
  const invalid = (message: string): Refusal => ({ code: 'invalid', message });
  const { at } = by.world;
  if (act.verb === 'note') return null;
  if (act.verb === 'reopen') {
    if (item.state === 'open') return invalid('it is open');
    return item.settledHere ? null : invalid('it was not settled here: its own page reopens it');
  }
  if (item.state === 'settled') return invalid('it is settled');
  switch (act.verb) {
    case 'assign':
      return assignProblem(item, act.to, by);
    case 'prioritise':
      return (item.prioritised ?? item.priority) === act.priority
        ? invalid(`it is ${act.priority} already`)
        : null;
    case 'pause':
      if (act.until <= at) return invalid('it can be paused until a later time only');
      if (act.until > at + PAUSE_MAX_MS) {
        return invalid(`it can be paused for ${PAUSE_MAX_DAYS} days at the most`);
      }
      return null;
    case 'resume':
      return pausedUntil(item, at) === null ? invalid('it is not paused') : null;
    case 'settle': {
      const { settledBy } = sources.get(item.kind);
      return settledBy === null ? null : invalid(settledBy);
    }
  }
}

function assignProblem(item: WorkItem, to: string | null, { world }: Acting): Refusal | null {
  if (to === item.owner) {
    return {
      code: 'invalid',
      message: to === null ? 'nobody has it' : `${to} has it already`,
    };
  }
  if (to === null || mayWorkOn(item, to, world)) return null;
  return { code: 'invalid', message: `no role of ${to} works on this` };
}

/** What a person has in hand goes to somebody: all of it, or what stands against it. */
export function decideHandOver({ to, items }: HandOverWork, by: Acting): Answer {
  const { personId, board, world } = by;
  if (to === personId) return refuse('invalid', 'hand it over to somebody else');
  const drafts: Decided['drafts'][number][] = [];
  const seen = new Set<string>();
  for (const { itemId, note } of items.slice(0, HANDED_OVER_MAX)) {
    const item = board.item(itemId);
    if (!item) return refuse('notFound', `there is no item of work ${itemId}`);
    if (seen.has(itemId)) return refuse('invalid', `${itemId} is named twice`);
    seen.add(itemId);
    if (item.state === 'settled' || item.owner !== personId) {
      return refuse('conflict', `you do not have ${itemId} in hand any more: look again`);
    }
    if (to !== null && !mayWorkOn(item, to, world)) {
      return refuse('invalid', `no role of ${to} works on "${item.title}"`);
    }
    const told = tell(item, { type: 'handedOver', to, note }, by);
    if (!told.ok) return told;
    drafts.push(...told.value.drafts);
  }
  return ok({ drafts, contents: [] });
}

/** Whether an item waits for anybody who may work on it. */
export function isFreeFor(item: WorkItem, personId: string, world: WorkWorld): boolean {
  return (
    item.state === 'open' &&
    item.owner === null &&
    pausedUntil(item, world.at) === null &&
    mayWorkOn(item, personId, world)
  );
}
