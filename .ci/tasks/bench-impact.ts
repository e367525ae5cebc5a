import { handOver } from '../steps.ts';

await handOver('bench/impact/run.ts');
