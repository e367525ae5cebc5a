import { handOver } from '../steps.ts';

await handOver('server/cli/kpi.ts');
