import { readCheckpoint } from '#core/audit/checkpoint.ts';
import { witness } from '#core/audit/witness.ts';
import {
  DECISION_PAYLOAD,
  ENROLMENT_PAYLOAD,
  type Audience,
  type Decision,
} from '#core/approvals/decision.ts';
import type { Fact } from '#core/facts/registry.ts';
import { base64Of, bytesOfBase64 } from '#core/kernel/base64.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { pae, sealEnvelope } from '#core/signing/dsse.ts';
import type { Command, CommandResult, Intent } from '#core/sync/protocol.ts';
import { createLocalState, type LocalState } from '#desk/local-state.ts';
import {
  createDecisions,
  type DecisionWish,
  type Decisions,
  type PreparedDecision,
} from '#desk/signing/decisions.ts';
import { restoreFromTwin } from '#desk/signing/restore.ts';
import type { Twin } from '#desk/signing/twin.ts';
import { openDeskStore, type DeskStore } from '#desk/store/store.ts';
import { createOutbox, type Outbox } from '#desk/sync/outbox.ts';
import { HOUR_MS, MINUTE_MS, type Kernel } from './kernel.ts';
import { verifyNote, type SimulatedKey } from './keys.ts';
import type { Network } from './network.ts';
import type { Plant } from './planted.ts';
import type { FactsMessage, Server } from './server-host.ts';
import type { Situations } from './situations.ts';
import type { Swarm } from './swarm.ts';

const ANSWER_MS_MAX = 15_000;

class Crash extends Error {}

/** Something that a person read on a desk, and how long the log was then. */
export interface Shown {
  readonly deskId: string;
  readonly what: string;
  readonly claim: string;
  readonly logSize: number;
}

/** A decision that a desk said was signed and kept. */
export interface SignedWord {
  readonly decisionId: string;
  readonly deskId: string;
  readonly personId: string;
  readonly keyId: string;
}

/** A desk half on stores that survive it: real store, real fold, real signing, real outbox. */
export interface Desk {
  readonly deskId: string;
  /** The device that its keys are of; a clone shares its original's. */
  readonly deviceId: string;
  readonly people: ReadonlyMap<string, SimulatedKey>;
  readonly isUp: boolean;
  state(): LocalState | null;
  store(): DeskStore;
  twin: readonly string[];
  /** Whether a server that contradicts itself was noticed here. */
  readonly complaints: readonly string[];
  hasAsked(personId: string): boolean;
  enrol(personId: string): void;
  /** Puts a person's wish into the outbox. */
  queue(personId: string, intent: Intent): void;
  /** A person looks at a proposal, and signs after so long. */
  decide(personId: string, wish: DecisionWish, dwellMs: number): void;
  /** Follows, sends, and asks for what is missing. */
  tick(): void;
  /** Sends it what is new, where it can be reached. */
  push(): void;
  crash(): void;
  open(): void;
  loseDatabase(): void;
  adopt(from: Desk, isWhole: boolean): void;
}

export interface DeskPorts {
  readonly kernel: Kernel;
  readonly network: Network;
  readonly server: Server;
  readonly situations: Situations;
  readonly plant: Plant;
  readonly audience: Audience;
  readonly shown: Shown[];
  readonly signed: SignedWord[];
  /** Envelopes as they are seen on the wire by whoever listens there. */
  readonly captured: Command[];
  swarm(): Swarm;
}

