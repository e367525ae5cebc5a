import { handOver } from '../steps.ts';

await handOver('e2e/durability/run.ts');
