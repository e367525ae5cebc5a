import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePackFile } from '#core/evidence/file.ts';
import { PACK_BYTES_MAX, type Pack } from '#core/evidence/pack.ts';
import { present } from '#core/kernel/assert.ts';
import { auditedLog } from '#server/verify/testing/audited-firm.ts';
import { evidenceOf, type EvidenceFirm } from './testing/demo-evidence.ts';

const root = join(import.meta.dirname, '..', '..');
let folder: string;
let verifier: string;
let firm: EvidenceFirm;
let log: ReturnType<typeof auditedLog>;
/** A breach that people overrode: it has prices, days, decisions and signatures. */
let overridden: Pack;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'propdesk-pack-'));
  verifier = join(folder, 'package');
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const config = 'server/evidence/propdesk-verify.config.ts';
  execFileSync(process.execPath, [vite, 'build', '--config', config, '--outDir', verifier], {
    cwd: root,
  });
  log = auditedLog();
  firm = evidenceOf(log.firm.store);
  const breach = present(
    log.facts.find(
      (fact) => fact.kind === 'breachDetected' && fact.envelope.stream === 'account:A4',
    ),
    'the breach',
  );
  overridden = firm.pack('A4', breach.envelope.seq);
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As a trader has it: another folder, no packages, nothing of ours in reach. */
function run(text: string | Uint8Array | null, ...args: string[]) {
  return runWith(process.execPath, text, ...args);
}

function runWith(node: string, text: string | Uint8Array | null, ...args: string[]) {
  const file = join(folder, 'pack.html');
  if (text !== null) writeFileSync(file, text);
  const { status, stdout, stderr } = spawnSync(
    node,
    [join(verifier, 'propdesk-verify.mjs'), 'pack', file, ...args],
    { cwd: folder, encoding: 'utf8', env: { PATH: '', NODE_PATH: '' } },
  );
  return { status, stdout, stderr };
}

describe('propdesk-verify', () => {
  it('has nothing of the server in it, and no package', () => {
    expect(readdirSync(verifier)).toEqual(['propdesk-verify.mjs']);
    const text = readFileSync(join(verifier, 'propdesk-verify.mjs'), 'utf8');
    const imports = [...text.matchAll(/^import .* from "(.*)";$/gm)].map(([, name]) => name);
    expect(imports.sort()).toEqual(['node:crypto', 'node:fs', 'node:util']);
    expect(text).not.toMatch(/better-sqlite3|socket\.io|createServer|fetch\(/);
  });

  it('says of an honest pack that the verdict follows, and under which rules', () => {
    const { status, stdout, stderr } = run(writePackFile(overridden), '--key', firm.fingerprint);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const { ruleSetId, version } = overridden.body.ruleSet;
    expect(stdout).toContain(
      `The verdict follows from these facts under rule set ${ruleSetId} v${version}.`,
    );
    expect(stdout).toMatch(/This does not prove:[\s\S]*IT FOLLOWS\n$/);
    const json = run(null, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ exit: 0, findings: [] });
  });

  it('runs on Node 20, too', { skip: nodeOf('20') === null }, () => {
    const { status, stdout } = runWith(nodeOf('20') ?? '', writePackFile(overridden));
    expect([status, stdout.includes('IT FOLLOWS')]).toEqual([0, true]);
  });

  it('says where a pack was changed, and which exit code means what', () => {
    const file = writePackFile(overridden);
    expect(run(file.replace('fell below', 'fell beside')).status).toBe(1);
    expect(run(file, '--key', '00'.repeat(32)).status).toBe(1);
    const body = structuredClone(overridden.body);
    const deal = present(
      body.facts.find(({ envelope }) => envelope.kind === 'dealBooked'),
      'one',
    );
    body.facts = body.facts.filter((one) => one !== deal);
    const cheated = run(writePackFile(firm.resealed(body)));
    expect(cheated.status).toBe(2);
    expect(cheated.stdout).toMatch(/does not follow .*: fact \d+: entry \d+ of the account is not/);
    expect(run(null, '--nonsense').status).toBe(3);
    rmSync(join(folder, 'pack.html'));
    expect(run(null)).toMatchObject({ status: 3, stdout: '' });
  });

  it('reads no more than a pack may have, no folder, and no bytes that are no text', () => {
    const file = join(folder, 'pack.html');
    writeFileSync(file, '');
    truncateSync(file, PACK_BYTES_MAX + 1);
    expect(run(null)).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(/larger than/) as string,
    });
    expect(run(Uint8Array.of(0x3c, 0xff, 0xfe))).toMatchObject({ status: 3 });
    rmSync(file);
    const { status } = spawnSync(
      process.execPath,
      [join(verifier, 'propdesk-verify.mjs'), 'pack', folder],
      { encoding: 'utf8' },
    );
    expect(status).toBe(3);
  });

  it('writes nothing to a terminal that is more than text, whatever a pack says', () => {
    const body = structuredClone(overridden.body);
    const nasty = 'x\u001b]0;owned\u0007\u001b[2J\u202eedoc\u2028y';
    const hostile = firm.signed({ ...body, subject: { ...body.subject, sentence: nasty } });
    for (const args of [[], ['--json']]) {
      const { status, stdout } = run(writePackFile(hostile), ...args);
      expect(status).toBe(2);
      // eslint-disable-next-line no-control-regex -- what a terminal obeys is looked for
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/);
    }
  });
});

describe('what people signed', () => {
  it('is in the pack of the verdict that they overrode, and is checked', () => {
    const kinds = new Set(overridden.body.facts.map(({ envelope }) => envelope.kind));
    for (const kind of ['proposalOpened', 'decisionReceived', 'proposalClosed', 'keyEnrolled']) {
      expect(kinds).toContain(kind);
    }
    const body = structuredClone(overridden.body);
    const decision = present(
      body.facts.find(({ envelope }) => envelope.kind === 'decisionReceived'),
      'a decision',
    );
    const data = decision.data as Record<string, unknown>;
    data['personId'] = 'somebody';
    const verdict = firm.verify(firm.resealed(body));
    expect(verdict.findings).toMatchObject([
      { step: 'people', place: `fact ${decision.envelope.seq}` },
    ]);
  });

  it('is in the pack of a payout’s answer, with the letter, and without other traders', () => {
    const letter = present(
      log.facts.find((fact) => fact.kind === 'letterIssued'),
      'a letter',
    );
    const pack = firm.pack('A1', letter.envelope.seq);
    expect(firm.verify(pack)).toMatchObject({
      exit: 0,
      findings: [],
      sentence: expect.stringMatching(/^The answer follows from these facts/) as string,
    });
    expect(pack.body.contents.map(({ text }) => text)).toContain('Dear Tess, you are paid.');
    const words = new Set(writePackFile(pack).match(/\bA\d\b/g));
    expect([...words].filter((word) => word !== 'A1')).toEqual([]);
    const other = structuredClone(pack.body);
    other.contents = other.contents.map((one) => ({ ...one, text: `${one.text} ` }));
    expect(firm.verify(firm.resealed(other)).exit).not.toBe(0);
  });
});

/** A Node of another version on this machine; null without one. */
function nodeOf(major: string): string | null {
  const found = ['/usr/bin/node', '/usr/local/bin/node'].filter((path) => existsSync(path));
  return (
    found.find((path) =>
      execFileSync(path, ['--version'], { encoding: 'utf8' }).startsWith(`v${major}.`),
    ) ?? null
  );
}
