import { it } from 'vitest';
import { auditedLog, bundleOf } from './testing/audited-firm.ts';
import { verifyBundle } from './verify-bundle.ts';
import { verdictLines } from './verdict-text.ts';
it('x', () => {
  const t0 = performance.now();
  const log = auditedLog();
  for (const [n, id] of Object.entries(log.payouts))
    console.log(
      n,
      id,
      log.firm.partition.governance.proposal(id)?.closed?.outcome,
      log.firm.partition.governance.paymentState(id),
    );
  const t1 = performance.now();
  const folder = bundleOf(log);
  console.log(folder);
  const t2 = performance.now();
  const v = verifyBundle(folder, { explain: log.payouts.deducted });
  console.log(verdictLines(v, 0).join('\n'));
  console.log(v.story?.join('\n'));
  console.log(t1 - t0, t2 - t1, performance.now() - t2);
});
