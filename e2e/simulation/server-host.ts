import { checkpointBody, keyIdOf, signedNote } from '#core/audit/checkpoint.ts';
import type { PlatformRecord } from '#core/accounts/record.ts';
import { GOVERNED_KINDS } from '#core/governance/governance.ts';
import type { Fact } from '#core/facts/registry.ts';
import { base64Of } from '#core/kernel/base64.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import type { Command, CommandResult } from '#core/sync/protocol.ts';
import type { ServerCommand } from '#server/commands/server-command.ts';
import type { Partition } from '#server/partition/partition.ts';
import {
  createScriptedPlatform,
  openScriptedFirm,
} from '#server/partition/testing/scripted-firm.ts';
import { openStore, type Store } from '#server/store/store.ts';
import { HOUR_MS, MINUTE_MS, type Kernel } from './kernel.ts';
import { keyFrom, verifyStrictly } from './keys.ts';
import type { Plant } from './planted.ts';
import type { Situations } from './situations.ts';
import type { Swarm } from './swarm.ts';

const FACTS_PER_MESSAGE = 60;

/** A machine stopped here: nothing that was in memory is left. */
class Crash extends Error {}

export interface FactsMessage {
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly facts: readonly Fact[];
}

/** One answer that the server gave away, with how long its log was. */
export interface Acknowledged {
  readonly decisionId: string;
  readonly result: CommandResult;
  readonly logSize: number;
}

/** The real partition on a store that survives it, with crashes around every commit. */
export interface Server {
  readonly store: Store;
  readonly logId: string;
  readonly publicKey: Uint8Array;
  readonly acknowledged: readonly Acknowledged[];
  /** What stopped the server without being a crash of ours. */
  readonly failures: readonly string[];
  partition(): Partition | null;
  size(): number;
  /** Null when it stopped on the way, or is not up. */
  command(command: ServerCommand): CommandResult | null;
  /** A desk's command, as the gateway hands it on: the actor is the session's, never the message's. */
  deskCommand(command: Command): CommandResult | { readonly type: 'busy' } | null;
  facts(cursor: number): FactsMessage | null;
  /** Every fact there is, as it was committed. */
  all(): readonly Fact[];
  content(digest: string): string | null;
  checkpoint(size: number): { note: string; publicKey: string; proof: string[] } | null;
  tell(...records: readonly PlatformRecord[]): void;
  /** Lets time pass: records, proposals, and what follows from both. */
  tick(): void;
  crash(): void;
  restart(): void;
  open(): void;
}

export interface ServerPorts {
  readonly kernel: Kernel;
  readonly situations: Situations;
  readonly plant: Plant;
  swarm(): Swarm;
  /** New facts are durable. */
  published(): void;
  /** The process is new: whatever it remembered is gone. */
  reopened(): void;
}

