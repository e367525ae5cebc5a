import { deserialize, serialize } from 'node:v8';
import type { IntakeAction } from '#core/accounts/record.ts';
import { assert } from '#core/kernel/assert.ts';
import { ACCOUNT_STATUSES } from '#core/accounts/account.ts';
import type { Audience } from '#core/approvals/decision.ts';
import type { Fact, FactDraft } from '#core/facts/registry.ts';
import { BOARD_KINDS } from '#core/board/board.ts';
import { dueOn } from '#core/governance/advance.ts';
import { createGovernance, type Governance } from '#core/governance/governance.ts';
import type { GovernedWorld } from '#core/governance/world.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import type { Actor } from '#core/kernel/event.ts';
import { err } from '#core/kernel/result.ts';
import type { VerifyBytes } from '#core/signing/public-key.ts';
import type { JournalledMark, ReferencePrice } from '#core/market/mark.ts';
import type { CommandResult, QuarantineEntry } from '#core/sync/protocol.ts';
import { MARKS_PER_CHUNK_MAX } from '#core/market/journal.ts';
import {
  RECORDS_PER_MESSAGE_MAX,
  unusableReason,
  type PlatformAdapter,
  type RecordSource,
} from '../adapters/platform-adapter.ts';
import { decide, type DecisionState } from '../commands/decide.ts';
import type { PublishingState } from '../commands/publish-program.ts';
import type { ServerCommand } from '../commands/server-command.ts';
import { ruleSetIn, type Catalogue } from './catalogue.ts';
import { sameFact } from '../ingest/envelopes.ts';
import { createOutbox, forPlatform, quarantineEntry } from './outbox.ts';
import { createIngest, type Ingest, type IngestState, type Intake } from '../ingest/ingest.ts';
import type { Batch, Store } from '../store/store.ts';
import { boardOf } from '../work/work-log.ts';

/** Records in one transaction at the most; fewer when time runs out. */
export const RECORDS_PER_BATCH_MAX = 5_000;
/** One message of a live platform, which is taken whole, still fits the chunk. */
const MARKS_PER_BATCH_MAX = MARKS_PER_CHUNK_MAX - RECORDS_PER_MESSAGE_MAX;
/** Records between two snapshots: a restart re-executes at most so many. */
export const RECORDS_PER_SNAPSHOT = 400_000;

export interface PartitionOptions {
  readonly partition: number;
  readonly store: Store;
  readonly adapter: PlatformAdapter;
  readonly catalogue: Catalogue;
  /** A preview that was run and is still held; publishing rests on one. */
  readonly preview?: PublishingState['preview'];
  /** A back-test that was run and is still held; a change of scoring rests on one. */
  readonly backTest?: DecisionState['backTest'];
  readonly now: () => number;
  /** Whose decisions count here. */
  readonly audience?: Omit<Audience, 'log'>;
  readonly verify?: VerifyBytes;
  /** 32 random bytes in hexadecimal digits. */
  readonly salt?: () => string;
  readonly recordsPerBatch?: number | undefined;
  readonly recordsPerSnapshot?: number | undefined;
}

/** What a batch left behind, once it is durable. */
export interface Committed {
  readonly facts: readonly Fact[];
  readonly records: number;
  readonly marks: number;
}

/**
 * One partition: source → intake → log. Nothing that it returns can be lost: it is on the disk.
 * It resumes from its latest snapshot by executing the source again and comparing every fact with
 * the log; a difference stops it, because then something is not deterministic.
 */
export interface Partition {
  readonly ingest: Ingest;
  readonly source: RecordSource;
  /** Takes records until one lies after `until`, none is left, or the batch is full; commits. */
  run(until: number, recordsMax?: number): Committed;
  /** Decides a wish once; the same id again gets the same answer. */
  command(command: ServerCommand): {
    readonly result: CommandResult;
    readonly facts: readonly Fact[];
  };
  /** Carries out what time and approvals have made due; called often, does nothing mostly. */
  advance(): readonly Fact[];
  readonly governance: Governance;
  readonly records: number;
  saveSnapshot(): void;
  close(): void;
}

interface Snapshot {
  readonly ingest: IngestState;
  readonly cursor: unknown;
  readonly records: number;
}

