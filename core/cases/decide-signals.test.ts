import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Signal } from '#core/fraud/signal.ts';
import { present } from '#core/kernel/assert.ts';
import {
  AGAIN_AFTER_MS,
  decideSignals,
  MATERIALLY_STRONGER,
  POOLED_FOR_MS,
} from './decide-signals.ts';
import { aSignal } from './testing/a-signal.ts';
import { onlyCase, openCaseLog, patternOf, type CaseLog } from './testing/case-log.ts';

const kinds = (drafts: readonly { readonly kind: string }[]): string[] =>
  drafts.map(({ kind }) => kind);
const fileOf = ({ cases }: CaseLog, caseId: string) => present(cases.file(caseId), caseId);
const dismiss = { verb: 'dismiss', code: 'household', reason: 'known', departure: 'x' } as const;
const warn = { verb: 'warn', code: 'copiedTrades', reason: 'first time', departure: 'x' } as const;

describe('signals', () => {
  it('are each recorded once, however often they are told', () => {
    const log = openCaseLog();
    const signal = aSignal({ strength: 100 });
    expect(kinds(log.raise(signal, signal))).toEqual(['signalRaised']);
    expect(log.raise(signal)).toEqual([]);
  });

  it('open a case from the policy’s score on, and not one thousandth below', () => {
    const log = openCaseLog();
    expect(kinds(log.raise(aSignal({ key: 'a', strength: 699 })))).toEqual(['signalRaised']);
    expect(kinds(log.raise(aSignal({ key: 'b', traders: ['T2'], strength: 700 })))).toEqual([
      'signalRaised',
      'caseOpened',
    ]);
  });

  it('too weak alone open one together, when they are about the same trader, of whatever pattern', () => {
    const log = openCaseLog();
    log.raise(aSignal({ strength: 500, traders: ['T1', 'T2'], accounts: ['A1', 'A2'] }));
    log.raise(aSignal({ detector: 'sameDevice', strength: 500, traders: ['T3'] }));
    expect(log.cases.liveCount).toBe(0);
    log.raise(aSignal({ detector: 'latency', strength: 500, traders: ['T2'], accounts: ['A2'] }));
    const file = fileOf(log, onlyCase(log));
    expect(file.score).toBe(750);
    expect([...file.traders].sort()).toEqual(['T1', 'T2']);
    expect([...file.patterns].sort()).toEqual(['prices', 'together']);
  });

  it('too old by market time are not counted together with new ones', () => {
    const old = aSignal({ strength: 500 });
    const later = (by: number) =>
      aSignal({ detector: 'latency', strength: 500, at: old.at + by, fromAt: old.at });
    const [late, intime] = [openCaseLog(), openCaseLog()];
    late.raise(old, later(POOLED_FOR_MS + 1));
    intime.raise(old, later(POOLED_FOR_MS));
    expect([late.cases.liveCount, intime.cases.liveCount]).toEqual([0, 1]);
  });

  it('join the open case of a trader and a pattern, and open another for another pattern', () => {
    const log = openCaseLog();
    log.raise(aSignal({ key: 'a' }));
    const first = onlyCase(log);
    const joined = log.raise(aSignal({ detector: 'ring', key: 'b', traders: ['T1', 'T9'] }));
    expect(joined.at(-1)).toMatchObject({ kind: 'caseSignalAdded', data: { caseId: first } });
    expect([...fileOf(log, first).traders]).toContain('T9');
    expect(kinds(log.raise(aSignal({ detector: 'latency', key: 'c' })))).toContain('caseOpened');
    expect(log.cases.liveCount).toBe(2);
  });

  it('join the case with most traders in common, then the oldest', () => {
    const log = openCaseLog();
    log.raise(aSignal({ key: 'a', traders: ['T1'] }));
    log.raise(aSignal({ key: 'b', traders: ['T2', 'T3'] }));
    const [first, second] = [...log.cases.all()].map(({ caseId }) => caseId);
    const into = (key: string, traders: string[]): string | undefined => {
      const last = log.raise(aSignal({ key, traders })).at(-1);
      return last?.kind === 'caseSignalAdded' ? last.data.caseId : undefined;
    };
    expect(into('c', ['T1', 'T2', 'T3'])).toBe(second);
    expect(into('d', ['T1', 'T9'])).toBe(first);
    expect(log.cases.of('T9').map(({ caseId }) => caseId)).toEqual([first]);
    expect(into('e', ['T9', 'T2'])).toBe(first);
  });

  it('of one matter replace each other: the case holds the latest, and its score', () => {
    const log = openCaseLog();
    log.raise(aSignal({ strength: 800 }));
    log.raise(aSignal({ strength: 950, revision: 2, traders: ['T1', 'T5'] }));
    const file = fileOf(log, onlyCase(log));
    expect([file.score, file.signals.size, file.replaced.length]).toEqual([950, 1, 1]);
  });

  it('of no account: shadows, allowed people and unknown detectors open and join nothing', () => {
    const log = openCaseLog();
    log.rescore({
      allowances: [
        {
          allowanceId: 'house',
          detector: null,
          subjects: ['T1'],
          until: log.at + 1,
          reason: 'known to us',
        },
      ],
    });
    for (const over of [
      { key: 'a' },
      { key: 'b', traders: ['T2'], mode: 'shadow' as const },
      { key: 'c', traders: ['T2'], detector: 'unheardOf' },
    ]) {
      expect(kinds(log.raise(aSignal(over)))).toEqual(['signalRaised']);
    }
    log.at += 1;
    expect(kinds(log.raise(aSignal({ key: 'd', traders: ['T1'] })))).toContain('caseOpened');
  });

  it('go into a case that was put off, and leave it asleep', () => {
    const log = openCaseLog();
    log.raise(aSignal({ key: 'a' }));
    const caseId = onlyCase(log);
    const until = log.at + 1_000;
    log.act('ada', caseId, { verb: 'snooze', until, reason: 'waiting for papers' });
    log.raise(aSignal({ key: 'b', strength: 1_000 }));
    expect(fileOf(log, caseId)).toMatchObject({ snoozedUntil: until, score: 1_000 });
    expect(log.cases.liveCount).toBe(1);
  });
});

