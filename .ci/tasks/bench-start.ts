import { handOver } from '../steps.ts';

await handOver('bench/start/run.ts');
