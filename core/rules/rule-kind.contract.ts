import { describe, expect, it } from 'vitest';
import type { AccountTerms } from '#core/accounts/account.ts';
import { createRandom } from '#core/kernel/random.ts';
import type { AnyRuleKind, Moment, RuleState } from './rule-kind.ts';

/** Parameters that a kind must accept, for its laws to be tried on. */
export interface RuleKindSamples {
  readonly kind: AnyRuleKind;
  readonly params: readonly Record<string, unknown>[];
}

export const sampleTerms: AccountTerms = {
  accountId: 'account',
  traderId: 'trader',
  traderName: 'Trader',
  platform: 'test',
  currency: 'USD',
  nominalSize: 100_000_0000,
  startBalance: 100_000_0000,
  program: { programId: 'program', name: 'Program' },
  phase: { phaseId: 'phase', name: 'Phase' },
  ruleSet: { ruleSetId: 'set', version: 1, hash: '0'.repeat(64) },
  positionRounding: 'exact',
};

export function momentAt(over: Partial<Moment> = {}): Moment {
  return {
    cause: 'mark',
    at: 1_399_000_000_000,
    balance: sampleTerms.startBalance,
    equity: sampleTerms.startBalance,
    openPositions: 1,
    day: { key: '2014-05-02', opensAt: 1_398_981_600_000, closesAt: 1_399_068_000_000 },
    deal: null,
    capitalFlow: 0,
    realised: 0,
    payout: null,
    cutOff: null,
    positions: () => [],
    news: () => [],
    ...over,
  };
}

/** The laws that every rule kind keeps. A new kind is greeted by this suite. */
export function describeRuleKind({ kind, params: samples }: RuleKindSamples): void {
  describe(`rule kind ${kind.kind}`, () => {
    const read = samples.map((sample) => kind.params.parse(sample) as unknown);

    it('has samples, a title, and refuses unknown parameters', () => {
      expect(read.length).toBeGreaterThan(0);
      expect(kind.title).not.toBe('');
      expect(kind.params.safeParse({ ...samples[0], unheardOf: 1 }).success).toBe(false);
    });

    it('keeps its whole state in its columns, as whole numbers', () => {
      for (const params of read) {
        const state = kind.open(params, sampleTerms) as RuleState;
        expect(Object.keys(state).sort()).toEqual([...kind.columns].sort());
        expect(Object.values(state).every(Number.isSafeInteger)).toBe(true);
      }
    });

    it('describes itself in a sentence', () => {
      for (const params of read) {
        expect(kind.describe(params, sampleTerms)).toMatch(/^[A-Z].{20,}\.$/);
      }
    });

    it('finds no contradiction in its samples', () => {
      for (const params of read) expect(kind.contradictions(params, sampleTerms)).toEqual([]);
    });

    it('changes neither state nor verdict while a mark stays inside its band', () => {
      const random = createRandom(1);
      for (const params of read) {
        const state = kind.open(params, sampleTerms) as RuleState;
        for (let step = 0; step < 300; step += 1) {
          const moment = momentAt({ equity: 85_000_0000 + random.below(30_000_0000) });
          kind.track(params, state, moment, sampleTerms);
          const before = kind.judge(params, state, moment, sampleTerms);
          const warned = before.type === 'warned' ? before.level : 0;
          const band = kind.band(params, state, moment, warned, sampleTerms);
          if (before.type === 'breached') break;
          const inside = momentAt({
            equity: moment.equity + random.below(2_000_0000) - 1_000_0000,
          });
          if (inside.equity <= band.atOrBelow || inside.equity >= band.atOrAbove) continue;
          const kept = { ...state };
          kind.track(params, state, inside, sampleTerms);
          expect(state).toEqual(kept);
          const after = kind.judge(params, state, inside, sampleTerms);
          expect(after.type === 'warned' ? after.level <= warned : after.type !== 'breached').toBe(
            true,
          );
        }
      }
    });

    it('judges a lower equity never better', () => {
      const severity = { met: 0, clear: 1, warned: 2, flagged: 3, breached: 4 };
      for (const params of read) {
        const state = kind.open(params, sampleTerms) as RuleState;
        let worst = -1;
        for (let equity = 112_000_0000; equity > 80_000_0000; equity -= 500_0000) {
          const moment = momentAt({ equity, balance: equity, openPositions: 0 });
          const { type } = kind.judge(params, state, moment, sampleTerms);
          expect(severity[type]).toBeGreaterThanOrEqual(worst);
          worst = severity[type];
        }
      }
    });

    it('tracking the same moment twice is tracking it once', () => {
      for (const params of read) {
        const state = kind.open(params, sampleTerms) as RuleState;
        const moment = momentAt({ equity: 103_000_0000 });
        kind.track(params, state, moment, sampleTerms);
        const once = { ...state };
        kind.track(params, state, moment, sampleTerms);
        expect(state).toEqual(once);
      }
    });
  });
}
