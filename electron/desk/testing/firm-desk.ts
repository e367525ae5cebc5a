import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { base64Of } from '#core/kernel/base64.ts';
import { present } from '#core/kernel/assert.ts';
import type { DeskCallInput, SignedDecision } from '#core/desk-api/contract.ts';
import type { Role } from '#core/people/roles.ts';
import type { Command, PeopleReply, Profile } from '#core/sync/protocol.ts';
import { openLogSigner, type LogSigner } from '#server/audit/log-signer.ts';
import { QUESTION_PERMITS } from '#server/commands/permit.ts';
import { openGovernedFirm, type GovernedFirm } from '#server/commands/testing/governed-firm.ts';
import { createQuestions } from '#server/gateway/questions.ts';
import { NO_PAYMENTS } from '#server/gateway/testing/served.ts';
import { createDesk, type Desk } from '../desk.ts';
import type { DeskHost, LinkListener } from '../host.ts';
import { DWELL_MS_MIN } from '../signing/decisions.ts';
import { openPassphraseVault } from '../signing/passphrase-vault.ts';
import { openTwin } from '../signing/twin.ts';

export const PASSPHRASE = 'four random words here';
const DESK_ID = 'desk';

/** A whole desk on files of its own, and a firm's real partition at the other end of its wire. */
export interface FirmDesk {
  readonly firm: GovernedFirm;
  readonly desk: Desk;
  readonly databaseFile: string;
  /** Whether the server can be reached. */
  online: boolean;
  /** What the server answers instead of what it would; undefined leaves its answer. */
  instead: (name: string, input: unknown) => unknown;
  /** What the person was shown outside the page, and what comes of it. */
  readonly confirmed: string[];
  confirm: boolean;
  /** Moves the desk's clock. */
  pass(ms: number): void;
  /** Makes the wire anew: the desk asks for what it has missed, and checks the log. */
  connect(): Promise<void>;
  disconnect(): void;
  signIn(personId: string): Promise<void>;
  /** Makes and enrols a key; the firm of tests grants it at once. */
  enrol(): Promise<void>;
  prepare(
    proposalId: string,
    over?: Partial<DeskCallInput<'decision.prepare'>>,
  ): Promise<{ preparedId: string; text: string; fingerprint: string }>;
  /** Prepares, reads and signs; the id of the decision. */
  sign(proposalId: string, over?: Partial<DeskCallInput<'decision.prepare'>>): Promise<string>;
  /** What the desk shows of what was signed here. */
  fate(decisionId: string): Promise<Pick<SignedDecision, 'state' | 'says'>>;
  /** Every line of the second copy. */
  twinLines(): string[];
  /** Closes the desk and opens it again on its files. */
  restart(): Promise<void>;
  close(): void;
}

export async function openFirmDesk(
  firm: GovernedFirm = openGovernedFirm(),
  over: Partial<DeskHost> = {},
): Promise<FirmDesk> {
  const folder = mkdtempSync(join(tmpdir(), 'propdesk-desk-'));
  const signer = openLogSigner(folder, firm.store.logId);
  const wire: Wire = { firm, signer, person: null, listener: null, sent: 0 };
  let clock = Date.UTC(2026, 0, 20);
  const confirmed: string[] = [];
  const host: DeskHost = {
    kind: 'loopback',
    deskId: DESK_ID,
    version: 'test',
    now: () => clock,
    databaseFile: join(folder, 'desk.sqlite'),
    twinFile: join(folder, 'signed.log'),
    vault: openPassphraseVault(join(folder, 'keys'), { cost: { N: 16 } }),
    random: (bytes) => new Uint8Array(randomBytes(bytes)),
    confirm: (text) => {
      confirmed.push(text);
      return Promise.resolve(world.confirm);
    },
    connect: (listener) => {
      wire.listener = listener;
      return {
        hello: (logId, cursor, answered) => {
          if (!world.online) return;
          if (!wire.person) return answered(SIGN_IN);
          answered({ ...welcomeOf(wire), mode: logId === null ? 'snapshot' : 'tail' });
          if (logId === null) sendSnapshot(wire);
          else wire.sent = cursor;
          sendFacts(wire);
        },
        ask: (name, input) => {
          if (!world.online) return Promise.resolve(null);
          const instead = world.instead(name, input);
          return Promise.resolve(instead === undefined ? answer(wire, name, input) : instead);
        },
        look: () => {},
        close: () => {},
      };
    },
    notify: () => {},
    log: () => {},
    ...over,
  };
  let desk = createDesk(host);
  const world: FirmDesk = {
    firm,
    get desk() {
      return desk;
    },
    databaseFile: host.databaseFile,
    online: true,
    instead: () => undefined,
    confirmed,
    confirm: true,
    pass: (ms) => void (clock += ms),
    connect: async () => {
      world.online = true;
      present(wire.listener, 'a wire').connected();
      await settle();
    },
    disconnect: () => {
      world.online = false;
      present(wire.listener, 'a wire').disconnected('test');
    },
    signIn: async (personId) => {
      await desk.api['session.signIn']({ login: personId, password: 'p', totp: null });
      await settle();
    },
    enrol: async () => {
      await desk.api['key.enrol']({ secret: PASSPHRASE });
      sendFacts(wire);
      await world.connect();
    },
    prepare: async (proposalId, changes = {}) =>
      desk.api['decision.prepare']({
        proposalId,
        version: 1,
        decision: 'approve',
        reason: '',
        grounds: null,
        ...changes,
      }),
    sign: async (proposalId, changes) => {
      const { preparedId } = await world.prepare(proposalId, changes);
      clock += DWELL_MS_MIN;
      const signed = desk.api['decision.sign']({ preparedId, secret: PASSPHRASE });
      const { decisionId } = await signed;
      await settle();
      return decisionId;
    },
    fate: async (decisionId) => {
      const { decisions } = await desk.api['decision.list']({});
      const { state, says } = present(
        decisions.find((one) => one.decisionId === decisionId),
        decisionId,
      );
      return { state, says };
    },
    twinLines: () => openTwin(host.twinFile).lines(),
    restart: async () => {
      desk.close();
      desk = createDesk(host);
      await settle();
    },
    close: () => {
      desk.close();
      rmSync(folder, { recursive: true });
    },
  };
  await world.connect();
  return world;
}

