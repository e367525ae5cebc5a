import {
  mergeAccounts,
  promotionBalance,
  refundOf,
  refundPolicySchema,
} from '#core/lifecycle/portfolio.ts';
import {
  assessScaling,
  growthOf,
  scalingPolicySchema,
  sizeAfter,
  type ScalingPolicy,
} from '#core/lifecycle/scaling.ts';
import type { Answers, Example, Reader } from './example.ts';
import {
  amountOf,
  find,
  listOf,
  money,
  moneyText,
  need,
  needAmount,
  percentText,
  said,
} from './given.ts';
import { openStage, units, type RuleInput, type Stage } from './stage.ts';

/** Scaling, promotion, merging and refunds: how accounts live on. */
export const growth: readonly Reader[] = [
  { family: /^scaling\.(contracts|half)/, read: readTiers },
  { family: /^scaling\./, read: readScaling },
  { family: /^lifecycle\.promotion/, read: readPromotion },
  { family: /^lifecycle\.merge/, read: readMerge },
  { family: /^fee\.refund/, read: readRefund },
];

// ---------------------------------------------------------------- growing accounts

function policyOf(example: Example): ScalingPolicy {
  const { rule_kind: kind } = example;
  const share = find(example, 'step_pct', 'pct');
  const double = /first_25_then_double/.test(kind);
  const percent = double ? ['25', '100'] : [percentText(share ?? 0.25)];
  const compounding = double || /compound|current/.test(kind);
  const paidOut = /withdrawn|withdrawal/.test(kind);
  const needed = find(example, 'needed', 'min_growth', 'growth_needed');
  return scalingPolicySchema.parse({
    step: { percent, of: compounding ? 'present' : 'original' },
    everyMonths: said(example, /(\d+)-month/) ?? 3,
    minimumGrowth: percentText(needed ?? 0.1),
    growth: paidOut ? 'paidOut' : 'profit',
  });
}

function readScaling(example: Example): Answers {
  const policy = policyOf(example);
  const original =
    amountOf(example, 'start', 'original', 'initial', 'tier_start') ?? units(100_000);
  const cycles = find(example, 'cycles', 'steps') ?? 1;
  const size = (steps: number): number => sizeAfter(policy, original, steps);
  const sizes = (name: string): number[] => {
    const count = (example.expected[name] as readonly unknown[]).length;
    return Array.from({ length: count }, (_unused, at) => Math.round(money(size(at + 1))));
  };
  const daily = find(example, 'dl', 'daily_pct');
  const overall = find(example, 'ml', 'max_pct');
  const target = find(example, 'tgt', 'target_pct');
  /** The scaled account, opened with the program's rules at its new size. */
  const scaled = (rule: RuleInput): Stage => openStage(size(cycles), [rule]);
  const dailyAllowance = (): number =>
    money(
      scaled({
        kind: 'dailyLoss',
        params: {
          breachedWhen: 'below',
          anchor: 'dayStartBalance',
          amount: { percent: percentText(daily ?? 0), of: 'initial' },
        },
      }).allowance(),
    );
  const overallAllowance = (): number =>
    money(
      scaled({
        kind: 'staticLoss',
        params: {
          breachedWhen: 'below',
          distance: { percentOfInitial: percentText(overall ?? 0) },
        },
      }).allowance(),
    );
  const targetAmount = (): number => {
    const gauge = scaled({
      kind: 'profitTarget',
      params: { amount: { percentOfInitial: percentText(target ?? 0) } },
    }).gauge(0);
    return gauge.type === 'target' ? money(gauge.target - gauge.start) : -1;
  };
  const window = (): Parameters<typeof growthOf>[1] => {
    const profit = amountOf(example, 'profit') ?? 0;
    const share = find(example, 'share', 'withdrawn_pct') ?? 1;
    const paidOut = amountOf(example, 'withdrawn') ?? Math.round(profit * share);
    return {
      size: original,
      profit,
      paidOut,
      payouts: 1,
      profitableMonths: 12,
      balance: original + profit,
    };
  };
  return {
    balances: () => sizes('balances'),
    q: () => sizes('q'),
    sizes: () => sizes('sizes'),
    initial_balance: () => money(size(cycles)),
    new_balance: () => money(size(cycles)),
    max_daily_loss: dailyAllowance,
    daily: dailyAllowance,
    max_loss: overallAllowance,
    overall: overallAllowance,
    target: targetAmount,
    growth: () => growthOf(policy, window()) / 1_000_000,
    scaled: () => assessScaling(policy, window()).scaled,
  };
}