export function createDesk(
  at: {
    readonly deskId: string;
    readonly deviceId: string;
    readonly people: ReadonlyMap<string, SimulatedKey>;
    readonly skewMs: number;
  },
  ports: DeskPorts,
): Desk {
  const { deskId, deviceId, people } = at;
  const { kernel, network, server, situations, plant, audience } = ports;
  const { logId } = server;
  const random = kernel.random(`desk ${deskId}`);
  const complaints: string[] = [];
  const enrolling = new Set<string>();
  let kept = openDeskStore(':memory:');
  let twin: string[] = [];
  let mind: {
    readonly state: LocalState;
    readonly decisions: Decisions;
    readonly outbox: Outbox;
  } | null = null;
  let epoch = 0;
  let counter = 0;
  let signing = false;
  /** Bytes that are here, or asked for. */
  let held = new Set<string>();
  /** Up to where facts were sent to this desk; put back whenever it asks. */
  let sent = 0;
  /** Something may be in the outbox: asking it costs. */
  let mayWait = true;
  const now = (): number => kernel.now + at.skewMs;
  const show = (what: string, claim: string): void => {
    kernel.note(`${deskId} shows ${what}: ${claim}`);
    ports.shown.push({ deskId, what, claim, logSize: server.size() });
  };
  const crash = (): void => {
    if (!mind) return;
    kernel.note(`${deskId} stops`);
    mind = null;
    epoch += 1;
    plant.deskStopped?.(kept, logId);
    kernel.after(1_000 + random.below(4 * HOUR_MS), `${deskId} starts`, open);
  };
  /** What a desk asks of the server, over the network; answers of a time before a stop are not heard. */
  const ask = (name: string, input: unknown, answered: (reply: unknown) => void): void => {
    const asked = epoch;
    let isHeard = false;
    const hear = (reply: unknown): void => {
      if (isHeard || asked !== epoch) return;
      isHeard = true;
      answered(reply);
    };
    kernel.after(ANSWER_MS_MAX, `${deskId} ${name} overdue`, () => hear(null));
    network.send(deskId, name, input, (arrived) => {
      const reply = answerOf(server, name, arrived);
      if (reply !== null) network.send(deskId, `${name} answered`, reply, hear);
    });
  };
  /** The store as this desk sees it: a stop around the commit of a signature leaves it, or not. */
  const fragile = (): DeskStore => ({
    ...kept,
    keepSigned: (signed, command, log) => {
      if (!signing || random.fraction() >= ports.swarm().deskCrash)
        return kept.keepSigned(signed, command, log);
      if (ports.swarm().keepsCommitInFlight) {
        kept.keepSigned(signed, command, log);
        situations.seen('deskCrashAfterCommitOfSignature');
      } else situations.seen('deskCrashBeforeCommitOfSignature');
      throw new Crash('while signing');
    },
  });
  const keepTwin: Twin = {
    keep: (line) => {
      if (!plant.losesTwin) twin.push(line);
    },
    lines: () => twin,
  };
  const decided = (command: Command, result: CommandResult): void => {
    if (command.intent.type === 'enrolKey' && result.type === 'rejected')
      enrolling.delete(command.operatorId);
    if (command.intent.type !== 'decide') return;
    const id = command.commandId;
    if (result.type === 'rejected') show(id, `rejected ${result.code}`);
    else show(id, plant.showsCountedOnAcceptance ? 'counted' : 'received');
  };
  const link = {
    hello: () => {},
    ask: (name: string, input: unknown) =>
      new Promise<unknown>((settle) => {
        const resolve = (reply: unknown): void => {
          kernel.promised();
          settle(reply);
        };
        const command = input as Command;
        if (command.intent.type === 'decide') ports.captured.push(command);
        ask(name, input, (reply) => {
          if (reply === null && plant.settlesOnTimeout)
            return resolve({ type: 'accepted', commandId: command.commandId, seq: 1 });
          if (
            (reply as CommandResult | null)?.type === 'rejected' &&
            (reply as { code?: string }).code === 'needSequence'
          )
            situations.seen('needSequence');
          resolve(reply);
        });
      }),
    look: () => {},
    close: () => {},
  };
  const open = (): void => {
    if (mind) return;
    restoreFromTwin(kept, keepTwin, () => false);
    const store = fragile();
    const state = createLocalState(kept);
    const decisions = createDecisions({
      store,
      twin: keepTwin,
      governance: () => state.governance,
      deskId: deviceId,
      presence: 'passphrase',
      now,
      random: (bytes) => Uint8Array.from({ length: bytes }, () => random.below(256)),
      log: (text) => kernel.note(`${deskId} says ${text}`),
    });
    held = new Set();
    mayWait = true;
    mind = { state, decisions, outbox: createOutbox(kept, link, decided, () => {}) };
    kernel.note(`${deskId} starts at ${state.cursor.seq}`);
    tick();
  };
  const send = (): void => {
    if (!mayWait) return;
    mayWait = kept.queued(logId).length > 0;
    if (!mayWait) return;
    kernel.promised();
    void mind?.outbox.send(logId);
  };
  const fetchBytes = (): void => {
    for (const proposal of mind?.state.governance.open() ?? []) {
      if (held.has(proposal.snapshot)) continue;
      held.add(proposal.snapshot);
      if (kept.content(proposal.snapshot) !== null) continue;
      ask('content', { digest: proposal.snapshot }, (reply) => {
        if (reply === null) held.delete(proposal.snapshot);
        const text = (reply as { text?: string } | null)?.text;
        if (text !== undefined) kept.saveContent(proposal.snapshot, text);
      });
    }
  };
  const check = (): void => {
    const witnessed = kept.witnessed(logId);
    const before = witnessed ? readCheckpoint(witnessed.note) : null;
    if (before?.ok && before.value.size >= (mind?.state.cursor.seq ?? 0)) return;
    ask('checkpoint', { size: before?.ok ? before.value.size : 0 }, (reply) => {
      if (reply === null) return;
      const { note, publicKey, proof } = reply as {
        note: string;
        publicKey: string;
        proof: string[];
      };
      // Another answer may have come in between: proofs are of what was asked about.
      const latest = kept.witnessed(logId);
      if (latest?.note !== witnessed?.note || note === latest?.note) return;
      const shown = { note, publicKey: bytesIn(publicKey), proof: proof.map(bytesIn) };
      const seen = witness(`propdesk/${logId}`, latest, shown, verifyNote);
      if (seen.ok)
        kept.saveWitnessed(logId, { note, publicKey: latest?.publicKey ?? shown.publicKey });
      else if (!seen.error.includes('rolled back')) complaints.push(`${deskId}: ${seen.error}`);
    });
  };
  const follow = (): void => {
    const cursor = mind?.state.cursor.seq ?? 0;
    sent = cursor;
    ask('hello', { cursor }, (reply) => {
      const message = reply as FactsMessage | { toSeq: 0 } | null;
      if (message === null || !('facts' in message)) return;
      sent = Math.max(sent, message.toSeq);
      take(message);
      if (message.toSeq < server.size()) follow();
    });
  };
  /** In order, each once; what does not follow is asked for again. */
  const take = (message: FactsMessage): void => {
    if (!mind) return;
    const { seq } = mind.state.cursor;
    if (message.toSeq <= seq) return;
    if (message.fromSeq !== seq + 1) {
      situations.seen('gapInFacts');
      if (!plant.ignoresGaps) return follow();
    }
    const facts = message.facts.filter(({ envelope }) => envelope.seq > seq);
    mind.state.apply(facts, { logId, seq: message.toSeq });
    for (const fact of facts) tell(fact);
    fetchBytes();
  };
  const tell = (fact: Fact): void => {
    if (fact.kind === 'decisionReceived') {
      const { decisionId, verdict } = fact.data;
      show(decisionId, verdict.type === 'counted' ? 'counted' : `notCounted ${verdict.code}`);
    }
    if (fact.kind === 'paymentInstructed') show(fact.data.payoutId, 'instructed');
    if (fact.kind === 'paymentReported') show(fact.data.payoutId, fact.data.state);
    if (fact.kind === 'proposalClosed') show(fact.data.proposalId, fact.data.outcome);
  };
  const tick = (): void => {
    if (!mind || network.isCut(deskId)) return;
    follow();
    check();
    fetchBytes();
    send();
  };
  const sign = (prepared: PreparedDecision, key: SimulatedKey): void => {
    if (!mind) return;
    const witnessed = kept.witnessed(logId) !== null;
    signing = true;
    try {
      const done = mind.decisions.sign(prepared, key, { audience, logId });
      if (!done.ok) return kernel.note(`${deskId} cannot sign: ${done.error}`);
      const { commandId } = done.value;
      mayWait = true;
      ports.signed.push({
        decisionId: commandId,
        deskId,
        personId: prepared.personId,
        keyId: key.keyId,
      });
      show(commandId, 'signed here');
      if (network.isCut(deskId) && witnessed) situations.seen('signedOffline');
      if (random.fraction() < ports.swarm().deskCrash) {
        situations.seen('deskCrashAfterSigningBeforeSending');
        return crash();
      }
      send();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      crash();
    } finally {
      signing = false;
    }
  };
  const desk: Desk = {
    deskId,
    deviceId,
    people,
    complaints,
    get isUp() {
      return mind !== null;
    },
    state: () => mind?.state ?? null,
    store: () => kept,
    get twin() {
      return twin;
    },
    set twin(lines) {
      twin = [...lines];
    },
    hasAsked: (personId) => enrolling.has(personId),
    enrol: (personId) => {
      const key = people.get(personId);
      const base = newest(kept, logId);
      if (!mind || !key || !base || enrolling.has(personId)) return;
      enrolling.add(personId);
      desk.queue(personId, {
        type: 'enrolKey',
        envelope: enrolmentOf(key, { audience, personId, deviceId, base }),
      });
    },
    queue: (personId, intent) => {
      if (!mind) return;
      counter += 1;
      const command: Command = {
        commandId: `${deskId}-${epoch}-${counter}`,
        operatorId: personId,
        issuedAt: now(),
        intent,
      };
      mayWait = true;
      kept.queue(command, logId);
      send();
    },
    decide: (personId, wish, dwellMs) => {
      const key = people.get(personId);
      if (!mind || !key) return;
      const prepared = mind.decisions.prepare(wish, personId);
      if (!prepared.ok) return kernel.note(`${deskId} cannot prepare: ${prepared.error}`);
      const asked = epoch;
      kernel.after(
        dwellMs,
        `${deskId} ${personId} signs ${wish.decision} of ${wish.proposalId}`,
        () => {
          if (asked === epoch) sign(prepared.value, key);
        },
      );
    },
    tick,
    push: () => {
      if (!mind || network.isCut(deskId)) return;
      const message = server.facts(sent);
      if (!message) return;
      sent = message.toSeq;
      network.send(deskId, 'facts', message, (arrived) => take(arrived as FactsMessage));
    },
    crash,
    open,
    loseDatabase: () => {
      crash();
      kernel.note(`${deskId} loses its database`);
      kept.close();
      kept = openDeskStore(':memory:');
    },
    adopt: (from, isWhole) => {
      copyStore(from.store(), kept, logId, isWhole);
      twin = [...from.twin];
    },
  };
  return desk;
}

