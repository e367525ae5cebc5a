import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { present } from '#core/kernel/assert.ts';
import { auditedLog, bundleOf, type AuditedLog } from './testing/audited-firm.ts';
import { FRAUDS } from './testing/frauds.ts';
import { verifyBundle, type Verdict } from './verify-bundle.ts';

const made: { log: AuditedLog | null; folders: string[] } = { log: null, folders: [] };
beforeAll(() => {
  made.log = auditedLog();
});
afterAll(() => {
  for (const folder of made.folders) rmSync(folder, { recursive: true, force: true });
});

function verified(forged: Parameters<typeof bundleOf>[1] = {}, explain?: string): Verdict {
  const folder = bundleOf(present(made.log, 'the log'), forged);
  made.folders.push(folder);
  return verifyBundle(folder, { explain: explain ?? null });
}

describe('a log whose tree and checkpoint were made anew by who owns the server', () => {
  it('is in order when nothing was changed', () => {
    const verdict = verified();
    expect(verdict.problems).toEqual([]);
    expect(verdict.findings).toEqual([]);
    expect(verdict.exit).toBe(0);
    expect(verdict.missing).toEqual([]);
  });

  it.each(FRAUDS.map((fraud) => [fraud.what, fraud] as const))('shows that %s', (_what, fraud) => {
    const { expected, ...forged } = fraud.forge(present(made.log, 'the log'));
    const { exit, findings, problems } = verified(forged);
    expect(problems).toEqual([]);
    expect(exit).toBe(2);
    for (const { rule, says, payoutId, seq } of expected) {
      const found = findings.filter(
        (one) =>
          one.rule === rule &&
          says.test(one.sentence) &&
          (payoutId === undefined || one.payoutId === payoutId) &&
          (seq === undefined || one.seq === seq),
      );
      expect(found.length, `${rule} ${says}\n${JSON.stringify(findings, null, 1)}`).toBeGreaterThan(
        0,
      );
    }
  });
});
