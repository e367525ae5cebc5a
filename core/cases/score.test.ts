import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SCORING, type ScoringPolicy } from '#core/fraud/scoring.ts';
import { allowanceOf, combined, countsFor, replaces, scoreOf, seenOf } from './score.ts';
import { aSignal } from './testing/a-signal.ts';

const AT = 1_800_000_000_000;
const seen = (over: Parameters<typeof aSignal>[0] = {}) => seenOf(aSignal(over), 1);
const policy = (over: Partial<ScoringPolicy>): ScoringPolicy => ({ ...DEFAULT_SCORING, ...over });
const strengths = fc.array(fc.integer({ min: 0, max: 1_000 }), { maxLength: 12 });

describe('what signals come to together', () => {
  it('is 1 − Π(1 − each), rounded down once, of numbers worked out by hand', () => {
    const by = (...given: number[]): number => combined(given);
    expect([by(), by(700), by(500, 500), by(500, 500, 500)]).toEqual([0, 700, 750, 875]);
    expect([by(1_000, 3), by(0, 0), by(333, 333), by(999, 999)]).toEqual([1_000, 0, 555, 999]);
  });

  it('does not depend on the order, is no less than the strongest, and no more than certain', () => {
    fc.assert(
      fc.property(strengths, (given) => {
        const score = combined(given);
        expect(combined(given.toReversed())).toBe(score);
        expect(score).toBeGreaterThanOrEqual(Math.max(0, ...given) - 1);
        expect(score).toBeLessThanOrEqual(1_000);
      }),
    );
  });

  it('never falls when one more is seen', () => {
    fc.assert(
      fc.property(strengths, fc.integer({ min: 0, max: 1_000 }), (given, more) => {
        expect(combined([...given, more])).toBeGreaterThanOrEqual(combined(given));
      }),
    );
  });

  it('counts each detector once, by the strongest of its matters', () => {
    const [one, other] = [seen({ key: 'a', strength: 500 }), seen({ key: 'b', strength: 400 })];
    const another = seen({ detector: 'hedging', strength: 500 });
    expect(scoreOf([one, other], DEFAULT_SCORING, AT)).toBe(500);
    expect(scoreOf([one, other, another], DEFAULT_SCORING, AT)).toBe(750);
  });
});

describe('what a signal counts', () => {
  const use = (mode: 'live' | 'shadow' | 'off', weight: number) => ({
    detectors: [{ detector: 'copyTrading', mode, weight, params: {} }],
  });

  it('is its strength by the detector’s weight and the program’s factor, and no more than certain', () => {
    const sensitivity = [{ programId: 'program', factor: 1_500 }];
    const cases = [
      policy({}),
      policy(use('live', 500)),
      policy({ sensitivity }),
      policy({ ...use('live', 500), sensitivity }),
      policy({ sensitivity: [{ programId: 'another', factor: 0 }] }),
    ];
    expect(cases.map((one) => countsFor(seen(), one, AT))).toEqual([900, 450, 1_000, 675, 900]);
  });

  it('is decided by the strictest of its programs', () => {
    const sensitivity = [
      { programId: 'program', factor: 0 },
      { programId: 'other', factor: 500 },
    ];
    const both = seen({ programs: ['program', 'other'] });
    expect(countsFor(both, policy({ sensitivity }), AT)).toBe(450);
  });

  it('is nothing for a shadow, whether the signal or the policy says so, and for one turned off', () => {
    expect(countsFor(seen({ mode: 'shadow' }), policy({}), AT)).toBe(0);
    expect(countsFor(seen(), policy(use('shadow', 1_000)), AT)).toBe(0);
    expect(countsFor(seen(), policy(use('off', 1_000)), AT)).toBe(0);
  });
});

describe('an allowance', () => {
  const allowance = (over: Partial<ScoringPolicy['allowances'][number]>) =>
    policy({
      allowances: [
        {
          allowanceId: 'one',
          detector: null,
          subjects: ['T1', 'T2'],
          until: AT + 1,
          reason: 'they are married',
          ...over,
        },
      ],
    });
  const couple = seen({ traders: ['T1', 'T2'] });

  it('covers a signal all of whose traders it names, until its day', () => {
    expect(countsFor(couple, allowance({}), AT)).toBe(0);
    expect(countsFor(couple, allowance({ until: AT }), AT)).toBe(900);
    expect(countsFor(seen({ traders: ['T1', 'T3'] }), allowance({}), AT)).toBe(900);
  });

  it('of one detector says nothing about another', () => {
    expect(allowanceOf(couple, allowance({ detector: 'hedging' }), AT)).toBeNull();
    expect(allowanceOf(couple, allowance({ detector: 'copyTrading' }), AT)).not.toBeNull();
  });

  it('of what links people covers a signal that rests on nothing else', () => {
    const node = (id: string, kind: 'trader' | 'network' | 'device') => ({ id, kind, label: id });
    const linkedBy = (...nodes: ReturnType<typeof node>[]) =>
      seen({
        traders: ['T7', 'T8'],
        picture: { type: 'graph', nodes: [node('T7', 'trader'), ...nodes], edges: [] },
      });
    const house = allowance({ subjects: ['network-9'] });
    const network = node('network-9', 'network');
    expect(allowanceOf(linkedBy(network), house, AT)).not.toBeNull();
    expect(allowanceOf(linkedBy(network, node('device-1', 'device')), house, AT)).toBeNull();
    expect(allowanceOf(linkedBy(), house, AT)).toBeNull();
  });
});

describe('a revision', () => {
  it('replaces what came before it of its matter, by policy, then detector, then number', () => {
    const order = [
      seen({ revision: 1 }),
      seen({ revision: 2 }),
      seen({ revision: 1, detectorVersion: 2 }),
      seen({ revision: 1, policyVersion: 2 }),
    ];
    for (const [at, one] of order.entries()) {
      const later = order.map((other) => replaces(other, one));
      expect(later).toEqual(order.map((_other, place) => place >= at));
    }
  });
});
