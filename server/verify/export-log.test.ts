import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { summaryOf } from '#core/impact/impact.ts';
import { present } from '#core/kernel/assert.ts';
import { compileProgram } from '#core/programs/compile.ts';
import { openLogSigner } from '../audit/log-signer.ts';
import { withTwoPersons } from '../commands/testing/second-person.ts';
import { runImpact } from '../impact/run.ts';
import { openDemoFirm } from '../partition/testing/demo-firm.ts';
import { loadPrograms } from '../programs.ts';
import { openStore, type Store } from '../store/store.ts';
import { verifyBundle } from './verify-bundle.ts';

const programs = loadPrograms().filter(({ program }) => program.programId === 'two-step-100k');
const root = join(import.meta.dirname, '..', '..');
let home = '';
let data = '';
/** Of the log when it was half as long. */
let older = '';

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'propdesk-export-'));
  data = join(home, 'data');
  // The signer makes the folder's key, as the server's does.
  const store = openData(data);
  older = play(store, data);
  store.close();
  writeFileSync(join(home, 'verify-log.mjs'), '// the verifier\n');
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function openData(folder: string): Store {
  mkdirSync(folder);
  return openStore(join(folder, 'log.sqlite'));
}

/** Accounts that trade, and in between a version that one proposes and another approves. */
function play(store: Store, folder: string): string {
  const firm = openDemoFirm(programs, { store, seed: 5, accounts: 60, activityPercent: 900 });
  const people = withTwoPersons(firm);
  firm.run(10_000);
  const content = JSON.parse(
    JSON.stringify(present(programs[0], 'a program').input).replaceAll(
      '"percent":"5"',
      '"percent":"4"',
    ),
  ) as never;
  const compiled = compileProgram(content, 2);
  if (!compiled.ok) throw new Error('the draft does not compile');
  const preview = summaryOf(present(runImpact(store, 0, compiled.value), 'a result'));
  firm.previews.set(preview.hash, preview);
  const outcome = people.agree({
    type: 'publishProgram',
    content,
    effectiveFrom: null,
    migration: 'newPurchasesOnly',
    previewHash: preview.hash,
    confirmedHurt: null,
    reason: 'a test',
  });
  expect(outcome).toBe('executed');
  const note = openLogSigner(folder, store.logId).checkpoint(store.tree(0));
  firm.run(40_000);
  return note;
}

function exportLog(from: string, to: string) {
  const args = ['--data', from, '--verifier', join(home, 'verify-log.mjs'), to];
  const script = join(root, 'server', 'cli', 'export-log.ts');
  return spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args], {
    cwd: root,
    encoding: 'utf8',
  });
}

describe('exporting a log', () => {
  it('writes all of it, and it goes on from a checkpoint of before', () => {
    const bundle = join(home, 'bundle');
    const { status, stdout, stderr } = exportLog(data, bundle);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const key = present(/on paper: ([0-9a-f ]+)/.exec(stdout)?.[1], 'the key');
    const verdict = verifyBundle(bundle, { key, older });
    expect(verdict.findings).toEqual([]);
    expect(verdict).toMatchObject({ exit: 0, problems: [], missing: [] });
    expect(verdict.counts['marks']).toBeGreaterThan(10_000);
    expect(verdict.counts['derived']).toBeGreaterThan(20);
  });

  it('writes over nothing', () => {
    const { status, stderr } = exportLog(data, join(home, 'bundle'));
    expect(status).toBe(1);
    expect(stderr).toMatch(/is not empty: give a new folder/);
    expect(exportLog(join(home, 'nowhere'), join(home, 'new')).status).toBe(2);
    expect(existsSync(join(home, 'new'))).toBe(false);
  });

  it('writes an entry that was edited in the database as it is, says so, and the verifier names it', () => {
    const database = new Database(join(data, 'log.sqlite'));
    database.exec('DROP TRIGGER facts_are_not_edited');
    const seq = 30;
    database.prepare('UPDATE fact SET recorded_at = recorded_at + 1 WHERE seq = ?').run(seq);
    database.close();
    const bundle = join(home, 'edited');
    const { status, stderr } = exportLog(data, bundle);
    expect(status).toBe(1);
    expect(stderr).toMatch(new RegExp(`seq ${seq} \\(\\w+\\) is not what was appended`));
    expect(verifyBundle(bundle)).toMatchObject({ exit: 1, firstBadIndex: seq - 1 });
    expect(readFileSync(join(bundle, 'README'), 'utf8')).toMatch(/WHAT IT DOES NOT PROVE/);
  });
});