/** What the server says to a question; null when it is not there to say anything. */
function answerOf(server: Server, name: string, input: unknown): unknown {
  switch (name) {
    case 'command':
      return server.deskCommand(input as Command);
    case 'hello':
      if (!server.partition()) return null;
      return server.facts((input as { cursor: number }).cursor) ?? { toSeq: 0 };
    case 'checkpoint':
      return server.checkpoint((input as { size: number }).size);
    default: {
      const text = server.content((input as { digest: string }).digest);
      return text === null ? null : { text };
    }
  }
}

export function newest(store: DeskStore, logId: string): Decision['base'] | null {
  const witnessed = store.witnessed(logId);
  const read = witnessed ? readCheckpoint(witnessed.note) : null;
  if (!read?.ok) return null;
  return { size: read.value.size, root: Buffer.from(read.value.root).toString('hex') };
}

function enrolmentOf(
  key: SimulatedKey,
  by: { audience: Audience; personId: string; deviceId: string; base: Decision['base'] },
): ReturnType<typeof sealEnvelope> {
  const statement = {
    v: 1,
    type: 'key.enrol',
    aud: by.audience,
    person: by.personId,
    device: by.deviceId,
    publicKey: base64Of(key.publicKey),
    challenge: `${by.base.size}:${by.base.root}`,
  };
  return sealedBy(key, ENROLMENT_PAYLOAD, statement);
}

