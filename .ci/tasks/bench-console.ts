import { handOver } from '../steps.ts';

await handOver('bench/console/run.ts');
