import { createPrivateKey, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fingerprintText } from '#core/signing/public-key.ts';
import { openLogSigner } from '../audit/log-signer.ts';
import { openStore } from '../store/store.ts';
import { writeBundle } from '../verify/bundle-writer.ts';
import { exportOf } from '../verify/export.ts';

/**
 * npm run export-log -- [--data DIR] [--verifier FILE] <new folder>
 *
 * Writes the whole log into a folder that anybody can check: see its README. Signs a checkpoint over
 * all that is in the log, which the signer refuses when the log does not go on from the last. Exit
 * code 0 written, 1 not in order (written all the same when it could be), 2 nothing to export.
 */
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string', default: '.propdesk' },
    verifier: { type: 'string', default: 'out/verify-log.mjs' },
  },
});
const unusable = (message: string): never => {
  process.stderr.write(`export-log: ${message}\n`);
  process.exit(2);
};
const target = positionals[0] ?? unusable('say into which folder');
const data = resolve(options.data);
const file =
  [join(data, 'server', 'log.sqlite'), join(data, 'log.sqlite')].find(existsSync) ??
  unusable(`${data} holds no log; give its folder with --data`);
const keyFile = join(dirname(file), 'log-key.pem');
if (!existsSync(keyFile)) unusable(`${keyFile} is missing: a bundle is signed with the log's key`);
if (!existsSync(options.verifier))
  unusable(`${options.verifier} is missing: npm run export-log builds it`);

const started = performance.now();
const store = openStore(file, 'read');
try {
  const signer = openLogSigner(dirname(file), store.logId);
  const key = createPrivateKey(readFileSync(keyFile));
  const problems: string[] = [];
  const source = exportOf(store, {
    key: { name: signer.origin, publicKey: signer.publicKey },
    note: signer.checkpoint(store.tree(0)),
    sign: (body) => new Uint8Array(sign(null, Buffer.from(body), key)),
    verifier: readFileSync(options.verifier),
    problem: (sentence) => void problems.push(sentence),
  });
  let shown = started;
  const written = writeBundle(resolve(target), source, (what) => {
    if (performance.now() - shown < 2_000) return;
    shown = performance.now();
    process.stdout.write(`  ${what}\n`);
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(
    `${written.entries} entries (${written.large} of them larger than 65,535 bytes), ${written.contents} contents, ` +
      `${written.marks} chunks of prices in ${written.files} files, ${seconds} s\n` +
      `Key of the log, to be compared on paper: ${fingerprintText(signer.publicKey)}\n` +
      `Check it: node ${join(target, 'verify-log.mjs')} ${target}\n`,
  );
  for (const problem of problems.slice(0, 20)) process.stderr.write(`${problem}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`export-log: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  store.close();
}
