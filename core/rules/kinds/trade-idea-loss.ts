import { z } from 'zod';
import type { AccountTerms } from '#core/accounts/account.ts';
import type { HeldPosition } from '#core/accounts/held-position.ts';
import { percentText, shareCeil, type Money } from '#core/money/money.ts';
import { moneyInput, percentInput } from '#core/money/schemas.ts';
import { ALWAYS, conductKind, conductShape, keyOf } from '../conduct.ts';
import { createSlots } from '../objective.ts';
import { initialSize } from '../parameters.ts';
import { UNBOUNDED, type Moment, type RuleState } from '../rule-kind.ts';

const SECOND_MS = 1_000;
/** Ideas remembered at a time; the one untouched longest is forgotten first. */
const IDEAS = 6;

const params = z.strictObject({
  ...conductShape,
  amount: z.union([
    z.strictObject({ fixed: moneyInput }),
    z.strictObject({ percent: percentInput, of: z.enum(['initial', 'balance']) }),
    /** Of the profit the day began with, or of a threshold while that is larger (R27). */
    z.strictObject({ percent: percentInput, of: z.literal('dayStartProfit'), atLeast: moneyInput }),
  ]),
  /**
   * `floating`: the open loss now; `realisedAndWorst`: what the idea has lost so far plus the worst
   * its open part ever stood at; `stopDistance`: the widest loss its stops ever allowed;
   * `worstOrStop`: the larger of the last two.
   */
  measure: z.enum(['floating', 'realisedAndWorst', 'stopDistance', 'worstOrStop']),
  /** Positions that make one idea. */
  idea: z.enum(['position', 'symbol', 'symbolAndSide']),
  /** A position opened within so many seconds after the idea went flat still belongs to it. */
  gapSeconds: z.int().min(0).max(86_400).default(0),
  breachedWhen: z.enum(['reaches', 'exceeds']).default('exceeds'),
});
type Params = z.output<typeof params>;

const slots = createSlots(IDEAS, ['realised', 'worst', 'widest', 'open', 'said', 'fresh']);
type Slot = NonNullable<ReturnType<typeof slots.find>>;

function ideaOf(
  params: Params,
  position: Pick<HeldPosition, 'positionId' | 'symbol' | 'side'>,
): number {
  if (params.idea === 'position') return keyOf(position.positionId);
  return params.idea === 'symbol' ? keyOf(position.symbol) : keyOf(position.symbol, position.side);
}

/** The loss an idea may make, in money. */
export function allowedLoss(
  amount: Params['amount'],
  account: { readonly balance: Money; readonly dayStartProfit: Money },
  terms: AccountTerms,
): Money {
  if ('fixed' in amount) return amount.fixed;
  if ('atLeast' in amount) {
    return shareCeil(Math.max(account.dayStartProfit, amount.atLeast), amount.percent);
  }
  return shareCeil(amount.of === 'initial' ? initialSize(terms) : account.balance, amount.percent);
}

function lossOf(params: Params, idea: Slot): Money {
  const worst = Math.max(0, -idea.realised + idea.worst);
  switch (params.measure) {
    case 'floating':
      return idea.open;
    case 'realisedAndWorst':
      return worst;
    case 'stopDistance':
      return idea.widest;
    case 'worstOrStop':
      return Math.max(worst, idea.widest);
  }
}

function limitAt(params: Params, state: RuleState, moment: Moment, terms: AccountTerms): Money {
  const account = { balance: moment.balance, dayStartProfit: state.dayStartProfit ?? 0 };
  return allowedLoss(params.amount, account, terms);
}

function isTooMuch(params: Params, loss: Money, limit: Money): boolean {
  return params.breachedWhen === 'reaches' ? loss >= limit : loss > limit;
}

