import { handOver, runNode, tools } from '../steps.ts';

// The verifier goes into the bundle as one file: out/verify-log.mjs.
const built = await runNode(tools.bundle, [
  'build',
  '--config',
  'server/verify/verify-log.config.ts',
]);
if (built !== 0) throw new Error('the verifier could not be built; the lines above say why');
await handOver('server/cli/export-log.ts');
