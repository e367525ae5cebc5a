import { err } from '#core/kernel/result.ts';
import { createBooks } from '#server/payments/books.ts';
import type { QuestionPorts } from '../questions.ts';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { io, type Socket } from 'socket.io-client';
import { present } from '#core/kernel/assert.ts';
import type { Fact, FactDraft } from '#core/facts/registry.ts';
import { createGovernance, type Governance } from '#core/governance/governance.ts';
import { EVERYWHERE, type Role } from '#core/people/roles.ts';
import { createAccountsView } from '#core/sync/accounts-view.ts';
import { PROTOCOL_VERSION } from '#core/sync/protocol.ts';
import type { ServerIntent } from '#server/commands/server-command.ts';
import { createPeopleGate } from '#server/people/gate.ts';
import { openPeopleStore, type PeopleStore } from '#server/people/people-store.ts';
import { LOW_COST, PASSWORD, valueOf } from '#server/people/testing/people.ts';
import { createGateway, type Gateway, type GatewayPorts } from '../gateway.ts';

export const TOKEN = 'a-token-of-this-test';
/** Who is at the desk when a test does not say otherwise. */
export const OFFICER = 'officer';
export const HELLO = { protocolVersion: PROTOCOL_VERSION, logId: 'log', cursor: 1 };

export interface Served {
  readonly gateway: Gateway;
  readonly port: number;
  readonly people: PeopleStore;
  readonly governance: Governance;
  /** What the gate has put into the log. */
  readonly told: ServerIntent[];
  /** Lets a fact of people take place, as the log would. */
  fold(draft: FactDraft): void;
  /** Adds somebody with a login of the same name and a password. */
  join(personId: string, ...roles: readonly Role[]): Promise<void>;
  /** A session of somebody at a desk. */
  session(personId: string, deskId?: string): Promise<string>;
  connect(options?: { auth?: object; extraHeaders?: Record<string, string> }): Socket;
  /** A desk with somebody signed in. */
  deskOf(personId: string, deskId?: string): Promise<Socket>;
  close(): Promise<void>;
}

/** A gateway on a port of this machine, with the real gate before it and one person in the firm. */
export async function serveGateway(over: Partial<GatewayPorts> = {}): Promise<Served> {
  const http = createServer();
  const people = openPeopleStore(':memory:', { now: Date.now, passwordCost: LOW_COST });
  const governance = createGovernance();
  const told: ServerIntent[] = [];
  const gate = createPeopleGate({
    store: people,
    governance,
    demo: false,
    tell: (intent) => void told.push(intent),
  });
  const gateway = createGateway({ ...plainPorts(), http, people: gate, ...over });
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  const { port } = http.address() as AddressInfo;
  const sockets: Socket[] = [];
  let seq = 0;
  const served: Served = {
    gateway,
    port,
    people,
    governance,
    told,
    fold: (draft) => {
      seq += 1;
      governance.apply({ envelope: { seq }, ...draft } as unknown as Fact);
    },
    join: async (personId, ...roles) => {
      valueOf(people.add({ personId, name: `The person ${personId}`, login: personId }));
      valueOf(await people.accept(valueOf(people.invite(personId)), PASSWORD));
      served.fold({ kind: 'personAdded', data: { personId, at: 1 } });
      for (const role of roles) {
        served.fold({ kind: 'roleGranted', data: { personId, role, scope: EVERYWHERE, at: 1 } });
      }
    },
    session: async (personId, deskId = 'desk') => {
      const attempt = { login: personId, password: PASSWORD, deskId, address: '127.0.0.1' };
      return valueOf(await people.signIn(attempt)).token;
    },
    connect: (options = {}) => {
      const socket = io(`http://127.0.0.1:${port}`, {
        transports: ['websocket'],
        reconnection: false,
        forceNew: true,
        auth: { token: TOKEN, deskId: 'desk', session: null },
        ...options,
      });
      sockets.push(socket);
      return socket;
    },
    deskOf: async (personId, deskId = 'desk') => {
      const session = await served.session(personId, deskId);
      return served.connect({ auth: { token: TOKEN, deskId, session } });
    },
    close: async () => {
      for (const socket of sockets) socket.close();
      await gateway.close();
      people.close();
    },
  };
  await served.join(OFFICER, 'riskOfficer');
  return served;
}

function plainPorts(): Omit<GatewayPorts, 'http' | 'people'> {
  return {
    token: TOKEN,
    log: pino({ level: 'silent' }),
    logId: 'log',
    view: createAccountsView(),
    lastSeq: () => 1,
    deskFacts: () => [],
    recentAlerts: () => [],
    detail: () => Promise.resolve(null),
    command: ({ commandId }) => Promise.resolve({ type: 'accepted', commandId, seq: 1 }),
    audience: { org: 'test-firm', env: 'test' },
    governedFacts: () => [],
    questions: {},
    programs: () => ({ programs: [], delivers: [] }),
    previews: {
      start: () => null,
      state: () => ({ type: 'failed', message: 'none' }),
      cancel: () => {},
    },
    slice: () => Promise.resolve(null),
    exposure: { view: () => null, series: () => [], holders: () => Promise.resolve(null) },
    checkpoint: () => ({ note: '', publicKey: '', proof: [] }),
    quarantined: () => [],
    now: () => 1,
  };
}

/** `connected`, or why not. */
export function outcomeOf(socket: Socket): Promise<string> {
  return new Promise((done) => {
    socket.on('connect', () => done('connected'));
    socket.on('connect_error', ({ message }) => done(message));
  });
}

/** What a desk asks in a test: the reply, as far as tests look at it. */
export async function asked(
  socket: Socket,
  name: string,
  input: unknown,
): Promise<Readonly<Record<string, unknown>>> {
  const reply = (await socket.emitWithAck(name, input)) as Record<string, unknown> | null;
  return present(reply, `an answer to ${name}`);
}

/** Facts of which tests look at the place alone. */
export function factAt(seq: number): Fact {
  return { envelope: { seq } } as unknown as Fact;
}

/** A firm that has paid nothing and has no bank. */
export const NO_PAYMENTS: QuestionPorts['payments'] = {
  books: createBooks(),
  takeBankFile: () => Promise.resolve(err('this firm has no bank')),
};