export function createServer(ports: ServerPorts): Server {
  const { kernel, situations, plant } = ports;
  const random = kernel.random('server');
  const real = openStore(':memory:');
  const logId = `sim-${kernel.seed}`;
  const platform = createScriptedPlatform();
  const signer = keyFrom(kernel.seed, 'log');
  const acknowledged: Acknowledged[] = [];
  const failures: string[] = [];
  let partition: Partition | null = null;
  let salts = 0;
  let isCommanded = false;
  let stoppedBefore = false;
  const append: Store['append'] = (number, batch) => {
    const { serverCrashBefore, serverCrashAfter } = ports.swarm();
    const instructs = batch.facts.some(({ kind }) => kind === 'paymentInstructed');
    if (random.fraction() < serverCrashBefore) {
      if (isCommanded) situations.seen('serverCrashBeforeCommit');
      stoppedBefore = true;
      throw new Crash('before the commit');
    }
    real.append(number, batch);
    // The moment that costs most is tried most.
    if (random.fraction() >= serverCrashAfter * (instructs ? 10 : 1)) return;
    if (isCommanded) situations.seen('serverCrashAfterCommit');
    if (instructs) situations.seen('crashBetweenInstructionAndRail');
    throw new Crash('after the commit');
  };
  const plain: Store = { ...real, logId, append };
  const store = plant.store?.(plain) ?? plain;
  const origin = `propdesk/${logId}`;

  const open = (): void => {
    if (partition) return;
    const firm = openScriptedFirm({
      platform,
      store,
      now: () => kernel.now,
      verify: verifyStrictly,
      salt: () => digestOfText(`salt ${kernel.seed} ${(salts += 1)}`),
    });
    partition = firm.partition;
    plant.patch?.(partition, { store });
    kernel.note(`server open ${partition.ingest.lastSeq}`);
    ports.reopened();
  };
  const stopped = (): void => {
    partition = null;
    kernel.after(1_000 + random.below(HOUR_MS / 2), 'server starts', open);
  };
  /** Runs work that may end the process. */
  const guarded = <Value>(work: (partition: Partition) => Value): Value | null => {
    if (!partition) return null;
    try {
      return work(partition);
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      kernel.note(`server stops ${said}`);
      if (!(error instanceof Crash)) failures.push(said);
      stopped();
      return null;
    }
  };
  const command: Server['command'] = (wish) => {
    isCommanded = true;
    stoppedBefore = false;
    const before = size();
    const result = guarded((up) => {
      plant.before?.(wish, up);
      const done = up.command(wish).result;
      up.advance();
      return done;
    });
    isCommanded = false;
    kernel.note(`${wish.intent.type} by ${wish.actor.id}: ${answerText(result)}`);
    if (size() > before) ports.published();
    if (result || !plant.acknowledgesBeforeCommit || !stoppedBefore) return result;
    return { type: 'accepted', commandId: wish.commandId, seq: before + 1 };
  };
  const size = (): number => real.progress(0).seq;
  /** Facts never change: each is read back once. */
  const log: Fact[] = [];
  const all = (): readonly Fact[] => {
    if (log.length < size()) log.push(...real.facts(0, log.length + 1, size()));
    return log;
  };
  let latest = { size: -1, note: '' };
  const signedNow = (): string => {
    const tree = real.tree(0);
    if (tree.size === latest.size) return latest.note;
    const body = checkpointBody({ origin, size: tree.size, root: tree.root(tree.size) });
    const signature = signer.sign(new Uint8Array(Buffer.from(body)));
    const note = signedNote(body, [
      { name: origin, keyId: keyIdOf(origin, signer.publicKey), signature },
    ]);
    latest = { size: tree.size, note };
    return note;
  };
  return {
    store: real,
    logId,
    publicKey: signer.publicKey,
    acknowledged,
    failures,
    partition: () => partition,
    size,
    command,
    deskCommand: ({ commandId, operatorId, intent }) => {
      if (!partition && !plant.acknowledgesBeforeCommit) return null;
      const result = command({ commandId, actor: { type: 'operator', id: operatorId }, intent });
      if (result && intent.type === 'decide')
        acknowledged.push({ decisionId: commandId, result, logSize: size() });
      return result;
    },
    facts: (cursor) => {
      const toSeq = Math.min(size(), cursor + FACTS_PER_MESSAGE);
      if (!partition || toSeq <= cursor) return null;
      const facts = all()
        .slice(cursor, toSeq)
        .filter(({ kind }) => GOVERNED_KINDS.has(kind));
      const shown = facts.flatMap((fact) => plant.shows?.(fact) ?? [fact]);
      return { fromSeq: cursor + 1, toSeq, facts: shown };
    },
    all,
    content: (digest) => (partition ? real.content(digest) : null),
    checkpoint: (known) => {
      if (!partition) return null;
      const note = signedNow();
      const proof = known < latest.size ? real.tree(0).consistency(known, latest.size) : [];
      return { note, publicKey: base64Of(signer.publicKey), proof: proof.map(base64Of) };
    },
    tell: (...records) => platform.tell(...records),
    tick: () => {
      const before = size();
      guarded((up) => {
        while (up.run(Infinity).records > 0);
        up.advance();
      });
      if (size() > before) ports.published();
    },
    crash: () => {
      if (!partition) return;
      kernel.note('server killed');
      stopped();
    },
    restart: () => {
      if (!partition) return;
      situations.seen('gracefulRestart');
      guarded((up) => up.close());
      partition = null;
      kernel.after(MINUTE_MS, 'server starts', open);
    },
    open,
  };
}

function answerText(result: CommandResult | null | undefined): string {
  if (!result) return 'no answer';
  return result.type === 'accepted' ? 'accepted' : `${result.code} ${result.message}`;
}