export function openPartition(options: PartitionOptions): Partition {
  const { partition, store, adapter, catalogue, now } = options;
  const { ruleSets } = catalogue;
  const recordsPerBatch = options.recordsPerBatch ?? RECORDS_PER_BATCH_MAX;
  const recordsPerSnapshot = options.recordsPerSnapshot ?? RECORDS_PER_SNAPSHOT;
  // A snapshot may hold accounts of versions published after the server was shipped.
  for (const fact of store.stream(partition, 'firm')) {
    if (fact.kind === 'programPublished') catalogue.publish(fact);
  }
  const saved = store.latestSnapshot(partition);
  const snapshot = saved ? (deserialize(saved.bytes) as Snapshot) : null;
  const platform = adapter.id;
  const ruleSetOf = ruleSetIn(catalogue);
  const resume = snapshot?.ingest;
  const ingest = createIngest({ partition, platform, ruleSets, ruleSetOf, now, resume });
  const known = {
    hasAccount: (accountId: string) => ingest.book.numberOf(accountId) !== undefined,
  };
  // What a live source told since the snapshot was kept beside the log: it is not told again.
  const { deterministic } = adapter.capabilities;
  const cursor = deterministic ? (snapshot?.cursor ?? null) : store.live.cursor(partition);
  const source = adapter.open(cursor, known);
  assert(deterministic === (source.live === undefined), 'a source is deterministic or live');
  const governance = createGovernance();
  for (const fact of store.stream(partition, 'firm')) governance.apply(fact);
  const board = boardOf(store, partition, Infinity);
  const tree = store.tree(partition);
  const worldNow = (): GovernedWorld => ({
    governance,
    at: now(),
    marketAt: ingest.marketAt ?? now(),
    latestVersion: catalogue.latestVersion,
    audience: { ...(options.audience ?? NO_AUDIENCE), log: `propdesk/${store.logId}` },
    verify: options.verify ?? (() => false),
    rootAt: (size) => (size >= 1 && size <= tree.size ? hexOf(tree.root(size)) : null),
    recordedAt: (seq) => store.fact(partition, seq)?.envelope.recordedAt ?? null,
    content: store.content,
    accountStatus: (accountId) => {
      const account = ingest.book.numberOf(accountId);
      return account === undefined ? null : (ACCOUNT_STATUSES[ingest.book.status(account)] ?? null);
    },
    accountOf: (accountId) => {
      const account = ingest.book.numberOf(accountId);
      if (account === undefined) return null;
      const { traderId, program } = ingest.book.terms(account);
      return { traderId, programId: program.programId };
    },
    moneyOf: (accountId) => {
      const account = ingest.book.numberOf(accountId);
      if (account === undefined) return null;
      const { nominalSize, startBalance } = ingest.book.terms(account);
      return { nominalSize, profit: ingest.book.equity(account) - startBalance };
    },
    blockedSince: (accountId, seq) =>
      blockedSince(store.stream(partition, `account:${accountId}`), seq),
  });
  const payoutSource: DecisionState['payoutSource'] = (accountId) => {
    const account = ingest.book.numberOf(accountId);
    if (account === undefined) return null;
    const at = ingest.marketAt ?? now();
    const state = ingest.book.state(account, at);
    const { program, phase, ruleSet } = state.terms;
    const input = catalogue.version(program.programId, ruleSet.version)?.input;
    const policy = input?.phases.find(({ phaseId }) => phaseId === phase.phaseId)?.payout;
    const accountFacts = store.stream(partition, `account:${accountId}`);
    return { basis: { seq: ingest.lastSeq, at }, state, policy, accountFacts };
  };
  const decisionState = (): DecisionState => {
    const at = ingest.marketAt ?? now();
    return {
      at,
      version: catalogue.version,
      isComing: ingest.isComing,
      platform,
      opensAccounts: adapter.capabilities.actions.includes('createAccount'),
      factAt: (seq) => store.fact(partition, seq),
      alertsAt: (seqs) => store.alertsAt(partition, seqs),
      accountFacts: (accountId) => store.stream(partition, `account:${accountId}`),
      publishing: {
        latestVersion: catalogue.latestVersion,
        preview: options.preview ?? (() => null),
        delivers: adapter.capabilities.delivers,
        at,
      },
      backTest: options.backTest ?? (() => null),
      world: worldNow(),
      board,
      salt: options.salt ?? (() => '0'.repeat(64)),
      payoutSource,
    };
  };
  /** Gives decided facts their places, and lets them take effect there. */
  const place = (
    drafts: readonly FactDraft[],
    by: { readonly actor: Actor; readonly commandId: string },
  ): { readonly facts: Fact[]; readonly actions: IntakeAction[] } => {
    const facts: Fact[] = [];
    const actions: IntakeAction[] = [];
    for (const draft of drafts) {
      if (draft.kind === 'programPublished') catalogue.publish(draft);
      const intake = ingest.decided(draft, { ...by, at: now() });
      for (const fact of intake.facts) {
        governance.apply(fact);
        board.apply(fact);
      }
      facts.push(...intake.facts);
      actions.push(...intake.actions);
    }
    return { facts, actions };
  };
  let records = snapshot?.records ?? 0;
  let snapshotAt = records;
  records = executeAgain({ ...options, ingest, source, records });
  const outbox = createOutbox(options, source);

  const saveSnapshot = (): void => {
    const bytes = serialize({ ingest: ingest.state(), cursor: source.cursor(), records });
    store.saveSnapshot(partition, { records, seq: ingest.lastSeq, marks: ingest.marks }, bytes);
    snapshotAt = records;
  };
  const commit = (
    batch: Omit<Batch, 'progress' | 'live'>,
    live: { readonly taken: readonly unknown[]; readonly actions: readonly IntakeAction[] },
  ): void => {
    const progress = { records, seq: ingest.lastSeq, marks: ingest.marks };
    if (source.live === undefined) return store.append(partition, { ...batch, progress });
    const { asked, impossible } = outbox.take(live.actions);
    const outcomes = source.live.outcomes();
    const complaints = [...impossible, ...outbox.refusals(outcomes)];
    const at = source.cursor();
    store.append(partition, {
      ...batch,
      quarantined: [...batch.quarantined, ...complaints],
      live: { taken: live.taken, cursor: at, actions: asked, outcomes },
      progress,
    });
    source.live.committed(at);
    outbox.settled(outcomes);
    for (const { action, actionId } of asked) source.execute(action, actionId);
  };
  /** A live source came further without telling anything that intake would take. */
  const hasMoved = (): boolean => source.live?.hasMoved() ?? false;
  return {
    ingest,
    source,
    run: (until, recordsMax = recordsPerBatch) => {
      const most = Math.min(recordsMax, recordsPerBatch);
      const facts: Fact[] = [];
      const marks: JournalledMark[] = [];
      const references: ReferencePrice[] = [];
      const quarantined: Omit<QuarantineEntry, 'id'>[] = [];
      const told: unknown[] = [];
      const actions: IntakeAction[] = [];
      let taken = 0;
      while (
        source.live?.midway ||
        (taken < most && marks.length + references.length < MARKS_PER_BATCH_MAX)
      ) {
        const at = source.nextAt();
        if (at !== null && at > until) break;
        const record = source.next();
        if (record === null) break;
        taken += 1;
        const intake = ingest.accept(record);
        for (const fact of intake.facts) {
          facts.push(fact);
          if (BOARD_KINDS.has(fact.kind)) board.apply(fact);
        }
        if (intake.mark) marks.push(intake.mark);
        if (intake.reference) references.push(intake.reference);
        if (intake.refused !== null) {
          const reason = (source.live && unusableReason(record)) ?? intake.refused;
          quarantined.push(quarantineEntry(record, reason, platform, now()));
          source.live?.refused(reason);
        }
        // What can be executed again is obeyed at once; a live platform once the verdict is durable.
        if (source.live === undefined) carryOut(intake.actions, options, source);
        else {
          told.push(record);
          for (const action of intake.actions) actions.push(action);
        }
      }
      if (taken === 0 && !hasMoved()) return { facts, records: 0, marks: 0 };
      records += taken;
      const batch = { facts, marks, references, quarantined, commandResults: [], contents: [] };
      commit(batch, { taken: told, actions });
      if (records - snapshotAt >= recordsPerSnapshot) saveSnapshot();
      return { facts, records: taken, marks: marks.length };
    },
    command: (command) => {
      const known = store.commandResult(command.commandId);
      if (known) return { result: known, facts: [] };
      const decision = withinSize(decide(command, decisionState()));
      const { commandId, actor } = command;
      const { facts, actions } = decision.ok
        ? place(decision.value.drafts, { actor, commandId })
        : { facts: [], actions: [] };
      const result: CommandResult = decision.ok
        ? { type: 'accepted', commandId, seq: facts[0]?.envelope.seq ?? ingest.lastSeq }
        : { type: 'rejected', commandId, ...decision.error };
      const contents = decision.ok ? decision.value.contents : [];
      // A decision before it has not come yet: asked again, the answer may be another.
      const isOpen = result.type === 'rejected' && result.code === 'needSequence';
      const commandResults = isOpen ? [] : [result];
      const batch = { facts, marks: [], quarantined: [], commandResults, contents };
      commit(batch, { taken: [], actions });
      if (source.live === undefined) carryOut(actions, options, source);
      return { result, facts };
    },
    advance: () => {
      const facts: Fact[] = [];
      for (let step = 0; step < STEPS_PER_ADVANCE_MAX; step += 1) {
        const drafts = dueDrafts(worldNow());
        if (drafts.length === 0) break;
        const actor: Actor = { type: 'system', id: 'approvals' };
        const placed = place(drafts, { actor, commandId: `due-${ingest.lastSeq + 1}` });
        const batch = {
          facts: placed.facts,
          marks: [],
          quarantined: [],
          commandResults: [],
          contents: [],
        };
        commit(batch, { taken: [], actions: placed.actions });
        if (source.live === undefined) carryOut(placed.actions, options, source);
        facts.push(...placed.facts);
      }
      return facts;
    },
    governance,
    get records() {
      return records;
    },
    saveSnapshot,
    close: () => {
      saveSnapshot();
      source.close();
    },
  };
}

