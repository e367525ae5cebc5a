import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runNode, tools } from '../steps.ts';

// The verifier of evidence packs as a package of its own: one file, no dependencies, no server.
const FOLDER = join(root, 'out', 'propdesk-verify');
const README = `# propdesk-verify

Computes the verdict of an evidence pack again, offline, with nothing but Node 20.12 or newer:

    npx propdesk-verify pack FILE
    npx propdesk-verify pack FILE --key "0123 4567 89ab cdef 0123 4567 89ab cdef"
    npx propdesk-verify pack FILE --json

Exit code 0: the verdict follows from the facts of the pack. 1: this is not what the firm signed (it
says where it differs). 2: it is, and the verdict does not follow from it. 3: it cannot be read.

Give with --key the fingerprint of the log’s key as the firm publishes it: without it, the pack is
checked against the key that it brings itself. What a pack does not prove is printed with every result.
`;

const built = await runNode(tools.bundle, [
  'build',
  '--config',
  'server/evidence/propdesk-verify.config.ts',
]);
if (built !== 0) throw new Error('the verifier could not be built; the lines above say why');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly version: string;
};
const manifest = {
  name: 'propdesk-verify',
  version,
  description: 'Checks evidence packs of Propdesk, offline and without the firm that made them',
  type: 'module',
  bin: { 'propdesk-verify': 'propdesk-verify.mjs' },
  files: ['propdesk-verify.mjs', 'README.md'],
  engines: { node: '>=20.12' },
};
writeFileSync(join(FOLDER, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
writeFileSync(join(FOLDER, 'README.md'), README);
chmodSync(join(FOLDER, 'propdesk-verify.mjs'), 0o755);
process.stdout.write('built out/propdesk-verify\n');