/** Groups what is open, and brings every idea's numbers up to this moment. */
function observe(params: Params, state: RuleState, moment: Moment, terms: AccountTerms): void {
  if (moment.cause === 'dayOpen') state.dayStartProfit = moment.balance - terms.startBalance;
  const { deal } = moment;
  const held = moment.openPositions > 0 ? moment.positions() : [];
  const groups = new Map<number, HeldPosition[]>();
  for (const position of held) {
    const key = ideaOf(params, position);
    groups.set(key, [...(groups.get(key) ?? []), position]);
  }
  if (deal) {
    const key = ideaOf(params, deal);
    const idea = slots.find(state, key);
    const forgotten =
      deal.opensPosition &&
      idea !== null &&
      (groups.get(key)?.length ?? 0) <= 1 &&
      moment.at - idea.touched > params.gapSeconds * SECOND_MS;
    const start = { realised: 0, worst: 0, widest: 0, open: 0, said: 0, fresh: 0 };
    const before = idea === null || forgotten ? start : idea;
    slots.put(state, key, moment.at, {
      ...fieldsOf(before),
      realised: before.realised + moment.realised,
    });
  }
  const limit = limitAt(params, state, moment, terms);
  for (const idea of slots.all(state)) {
    const positions = groups.get(idea.key) ?? [];
    const open = -positions.reduce((sum, { floating }) => sum + floating, 0);
    const risk = positions.reduce((sum, { risk: one }) => sum + (one ?? 0), 0);
    // A floating loss needs no memory: what is open now is all that counts.
    const remembers = params.measure !== 'floating';
    const next = {
      ...idea,
      open: Math.max(0, open),
      worst: remembers ? Math.max(idea.worst, open) : 0,
      widest: remembers ? Math.max(idea.widest, risk) : 0,
    };
    const over = isTooMuch(params, lossOf(params, next), limit);
    const fresh = over && idea.said === 0;
    slots.put(state, idea.key, idea.touched, {
      ...fieldsOf(next),
      // While nothing is news, the columns hold still: a mark inside the band changes nothing.
      open: remembers || fresh ? next.open : 0,
      fresh: Number(fresh),
      said: Number(over || (params.measure !== 'floating' && idea.said === 1)),
    });
  }
}

function fieldsOf({ realised, worst, widest, open, said, fresh }: Omit<Slot, 'key' | 'touched'>) {
  return { realised, worst, widest, open, said, fresh };
}

/** Maximum loss of one trade idea (catalogue R26, R27). Winning later does not cure it. */
export const tradeIdeaLoss = conductKind<Params>({
  kind: 'tradeIdeaLoss',
  title: 'Risk per trade idea',
  params,
  columns: ['dayStartProfit', ...slots.columns],
  needs: ({ measure }) =>
    measure === 'stopDistance' || measure === 'worstOrStop' ? ['protection'] : [],
  observe,
  violation: (params, state, moment, terms) => {
    const fresh = slots.all(state).filter((idea) => idea.fresh === 1);
    if (fresh.length === 0) return null;
    return [
      { name: 'loss', unit: 'money', value: Math.max(...fresh.map((one) => lossOf(params, one))) },
      { name: 'limit', unit: 'money', value: limitAt(params, state, moment, terms) },
    ];
  },
  band: (params, state, moment, terms) => {
    const ideas = slots.all(state);
    if (ideas.some(({ fresh }) => fresh === 1)) return ALWAYS;
    if (moment.openPositions === 0) return UNBOUNDED;
    if (params.measure !== 'floating') return ALWAYS;
    const open = new Set(moment.positions().map((position) => ideaOf(params, position)));
    // One idea's loss can grow while another's gain hides it from equity: then every mark counts.
    const [only] = open;
    if (open.size > 1 || only === undefined) return ALWAYS;
    const limit = limitAt(params, state, moment, terms);
    const line = moment.balance - (params.breachedWhen === 'reaches' ? limit : limit + 1);
    const said = ideas.some(({ key, said: once }) => key === only && once === 1);
    return said ? { ...UNBOUNDED, atOrAbove: line + 1 } : { ...UNBOUNDED, atOrBelow: line };
  },
  describe: (params, terms) => {
    const idea = {
      position: 'One position',
      symbol: 'All positions of one symbol together',
      symbolAndSide: 'All positions of one symbol and side together',
    }[params.idea];
    const { amount } = params;
    const limit =
      'fixed' in amount
        ? String(amount.fixed / 10_000)
        : amount.of === 'dayStartProfit'
          ? `${percentText(amount.percent)} of the profit the day began with`
          : `${percentText(amount.percent)} of the ${amount.of === 'initial' ? 'initial size' : 'balance'}`;
    const verb = params.breachedWhen === 'reaches' ? 'must lose less than' : 'may lose at most';
    return `${idea} ${verb} ${limit}${'fixed' in amount ? ` ${terms.currency}` : ''}.`;
  },
});
