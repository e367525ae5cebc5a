import type { Fact, FactKind } from '#core/facts/registry.ts';
import { assert } from '#core/kernel/assert.ts';
import { utcText, type EpochMs } from '#core/time/time.ts';
import { DEFAULT_WORK_POLICY } from '#core/work/default-policy.ts';
import type { WorkPolicy } from '#core/work/policy.ts';
import type { WorkChange } from '#core/work/work.events.ts';
import { episodeOf, pausedUntil, type Deed, type Episode, type WorkItem } from './item.ts';
import { sources } from './sources/index.ts';
import type { Described, WorkSource, Word } from './work-source.ts';

/** Of what happened to one item, so much is kept for its page; the log has it all. */
export const DEEDS_KEPT_MAX = 100;
/** Earlier episodes of an item that was opened again and again. */
export const EPISODES_KEPT_MAX = 50;
/** Policies that figures of the past look back on. */
const POLICIES_KEPT_MAX = 200;

export interface DatedPolicy {
  readonly policy: WorkPolicy;
  readonly personId: string;
  readonly reason: string;
  readonly at: EpochMs;
}

/** All work there is: a fold of the log. */
export interface Board {
  /** The kinds of facts that it takes. */
  readonly kinds: readonly string[];
  /** Takes the next fact; facts that concern nothing here are passed over. */
  apply(fact: Fact): void;
  item(itemId: string): WorkItem | undefined;
  /** In order of opening. */
  items(): Iterable<WorkItem>;
  /** Those that are not settled, in order of opening. */
  open(): Iterable<WorkItem>;
  readonly openCount: number;
  readonly policy: WorkPolicy;
  /** Newest first; what a firm begins with is not among them. */
  readonly policies: readonly DatedPolicy[];
}

interface State {
  readonly items: Map<string, WorkItem>;
  readonly open: Set<string>;
  readonly policies: DatedPolicy[];
}

interface Moment {
  readonly seq: number;
  readonly at: EpochMs;
}

export function createBoard(): Board {
  const state: State = { items: new Map(), open: new Set(), policies: [] };
  const readers = new Map<FactKind, { kind: WorkSource['kind']; read: Reader }[]>();
  for (const source of sources.all) {
    const { kind } = source;
    const read = source.open();
    for (const taken of source.takes) {
      readers.set(taken, [...(readers.get(taken) ?? []), { kind, read }]);
    }
  }
  return {
    kinds: [...new Set<string>([...readers.keys(), ...Object.keys(TAKERS)])],
    apply: (fact) => {
      const { seq, recordedAt: at } = fact.envelope;
      const moment = { seq, at };
      for (const { kind, read } of readers.get(fact.kind) ?? []) {
        for (const word of read(fact, at)) hear(kind, word, moment, state);
      }
      TAKERS[fact.kind]?.(fact as never, moment, state);
    },
    item: (itemId) => state.items.get(itemId),
    items: () => state.items.values(),
    open: function* () {
      for (const itemId of state.open) {
        const item = state.items.get(itemId);
        if (item) yield item;
      }
    },
    get openCount() {
      return state.open.size;
    },
    get policy() {
      return state.policies.at(-1)?.policy ?? DEFAULT_WORK_POLICY;
    },
    get policies() {
      return state.policies.toReversed();
    },
  };
}

type Reader = ReturnType<WorkSource['open']>;
type Takers = {
  readonly [Kind in FactKind]?: (
    fact: Extract<Fact, { kind: Kind }>,
    moment: Moment,
    state: State,
  ) => void;
};