export function sealedBy(
  key: SimulatedKey,
  payloadType: string,
  value: unknown,
): ReturnType<typeof sealEnvelope> {
  const payload = new TextEncoder().encode(canonicalText(value));
  return sealEnvelope(payloadType, payload, key.keyId, key.sign(pae(payloadType, payload)));
}

/** What a command's envelope says, without asking whether it is well signed. */
export function decisionIn(command: Command): Decision | null {
  if (command.intent.type !== 'decide' || command.intent.envelope.payloadType !== DECISION_PAYLOAD)
    return null;
  return JSON.parse(
    Buffer.from(command.intent.envelope.payload, 'base64').toString('utf8'),
  ) as Decision;
}

/** An image of a disk on another machine; not whole, it is one that sends nothing of its original's. */
function copyStore(from: DeskStore, to: DeskStore, logId: string, isWhole: boolean): void {
  const governed = from.governed();
  to.apply({ cursor: from.cursor(), accounts: [], alerts: [], governed });
  const witnessed = from.witnessed(logId);
  if (witnessed) to.saveWitnessed(logId, witnessed);
  const queued = new Map(from.queued(logId).map((command) => [command.commandId, command]));
  for (const row of from.signed(logId)) {
    const command = queued.get(row.decisionId);
    const intent: Intent = { type: 'withdraw', proposalId: 'nothing', reason: 'a copy' };
    const stub: Command = {
      commandId: row.decisionId,
      operatorId: row.personId,
      issuedAt: row.signedAt,
      intent,
    };
    to.keepSigned(row, command ?? stub, logId);
    if (!command || !isWhole) to.settled({ type: 'accepted', commandId: row.decisionId, seq: 1 });
  }
  for (const fact of governed) {
    if (fact.kind !== 'proposalOpened' && fact.kind !== 'proposalRevised') continue;
    const text = from.content(fact.data.snapshot);
    if (text !== null) to.saveContent(fact.data.snapshot, text);
  }
}

function bytesIn(text: string): Uint8Array {
  const bytes = bytesOfBase64(text);
  return bytes.ok ? bytes.value : new Uint8Array(0);
}

/** How long a person looks before signing. */
export function drawDwell(random: { below(limit: number): number }): number {
  return random.below(4) === 0 ? 2_000 + random.below(9 * MINUTE_MS) : 2_000 + random.below(20_000);
}
