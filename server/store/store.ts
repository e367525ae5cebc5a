import { hash, randomUUID } from 'node:crypto';
import { appendLeaves, hashesOf, type TileStore } from '#core/audit/tiles.ts';
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  rootAt,
  type Hash,
  type HashAt,
  type Sha256,
} from '#core/audit/tree.ts';
import { entryOf } from '#core/facts/entry.ts';
import { assert } from '#core/kernel/assert.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import type { Envelope } from '#core/kernel/event.ts';
import { decodeMarks, encodeMarks } from '#core/market/journal.ts';
import type { JournalledMark, ReferencePrice } from '#core/market/mark.ts';
import { decodeReferences, encodeReferences } from '#core/market/reference-journal.ts';
import { parseFact, type Fact } from '#core/facts/registry.ts';
import type { CommandResult, QuarantineEntry } from '#core/sync/protocol.ts';
import type { LogTree } from '../audit/log-signer.ts';
import { ACKNOWLEDGEMENTS, IS_REVIEW, MADE_BY_ITSELF } from './migrations.ts';
import {
  forgetTaken,
  liveAppender,
  openLiveStore,
  type LiveBatch,
  type LiveStore,
} from './live.ts';
import { openConnection, type Connection, type Statement } from './open.ts';

/** Snapshots kept: the latest, and one to fall back on. */
const SNAPSHOTS_KEPT = 2;
/** Quarantined records kept; the oldest leave first. */
export const QUARANTINE_MAX = 10_000;

/** How far a partition has come: all of it committed together. */
export interface Progress {
  /** Records taken from the source. */
  readonly records: number;
  readonly seq: number;
  readonly marks: number;
}

/** Everything that one batch of records led to: all of it is kept, or none. */
export interface Batch {
  readonly facts: readonly Fact[];
  readonly marks: readonly JournalledMark[];
  /** Other sources' prices: compared with, never judged by. */
  readonly references?: readonly ReferencePrice[];
  readonly quarantined: readonly Omit<QuarantineEntry, 'id'>[];
  readonly commandResults: readonly CommandResult[];
  /** Bytes that facts name by their digest, kept beside them. */
  readonly contents: readonly Content[];
  /** Of a live platform: what it told, and what it was asked to do. */
  readonly live?: LiveBatch | undefined;
  readonly progress: Progress;
}

/** Bytes under the SHA-256 that names them. */
export interface Content {
  readonly digest: string;
  readonly text: string;
}

/** A fact as far as acknowledging it needs to know it: many are read at once. */
export interface AcknowledgeableFact {
  readonly seq: number;
  readonly kind: string;
  readonly accountId: string | null;
  /** Who has acknowledged it; null for nobody. */
  readonly acknowledgedBy: string | null;
}

/** Null for any. */
export interface FactSearch {
  readonly actor: string | null;
  readonly accountId: string | null;
  readonly kind: string | null;
  /** Leaves out what platforms and rules make by themselves. */
  readonly byPeople: boolean;
  readonly beforeSeq: number | null;
  readonly limit: number;
}

