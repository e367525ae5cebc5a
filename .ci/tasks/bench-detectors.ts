import { handOver } from '../steps.ts';

await handOver('bench/detectors/run.ts');
