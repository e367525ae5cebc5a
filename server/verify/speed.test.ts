import { it } from 'vitest';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { sign } from 'node:crypto';
import { entryOf } from '#core/facts/entry.ts';
import type { Fact } from '#core/facts/registry.ts';
import { leafHash } from '#core/audit/tree.ts';
import { checkpointBody, keyIdOf, signedNote } from '#core/audit/checkpoint.ts';
import { auditedLog, logOf, bundleOf, type AuditedLog } from './testing/audited-firm.ts';
import { openGovernedFirm } from '../commands/testing/governed-firm.ts';
import { verifyBundle } from './verify-bundle.ts';
import { writeBundle } from './bundle-writer.ts';
import { createGrowingTree, sha256 } from './growing-tree.ts';

it('big', { timeout: 3_000_000 }, () => {
  const N = Number(process.env['N'] ?? 100000);
  const log = auditedLog();
  const last = log.facts.at(-1)!;
  const check = log.facts.find((f) => f.kind === 'traderChecked')!;
  let firm = log.facts.filter((f) => f.envelope.stream === 'firm').length;
  const before = firm;
  function* facts() {
    firm = before;
    yield* log.facts;
    for (let at = log.facts.length; at < N; at += 1) {
      firm += 1;
      yield {
        ...check,
        data: { ...check.data, check: 'address', traderId: 'T' + at },
        envelope: {
          ...check.envelope,
          seq: at + 1,
          streamVersion: firm,
          marksBefore: last.envelope.marksBefore,
        },
      } as Fact;
    }
  }
  const tree = createGrowingTree();
  for (const f of facts()) tree.add(leafHash(entryOf(f), sha256));
  const body = checkpointBody({ origin: log.key.name, size: N, root: tree.root(N) });
  const note = signedNote(body, [
    {
      name: log.key.name,
      keyId: keyIdOf(log.key.name, log.key.publicKey),
      signature: log.sign(body),
    },
  ]);
  rmSync('/tmp/speed/b', { recursive: true, force: true });
  let t = performance.now();
  writeBundle('/tmp/speed/b', {
    key: log.key,
    note,
    sign: log.sign,
    verifier: null,
    leaf: (i) => tree.at(0, i),
    entries: function* () {
      for (const f of facts()) yield entryOf(f);
    },
    contents: () => [...log.contents].map(([digest, text]) => ({ digest, text })),
    marks: () => log.marks,
  });
  console.log('export', N, (performance.now() - t) / 1000);
});
it('payouts', { timeout: 3_000_000 }, () => {
  const P = Number(process.env['P'] ?? 200);
  const firm = openGovernedFirm({
    accounts: P,
    policies: [{ action: 'payPayout', approverPerDay: null }],
  });
  for (let n = 4; n <= P; n += 1)
    firm.system({ type: 'recordCheck', traderId: `T${n}`, check: 'identity', result: 'passed' });
  for (let n = 1; n <= P; n += 1) {
    const id = firm.request(`A${n}`);
    for (const p of ['cleo', 'dario']) firm.as(p, firm.desk(p).decide(id, 'approve'));
    if (n % 50 === 0) {
      firm.clock += 1000;
      firm.system({ type: 'runPayments' });
      firm.run();
    }
  }
  const folder = bundleOf(logOf(firm, {} as never));
  writeFileSync('/tmp/speed/p.txt', folder);
  console.log(folder);
});