/** A desk where somebody is signed in, with a key that counts. */
export async function openSigner(personId = 'cleo', firm?: GovernedFirm): Promise<FirmDesk> {
  const world = await openFirmDesk(firm);
  await world.signIn(personId);
  await world.enrol();
  const { key } = await world.desk.api['key.get']({});
  expect(key?.state).toBe('granted');
  return world;
}

interface Wire {
  readonly firm: GovernedFirm;
  readonly signer: LogSigner;
  person: string | null;
  listener: LinkListener | null;
  sent: number;
}

const SIGN_IN = { type: 'refused', reason: 'signIn', message: 'sign in' } as const;
const FACTS_AT_ONCE = 500;

function welcomeOf({ firm, person }: Wire) {
  return {
    type: 'welcome' as const,
    logId: firm.store.logId,
    lastSeq: firm.partition.ingest.lastSeq,
    serverAt: firm.clock,
    org: 'test-firm',
    env: 'test' as const,
    profile: profileOf(firm, person ?? ''),
  };
}

function profileOf({ partition }: GovernedFirm, personId: string): Profile {
  const { roles = [] } = partition.governance.people.persons.get(personId) ?? {};
  return { personId, name: `The person ${personId}`, roles: roles.map(({ role }): Role => role) };
}

/** Facts alone are enough for what these tests look at: an empty snapshot of the beginning. */
function sendSnapshot(wire: Wire): void {
  wire.listener?.governed({ part: 0, parts: 1, facts: [] });
  wire.listener?.accounts({ seq: 0, part: 0, parts: 1, accounts: [], recentFacts: [] });
  wire.sent = 0;
}

function sendFacts(wire: Wire): void {
  const { partition, store } = wire.firm;
  const toSeq = partition.ingest.lastSeq;
  while (wire.sent < toSeq) {
    const until = Math.min(toSeq, wire.sent + FACTS_AT_ONCE);
    const facts = store.deskFacts(0, wire.sent + 1, until, FACTS_AT_ONCE);
    wire.listener?.facts({ fromSeq: wire.sent + 1, toSeq: until, facts });
    wire.sent = until;
  }
}

function answer(wire: Wire, name: string, input: unknown): unknown {
  const { firm, signer } = wire;
  if (name === 'signIn') {
    const { login } = input as { login: string };
    wire.person = login;
    return { type: 'signedIn', session: `session-of-${login}`, profile: profileOf(firm, login) };
  }
  if (name === 'signOut') {
    wire.person = null;
    return {};
  }
  if (!wire.person) return { type: 'rejected', reason: 'Sign in first' };
  const permit = QUESTION_PERMITS[name];
  const mayAsk = permit && firm.partition.governance.people.may(wire.person, permit);
  if (name !== 'command' && !mayAsk) return { type: 'rejected', reason: 'No role allows this' };
  if (name === 'command') return decide(wire, input as Command, wire.person);
  if (name === 'checkpoint') return checkpointOf(wire, (input as { size: number }).size);
  const checkpoint = (): { note: string; publicKey: string } => checkpointOf(wire, 0);
  const questions = createQuestions({
    store: firm.store,
    governance: firm.partition.governance,
    people: () => peopleOf(firm),
    checkpoint,
    payments: NO_PAYMENTS,
  });
  const question = Object.hasOwn(questions, name) ? questions[name] : undefined;
  // Over the wire everything is JSON.
  const reply = question?.answer(input as never, wire.person) ?? null;
  return JSON.parse(JSON.stringify(reply)) as unknown;
  function checkpointOf({ firm: { store } }: Wire, size: number) {
    const tree = store.tree(0);
    const note = signer.checkpoint(tree);
    const proof = tree.consistency(size, tree.size).map(base64Of);
    return { note, publicKey: base64Of(signer.publicKey), proof };
  }
}

function decide(wire: Wire, { commandId, intent }: Command, person: string): unknown {
  const { partition } = wire.firm;
  const actor = { type: 'operator' as const, id: person };
  const { result } = partition.command({ commandId, actor, intent });
  partition.advance();
  return result;
}

function peopleOf(firm: GovernedFirm): PeopleReply {
  const { persons } = firm.partition.governance.people;
  return {
    people: [...persons.values()].map(({ personId, active }) => ({
      ...profileOf(firm, personId),
      active,
    })),
  };
}

/** Lets everything that answers at once be answered. */
export function settle(): Promise<void> {
  return new Promise((done) => void setTimeout(done, 25));
}