/** The durable log of one server. Every implementation passes store.contract.ts. */
export interface Store {
  readonly logId: string;
  /** What this log was founded with: the first call keeps `options`, later ones return what is kept. */
  founding<Options>(options: Options): Options;
  progress(partition: number): Progress;
  /** Durable when it returns. Asserts that `seq` and stream versions have no gap. */
  append(partition: number, batch: Batch): void;
  /** Facts with fromSeq <= seq <= toSeq, in order. */
  facts(partition: number, fromSeq: number, toSeq: number): Iterable<Fact>;
  /** Facts of one account, in order. */
  stream(partition: number, stream: string): Fact[];
  fact(partition: number, seq: number): Fact | null;
  /** All but deals and balance operations from a seq on, in order: what desks keep. */
  deskFacts(partition: number, fromSeq: number, toSeq: number, limit: number): Fact[];
  latestDeskFacts(partition: number, kinds: readonly string[], limit: number): Fact[];
  /** What acknowledging needs to know of facts; those that there are not are left out. */
  alertsAt(partition: number, seqs: readonly number[]): AcknowledgeableFact[];
  /** The acknowledgements of some facts, in order. */
  acknowledgementsOf(partition: number, seqs: readonly number[]): Fact[];
  /** What people have to look at about accounts, in order: of some of them, or (null) of all. */
  reviews(partition: number, accountIds: readonly string[] | null): Fact[];
  /** Who is behind accounts, as it was recorded, in order. */
  identities(partition: number): Iterable<Extract<Fact, { kind: 'identityRecorded' }>>;
  /** Facts that an auditor looks for, newest first. */
  search(partition: number, wanted: FactSearch): Fact[];
  /** Chunks that hold marks from an index on, decoded one at a time. */
  marks(partition: number, fromIndex: number): Iterable<readonly JournalledMark[]>;
  /** The same of other sources' prices. */
  references(partition: number, fromIndex: number): Iterable<readonly ReferencePrice[]>;
  /** The first of both journals that may be as late as an instant, by their indexes. */
  journalAt(partition: number, at: number): { readonly marks: number; readonly references: number };
  saveSnapshot(partition: number, at: Progress, bytes: Uint8Array): void;
  latestSnapshot(
    partition: number,
  ): { readonly records: number; readonly bytes: Uint8Array } | null;
  quarantined(limit: number): QuarantineEntry[];
  quarantinedCount(): number;
  commandResult(commandId: string): CommandResult | null;
  /** Null when nothing is kept under this digest: never was, or was erased. */
  content(digest: string): string | null;
  /** The canonical texts of all facts without `recordedAt`, in order: what a run is compared by. */
  digestLines(partition: number): Iterable<string>;
  journalBytes(): number;
  readonly live: LiveStore;
  /** The tree over all facts of a partition: fact `seq` is its entry `seq - 1`. */
  tree(partition: number): StoredTree;
  close(): void;
}

export interface StoredTree extends LogTree {
  /** The leaf hash kept of a fact. */
  leaf(seq: number): Hash;
  /** The hashes that lead from a fact to the root of the first `size`. */
  inclusion(seq: number, size: number): readonly Hash[];
  /** Any node, for proofs of many entries at once: see HashAt. */
  readonly hashAt: HashAt;
}

