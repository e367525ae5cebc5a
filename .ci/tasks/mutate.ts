import { handOver } from '../steps.ts';

await handOver('.ci/mutate.ts');
