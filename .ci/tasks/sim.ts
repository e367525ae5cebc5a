import { handOver } from '../steps.ts';

await handOver('e2e/simulation/run.ts');
