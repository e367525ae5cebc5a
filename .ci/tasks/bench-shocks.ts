import { handOver } from '../steps.ts';

await handOver('bench/shocks/run.ts');
