import { mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyInclusion } from '#core/audit/tree.ts';
import { readCheckpoint } from '#core/audit/checkpoint.ts';
import { createRandom } from '#core/kernel/random.ts';
import { openLogSigner } from '../audit/log-signer.ts';
import { openDemoFirm } from '../partition/testing/demo-firm.ts';
import { loadPrograms } from '../programs.ts';
import { openStore, type Store } from '../store/store.ts';
import { verifyTree } from './verify-tree.ts';

const EDITS = 150;
const SEED = 6_962;
let folder = '';
let file = '';
let facts = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'propdesk-tree-'));
  file = join(folder, 'log.sqlite');
  const store = openStore(file);
  play(store, 6_000);
  facts = store.progress(0).seq;
  store.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function play(store: Store, records: number): void {
  const firm = openDemoFirm(loadPrograms(), { store, seed: 3, accounts: 60, activityPercent: 800 });
  firm.run(records - firm.partition.records);
}

describe('the tree over a log', () => {
  it('is what hashing every fact again gives, and shows each to be in it', () => {
    const store = openStore(file, 'read');
    const { size, root, differences } = verifyTree(store, 0);
    expect(differences).toEqual([]);
    expect(size).toBe(facts);
    const tree = store.tree(0);
    expect(tree.root(size)).toEqual(root);
    for (const seq of [1, 2, 256, 257, 300, size]) {
      const proof = tree.inclusion(seq, size);
      expect(verifyInclusion({ leaf: tree.leaf(seq), index: seq - 1, size, root, proof })).toBe(
        true,
      );
    }
    store.close();
  });

  it(`finds each of ${EDITS} edits of the stored log, at the fact that was edited (seed ${SEED})`, () => {
    const random = createRandom(SEED);
    const database = new Database(file);
    // Who owns the database can take its guard away: then the tree alone tells.
    database.exec('DROP TRIGGER facts_are_not_edited');
    const columns = ['data', 'actor', 'stream', 'occurred_at', 'recorded_at', 'kind'] as const;
    const missed: string[] = [];
    for (let edit = 0; edit < EDITS; edit += 1) {
      const seq = 1 + random.below(facts);
      const column = random.pick(columns);
      const { was } = database
        .prepare(`SELECT ${column} AS was FROM fact WHERE seq = ?`)
        .get(seq) as {
        was: string | number;
      };
      const text = String(was);
      const at = random.below(text.length);
      const other =
        typeof was === 'number' ? was + 1 : `${text.slice(0, at)}~${text.slice(at + 1)}`;
      database.prepare(`UPDATE fact SET ${column} = ? WHERE seq = ?`).run(other, seq);
      const store = openStore(file, 'read');
      const { differences } = verifyTree(store, 0);
      store.close();
      database.prepare(`UPDATE fact SET ${column} = ? WHERE seq = ?`).run(was, seq);
      if (!differences[0]?.includes(`seq ${seq}`))
        missed.push(`${column} of ${seq}: ${differences[0]}`);
    }
    database.close();
    expect(missed).toEqual([]);
  });
});

describe('the signer of a log', () => {
  it('signs what goes on from what it signed, also after a restart', () => {
    const home = mkdtempSync(join(folder, 'signer-'));
    const store = openStore(':memory:');
    play(store, 2_000);
    const first = openLogSigner(home, store.logId).checkpoint(store.tree(0));
    const again = openLogSigner(home, store.logId);
    expect(again.checkpoint(store.tree(0))).toBe(first);
    play(store, 4_000);
    const later = readCheckpoint(again.checkpoint(store.tree(0)));
    expect(later.ok && later.value.size).toBe(store.progress(0).seq);
    expect(readFileSync(join(home, 'checkpoint.txt'), 'utf8')).toContain(`propdesk/${store.logId}`);
    expect(verifyTree(store, 0, first).differences).toEqual([]);
  });

  it('does not sign a log that was put back or changed', () => {
    const home = mkdtempSync(join(folder, 'signer-'));
    const store = openStore(':memory:');
    play(store, 4_000);
    const note = openLogSigner(home, store.logId).checkpoint(store.tree(0));
    const back = openStore(':memory:');
    play(back, 2_000);
    expect(() => openLogSigner(home, store.logId).checkpoint(back.tree(0))).toThrow(
      /does not go on/,
    );
    expect(verifyTree(back, 0, note).differences[0]).toMatch(/signed over \d+ facts, the log has/);
    // A checkpoint of another history with as many facts.
    const other = note.replace(
      /\n(\d+)\n(\S+)\n/,
      (_all, size) => `\n${size}\n${'A'.repeat(43)}=\n`,
    );
    writeFileSync(join(home, 'checkpoint.txt'), other);
    expect(() => openLogSigner(home, store.logId).checkpoint(store.tree(0))).toThrow(
      /does not go on/,
    );
    expect(verifyTree(store, 0, other).differences[0]).toMatch(/are not those/);
  });
});
