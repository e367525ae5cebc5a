import { createRegistry } from '#core/kernel/registry.ts';
import type { Detector } from '../detector.ts';

/** Every detector there is; one line each. */
const all: readonly Detector[] = [];

export const detectors = createRegistry<string, Detector>(all, ({ id }) => id);
