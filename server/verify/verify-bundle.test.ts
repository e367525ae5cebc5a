import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fact } from '#core/facts/registry.ts';
import { fingerprintOf, fingerprintText } from '#core/signing/public-key.ts';
import { makeEdits } from './edits.ts';
import { auditedLog, bundleOf, logOf, type AuditedLog } from './testing/audited-firm.ts';
import { printable, verdictLines } from './verdict-text.ts';
import { verifyBundle } from './verify-bundle.ts';

const EDITS = 500;
const SEED = 9_162;
const root = join(import.meta.dirname, '..', '..');
const folders: string[] = [];
let log: AuditedLog;
let verifier: Uint8Array;
/** An honest bundle; tests change copies of it. */
let bundle = '';

beforeAll(() => {
  const out = temporary();
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const config = 'server/verify/verify-log.config.ts';
  execFileSync(process.execPath, [vite, 'build', '--config', config, '--outDir', out], {
    cwd: root,
  });
  verifier = readFileSync(join(out, 'verify-log.mjs'));
  log = auditedLog();
  bundle = kept(bundleOf(log, { verifier }));
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function temporary(): string {
  return kept(mkdtempSync(join(tmpdir(), 'propdesk-verify-')));
}

function kept(folder: string): string {
  folders.push(folder);
  return folder;
}

function copyOf(folder: string): string {
  const copy = temporary();
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/** A bundle of several hundred entries, so that there is more than one tile. */
function longBundle(): string {
  const { payouts, firm } = auditedLog();
  for (let number = 0; number < 400; number += 1) {
    firm.system({
      type: 'recordCheck',
      traderId: `T${number}`,
      check: 'address',
      result: 'passed',
    });
  }
  return kept(bundleOf(logOf(firm, payouts), { verifier }));
}

/** As an auditor has it: another folder, no packages, nothing of ours in reach. */
function runAlone(folder: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['verify-log.mjs', '.', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: '', NODE_PATH: '' },
  });
  return { status, stdout, stderr };
}

describe('the bundle of an honest firm', () => {
  it('is in order, and says what that does not prove', () => {
    const verdict = verifyBundle(bundle, { key: fingerprintText(log.key.publicKey) });
    expect(verdict).toMatchObject({ exit: 0, problems: [], findings: [], missing: [] });
    expect(verdict.steps.filter(({ state }) => state === 'wrong')).toEqual([]);
    expect(verdict.counts).toMatchObject({ payouts: 7, payments: 3, marks: 40 });
    expect(verdictLines(verdict, 1).join('\n')).toMatch(/This does not prove:[\s\S]*IN ORDER$/);
  });

  it('is verified by its own copy of the verifier, on a machine that has only Node', () => {
    const alone = copyOf(bundle);
    const all = runAlone(alone, '--key', fingerprintOf(log.key.publicKey));
    expect(all.stderr).toBe('');
    expect(all).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/IN ORDER\n$/) as string,
    });
    const json = runAlone(alone, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ exit: 0, findings: [], firstBadIndex: null });
    const story = runAlone(alone, 'explain', log.payouts.deducted);
    expect(story.stdout).toMatch(
      /asks for[\s\S]*by finn[\s\S]*approved: dario, ezra[\s\S]*Nothing is wrong/,
    );
    expect(runAlone(alone, '--nonsense').status).toBe(3);
    expect(readFileSync(join(alone, 'verify-log.mjs'), 'utf8')).not.toMatch(
      /^import.*from "(?!node:)/m,
    );
  });

  it('holds for other tools: sha256sum, and a reader of tiles', () => {
    const manifest = readFileSync(join(bundle, 'manifest'), 'utf8').trimEnd().split('\n');
    expect(manifest.every((line) => /^[0-9a-f]{64} {2}\S+$/.test(line))).toBe(true);
    expect(readdirSync(bundle).sort()).toEqual([
      'README',
      'cas',
      'checkpoint',
      'log-key.txt',
      'manifest',
      'manifest.note',
      'marks',
      'tile',
      'verify-log.mjs',
    ]);
    const size = log.facts.length;
    expect(existsSync(join(bundle, 'tile', 'entries', `000.p`, String(size)))).toBe(true);
    expect(readFileSync(join(bundle, 'tile', '0', '000.p', String(size))).length).toBe(size * 32);
  });

  it('is not of another key than the one that was given', () => {
    for (const key of ['0'.repeat(64), 'dead beef'.repeat(4)]) {
      expect(verifyBundle(bundle, { key })).toMatchObject({ exit: 1, findings: [] });
    }
    const written = readFileSync(join(bundle, 'log-key.txt'), 'utf8');
    expect(verifyBundle(bundle, { key: written }).exit).toBe(0);
  });
});