describe('a matter that was decided', () => {
  function decidedLog(verb: typeof dismiss | typeof warn): { log: CaseLog; caseId: string } {
    const log = openCaseLog();
    log.raise(aSignal({ strength: 800 }));
    const caseId = onlyCase(log);
    expect(log.act('ada', caseId, verb).ok).toBe(true);
    return { log, caseId };
  }
  const again = (over: Partial<Signal>): Signal => aSignal({ revision: 2, ...over });

  it('rests while it does not grow materially', () => {
    const { log } = decidedLog(dismiss);
    log.raise(again({ strength: 800 + MATERIALLY_STRONGER - 1 }));
    expect(log.cases.liveCount).toBe(0);
  });

  it('opens a case of its own once it has, which names the one before', () => {
    const { log, caseId } = decidedLog(dismiss);
    const opened = log.raise(again({ strength: 800 + MATERIALLY_STRONGER })).at(-1);
    expect(opened).toMatchObject({
      kind: 'caseOpened',
      data: { because: caseId, earlier: [caseId] },
    });
  });

  it('is looked at again when it goes on after a warning, not when it goes on after a dismissal', () => {
    const { at } = aSignal({});
    for (const [verb, cases] of [
      [warn, 1],
      [dismiss, 0],
    ] as const) {
      const { log } = decidedLog(verb);
      log.raise(again({ strength: 800, at: at + AGAIN_AFTER_MS - 1 }));
      expect(log.cases.liveCount).toBe(0);
      log.raise(again({ strength: 800, revision: 3, at: at + AGAIN_AFTER_MS }));
      expect([verb.verb, log.cases.liveCount]).toEqual([verb.verb, cases]);
    }
  });

  it('keeps nobody from opening a case about another matter of the same people', () => {
    const { log, caseId } = decidedLog(dismiss);
    const opened = log.raise(aSignal({ key: 'another' })).at(-1);
    expect(opened).toMatchObject({
      kind: 'caseOpened',
      data: { because: null, earlier: [caseId] },
    });
  });
});

/** Signals among few traders, detectors and matters, so that they meet. */
const someSignals = fc.array(
  fc.record({
    detector: fc.constantFrom('copyTrading', 'ring', 'hedging', 'sameDevice', 'latency'),
    key: fc.constantFrom('a', 'b', 'c', 'd'),
    revision: fc.integer({ min: 1, max: 4 }),
    strength: fc.integer({ min: 0, max: 1_000 }),
    traders: fc.uniqueArray(fc.constantFrom('T1', 'T2', 'T3', 'T4', 'T5'), {
      minLength: 1,
      maxLength: 3,
    }),
    mode: fc.constantFrom('live' as const, 'live' as const, 'shadow' as const),
  }),
  { minLength: 1, maxLength: 25 },
);

describe('any run of signals', () => {
  it('comes to the same in one command as one by one', () => {
    fc.assert(
      fc.property(someSignals, fc.integer({ min: 0, max: 24 }), (given, decidedAt) => {
        const signals = given.map((one) => aSignal(one));
        const [oneByOne, atOnce] = [openCaseLog(), openCaseLog()];
        for (const log of [oneByOne, atOnce]) {
          for (const signal of signals.slice(0, decidedAt)) log.raise(signal);
          const [file] = [...log.cases.live()];
          if (file) log.act('ada', file.caseId, dismiss);
        }
        const rest = signals.slice(decidedAt);
        for (const signal of rest) oneByOne.raise(signal);
        atOnce.raise(...rest);
        expect(atOnce.drafts).toEqual(oneByOne.drafts);
      }),
    );
  });

  it('is decided by what was folded alone: told again, it changes nothing', () => {
    fc.assert(
      fc.property(someSignals, (given) => {
        const log = openCaseLog();
        const signals = given.map((one) => aSignal(one));
        log.raise(...signals);
        expect(decideSignals(signals, { cases: log.cases, at: log.at, patternOf })).toEqual([]);
      }),
    );
  });

  it('puts every signal of a case into that one alone, and no case below the score', () => {
    fc.assert(
      fc.property(someSignals, (given) => {
        const log = openCaseLog();
        log.raise(...given.map((one) => aSignal(one)));
        const inCases = [...log.cases.all()].flatMap(({ signals, replaced }) =>
          [...signals.values(), ...replaced].map(({ seen }) => seen.signalId),
        );
        expect(new Set(inCases).size).toBe(inCases.length);
        const scores = log.drafts.flatMap((draft) =>
          draft.kind === 'caseOpened' ? [draft.data.score] : [],
        );
        expect(scores.filter((score) => score < 700)).toEqual([]);
      }),
    );
  });
});