/** What people did, and what the server saw. */
const TAKERS: Takers = {
  workDone: ({ data: { itemId, personId, change } }, moment, state) => {
    const item = state.items.get(itemId);
    if (item) keep(deedOf(done(item, change, personId, moment), personId, change, moment), state);
  },
  workEscalated: ({ data: { itemId, level } }, moment, state) => {
    const item = state.items.get(itemId);
    if (!item || item.state === 'settled') return;
    const escalated = { ...item, escalated: Math.max(item.escalated, level) };
    keep(noted(escalated, moment, null, `its time passes: step ${level} of its ladder`), state);
  },
  workPolicyChanged: ({ data: { policy, personId, reason } }, { at }, { policies }) => {
    policies.push({ policy, personId, reason, at });
    if (policies.length > POLICIES_KEPT_MAX) policies.shift();
  },
  /** Nothing stays with somebody who is gone. */
  personDeactivated: ({ data: { personId } }, moment, state) => {
    for (const itemId of state.open) {
      const item = state.items.get(itemId);
      if (item?.owner !== personId) continue;
      keep(noted({ ...item, owner: null }, moment, null, 'whose it was is gone'), state);
    }
  },
};

function hear(kind: WorkItem['kind'], word: Word, moment: Moment, state: State): void {
  const itemId = `${kind}/${word.id}`;
  const known = state.items.get(itemId);
  if (!known) {
    if (word.says === 'opened') keep(opened(kind, word.id, word.what, moment), state);
    return;
  }
  const next = heard(known, word, moment);
  if (next !== known) keep(noted(next, moment, word.by, saidOf(word)), state);
}

function opened(
  kind: WorkItem['kind'],
  id: string,
  what: Described,
  { seq, at }: Moment,
): WorkItem {
  return {
    ...what,
    itemId: `${kind}/${id}`,
    kind,
    id,
    openedSeq: seq,
    prioritised: null,
    owner: null,
    state: 'open',
    settledHere: false,
    pausedFor: '',
    episodes: [fresh(at)],
    escalated: 0,
    version: seq,
    deeds: [{ seq, at, by: null, says: 'opened' }],
  };
}

function fresh(openedAt: EpochMs): Episode {
  return { openedAt, touchedAt: null, settledAt: null, settledBy: null, pauses: [] };
}

/** What a source's fact makes of an item; the same item where it changes nothing. */
function heard(item: WorkItem, word: Word, { at }: Moment): WorkItem {
  switch (word.says) {
    case 'opened':
      return item;
    case 'changed': {
      const { priority = item.priority, ...what } = word.what;
      return { ...item, ...what, priority };
    }
    case 'reopened':
      return item.state === 'open' ? item : again(item, at);
    case 'settled':
      return item.state === 'open' ? settled(item, word.by, false, at) : item;
    default:
      return item.state === 'open' ? moved(item, word, at) : item;
  }
}

function moved(
  item: WorkItem,
  word: Extract<Word, { says: 'touched' | 'owned' | 'paused' | 'resumed' }>,
  at: EpochMs,
): WorkItem {
  switch (word.says) {
    case 'touched':
      return touched(item, at);
    case 'owned':
      return owned(item, word.to, at);
    case 'paused':
      return paused(item, word.until, word.reason, at);
    case 'resumed':
      return resumed(item, at);
  }
}

/** What a person's act makes of an item; settled items take only what opens them again. */
function done(item: WorkItem, change: WorkChange, personId: string, { at }: Moment): WorkItem {
  if (item.state === 'settled') {
    return change.type === 'reopened' && item.settledHere ? again(item, at) : item;
  }
  switch (change.type) {
    case 'assigned':
    case 'handedOver':
      return owned(item, change.to, at);
    case 'prioritised':
      return { ...item, prioritised: change.priority };
    case 'paused':
      return touched(paused(item, change.until, change.reason, at), at);
    case 'resumed':
      return resumed(item, at);
    case 'settled':
      return settled(item, personId, true, at);
    case 'noted':
      return touched(item, at);
    case 'reopened':
      return item;
  }
}

function within(item: WorkItem, over: Partial<Episode>): WorkItem {
  const { episodes } = item;
  return { ...item, episodes: [...episodes.slice(0, -1), { ...episodeOf(item), ...over }] };
}

