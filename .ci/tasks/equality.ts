import { handOver } from '../steps.ts';

await handOver('bench/equality/run.ts');
