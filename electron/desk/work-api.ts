import type { DeskApi } from '#core/desk-api/contract.ts';
import { DeskRefusal } from '#core/desk-api/rpc.ts';
import type { Command } from '#core/sync/protocol.ts';
import { NOTHING_IS_FREE } from '#core/work/act.ts';
import { policyProblem } from '#core/work/policy-check.ts';
import type { LocalState } from './local-state.ts';
import { createWorkViews, withNames } from './work-view.ts';
import { zones } from './zones.ts';

/** How long the entry of an item that was taken may be on its way. */
const TAKEN_WITHIN_MS = 3_000;
const LOOK_EVERY_MS = 25;

type Sent = { commandId: string; state: 'queued' | 'accepted' };
type WorkApi = Pick<DeskApi, Extract<keyof DeskApi, `work.${string}`>>;

export interface WorkPorts {
  readonly state: LocalState;
  personId(): string | null;
  nameOf(personId: string): string;
  /** Whether the server can be asked now. */
  isFollowing(): boolean;
  send(intent: Command['intent']): Promise<Sent>;
  queued(): readonly Command[];
  /** The server's clock, as well as this desk knows it. */
  now(): number;
}

/** All work, as a desk offers it to its window. */
export function createWorkApi(ports: WorkPorts): WorkApi {
  const { state, nameOf, now } = ports;
  const me = (): string => ports.personId() ?? '';
  const views = createWorkViews({
    board: () => state.board,
    governance: () => state.governance,
    account: state.account,
    nameOf,
    personId: ports.personId,
    queued: ports.queued,
    now,
  });
  const may = (action: 'view' | 'workItems' | 'changeWorkPolicy'): boolean =>
    state.governance.people.may(me(), action);
  const send = async (intent: Command['intent']): Promise<Sent> => {
    try {
      return await ports.send(intent);
    } catch (error) {
      throw named(error, state, nameOf);
    }
  };
  const refuseStrangers = (): void => {
    if (!may('view')) throw refusal('No role of yours sees work.');
  };
  return {
    'work.list': async ({ settled }) => {
      refuseStrangers();
      return views.list(settled);
    },
    'work.get': async ({ itemId }) => {
      refuseStrangers();
      const detail = views.detail(itemId);
      if (detail) return detail;
      throw refusal('There is no such work, or no role of yours reaches it.');
    },
    'work.act': (input) => send({ type: 'actOnWork', ...input }),
    'work.takeNext': async (wanted) => {
      if (!ports.isFollowing()) {
        throw refusal('Only the server gives work out, and it cannot be reached.', 'offline');
      }
      const before = state.cursor.seq;
      try {
        await send({ type: 'takeNextWork', ...wanted });
      } catch (error) {
        const isNothing =
          error instanceof DeskRefusal && error.failure.message.includes(NOTHING_IS_FREE);
        if (isNothing) return { itemId: null };
        throw error;
      }
      return { itemId: await takenBy(me(), before, state) };
    },
    'work.handOver': (input) => send({ type: 'handOverWork', ...input }),
    'work.people': async () => {
      refuseStrangers();
      const { people } = state.governance;
      const others = people.whoMay('workItems').filter((personId) => personId !== me());
      return { people: others.map((personId) => ({ personId, name: nameOf(personId) })) };
    },
    'work.policy': async () => {
      refuseStrangers();
      const { policy, policies } = state.board;
      const earlier = policies.map(({ policy: { version }, personId, reason, at }) => ({
        version,
        by: nameOf(personId),
        reason,
        at,
      }));
      return { policy, earlier, mayChange: may('changeWorkPolicy') };
    },
    'work.checkPolicy': async ({ policy }) => ({
      problem: policyProblem({ ...policy, version: 1 }, zones, now()) ?? '',
    }),
    'work.changePolicy': (input) => send({ type: 'changeWorkPolicy', ...input }),
  };
}

function refusal(message: string, code: 'rejected' | 'offline' = 'rejected'): DeskRefusal {
  return new DeskRefusal({ code, message });
}

/** The item that the server has just given to a person: its entry comes with the next facts. */
async function takenBy(personId: string, before: number, state: LocalState): Promise<string> {
  for (let waited = 0; waited <= TAKEN_WITHIN_MS; waited += LOOK_EVERY_MS) {
    for (const { itemId, owner, version } of state.board.open()) {
      if (owner === personId && version > before) return itemId;
    }
    await new Promise((done) => void setTimeout(done, LOOK_EVERY_MS));
  }
  throw refusal('Something was taken for you; it will be in the list in a moment.');
}

function named(
  error: unknown,
  { governance }: LocalState,
  nameOf: (personId: string) => string,
): unknown {
  if (!(error instanceof DeskRefusal)) return error;
  const { failure } = error;
  const message = withNames(failure.message, governance.people.persons.keys(), nameOf);
  return new DeskRefusal({ ...failure, message });
}