export function openStore(file: string, mode: 'write' | 'read' = 'write'): Store {
  const connection = openConnection(file, mode);
  if (mode === 'write') {
    connection.prepare('INSERT OR IGNORE INTO meta VALUES (?, ?)').run('logId', randomUUID());
  }
  const { value: logId } = connection
    .prepare("SELECT value FROM meta WHERE name = 'logId'")
    .get() as { value: string };
  const select = (where: string, order = 'ORDER BY seq'): Statement =>
    connection.prepare<unknown[]>(`SELECT * FROM fact WHERE ${where} ${order}`);
  const byRange = select('partition = ? AND seq BETWEEN ? AND ?');
  const byStream = select('partition = ? AND stream = ?', 'ORDER BY stream_version');
  const forDesk = connection.prepare(`
    SELECT * FROM fact WHERE partition = ? AND seq BETWEEN ? AND ?
      AND kind NOT IN ('dealBooked', 'balanceOperationBooked')
        AND kind NOT IN ('protectionSet', 'identityRecorded', 'sessionObserved',
          'orderActivityObserved') ORDER BY seq LIMIT ?`);
  const append = mode === 'write' ? appender(connection) : null;
  const progress = connection.prepare(
    'SELECT records, seq, marks FROM progress WHERE partition = ?',
  );
  return {
    logId,
    founding: (options) => {
      const keep = connection.prepare('INSERT OR IGNORE INTO meta VALUES (?, ?)');
      keep.run('founding', JSON.stringify(options));
      const kept = connection.prepare("SELECT value FROM meta WHERE name = 'founding'").get();
      return JSON.parse((kept as { value: string }).value) as typeof options;
    },
    progress: (partition) =>
      (progress.get(partition) as Progress | undefined) ?? { records: 0, seq: 0, marks: 0 },
    append: (partition, batch) => {
      assert(append !== null, 'this store was opened for reading');
      append(partition, batch);
    },
    facts: function* (partition, fromSeq, toSeq) {
      for (const row of byRange.iterate(partition, fromSeq, toSeq)) yield readFact(row as FactRow);
    },
    stream: (partition, stream) => (byStream.all(partition, stream) as FactRow[]).map(readFact),
    fact: (partition, seq) => {
      const row = byRange.get(partition, seq, seq) as FactRow | undefined;
      return row ? readFact(row) : null;
    },
    deskFacts: (partition, fromSeq, toSeq, limit) =>
      (forDesk.all(partition, fromSeq, toSeq, limit) as FactRow[]).map(readFact),
    latestDeskFacts: (partition, kinds, limit) => {
      const places = kinds.map(() => '?').join(', ');
      const rows = connection
        .prepare(
          `SELECT * FROM fact WHERE partition = ? AND kind NOT IN ('dealBooked', 'balanceOperationBooked')
             AND kind IN (${places}) ORDER BY seq DESC LIMIT ?`,
        )
        .all(partition, ...kinds, limit) as FactRow[];
      return rows.map(readFact).toReversed();
    },
    alertsAt: (partition, seqs) =>
      connection
        .prepare<unknown[], AcknowledgeableFact>(
          `SELECT seq, kind, json_extract(data, '$.accountId') AS accountId, (${ACKNOWLEDGED_BY})
             AS acknowledgedBy FROM fact WHERE partition = ?
             AND seq IN (SELECT value FROM json_each(?)) ORDER BY seq`,
        )
        .all(partition, JSON.stringify(seqs)),
    acknowledgementsOf: (partition, seqs) =>
      (
        connection
          .prepare(
            `SELECT * FROM fact INDEXED BY fact_acknowledged
               WHERE partition = ? AND kind IN (${ACKNOWLEDGEMENTS})
                 AND json_extract(data, '$.alertSeq') IN (SELECT value FROM json_each(?))
               ORDER BY seq`,
          )
          .all(partition, JSON.stringify(seqs)) as FactRow[]
      ).map(readFact),
    reviews: (partition, accountIds) => {
      const rows = connection.prepare(
        `SELECT * FROM fact INDEXED BY fact_review WHERE partition = ? AND ${IS_REVIEW}
           AND (? IS NULL OR json_extract(data, '$.accountId') IN (SELECT value FROM json_each(?)))
           ORDER BY seq`,
      );
      const wanted = accountIds === null ? null : JSON.stringify(accountIds);
      return (rows.all(partition, wanted, wanted ?? '[]') as FactRow[]).map(readFact);
    },
    identities: function* (partition) {
      // The kind stands in the text: bound, it would not find its index.
      const rows = connection.prepare(
        "SELECT * FROM fact WHERE partition = ? AND kind = 'identityRecorded' ORDER BY seq",
      );
      for (const row of rows.iterate(partition)) {
        const fact = readFact(row as FactRow);
        if (fact.kind === 'identityRecorded') yield fact;
      }
    },
    search: (partition, wanted) => {
      const { actor, accountId, kind, byPeople, beforeSeq, limit } = wanted;
      // Every part is written here; what comes from outside is bound, never written in.
      const where = [
        'partition = @partition AND seq < @before',
        ...(byPeople ? [`kind NOT IN (${MADE_BY_ITSELF})`] : []),
        ...(kind === null ? [] : ['kind = @kind']),
        ...(actor === null ? [] : ["json_extract(actor, '$.id') = @actor"]),
        ...(accountId === null
          ? []
          : ["(stream = 'account:' || @accountId OR instr(data, @quoted) > 0)"]),
      ].join(' AND ');
      const rows = connection
        .prepare(`SELECT * FROM fact WHERE ${where} ORDER BY seq DESC LIMIT @limit`)
        .all({
          partition,
          before: beforeSeq ?? Number.MAX_SAFE_INTEGER,
          limit,
          ...(kind === null ? {} : { kind }),
          ...(actor === null ? {} : { actor }),
          ...(accountId === null ? {} : { accountId, quoted: JSON.stringify(accountId) }),
        }) as FactRow[];
      return rows.map(readFact);
    },
    marks: function* (partition, fromIndex) {
      for (const row of chunksFrom(connection, 'mark_chunk', partition, fromIndex)) {
        const decoded = decodeMarks((row as { bytes: Uint8Array }).bytes);
        if (!decoded.ok) throw new Error(`the mark journal is damaged: ${decoded.error}`);
        yield decoded.value.filter((mark) => mark.index >= fromIndex);
      }
    },
    references: function* (partition, fromIndex) {
      for (const row of chunksFrom(connection, 'reference_chunk', partition, fromIndex)) {
        const decoded = decodeReferences((row as { bytes: Uint8Array }).bytes);
        if (!decoded.ok) throw new Error(`other sources' prices are damaged: ${decoded.error}`);
        yield decoded.value.filter((price) => price.index >= fromIndex);
      }
    },
    journalAt: (partition, at) => ({
      marks: firstIndexAt(connection, 'mark_chunk', partition, at),
      references: firstIndexAt(connection, 'reference_chunk', partition, at),
    }),
    saveSnapshot: (partition, at, bytes) => {
      connection.transaction(() => {
        connection
          .prepare('INSERT OR REPLACE INTO snapshot VALUES (?, ?, ?, ?)')
          .run(partition, at.seq, at.records, bytes);
        connection
          .prepare(
            `DELETE FROM snapshot WHERE partition = ? AND records NOT IN
               (SELECT records FROM snapshot WHERE partition = ? ORDER BY records DESC LIMIT ?)`,
          )
          .run(partition, partition, SNAPSHOTS_KEPT);
        forgetTaken(connection, partition);
      })();
    },
    latestSnapshot: (partition) =>
      (connection
        .prepare(
          'SELECT records, bytes FROM snapshot WHERE partition = ? ORDER BY records DESC LIMIT 1',
        )
        .get(partition) as { records: number; bytes: Uint8Array } | undefined) ?? null,
    quarantined: (limit) =>
      (
        connection
          .prepare('SELECT * FROM quarantine ORDER BY id DESC LIMIT ?')
          .all(limit) as QuarantineRow[]
      ).map(({ id, received_at, source, reason, excerpt }) => ({
        id,
        receivedAt: received_at,
        source,
        reason,
        excerpt,
      })),
    quarantinedCount: () =>
      (connection.prepare('SELECT count(*) AS n FROM quarantine').get() as { n: number }).n,
    commandResult: (commandId) => {
      const row = connection
        .prepare('SELECT result FROM command WHERE command_id = ?')
        .get(commandId);
      return row ? (JSON.parse((row as { result: string }).result) as CommandResult) : null;
    },
    content: (digest) => {
      const row = connection.prepare('SELECT text FROM content WHERE digest = ?').get(digest);
      return row ? (row as { text: string }).text : null;
    },
    digestLines: function* (partition) {
      for (const row of byRange.iterate(partition, 0, Number.MAX_SAFE_INTEGER)) {
        yield digestLine(row as FactRow);
      }
    },
    tree: (partition) => {
      const hashAt = hashesOf(tilesOf(connection, partition), nodeSha256);
      return {
        get size() {
          return ((progress.get(partition) as Progress | undefined) ?? { seq: 0 }).seq;
        },
        root: (size) => rootAt(size, hashAt, nodeSha256),
        consistency: (older, newer) => consistencyProof(older, newer, hashAt),
        leaf: (seq) => hashAt(0, seq - 1),
        inclusion: (seq, size) => inclusionProof(seq - 1, size, hashAt),
        hashAt,
      };
    },
    journalBytes: () =>
      (
        connection.prepare('SELECT coalesce(sum(length(bytes)), 0) AS n FROM mark_chunk').get() as {
          n: number;
        }
      ).n,
    live: openLiveStore(connection),
    close: () => {
      connection.close();
    },
  };
}

