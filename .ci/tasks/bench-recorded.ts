import { handOver } from '../steps.ts';

await handOver('bench/recorded/run.ts');
