import { decideWorkAct, mayWorkOn, reachesItem, type Acting } from '#core/board/act.ts';
import type { Board } from '#core/board/board.ts';
import { figuresOf, loadsOf } from '#core/board/figures.ts';
import { episodeOf, queueOf, type WorkItem } from '#core/board/item.ts';
import { byUrgency } from '#core/board/order.ts';
import { createServiceDesk, type Service, type ServiceDesk } from '#core/board/service.ts';
import { sources } from '#core/board/sources/index.ts';
import type { WorkWorld } from '#core/board/work-source.ts';
import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import {
  SETTLED_PER_CALL_MAX,
  WORK_PER_CALL_MAX,
  type WorkDetail,
  type WorkRow,
} from '#core/desk-api/work-calls.ts';
import type { Governance } from '#core/governance/governance.ts';
import type { AccountSummary, Command } from '#core/sync/protocol.ts';
import type { WorkVerb, WorkVerbName } from '#core/work/act.ts';
import type { WorkPolicy } from '#core/work/policy.ts';
import { zones } from './zones.ts';

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;

/** What work looks like to the person who is signed in, from facts alone. */
export interface WorkViews {
  list(settled: boolean): DeskCallOutput<'work.list'>;
  detail(itemId: string): WorkDetail | null;
}

export interface WorkViewPorts {
  board(): Board;
  governance(): Governance;
  account(accountId: string): AccountSummary | undefined;
  nameOf(personId: string): string;
  personId(): string | null;
  /** What waits on this desk for its server. */
  queued(): readonly Command[];
  /** The server's clock, as well as this desk knows it. */
  now(): number;
}

interface Look {
  readonly board: Board;
  readonly world: WorkWorld;
  readonly me: string;
  readonly at: number;
  readonly service: ServiceDesk;
}

export function createWorkViews(ports: WorkViewPorts): WorkViews {
  let owed: { readonly policy: WorkPolicy; readonly desk: ServiceDesk } | null = null;
  const serviceBy = (policy: WorkPolicy): ServiceDesk => {
    if (owed?.policy !== policy) owed = { policy, desk: createServiceDesk(policy, zones) };
    return owed.desk;
  };
  const look = (): Look => {
    const board = ports.board();
    const at = ports.now();
    const accountOf = (accountId: string) => {
      const terms = ports.account(accountId)?.terms;
      return terms ? { traderId: terms.traderId, programId: terms.program.programId } : null;
    };
    const world = { governance: ports.governance(), at, accountOf };
    return { board, world, me: ports.personId() ?? '', at, service: serviceBy(board.policy) };
  };
  const personOf = (personId: string) => ({ personId, name: ports.nameOf(personId) });
  return {
    list: (settled) => listOf(look(), settled, { ...ports, personOf }),
    detail: (itemId) => {
      const now = look();
      const item = now.board.item(itemId);
      return item && isSeen(item, now) ? detailOf(item, now, { ...ports, personOf }) : null;
    },
  };
}

type Ports = WorkViewPorts & {
  personOf(personId: string): { personId: string; name: string };
};

function isSeen(item: WorkItem, { me, world }: Look): boolean {
  return reachesItem(item, me, sources.get(item.kind).sees, world);
}

function listOf(now: Look, settled: boolean, ports: Ports): DeskCallOutput<'work.list'> {
  const { board, me, at, service, world } = now;
  const seen = [...board.items()].filter((item) => isSeen(item, now));
  const open = seen
    .filter(({ state }) => state === 'open')
    .map((item) => ({ item, service: service.serviceOf(item, at) }))
    .sort(byUrgency);
  const done = settled
    ? seen
        .filter(({ state }) => state === 'settled')
        .sort((one, other) => (episodeOf(other).settledAt ?? 0) - (episodeOf(one).settledAt ?? 0))
        .slice(0, SETTLED_PER_CALL_MAX)
        .map((item) => ({ item, service: service.serviceOf(item, at) }))
    : [];
  const rows = [...open.slice(0, WORK_PER_CALL_MAX), ...done].map((one) =>
    rowOf(one.item, one.service, now, ports),
  );
  const queueOfMine = (queue: WorkRow['queue']): number =>
    open.filter(({ item }) => queueFor(item, now) === queue).length;
  const may = (action: 'workItems' | 'assignWork'): boolean =>
    world.governance.people.may(me, action);
  return {
    asOf: at,
    items: rows,
    counts: {
      mine: queueOfMine('mine'),
      unassigned: queueOfMine('unassigned'),
      others: queueOfMine('others'),
      paused: queueOfMine('paused'),
      overdue: open.filter((one) => one.service?.settle.state === 'overdue').length,
    },
    loads: loadsOf(
      open.map(({ item }) => item),
      service,
      at,
    ).map(({ personId, ...load }) => ({
      ...load,
      person: personId === null ? null : ports.personOf(personId),
    })),
    kpis: {
      now: { ...figuresOf(seen, service, { from: at - WEEK_MS, until: at }) },
      before: {
        ...figuresOf(seen, service, { from: at - 2 * WEEK_MS, until: at - WEEK_MS }),
      },
    },
    mayAssign: may('assignWork'),
    mayWork: may('workItems'),
  };
}

