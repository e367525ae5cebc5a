import { z } from 'zod';
import type { CutOff } from '#core/time/time.ts';
import type { AccountTerms } from '#core/accounts/account.ts';
import type { Money } from '#core/money/money.ts';
import {
  type Easier,
  FLAG_EFFECTS,
  UNBOUNDED,
  type Band,
  type Figures,
  type Moment,
  type Need,
  type RuleKind,
  type RuleState,
} from './rule-kind.ts';

/**
 * What a violation brings. Flags only record and ask; `pauseForDay` and `fail` are verdicts. With
 * `strikes`, the first so many violations bring `effect`, and the one after them `next`.
 */
export const conductShape = {
  effect: z.enum([...FLAG_EFFECTS, 'pauseForDay', 'fail']).default('review'),
  strikes: z
    .strictObject({
      allowed: z.int().min(1).max(1_000),
      next: z.enum(['pauseForDay', 'fail']),
    })
    .optional(),
};
/** Conduct that hints at intent is for people to judge: it flags, whatever else a program says. */
export const suspicionShape = {
  effect: z.literal('review').default('review'),
  strikes: z.undefined().optional(),
};

export interface ConductParams {
  readonly effect: (typeof FLAG_EFFECTS)[number] | 'pauseForDay' | 'fail';
  readonly strikes?:
    { readonly allowed: number; readonly next: 'pauseForDay' | 'fail' } | undefined;
}

export interface ConductState extends RuleState {
  /** How often the rule was violated so far. */
  strikes: number;
}

/** What a rule on conduct must say; effects, strikes and the rest are the same for all. */
export interface ConductDefinition<Params extends ConductParams> {
  readonly kind: string;
  readonly title: string;
  readonly params: z.ZodType<Params, unknown>;
  /** Further columns beside `strikes`, all 0 at the start. */
  readonly columns?: readonly string[];
  readonly easier?: Easier;
  needs?(params: Params): readonly Need[];
  cutOff?(params: Params): CutOff | null;
  /** Follows the account, before `violation` is asked. */
  observe?(params: Params, state: RuleState, moment: Moment, terms: AccountTerms): void;
  /** The numbers of a violation that happens at this very moment, or null. Reads only. */
  violation(params: Params, state: RuleState, moment: Moment, terms: AccountTerms): Figures | null;
  /** Where marks may bring a violation; nowhere by default. */
  band?(params: Params, state: RuleState, moment: Moment, terms: AccountTerms): Band;
  withheld?(params: Params, state: RuleState, moment: Moment, terms: AccountTerms): Money;
  describe(params: Params, terms: AccountTerms): string;
  contradictions?(params: Params, terms: AccountTerms): readonly string[];
}

/** A mark may bring a violation at any price: the account is looked at on every one. */
export const ALWAYS: Band = { atOrBelow: Infinity, atOrAbove: -Infinity, follows: null };

/** Turns the definition of a rule on conduct into a full rule kind. */
export function conductKind<Params extends ConductParams>(
  conduct: ConductDefinition<Params>,
): RuleKind<Params, ConductState> {
  const isVerdict = (params: Params, state: ConductState): boolean =>
    params.strikes
      ? state.strikes > params.strikes.allowed
      : params.effect === 'fail' || params.effect === 'pauseForDay';
  return {
    kind: conduct.kind,
    title: conduct.title,
    role: 'conduct',
    params: conduct.params,
    ...(conduct.easier ? { easier: conduct.easier } : {}),
    columns: ['strikes', ...(conduct.columns ?? [])],
    needs: (params) => conduct.needs?.(params) ?? [],
    cutOff: (params) => conduct.cutOff?.(params) ?? null,
    warnAt: () => [],
    consequence: ({ strikes, effect }) => {
      if (strikes) return strikes.next;
      return effect === 'fail' || effect === 'pauseForDay' ? effect : 'none';
    },
    flag: ({ effect }, state) => ({
      effect: effect === 'fail' || effect === 'pauseForDay' ? 'warn' : effect,
      strike: Math.max(1, state.strikes),
    }),
    open: () => ({
      strikes: 0,
      ...Object.fromEntries((conduct.columns ?? []).map((name) => [name, 0])),
    }),
    track: (params, state, moment, terms) => {
      conduct.observe?.(params, state, moment, terms);
      if (conduct.violation(params, state, moment, terms) !== null) state.strikes += 1;
    },
    judge: (params, state, moment, terms) => {
      if (conduct.violation(params, state, moment, terms) === null) return { type: 'clear' };
      return { type: isVerdict(params, state) ? 'breached' : 'flagged' };
    },
    band: (params, state, moment, _warned, terms) =>
      conduct.band?.(params, state, moment, terms) ?? UNBOUNDED,
    withheld: (params, state, moment, terms) =>
      conduct.withheld?.(params, state, moment, terms) ?? 0,
    gauge: (_params, state) => ({ type: 'flags', value: state.strikes }),
    figures: (params, state, moment, terms) =>
      conduct.violation(params, state, moment, terms) ?? [],
    describe: (params, terms) => conduct.describe(params, terms) + describeEffect(params),
    contradictions: (params, terms) => conduct.contradictions?.(params, terms) ?? [],
  };
}

const EFFECT_TEXT: Readonly<Record<ConductParams['effect'], string>> = {
  review: 'A person looks at it.',
  warn: 'You are warned.',
  closePositions: 'The positions concerned are closed.',
  deductProfit: 'Profit made that way does not count.',
  denyPayout: 'A payout may be refused for it.',
  restartPhase: 'The phase starts again.',
  resetBalance: 'Profit is removed and the balance starts again.',
  pauseForDay: 'Trading pauses until the next trading day.',
  fail: 'You fail.',
};

function describeEffect({ effect, strikes }: ConductParams): string {
  if (!strikes) return ` ${EFFECT_TEXT[effect]}`;
  const times = strikes.allowed === 1 ? 'The first time' : `The first ${strikes.allowed} times`;
  const then = strikes.next === 'fail' ? 'you fail' : 'trading pauses for the day';
  return ` ${times}: ${EFFECT_TEXT[effect]} After that ${then}.`;
}

/** "Profit or loss of a symbol and side" as one whole number: FNV-1a over the text. */
export function keyOf(...parts: readonly string[]): number {
  let hash = 0x811c9dc5;
  for (const part of parts) {
    for (let at = 0; at < part.length; at += 1) {
      hash = Math.imul(hash ^ part.charCodeAt(at), 0x01000193);
    }
    hash = Math.imul(hash ^ 0x2f, 0x01000193);
  }
  return (hash >>> 0) + 1;
}