/** Found by the index or not at all: without it, one look goes through the whole log. */
const ACKNOWLEDGED_BY = `SELECT json_extract(seen.data, '$.operatorId')
  FROM fact AS seen INDEXED BY fact_acknowledged
  WHERE seen.partition = fact.partition AND seen.kind IN (${ACKNOWLEDGEMENTS})
    AND json_extract(seen.data, '$.alertSeq') = +fact.seq LIMIT 1`;

interface FactRow {
  readonly partition: number;
  readonly seq: number;
  readonly kind: string;
  readonly version: number;
  readonly stream: string;
  readonly stream_version: number;
  readonly occurred_at: number;
  readonly recorded_at: number;
  readonly marks_before: number;
  readonly actor: string;
  readonly causation: string;
  readonly data: string;
}

interface QuarantineRow {
  readonly id: number;
  readonly received_at: number;
  readonly source: string;
  readonly reason: string;
  readonly excerpt: string;
}

const nodeSha256: Sha256 = (bytes) => hash('sha256', bytes, 'buffer');

/** Chunks from the one that holds an index on: found by their key, however many there are. */
function chunksFrom(
  connection: Connection,
  table: 'mark_chunk' | 'reference_chunk',
  partition: number,
  fromIndex: number,
): IterableIterator<unknown> {
  return connection
    .prepare(
      `SELECT bytes FROM ${table} WHERE partition = @partition AND last_index >= @fromIndex
         AND first_index >= coalesce((SELECT max(first_index) FROM ${table}
           WHERE partition = @partition AND first_index <= @fromIndex), 0)
         ORDER BY first_index`,
    )
    .iterate({ partition, fromIndex });
}