/** Tiers in the wording: "below 1,500 -> 2 minis; 1,500-2,000 -> 3; above 2,000 -> 5". */
function tiersIn(example: Example): { profit: string; when: string; lots: string }[] {
  const words = example.as_published.replaceAll(',', '');
  const tiers: { profit: string; when: string; lots: string }[] = [];
  const part = /(below|above|over|from)?\s*(\d+)(?:\s*-\s*\d+)?\s*->\s*(\d+)/g;
  for (const [, sign = '', edge = '0', lots = '0'] of words.matchAll(part)) {
    if (sign === 'below') tiers.push({ profit: '0', when: 'reaches', lots });
    else tiers.push({ profit: edge, when: /above|over/.test(sign) ? 'exceeds' : 'reaches', lots });
  }
  return tiers.filter(
    ({ profit }, at) => at === 0 || Number(profit) >= Number(tiers[at - 1]?.profit),
  );
}

/**
 * The profit at which full size begins, where a statement asks only about "before" and "after" it and
 * gives no amount: its answers are taken at no profit and just past it, so they hold for any amount.
 */
const SAFETY_NET = 2_600;

function readTiers(example: Example): Answers {
  const half = /half/.test(example.rule_kind);
  const before = find(example, 'before');
  const after = find(example, 'after');
  const tiers = half
    ? [
        { profit: '0', when: 'reaches', lots: String(before ?? 1) },
        { profit: String(SAFETY_NET), when: 'exceeds', lots: String(after ?? 2) },
      ]
    : tiersIn(example);
  const initial = units(50_000);
  const micros = [{ symbol: 'MICRO', share: '10' }];
  const rule: RuleInput = {
    kind: 'contractTiers',
    params: { tiers, stepsDown: !half, weights: micros },
  };
  const at = (profit: number, symbol: string, lots: number): boolean => {
    const stage = openStage(initial, [rule]);
    if (profit !== 0) stage.earn(profit);
    stage.nextDay();
    if (lots > 0) stage.order({ position: 'p', symbol, lots });
    return stage.flags() > 0;
  };
  const largest = (symbol: string): number => {
    const profit = needAmount(example, 'profit_balance', 'profit');
    let lots = 0;
    while (lots < 1_000 && !at(profit, symbol, lots + 1)) lots += 1;
    return lots;
  };
  const used = find(example, 'used') ?? 0;
  return {
    max_minis: () => largest('MINI'),
    max_contracts: () => largest('MINI'),
    max_micros: () => largest('MICRO'),
    violation_before: () => at(0, 'MINI', used),
    violation_after: () => at(units(SAFETY_NET) + 1, 'MINI', used),
  };
}

// ---------------------------------------------------------------- states of a portfolio

function readPromotion(example: Example): Answers {
  const balances = (listOf(example, 'express_balances', 'balances') ?? []).map(units);
  const live = (): number =>
    money(promotionBalance(balances, needAmount(example, 'largest_size', 'largest')));
  return { live_start: live, start_balance: live };
}

function readMerge(example: Example): Answers {
  const sizes = (listOf(example, 'accounts', 'sizes') ?? []).map(units);
  const merged = (): { size: number; master: number } => {
    const result = mergeAccounts(sizes, amountOf(example, 'cap'));
    if (!result.ok) throw new Error(result.error);
    return result.value;
  };
  return {
    merged: () => money(merged().size),
    allowed: () => mergeAccounts(sizes, amountOf(example, 'cap')).ok,
    max_lots: () => {
      // The master's cap holds on the merged account: found by placing orders on it.
      const { size, master } = merged();
      const cap = master === 0 ? need(example, 'master_lots') : need(example, `lots${master + 1}`);
      let lots = 0;
      for (;;) {
        const stage = openStage(size, [
          { kind: 'maximumLots', params: { scope: 'account', limit: { lots: String(cap) } } },
        ]);
        stage.order({ position: 'p', lots: lots + 1 });
        if (stage.flags() > 0) return lots;
        lots += 1;
      }
    },
    master: () => moneyText(sizes[merged().master] ?? 0),
  };
}

function readRefund(example: Example): Answers {
  const share = find(example, 'pct', 'share') ?? 1;
  const policy = refundPolicySchema.parse({ withPayouts: [percentText(share)] });
  const first = needAmount(example, 'fee', 'paid');
  const reset = amountOf(example, 'reset_fee') ?? null;
  return {
    refund: () => money(refundOf(policy, { first, reset }, 0)),
    refund_no_reset: () => money(refundOf(policy, { first, reset: null }, 0)),
    refund_after_reset: () => money(refundOf(policy, { first, reset }, 0)),
  };
}
