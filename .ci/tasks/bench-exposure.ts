import { handOver } from '../steps.ts';

await handOver('bench/exposure/run.ts');
