import { deserialize, serialize } from 'node:v8';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { digestOf } from '#core/kernel/digest.ts';
import { kpis } from '#core/kpi/kpis/index.ts';
import type { KpiRunState } from '#core/kpi/run.ts';
import { openDatabase, type Migration } from '../store/open.ts';

/** Raised whenever what is kept means something else than before. */
const STATE_VERSION = 1;
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

export interface KpiSnapshot {
  /** The root of the log's tree at that place. */
  readonly root: string;
  readonly state: KpiRunState;
}

/** Where the numbers stood: they can be made again from the log, only time would be lost. */
export interface KpiSnapshots {
  /** Throws when it cannot be kept. */
  save(snapshot: KpiSnapshot): void;
  /** Null when there is none that fits the log and the numbers of this version. */
  load(): KpiSnapshot | null;
  close(): void;
}

export function openKpiSnapshots(file: string, logId: string): KpiSnapshots {
  const connection = openDatabase(file, layout, 'write');
  const ids = kpis.all.map(({ id, from }) => ({ id, from: [...from] }));
  const fit = digestOf({ logId, version: STATE_VERSION, ids });
  const put = connection.prepare('INSERT OR REPLACE INTO snapshot VALUES (1, ?, ?)');
  const get = connection.prepare('SELECT bytes FROM snapshot WHERE fit = ?');
  return {
    save: (snapshot) => {
      const bytes = zstdCompressSync(serialize(snapshot));
      if (bytes.length > BYTES_MAX) throw new Error('the numbers are too large to be kept');
      put.run(fit, bytes);
    },
    load: () => {
      const row = get.get(fit) as { readonly bytes: Uint8Array } | undefined;
      if (!row) return null;
      try {
        return deserialize(zstdDecompressSync(row.bytes)) as KpiSnapshot;
      } catch {
        return null;
      }
    },
    close: () => void connection.close(),
  };
}
