import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Fact } from '#core/facts/registry.ts';
import type { JournalledMark, ReferencePrice } from '#core/market/mark.ts';
import { createFacts, LOG_START } from '#core/surveillance/testing/log-items.ts';
import { openStore, type Store } from '../store/store.ts';
import { BEGINNING, createLogReader } from './log-reader.ts';

type Step = 'fact' | 'mark' | 'reference' | 'commit' | 'read' | 'restart';
const step = fc.constantFrom<Step>('fact', 'mark', 'reference', 'commit', 'read', 'restart');

/** A log that is written step by step, and what was written in its order. */
function createWriter(store: Store): { take(step: Step): void; readonly written: string[] } {
  const fact = createFacts();
  const written: string[] = [];
  const next = { seq: 1, marks: 0, references: 0 };
  let batch = {
    facts: [] as Fact[],
    marks: [] as JournalledMark[],
    references: [] as ReferencePrice[],
  };
  const price = { symbol: 'EURUSD', bid: 1, ask: 2, at: LOG_START, source: 'one' };
  const put = {
    fact: () => {
      const item = fact(
        {
          kind: 'newsScheduled',
          data: {
            releaseId: 'r',
            name: 'Release',
            impact: 'low',
            currencies: ['USD'],
            at: 1,
            endsAt: 1,
          },
        },
        LOG_START,
      );
      if (item.type !== 'fact') return;
      const envelope = { ...item.fact.envelope, marksBefore: next.marks };
      batch.facts.push({ ...item.fact, envelope } as Fact);
      written.push(`fact ${next.seq}`);
      next.seq += 1;
    },
    mark: () => {
      batch.marks.push({ ...price, index: next.marks, quality: 0 });
      written.push(`mark ${next.marks}`);
      next.marks += 1;
    },
    reference: () => {
      const place = { marksBefore: next.marks, seqBefore: next.seq - 1 };
      batch.references.push({ ...price, index: next.references, ...place });
      written.push(`reference ${next.references}`);
      next.references += 1;
    },
    commit: () => {
      const progress = { records: written.length, seq: next.seq - 1, marks: next.marks };
      store.append(0, { ...batch, quarantined: [], commandResults: [], contents: [], progress });
      batch = { facts: [], marks: [], references: [] };
    },
  };
  return {
    take: (step) => (step === 'read' || step === 'restart' ? undefined : put[step]()),
    written,
  };
}

it('a log is read in the order in which it was written, however it was committed and read', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const store = openStore(':memory:');
      const writer = createWriter(store);
      const read: string[] = [];
      const taker = {
        fact: ({ envelope }: Fact) => void read.push(`fact ${envelope.seq}`),
        mark: (mark: object) => void read.push(`mark ${(mark as JournalledMark).index}`),
        reference: (price: object) =>
          void read.push(`reference ${(price as ReferencePrice).index}`),
      };
      let reader = createLogReader(store, 0, BEGINNING);
      for (const one of [...steps, 'commit', 'read'] as const) {
        writer.take(one);
        if (one === 'restart') reader = createLogReader(store, 0, reader.place);
        if (one !== 'read') continue;
        reader.refresh();
        while (reader.next(taker));
      }
      expect(read).toEqual(writer.written);
      store.close();
    }),
    { seed: 20_260_107, numRuns: 150 },
  );
});
