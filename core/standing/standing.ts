import type { AccountStatus } from '#core/accounts/account.ts';
import { ACCOUNT_STATUSES } from '#core/accounts/account.ts';
import { createMarketView } from '#core/accounts/market-view.ts';
import type { Money } from '#core/money/money.ts';
import type { PayoutAssessment } from '#core/payouts/assess.ts';
import type { AccountState } from '#core/rules/account-state.ts';
import type { Gauge } from '#core/rules/rule-kind.ts';
import { compileRuleSet } from '#core/rules/rule-set.ts';
import type { TradingDay } from '#core/time/time.ts';
import { mulDivFloor, PPM_UNIT } from '#core/money/money.ts';

/** A rule as the desk's page of an account shows it. */
export interface StandingRule {
  readonly ruleId: string;
  readonly kind: string;
  readonly latch: 'none' | 'warned' | 'breached' | 'met';
  readonly gauge: Gauge;
}

/** What the desk's page of an account is made of, and nothing else. */
export interface StandingInput {
  readonly state: AccountState;
  readonly marketAt: number | null;
  readonly rules: readonly StandingRule[];
  /** Null where the phase pays nothing out. */
  readonly payout: Pick<PayoutAssessment, 'eligible' | 'trader' | 'eligibleFrom'> | null;
  readonly verdict: StandingVerdict | null;
}

/** The latest verdict that did something to the account. */
export interface StandingVerdict {
  readonly seq: number;
  readonly kind: 'breachDetected' | 'warningRaised' | 'conductFlagged' | 'objectiveMet';
  readonly ruleKind: string;
  readonly at: number;
}

export interface StandingFloor {
  readonly ruleId: string;
  readonly kind: string;
  readonly role: 'daily' | 'overall';
  readonly floor: Money;
  /** Below zero when the account lies under the floor. */
  readonly headroom: Money;
  /** Share of the allowance that is left, 0 to 1,000. */
  readonly leftPerMille: number;
  /** Falling below it ends the account; otherwise it pauses it for the day. */
  readonly ends: boolean;
}

/** Where an account stands, in whole numbers: what a trader is shown, and the desk beside it. */
export interface Standing {
  readonly accountId: string;
  readonly program: string;
  readonly phase: string;
  readonly status: AccountStatus;
  readonly currency: string;
  /** Market time of the numbers. */
  readonly asOf: number;
  readonly day: TradingDay | null;
  readonly balance: Money;
  readonly equity: Money;
  readonly openPositions: number;
  /** In the order of the rule set. */
  readonly floors: readonly StandingFloor[];
  /** The nearest floor that ends the account; null where nothing that moves with prices does. */
  readonly nearest: StandingFloor | null;
  readonly targets: readonly {
    readonly kind: string;
    readonly value: Money;
    readonly target: Money;
    readonly donePerMille: number;
    readonly met: boolean;
  }[];
  readonly counts: readonly {
    readonly kind: string;
    readonly value: number;
    readonly needed: number;
    readonly met: boolean;
  }[];
  readonly payout: StandingInput['payout'];
  readonly verdict: StandingVerdict | null;
}

/** Desk and trader read one account through this function: their numbers cannot differ. */
export function standingOf({ state, marketAt, rules, payout, verdict }: StandingInput): Standing {
  const { terms } = state;
  const ending = endingRules(state);
  const floors = rules.flatMap((rule) => floorOf(rule, ending.has(rule.ruleId)));
  const [nearest] = floors
    .filter(({ ends }) => ends)
    .sort((one, other) => one.headroom - other.headroom);
  return {
    accountId: terms.accountId,
    program: terms.program.name,
    phase: terms.phase.name,
    status: ACCOUNT_STATUSES[state.status] ?? 'closed',
    currency: terms.currency,
    asOf: marketAt ?? state.at,
    day: state.day,
    balance: state.balance,
    equity: equityOf(state),
    openPositions: state.positions.length,
    floors,
    nearest: nearest ?? null,
    targets: rules.flatMap(({ kind, gauge, latch }) =>
      gauge.type === 'target'
        ? [
            {
              kind,
              value: gauge.value,
              target: gauge.target,
              donePerMille: perMille(gauge.value - gauge.start, gauge.target - gauge.start),
              met: latch === 'met' || gauge.value >= gauge.target,
            },
          ]
        : [],
    ),
    counts: rules.flatMap(({ kind, gauge, latch }) =>
      gauge.type === 'count' && gauge.needed > 0
        ? [
            {
              kind,
              value: gauge.value,
              needed: gauge.needed,
              met: latch === 'met' || gauge.value >= gauge.needed,
            },
          ]
        : [],
    ),
    payout,
    verdict,
  };
}

/** Rules whose breach ends the account, by what their kinds say of it. */
function endingRules({ ruleSet, terms }: AccountState): ReadonlySet<string> {
  const compiled = compileRuleSet(ruleSet, terms.ruleSet.version);
  const rules = compiled.ok ? compiled.value.rules : [];
  return new Set(
    rules.flatMap(({ ruleId, kind, params }) =>
      kind.consequence(params) === 'fail' ? [ruleId] : [],
    ),
  );
}

function floorOf({ ruleId, kind, gauge }: StandingRule, ends: boolean): StandingFloor[] {
  if (gauge.type !== 'floor') return [];
  const { role, floor, allowance, measured } = gauge;
  const headroom = measured - floor;
  const leftPerMille = perMille(headroom, allowance);
  return [{ ruleId, kind, role, floor, headroom, leftPerMille, ends }];
}

/** A part of a whole, between nothing and all of it; rounded down, so that 1,000 is all. */
function perMille(part: number, whole: number): number {
  if (whole <= 0) return part > 0 ? 1_000 : 0;
  const ppm = mulDivFloor(Math.max(0, Math.min(part, whole)), PPM_UNIT, whole);
  return Math.floor(ppm / 1_000);
}

/** Balance and what is open, valued from scratch at the quotes that the state carries. */
function equityOf({ terms, balance, positions, market }: AccountState): Money {
  const view = createMarketView(market.map(({ instrument }) => instrument));
  for (const { instrument, bid, ask } of market) {
    if (bid !== null && ask !== null) view.apply({ symbol: instrument.symbol, bid, ask });
  }
  return positions.reduce((sum, position) => sum + view.floatingOf(position, terms), balance);
}