describe('an older checkpoint', () => {
  it('is one that the log goes on from', () => {
    for (const size of [1, 17, 128, log.facts.length]) {
      expect(verifyBundle(bundle, { older: log.noteAt(size) })).toMatchObject({ exit: 0 });
    }
  });

  it('shows that the log was rolled back', () => {
    const rest = kept(bundleOf(log, { facts: log.facts.slice(0, -3) }));
    const older = log.noteAt(log.facts.length);
    const { exit, problems } = verifyBundle(rest, { older });
    expect([exit, problems.at(-1)]).toEqual([
      1,
      expect.stringMatching(/was rolled back: it had \d+/),
    ]);
  });

  it('shows that the log was written anew, or is another log’s', () => {
    const edited = log.facts.map((fact, at) =>
      at === 40 ? { ...fact, envelope: { ...fact.envelope, recordedAt: 1 } } : fact,
    ) as Fact[];
    const other = kept(bundleOf(log, { facts: edited }));
    const { exit, problems } = verifyBundle(other, { older: log.noteAt(100) });
    expect([exit, problems.at(-1)]).toEqual([
      1,
      expect.stringMatching(/was rewritten: its first 100/),
    ]);
    // What was signed before the edit is still its beginning.
    expect(verifyBundle(other, { older: log.noteAt(40) }).problems).toEqual([]);
    expect(verifyBundle(bundle, { older: auditedLog().noteAt(10) }).exit).toBe(1);
  });
});

describe('changes of a bundle', () => {
  it(
    `are found, each of ${EDITS}, at the entry that was edited (seed ${SEED})`,
    { timeout: 300_000 },
    () => {
      const { tried, missed, misplaced, placed } = makeEdits(longBundle(), EDITS, SEED);
      expect({ tried, missed, misplaced }).toEqual({ tried: EDITS, missed: [], misplaced: [] });
      expect(placed).toBeGreaterThan(EDITS / 3);
    },
  );

  it('are missed by a verifier that does not hold files against the manifest', () => {
    const copy = copyOf(bundle);
    const file = join(copy, 'marks', '000');
    const bytes = readFileSync(file);
    // The last price of all: no verdict rests on it, and the tree does not hold it.
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 2;
    writeFileSync(file, bytes);
    const { exit, problems } = verifyBundle(copy);
    expect({ exit, problems }).toEqual({
      exit: 1,
      problems: ['marks/000 is not what was exported'],
    });
  });
});

