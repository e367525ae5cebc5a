import { deserialize, serialize } from 'node:v8';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Detector } from '#core/fraud/detector.ts';
import { detectors as registered } from '#core/fraud/detectors/index.ts';
import { DEFAULT_SCORING } from '#core/fraud/scoring.ts';
import { digestOf } from '#core/kernel/digest.ts';
import type { SurveillanceState } from '#core/surveillance/surveil.ts';
import { openDatabase, type Migration } from '../store/open.ts';
import type { LogPlace } from './log-reader.ts';

/** Raised whenever what surveillance keeps means something else than before. */
const STATE_VERSION = 2;
/** SQLite keeps nothing larger in one piece. */
const BYTES_MAX = 900_000_000;

const layout: readonly Migration[] = [
  {
    number: 10,
    sql: `
      CREATE TABLE snapshot (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        fit TEXT NOT NULL,
        bytes BLOB NOT NULL
      ) STRICT;
    `,
  },
];

export interface SurveillanceSnapshot {
  readonly place: LogPlace;
  /** The root of the log's tree at that place. */
  readonly root: string;
  readonly state: SurveillanceState;
}

/** Where surveillance stood when all that it had found was in the log. */
export interface SnapshotFile {
  /** Throws when it cannot be kept: then surveillance goes on, and starts again from an older one. */
  save(snapshot: SurveillanceSnapshot): void;
  /** Null when there is none that fits the log and the detectors of this version. */
  load(): SurveillanceSnapshot | null;
  close(): void;
}

export function openSnapshotFile(
  file: string,
  logId: string,
  detectors: readonly Detector[] = registered.all,
): SnapshotFile {
  const connection = openDatabase(file, layout, 'write');
  const fit = fitOf(logId, detectors);
  const put = connection.prepare('INSERT OR REPLACE INTO snapshot VALUES (1, ?, ?)');
  const get = connection.prepare('SELECT bytes FROM snapshot WHERE fit = ?');
  return {
    save: (snapshot) => {
      const bytes = packed(snapshot);
      if (bytes.length > BYTES_MAX)
        throw new Error('the state of surveillance is too large to be kept');
      put.run(fit, bytes);
    },
    load: () => {
      const row = get.get(fit) as { readonly bytes: Uint8Array } | undefined;
      if (!row) return null;
      try {
        return deserialize(zstdDecompressSync(row.bytes)) as SurveillanceSnapshot;
      } catch {
        // It can be made again from the log: only time is lost.
        return null;
      }
    },
    close: () => void connection.close(),
  };
}

/** A tenth of what it is in memory: the same few names come again and again. */
export function packed(state: unknown): Uint8Array {
  return zstdCompressSync(serialize(state));
}

/** What a state hangs on beside the log's facts: other code would have come to another state. */
function fitOf(logId: string, detectors: readonly Detector[]): string {
  const code = detectors.map(({ id, version, defaults }) => ({ id, version, defaults }));
  return digestOf({ logId, version: STATE_VERSION, code, founding: DEFAULT_SCORING });
}
