import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writePackFile } from '#core/evidence/file.ts';
import { bodyNote } from '#core/evidence/pack.ts';
import { fingerprintText } from '#core/signing/public-key.ts';
import { openLogSigner } from '../audit/log-signer.ts';
import { makePack } from '../evidence/make-pack.ts';
import { openStore, type Store } from '../store/store.ts';

/**
 * npm run evidence -- [--data DIR] [--account ID --seq N] [--out FILE]
 *
 * Makes the evidence pack of one verdict from a data folder, while no server runs on it; of the latest
 * breach when none is named. Exit code 0 written, 1 no pack can be given out, 2 nothing to read.
 */
const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: '.propdesk' },
    account: { type: 'string' },
    seq: { type: 'string' },
    out: { type: 'string' },
  },
});
const unusable = (message: string): never => {
  process.stderr.write(`evidence: ${message}\n`);
  process.exit(2);
};
const data = resolve(options.data);
const file =
  [join(data, 'server', 'log.sqlite'), join(data, 'log.sqlite')].find(existsSync) ??
  unusable(`${data} holds no log; give its folder with --data`);
const store = openStore(file, 'read');
try {
  const wish = wishOf(store) ?? unusable('the log holds no breach; name a verdict');
  const signer = openLogSigner(dirname(file), store.logId);
  const { origin, publicKey } = signer;
  const checkpoint = signer.checkpoint(store.tree(0));
  const made = makePack(store, wish, { origin, publicKey, checkpoint, madeAt: Date.now() });
  if (made.ok) {
    const out = options.out ?? `evidence-${wish.accountId}-${wish.seq}.html`;
    const note = signer.signEvidence(bodyNote(made.value));
    writeFileSync(out, writePackFile({ body: made.value, note }));
    process.stdout.write(
      `${made.value.subject.sentence}\n${out}: ${made.value.facts.length} facts\n` +
        `Key of the log, to be given by another way: ${fingerprintText(publicKey)}\n`,
    );
  } else {
    process.stderr.write(`evidence: ${made.error}\n`);
    process.exitCode = 1;
  }
} finally {
  store.close();
}

/** What was asked for, or the latest breach of which a price was the cause. */
function wishOf(from: Store): { readonly accountId: string; readonly seq: number } | null {
  const { account, seq } = options;
  if (account !== undefined && seq !== undefined) return { accountId: account, seq: Number(seq) };
  let latest: { readonly accountId: string; readonly seq: number } | null = null;
  for (const fact of from.facts(0, 1, Number.MAX_SAFE_INTEGER)) {
    if (fact.kind !== 'breachDetected' || fact.data.cause.type !== 'mark') continue;
    latest = { accountId: fact.data.accountId, seq: fact.envelope.seq };
  }
  return latest;
}
