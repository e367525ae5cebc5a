import { handOver } from '../steps.ts';

await handOver('server/cli/bridge-conformance.ts');
