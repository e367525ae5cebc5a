import { handOver } from '../steps.ts';

await handOver('server/cli/compare-market.ts');