/** Where the first chunk that reaches an instant begins; behind the last where none does. */
function firstIndexAt(
  connection: Connection,
  table: 'mark_chunk' | 'reference_chunk',
  partition: number,
  at: number,
): number {
  const found = connection
    .prepare(
      `SELECT min(first_index) AS first FROM ${table} WHERE partition = @partition AND last_at >= @at`,
    )
    .get({ partition, at }) as { first: number | null };
  if (found.first !== null) return found.first;
  const last = connection
    .prepare(`SELECT max(last_index) AS last FROM ${table} WHERE partition = ?`)
    .get(partition) as { last: number | null };
  return (last.last ?? -1) + 1;
}

function tilesOf(connection: Connection, partition: number): TileStore {
  const read = connection.prepare(
    'SELECT hashes FROM tile WHERE partition = ? AND level = ? AND number = ?',
  );
  return {
    read: (level, number) => {
      const row = read.get(partition, level, number) as { hashes: Uint8Array } | undefined;
      return row ? new Uint8Array(row.hashes) : null;
    },
    write: (level, number, bytes) => {
      connection
        .prepare('INSERT OR REPLACE INTO tile VALUES (?, ?, ?, ?)')
        .run(partition, level, number, bytes);
    },
  };
}

function appender(connection: Connection): Store['append'] {
  const insert = connection.prepare('INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const chunk = connection.prepare('INSERT INTO mark_chunk VALUES (?, ?, ?, ?, ?, ?)');
  const referenceChunk = connection.prepare(
    'INSERT INTO reference_chunk VALUES (?, ?, ?, ?, ?, ?)',
  );
  const quarantine = connection.prepare(
    'INSERT INTO quarantine (received_at, source, reason, excerpt) VALUES (?, ?, ?, ?)',
  );
  const trim = connection.prepare('DELETE FROM quarantine WHERE id <= ?');
  const result = connection.prepare('INSERT INTO command VALUES (?, ?)');
  const live = liveAppender(connection);
  const content = connection.prepare('INSERT OR IGNORE INTO content VALUES (?, ?)');
  const readProgress = connection.prepare('SELECT seq, marks FROM progress WHERE partition = ?');
  const progress = connection.prepare('INSERT OR REPLACE INTO progress VALUES (?, ?, ?, ?)');
  const append = (partition: number, batch: Batch): void => {
    const before = (readProgress.get(partition) as { seq: number; marks: number } | undefined) ?? {
      seq: 0,
      marks: 0,
    };
    let seq = before.seq;
    for (const { digest, text } of batch.contents) content.run(digest, text);
    for (const { envelope, data } of batch.facts) {
      assert(envelope.seq === seq + 1, `gap in facts: expected ${seq + 1}, was ${envelope.seq}`);
      seq = envelope.seq;
      insert.run(...factRow(envelope, data));
    }
    const leaves = batch.facts.map((fact) => leafHash(entryOf(fact), nodeSha256));
    appendLeaves(tilesOf(connection, partition), before.seq, leaves, nodeSha256);
    assert(seq === batch.progress.seq, `progress says ${batch.progress.seq}, facts end at ${seq}`);
    const [first] = batch.marks;
    const last = batch.marks.at(-1);
    if (first && last) {
      assert(
        first.index === before.marks,
        `gap in marks: expected ${before.marks}, was ${first.index}`,
      );
      chunk.run(partition, first.index, last.index, first.at, last.at, encodeMarks(batch.marks));
    }
    const references = batch.references ?? [];
    const [firstOther] = references;
    const lastOther = references.at(-1);
    if (firstOther && lastOther) {
      const { index, at } = firstOther;
      const bytes = encodeReferences(references);
      referenceChunk.run(partition, index, lastOther.index, at, lastOther.at, bytes);
    }
    for (const entry of batch.quarantined) {
      const { lastInsertRowid } = quarantine.run(
        entry.receivedAt,
        entry.source,
        entry.reason,
        entry.excerpt,
      );
      trim.run(Number(lastInsertRowid) - QUARANTINE_MAX);
    }
    for (const one of batch.commandResults) result.run(one.commandId, canonicalText(one));
    if (batch.live) live(partition, batch.live, batch.progress.records);
    progress.run(partition, batch.progress.records, batch.progress.seq, batch.progress.marks);
  };
  return connection.transaction(append);
}

function factRow(envelope: Envelope, data: unknown): unknown[] {
  return [
    envelope.partition,
    envelope.seq,
    envelope.kind,
    envelope.version,
    envelope.stream,
    envelope.streamVersion,
    envelope.occurredAt,
    envelope.recordedAt,
    envelope.marksBefore,
    canonicalText(envelope.actor),
    canonicalText(envelope.causation),
    canonicalText(data),
  ];
}

function readFact(row: FactRow): Fact {
  const parsed = parseFact({
    envelope: {
      partition: row.partition,
      seq: row.seq,
      kind: row.kind,
      version: row.version,
      stream: row.stream,
      streamVersion: row.stream_version,
      occurredAt: row.occurred_at,
      recordedAt: row.recorded_at,
      marksBefore: row.marks_before,
      actor: jsonIn(row, 'actor'),
      causation: jsonIn(row, 'causation'),
    },
    data: jsonIn(row, 'data'),
  });
  if (!parsed.ok) throw new Error(`the log is damaged at seq ${row.seq}: ${parsed.error}`);
  return parsed.value;
}

function jsonIn(row: FactRow, column: 'actor' | 'causation' | 'data'): unknown {
  try {
    return JSON.parse(row[column]);
  } catch {
    throw new Error(`the log is damaged at seq ${row.seq}: its ${column} cannot be read`);
  }
}

/** One fact as a line, everything but the server's clock. */
function digestLine(row: FactRow): string {
  const { partition, seq, kind, version, stream, stream_version, occurred_at, marks_before } = row;
  const head = [partition, seq, kind, version, stream, stream_version, occurred_at, marks_before];
  return `${head.join('|')}|${row.actor}|${row.causation}|${row.data}\n`;
}
