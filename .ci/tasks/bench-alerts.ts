import { handOver } from '../steps.ts';

await handOver('bench/alerts/run.ts');
