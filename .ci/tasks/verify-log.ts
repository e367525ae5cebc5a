import { handOver } from '../steps.ts';

await handOver('server/cli/verify-log.ts');