function touched(item: WorkItem, at: EpochMs): WorkItem {
  return episodeOf(item).touchedAt === null ? within(item, { touchedAt: at }) : item;
}

function owned(item: WorkItem, to: string | null, at: EpochMs): WorkItem {
  const next = item.owner === to ? item : { ...item, owner: to };
  return to === null ? next : touched(next, at);
}

/** Pauses do not overlap: a new one ends the one before. */
function paused(item: WorkItem, until: EpochMs, reason: string, at: EpochMs): WorkItem {
  if (until <= at) return item;
  const { pauses } = episodeOf(resumed(item, at));
  return { ...within(item, { pauses: [...pauses, { from: at, until }] }), pausedFor: reason };
}

function resumed(item: WorkItem, at: EpochMs): WorkItem {
  if (pausedUntil(item, at) === null) return item;
  const { pauses } = episodeOf(item);
  const ended = pauses.map((pause) => ({ ...pause, until: Math.min(pause.until, at) }));
  return within(item, { pauses: ended.filter(({ from, until }) => from < until) });
}

function settled(item: WorkItem, by: string | null, here: boolean, at: EpochMs): WorkItem {
  const over = { settledAt: at, settledBy: by, touchedAt: episodeOf(item).touchedAt ?? at };
  return { ...within(resumed(item, at), over), state: 'settled', settledHere: here };
}

function again(item: WorkItem, at: EpochMs): WorkItem {
  const episodes = [...item.episodes, fresh(at)].slice(-EPISODES_KEPT_MAX);
  return { ...item, episodes, state: 'open', settledHere: false, owner: null, escalated: 0 };
}

function keep(item: WorkItem, { items, open }: State): void {
  items.set(item.itemId, item);
  if (item.state === 'open') open.add(item.itemId);
  else open.delete(item.itemId);
}

function noted(item: WorkItem, { seq, at }: Moment, by: string | null, says: string): WorkItem {
  const deed: Deed = { seq, at, by, says };
  return { ...item, version: seq, deeds: [...item.deeds, deed].slice(-DEEDS_KEPT_MAX) };
}

function deedOf(item: WorkItem, by: string, change: WorkChange, moment: Moment): WorkItem {
  return noted(item, moment, by, changeText(change));
}

/** In words; people by their pseudonym. */
export function changeText(change: WorkChange): string {
  switch (change.type) {
    case 'assigned':
      return change.to === null ? 'gave it back to everybody' : `gave it to ${change.to}`;
    case 'handedOver':
      return `handed it over to ${change.to ?? 'everybody'}: ${change.note}`;
    case 'noted':
      return change.text;
    case 'prioritised':
      return `made it ${change.priority}: ${change.reason}`;
    case 'paused':
      return `paused it until ${utcText(change.until)}: ${change.reason}`;
    case 'resumed':
      return 'went on with it';
    case 'settled':
      return `settled it: ${change.reason}`;
    case 'reopened':
      return `opened it again: ${change.reason}`;
  }
}

function saidOf(word: Word): string {
  switch (word.says) {
    case 'opened':
      return 'opened';
    case 'changed':
      return word.what.title ?? 'more is known';
    case 'touched':
      return 'taken in hand';
    case 'owned':
      return word.to === null ? 'given back to everybody' : `given to ${word.to}`;
    case 'paused':
      return `paused until ${utcText(word.until)}: ${word.reason}`;
    case 'resumed':
      return 'goes on';
    case 'settled':
      return `settled: ${word.reason}`;
    case 'reopened':
      return `opened again: ${word.reason}`;
  }
}

/** What a desk has to be told to know all work, beside what it is told for governing. */
export const BOARD_KINDS: ReadonlySet<string> = new Set(createBoard().kinds);
assert(BOARD_KINDS.size > 0, 'no source of work is registered');
