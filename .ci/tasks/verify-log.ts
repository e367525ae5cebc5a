import { handOver, runNode, tools } from '../steps.ts';

// What an auditor is given is what is run here: one file that needs nothing but Node.
const built = await runNode(tools.bundle, [
  'build',
  '--config',
  'server/verify/verify-log.config.ts',
]);
if (built !== 0) throw new Error('the verifier could not be built; the lines above say why');
await handOver('out/verify-log.mjs');