const NO_AUDIENCE = { org: 'nobody', env: 'test' } as const;
/** Steps of proposals that one call carries out; the rest waits for the next. */
const STEPS_PER_ADVANCE_MAX = 100;

/** The next thing that is due on any proposal. */
function dueDrafts(world: GovernedWorld): readonly FactDraft[] {
  for (const proposal of world.governance.open()) {
    const drafts = dueOn(proposal, world);
    if (drafts.length > 0) return drafts;
  }
  return [];
}

/** What has happened on an account since an entry of the log that no payment may pass over. */
function blockedSince(facts: readonly Fact[], seq: number): string | null {
  for (const fact of facts) {
    if (fact.envelope.seq <= seq) continue;
    if (fact.kind === 'breachDetected') {
      return `a breach of "${fact.data.ruleId}" came after it was assessed (entry ${fact.envelope.seq})`;
    }
    if (
      fact.kind === 'accountStatusChanged' &&
      ['failed', 'restricted', 'closed'].includes(fact.data.to)
    ) {
      return `the account became ${fact.data.to} after it was assessed (entry ${fact.envelope.seq})`;
    }
  }
  return null;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** What the log's tiles take: an entry is its fact with the envelope around it. */
const DATA_BYTES_MAX = 60_000;

/** A decision whose facts would not fit the log is refused before anything of it is kept. */
function withinSize(decision: ReturnType<typeof decide>): ReturnType<typeof decide> {
  if (!decision.ok) return decision;
  const large = decision.value.drafts.find(
    ({ data }) => Buffer.byteLength(canonicalText(data)) > DATA_BYTES_MAX,
  );
  if (!large) return decision;
  return err({
    code: 'invalid',
    message: `its ${large.kind} would be larger than ${DATA_BYTES_MAX} bytes`,
  });
}

/** Hands what intake asks for to the platform, a version as what it compiles to. */
function carryOut(
  actions: readonly IntakeAction[],
  { catalogue }: PartitionOptions,
  source: RecordSource,
): void {
  for (const action of actions) source.execute(forPlatform(action, catalogue));
}

/** Brings intake from its snapshot to where the log ends, comparing every fact on the way. */
function executeAgain(
  at: PartitionOptions & { ingest: Ingest; source: RecordSource; records: number },
): number {
  const { partition, store, ingest, source, catalogue } = at;
  const { records: target, seq } = store.progress(partition);
  const logged = store.facts(partition, ingest.lastSeq + 1, seq)[Symbol.iterator]();
  let next = logged.next();
  let { records } = at;
  // What was decided took effect between two marks, and takes effect there again.
  const isDue = ({ envelope }: Fact): boolean =>
    envelope.causation.type === 'command' && envelope.marksBefore <= ingest.marks;
  const adoptDecided = (): void => {
    while (!next.done && isDue(next.value)) {
      if (next.value.kind === 'programPublished') catalogue.publish(next.value);
      const intake = ingest.adopt(next.value);
      next = logged.next();
      follow(intake, 'a decision');
    }
  };
  /** What executing gives must be what the log holds. */
  const follow = ({ facts, actions }: Intake, what: string): void => {
    for (const fact of facts) {
      assert(!next.done, `${what} gives a fact that the log does not hold`);
      assert(
        sameFact(fact, next.value),
        `executing again differs from the log at seq ${next.value.envelope.seq} (${next.value.kind})`,
      );
      next = logged.next();
    }
    // A live platform's actions became durable with their cause.
    if (source.live === undefined) carryOut(actions, at, source);
  };
  adoptDecided();
  const again = source.live
    ? store.live.taken(partition, records + 1)[Symbol.iterator]()
    : { next: () => ({ done: false, value: source.next() }) };
  while (records < target) {
    const { done, value: record } = again.next();
    const isThere = done !== true && record !== null;
    assert(isThere, `the source ended at record ${records}, the log holds ${target}`);
    records += 1;
    follow(ingest.accept(record), `record ${records}`);
    adoptDecided();
  }
  assert(next.done === true, 'the log holds a fact that executing again does not give');
  return records;
}