describe('a bundle that was made to attack its verifier', () => {
  const unreadable = (folder: string): string => {
    const { exit, problems } = verifyBundle(folder);
    expect(exit).toBe(3);
    return problems.join('\n');
  };

  it('reaches nothing outside its folder', () => {
    const copy = copyOf(bundle);
    const secret = join(temporary(), 'secret');
    writeFileSync(secret, 'secret');
    rmSync(join(copy, 'log-key.txt'));
    symlinkSync(secret, join(copy, 'log-key.txt'));
    expect(unreadable(copy)).toBe('log-key.txt is no file');
    const linked = copyOf(bundle);
    renameSync(join(linked, 'tile'), join(linked, 'elsewhere'));
    symlinkSync(join(linked, 'elsewhere'), join(linked, 'tile'));
    expect(verifyBundle(linked)).toMatchObject({ exit: 1 });
    for (const path of ['../secret', '/etc/passwd', 'tile/../../secret', '.hidden', 'a\\..\\b']) {
      const climbing = copyOf(bundle);
      writeFileSync(join(climbing, 'manifest'), `${'0'.repeat(64)}  ${path}\n`);
      expect(unreadable(climbing)).toMatch(/line 1 of the manifest is none/);
    }
  });

  it('cannot make it read more than it can hold', () => {
    const copy = copyOf(bundle);
    truncateSync(join(copy, 'checkpoint'), 10_000_000);
    expect(unreadable(copy)).toMatch(/checkpoint has 10000000 bytes, more than 4096/);
    const many = copyOf(bundle);
    const note = readFileSync(join(many, 'checkpoint'), 'utf8');
    writeFileSync(join(many, 'checkpoint'), note.replace(/\n\d+\n/, '\n999999999999999\n'));
    expect(unreadable(many)).toMatch(/over too many entries/);
  });

  it('does not write to the terminal what it says', () => {
    expect(printable('a\u001b[31mb\u202e\u0007\u2028\nc')).toBe(
      'a⟨U+001B⟩[31mb⟨U+202E⟩⟨U+0007⟩⟨U+2028⟩⟨U+000A⟩c',
    );
    const facts = log.facts.map((fact) =>
      fact.kind === 'personAdded' && fact.data.personId === 'finn'
        ? { ...fact, data: { ...fact.data, personId: 'f\u001b]0;x\u0007\u202e' } }
        : fact,
    ) as Fact[];
    const folder = kept(bundleOf(log, { facts, verifier }));
    for (const args of [[], ['--json'], ['explain', '\u001b[2J']]) {
      const { stdout, stderr, status } = runAlone(folder, ...args);
      expect(status).toBe(2);
      const lines = `${stdout}${stderr}`.replaceAll('\n', '');
      expect(lines).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });

  it('is no log, or none of ours', () => {
    expect(unreadable(temporary())).toBe('log-key.txt is missing');
    const facts = log.facts.map((fact, at) =>
      at === 7 ? { ...fact, envelope: { ...fact.envelope, kind: 'somethingNew' } } : fact,
    ) as Fact[];
    expect(unreadable(kept(bundleOf(log, { facts })))).toMatch(
      /entry 7 \(seq 8\) cannot be read: no fact is of kind/,
    );
  });
});

describe('an entry longer than two bytes can say', () => {
  const longLog = (): AuditedLog => {
    const text = 'x'.repeat(70_000);
    const facts = log.facts.map((fact) =>
      fact.kind === 'proposalOpened' && fact.data.proposalId === log.payouts.adjustment
        ? { ...fact, data: { ...fact.data, params: { ...(fact.data.params as object), text } } }
        : fact,
    ) as Fact[];
    return { ...log, facts };
  };

  it('stands in a file of its own, and is held against the tree like any other', () => {
    const folder = kept(bundleOf(longLog()));
    const place = longLog().facts.findIndex(
      ({ kind, data }) => kind === 'proposalOpened' && JSON.stringify(data).length > 70_000,
    );
    const file = join(folder, 'large', String(place).padStart(3, '0'));
    expect(readFileSync(file).length).toBeGreaterThan(70_000);
    const { problems, exit } = verifyBundle(folder);
    // Its own bytes, which were not made longer, say something else: a finding, and no more.
    expect({ problems, exit }).toEqual({ problems: [], exit: 2 });
    const bytes = readFileSync(file);
    bytes[69_000] = 0x79;
    writeFileSync(file, bytes);
    expect(verifyBundle(folder)).toMatchObject({ exit: 1, firstBadIndex: place });
    rmSync(file);
    expect(verifyBundle(folder)).toMatchObject({ exit: 1, firstBadIndex: place });
  });
});

const python = spawnSync('python3', ['--version']).status === 0 ? 'python3' : null;
describe('the second implementation, in Python', () => {
  const second = (folder: string, ...args: string[]) =>
    spawnSync(
      python ?? '',
      [join(import.meta.dirname, 'second', 'verify_tree.py'), folder, ...args],
      {
        encoding: 'utf8',
      },
    );

  it.skipIf(python === null)(
    'agrees on what is in order, and on the first entry that is not',
    () => {
      const folder = longBundle();
      const right = second(folder, '--key', verifierKey(folder));
      expect(right.stdout).toMatch(/IN ORDER\n$/);
      expect(right.status).toBe(0);
      expect(second(folder, '--key', '00').status).toBe(1);
      for (const [file, at] of [
        ['tile/entries/000', 30_000],
        ['tile/entries/000', 1],
        ['tile/0/000', 100],
        ['checkpoint', 60],
        ['manifest', 70],
        ['manifest.note', 130],
        ['README', 5],
      ] as const) {
        const copy = copyOf(folder);
        const path = join(copy, file);
        const bytes = readFileSync(path);
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        writeFileSync(path, bytes);
        const first = verifyBundle(copy);
        const other = second(copy);
        expect([file, other.status === 0]).toEqual([file, false]);
        const index = /index (\d+)/.exec(other.stdout)?.[1] ?? null;
        expect(index === null ? null : Number(index)).toBe(first.firstBadIndex);
      }
      expect(second(temporary()).status).toBe(3);
    },
  );

  it.skipIf(python === null)('reads entries that stand in files of their own', () => {
    const place = log.facts.findIndex(({ kind }) => kind === 'personAdded');
    const facts = log.facts.map((fact, at) =>
      at === place ? { ...fact, data: { ...fact.data, text: 'x'.repeat(70_000) } } : fact,
    ) as Fact[];
    const folder = kept(bundleOf(log, { facts }));
    expect(second(folder).stdout).toMatch(/IN ORDER/);
    copyFileSync(join(folder, 'README'), join(folder, 'large', String(place).padStart(3, '0')));
    expect(second(folder).stdout).toMatch(new RegExp(`index ${place}\\b`));
  });
});

function verifierKey(folder: string): string {
  const { steps } = verifyBundle(folder);
  return /^[0-9a-f ]+/.exec(steps[0]?.detail ?? '')?.[0].trim() ?? '';
}
