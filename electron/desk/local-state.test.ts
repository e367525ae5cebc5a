import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fact } from '#core/facts/registry.ts';
import { createLocalState } from './local-state.ts';
import { openDeskStore, type DeskStore } from './store/store.ts';

let store: DeskStore;
beforeEach(() => {
  store = openDeskStore(':memory:');
});
afterEach(() => store.close());

/** Somebody joins: one fact, that nothing else is needed for. */
function joined(seq: number): Fact {
  const data = { personId: `p-${seq}`, at: seq };
  const envelope = { seq } as Fact['envelope'];
  return { envelope, kind: 'personAdded', data } as Fact;
}
const many = (from: number, to: number): Fact[] =>
  Array.from({ length: to - from + 1 }, (_, at) => joined(from + at));
function keep(facts: readonly Fact[]): void {
  const cursor = { logId: 'log', seq: facts.at(-1)?.envelope.seq ?? 0 };
  store.apply({ cursor, accounts: [], alerts: [], governed: facts });
}

describe('what a desk has kept', () => {
  it('is whole to whoever asks, however much of it was read before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_800 }), fc.nat(4), (facts, pieces) => {
        store.startOver();
        keep(many(1, facts));
        const state = createLocalState(store);
        for (let piece = 0; piece < pieces; piece += 1) state.readOn();
        expect(state.governance.people.persons.size).toBe(facts);
        expect(state.readOn()).toBe(true);
      }),
      { numRuns: 12 },
    );
  });

  it('is read before what comes after it', () => {
    keep(many(1, 1_200));
    const state = createLocalState(store);
    state.apply([joined(1_201)], { logId: 'log', seq: 1_201 });
    expect([...state.governance.people.persons.keys()].at(-1)).toBe('p-1201');
    expect(state.governance.people.persons.size).toBe(1_201);
  });

  it('is not mixed with a snapshot that takes its place', () => {
    keep(many(1, 1_200));
    const state = createLocalState(store);
    const snapshot = { accounts: [], recent: [], governed: many(5_000, 5_002) };
    state.replace(snapshot, { logId: 'log', seq: 5_002 });
    expect(state.readOn()).toBe(true);
    expect([...state.governance.people.persons.keys()]).toEqual(['p-5000', 'p-5001', 'p-5002']);
  });
});