/** What is paused is paused, whoever has it; what somebody else has is theirs. */
function queueFor(item: WorkItem, { me, at }: Look): WorkRow['queue'] {
  const standing = queueOf(item, at);
  if (standing.queue !== 'mine') return standing.queue;
  return standing.personId === me ? 'mine' : 'others';
}

function rowOf(item: WorkItem, service: Service | null, now: Look, ports: Ports): WorkRow {
  const { me, at, world } = now;
  const { accountId } = item.about;
  const terms = accountId === null ? undefined : ports.account(accountId)?.terms;
  const episode = episodeOf(item);
  const standing = queueOf(item, at);
  return {
    itemId: item.itemId,
    kind: item.kind,
    kindName: sources.get(item.kind).name,
    version: item.version,
    title: item.title,
    priority: item.prioritised ?? item.priority,
    prioritised: item.prioritised !== null,
    owner: item.owner === null ? null : ports.personOf(item.owner),
    queue: queueFor(item, now),
    pausedUntil: standing.queue === 'paused' ? standing.until : null,
    pausedFor: standing.queue === 'paused' ? item.pausedFor : '',
    openedAt: episode.openedAt,
    settledAt: episode.settledAt,
    ageMs: Math.max(0, (episode.settledAt ?? at) - episode.openedAt),
    service: service && { firstTouch: service.firstTouch, settle: service.settle },
    escalated: item.escalated,
    accountId,
    traderName: terms?.traderName ?? '',
    programName: terms?.program.name ?? '',
    link: item.link,
    mayWork: mayWorkOn(item, me, world),
  };
}

function detailOf(item: WorkItem, now: Look, ports: Ports): WorkDetail {
  const { world, service, at } = now;
  const { people } = world.governance;
  return {
    row: rowOf(item, service.serviceOf(item, at), now, ports),
    deeds: item.deeds.toReversed().map(({ seq, at: doneAt, by, says }) => ({
      seq,
      at: doneAt,
      by: by === null ? '' : ports.nameOf(by),
      says: withNames(says, people.persons.keys(), ports.nameOf),
    })),
    whyNot: whyNotOf(item, now, ports),
    people: [...people.persons.values()]
      .filter(({ personId, active }) => active && mayWorkOn(item, personId, world))
      .map(({ personId }) => ports.personOf(personId)),
    waiting: ports
      .queued()
      .flatMap(({ commandId, issuedAt, intent }) =>
        intent.type === 'actOnWork' && intent.itemId === item.itemId
          ? [{ commandId, verb: intent.act.verb as string, at: issuedAt }]
          : [],
      ),
  };
}

/** Each verb with what it would need, to hear from the decider itself what stands against it. */
function probesOf(item: WorkItem, { me, at }: Look): Record<WorkVerbName, WorkVerb> {
  const reason = 'asked';
  const shown = item.prioritised ?? item.priority;
  return {
    assign: { verb: 'assign', to: item.owner === me ? null : me },
    note: { verb: 'note', text: reason },
    prioritise: {
      verb: 'prioritise',
      priority: shown === 'urgent' ? 'high' : 'urgent',
      reason,
    },
    pause: { verb: 'pause', until: at + HOUR_MS, reason },
    resume: { verb: 'resume' },
    settle: { verb: 'settle', reason },
    reopen: { verb: 'reopen', reason },
  };
}

function whyNotOf(item: WorkItem, now: Look, { nameOf }: Ports): WorkDetail['whyNot'] {
  const { board, me, world } = now;
  const { itemId, version } = item;
  const by: Acting = { personId: me, commandId: 'asked', world, board };
  const persons = [...world.governance.people.persons.keys()];
  return Object.fromEntries(
    Object.entries(probesOf(item, now)).map(([name, act]) => {
      const decided = decideWorkAct({ itemId, version, act }, by);
      return [name, decided.ok ? '' : withNames(decided.error.message, persons, nameOf)];
    }),
  ) as WorkDetail['whyNot'];
}

/** The log knows people by pseudonym; who reads a sentence knows them by name. */
export function withNames(
  text: string,
  persons: Iterable<string>,
  nameOf: (personId: string) => string,
): string {
  let named = text;
  for (const personId of persons) {
    if (!named.includes(personId)) continue;
    const escaped = personId.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    named = named.replaceAll(new RegExp(`(?<![\\w-])${escaped}(?![\\w-])`, 'g'), () =>
      nameOf(personId),
    );
  }
  return named;
}
