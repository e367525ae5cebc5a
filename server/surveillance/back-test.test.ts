import { describe, expect, it } from 'vitest';
import type { BackTestResult } from '#core/fraud/back-test.ts';
import { DEFAULT_SCORING } from '#core/fraud/scoring.ts';
import { createSurveillance } from '#core/surveillance/surveil.ts';
import { createInsister } from '#core/surveillance/testing/fake-detectors.ts';
import { openDemoFirm } from '../partition/testing/demo-firm.ts';
import { loadPrograms } from '../programs.ts';
import type { Store } from '../store/store.ts';
import { runBackTest, type BackTestPorts } from './back-test.ts';
import { BEGINNING, createLogReader } from './log-reader.ts';

const detectors = [createInsister(() => 900)];
const programs = loadPrograms().filter(({ program }) => program.programId === 'two-step-100k');
const firm = openDemoFirm(programs, { accounts: 60 });
firm.run(40_000);

function run(store: Store, progress?: BackTestPorts['progress']): BackTestResult | null {
  return runBackTest(
    { draft: DEFAULT_SCORING, published: DEFAULT_SCORING, days: 30 },
    {
      store,
      partition: 0,
      isFunded: () => false,
      detectors,
      ...(progress ? { progress } : {}),
    },
  );
}

describe('a back-test of a log', () => {
  it('finds over all its days what live surveillance finds', () => {
    const surveillance = createSurveillance({
      policy: DEFAULT_SCORING,
      isFunded: () => false,
      detectors,
    });
    const reader = createLogReader(firm.store, 0, BEGINNING);
    while (reader.next(surveillance));
    surveillance.settle();
    const signals = surveillance.drain();
    const result = run(firm.store);
    expect(signals.length).toBeGreaterThan(20);
    expect(result?.detectors[0]?.draft.signals).toBe(signals.length);
    expect(result?.toSeq).toBe(firm.store.progress(0).seq);
    expect(result?.accounts).toBeGreaterThanOrEqual(60);
  });

  it('stops when it is told to', () => {
    const told: number[] = [];
    const stopped = run(firm.store, ({ facts, ofFacts }) => {
      told.push(facts / ofFacts);
      return false;
    });
    expect(stopped).toBeNull();
    expect(told).toHaveLength(1);
  });
});
