import { handOver } from '../steps.ts';

await handOver('bench/engine/paced.ts');
