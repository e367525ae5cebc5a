import { handOver } from '../steps.ts';

await handOver('bench/paced/run.ts');
