import { describeDetector } from '../detector.contract.ts';
import { habitSamples } from '../testing/habit-samples.ts';
for (const sample of habitSamples) describeDetector(sample);
