import { z } from 'zod';
import type { Connection } from '#core/desk-api/contract.ts';
import { exposureViewSchema, type ExposureView } from '#core/exposure/view.ts';
import { parseFact, type Fact } from '#core/facts/registry.ts';
import {
  accountsPartSchema,
  factsMessageSchema,
  governedPartSchema,
  presenceSchema,
  pulseSchema,
  type AccountSummary,
  type Presence,
  type Pulse,
  type Welcome,
} from '#core/sync/protocol.ts';
import type { Link, LinkListener } from '../host.ts';
import type { LocalSnapshot } from '../local-state.ts';
import type { Cursor } from '../store/store.ts';

/** What a follower does with what it may trust. */
export interface FollowerPorts {
  cursor(): Cursor;
  /** False while this desk still reads what it has kept: it greets a server after that. */
  isWhole(): boolean;
  apply(facts: readonly Fact[], cursor: Cursor): void;
  replace(snapshot: LocalSnapshot, cursor: Cursor): void;
  /** False when it cannot be read. */
  rows(bytes: Uint8Array): boolean;
  pulse(pulse: Pulse): void;
  presence(presence: Presence): void;
  exposure(view: ExposureView): void;
  /** The server has agreed, and everything sent from now on belongs to this log. */
  welcomed(welcome: Extract<Welcome, { type: 'welcome' }>): void;
  /** Nobody is signed in here, as far as the server knows. */
  signedOut(): void;
  connection(over: Partial<Connection>): void;
  log(level: 'info' | 'warn' | 'error', text: string): void;
}

/**
 * Follows one server's log. Nothing is applied before its welcome names the log, nothing of
 * another log at all, and no fact is passed over that cannot be read: the desk then stays refused
 * until the connection is made anew.
 */
export interface Follower extends LinkListener {
  /** The log that is followed now, or null. */
  following(): string | null;
  /** Stops following for a reason that a person has to know; stands until the wire is made anew. */
  refuse(message: string): void;
  /** Asks again from the cursor; called after the cursor was put back on purpose. */
  greet(): void;
}

export function createFollower(link: () => Link, ports: FollowerPorts): Follower {
  /** Rises with every hello: an answer to an earlier one changes nothing. */
  let greeting = 0;
  let logId: string | null = null;
  let incoming: AccountSummary[] = [];
  let governed: Fact[] = [];
  const refuse = (message: string, otherLog = false): void => {
    logId = null;
    ports.connection({ state: 'refused', message, otherLog });
  };
  const greet = (): void => {
    if (!ports.isWhole()) return;
    greeting += 1;
    logId = null;
    const asked = greeting;
    const cursor = ports.cursor();
    link().hello(cursor.logId, cursor.seq, (welcome) => {
      if (asked === greeting && welcome !== null) answered(welcome, cursor.logId);
    });
  };
  const answered = (welcome: Welcome, kept: string | null): void => {
    if (welcome.type === 'refused' && welcome.reason === 'signIn') {
      ports.signedOut();
      return refuse('Sign in to follow the server.');
    }
    if (welcome.type === 'refused')
      return refuse(`The server refuses this desk: ${welcome.message}.`);
    if (kept !== null && kept !== welcome.logId) {
      return refuse('The server keeps another log than this desk has kept.', true);
    }
    logId = welcome.logId;
    ports.welcomed(welcome);
  };
  const readFacts = (inputs: readonly unknown[]): Fact[] | null => {
    const facts: Fact[] = [];
    for (const input of inputs) {
      const parsed = parseFact(input);
      if (!parsed.ok) {
        ports.log('error', `a fact from the server cannot be read: ${parsed.error}`);
        refuse('The server sends facts that this desk cannot read: update the desk.');
        return null;
      }
      facts.push(parsed.value);
    }
    return facts;
  };
  /** Reads a message of the followed log; anything else is not heard. */
  const reading =
    <Schema extends z.ZodType>(
      name: string,
      schema: Schema,
      take: (message: z.output<Schema>, followed: string) => void,
    ) =>
    (input: unknown): void => {
      if (logId === null) return;
      const message = schema.safeParse(input);
      if (message.success) take(message.data, logId);
      else ports.log('error', `${name}: ${z.prettifyError(message.error)}`);
    };
  return {
    following: () => logId,
    refuse: (message) => refuse(message),
    greet,
    connected: greet,
    disconnected: (reason) => {
      greeting += 1;
      logId = null;
      const message = `No connection to the server (${reason}). Trying again.`;
      ports.connection({ state: 'offline', message, otherLog: false });
    },
    signedOut: () => {
      ports.signedOut();
      refuse('You were signed out.');
    },
    governed: reading('governed', governedPartSchema, ({ part, facts }) => {
      if (part === 0) governed = [];
      governed.push(...(readFacts(facts) ?? []));
    }),
    accounts: reading('accounts', accountsPartSchema, (part, followed) => {
      if (part.part === 0) incoming = [];
      incoming.push(...part.accounts);
      if (part.part + 1 < part.parts) return;
      const recent = readFacts(part.recentFacts);
      const snapshot = { accounts: incoming, recent: recent ?? [], governed };
      if (recent !== null) ports.replace(snapshot, { logId: followed, seq: part.seq });
      incoming = [];
      governed = [];
    }),
    facts: reading('facts', factsMessageSchema, (message, followed) => {
      const { seq } = ports.cursor();
      if (message.toSeq <= seq) return; // Delivered twice: kept once.
      if (message.fromSeq !== seq + 1) {
        ports.log('warn', `facts from ${message.fromSeq} do not follow ${seq}; asking again`);
        return greet();
      }
      const facts = readFacts(message.facts);
      if (facts !== null) ports.apply(facts, { logId: followed, seq: message.toSeq });
    }),
    rows: (bytes) => {
      if (logId !== null && !ports.rows(bytes)) ports.log('error', 'a row frame cannot be read');
    },
    pulse: reading('pulse', pulseSchema, (pulse) => ports.pulse(pulse)),
    presence: reading('presence', presenceSchema, (presence) => ports.presence(presence)),
    exposure: reading('exposure', exposureViewSchema, (view) => ports.exposure(view)),
  };
}
