import { handOver } from '../steps.ts';

await handOver('server/cli/bridge-load.ts');
