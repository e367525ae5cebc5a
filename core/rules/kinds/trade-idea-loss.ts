import { z } from 'zod';
import type { AccountTerms } from '#core/accounts/account.ts';
import type { HeldPosition } from '#core/accounts/held-position.ts';
import { mulDivFloor, percentText, shareCeil, type Money } from '#core/money/money.ts';
import { moneyInput, percentInput } from '#core/money/schemas.ts';
import { ALWAYS, conductKind, conductShape, keyOf } from '../conduct.ts';
import { createSlots } from '../objective.ts';
import { initialSize } from '../parameters.ts';
import { UNBOUNDED, type Band, type Moment, type RuleState } from '../rule-kind.ts';

const SECOND_MS = 1_000;
/** What rounding one position, or converting it, can hide: a cent, in units of money. */
const ROUNDING_MAX = 100;
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
   * `floating`: the open loss now; `runningLoss`: what the idea has lost so far with what is open;
   * `stopDistance`: the widest loss its stops ever allowed; `runningLossOrStop`: the larger of the
   * last two. Once too large, only a floating loss can recover.
   */
  measure: z.enum(['floating', 'runningLoss', 'stopDistance', 'runningLossOrStop']),
  /** Positions that make one idea. */
  idea: z.enum(['position', 'symbol', 'symbolAndSide']),
  /** A position opened within so many seconds after the idea went flat still belongs to it. */
  gapSeconds: z.int().min(0).max(86_400).default(0),
  breachedWhen: z.enum(['reaches', 'exceeds']).default('exceeds'),
});
type Params = z.output<typeof params>;

const slots = createSlots(IDEAS, ['realised', 'widest', 'loss', 'said', 'fresh']);
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

/** What an idea has lost by its measure, given its open loss now. */
function lossOf(params: Params, idea: Pick<Slot, 'realised' | 'widest'>, open: Money): Money {
  const running = Math.max(0, open - idea.realised);
  switch (params.measure) {
    case 'floating':
      return Math.max(0, open);
    case 'runningLoss':
      return running;
    case 'stopDistance':
      return idea.widest;
    case 'runningLossOrStop':
      return Math.max(running, idea.widest);
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
    const start = { realised: 0, widest: 0, loss: 0, said: 0, fresh: 0 };
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
    // What a stop allows is measured when something is booked or set, not as rates move.
    const risk =
      moment.cause === 'mark' ? 0 : positions.reduce((sum, { risk: one }) => sum + (one ?? 0), 0);
    const widest = Math.max(idea.widest, risk);
    const loss = lossOf(params, { ...idea, widest }, open);
    const over = isTooMuch(params, loss, limit);
    const fresh = over && idea.said === 0;
    slots.put(state, idea.key, idea.touched, {
      ...fieldsOf(idea),
      widest,
      // While nothing is news, the columns hold still: a mark inside the band changes nothing.
      loss: fresh ? loss : 0,
      fresh: Number(fresh),
      said: Number(over || (params.measure !== 'floating' && idea.said === 1)),
    });
  }
}

function fieldsOf({ realised, widest, loss, said, fresh }: Omit<Slot, 'key' | 'touched'>) {
  return { realised, widest, loss, said, fresh };
}

/**
 * Positions of one symbol and side gain and lose together, in proportion to their lots: of what an
 * idea may still lose, the whole account loses the more, the smaller the idea's part of it. Wakes a
 * little early, by what rounding each position can hide.
 */
function bandOfOneMarket(
  params: Params,
  ideas: readonly Slot[],
  account: {
    readonly held: readonly HeldPosition[];
    readonly limit: Money;
    readonly equity: Money;
  },
): Band {
  const { held, limit, equity } = account;
  const slack = held.length * ROUNDING_MAX;
  const lots = held.reduce((sum, position) => sum + position.lots, 0);
  let atOrBelow = -Infinity;
  for (const idea of ideas) {
    const own = held.filter((position) => ideaOf(params, position) === idea.key);
    const ownLots = own.reduce((sum, position) => sum + position.lots, 0);
    if (ownLots === 0) continue;
    // A floating loss that was too large is watched until it has recovered.
    if (idea.said === 1 && params.measure === 'floating') return ALWAYS;
    if (idea.said === 1) continue;
    const open = -own.reduce((sum, { floating }) => sum + floating, 0);
    const left = Math.max(
      0,
      limit - lossOf({ ...params, measure: runningPart(params) }, idea, open),
    );
    const earned = params.measure === 'floating' ? open : open - idea.realised;
    const untilLosing = Math.max(0, -earned);
    const fall = mulDivFloor(left + untilLosing, lots, ownLots);
    atOrBelow = Math.max(atOrBelow, equity - fall + slack);
  }
  return { ...UNBOUNDED, atOrBelow };
}

/** Of the measures, the part that marks move. */
function runningPart({ measure }: Params): Params['measure'] {
  return measure === 'floating' ? 'floating' : 'runningLoss';
}

/** Maximum loss of one trade idea (catalogue R26, R27). Winning later does not cure it. */
export const tradeIdeaLoss = conductKind<Params>({
  kind: 'tradeIdeaLoss',
  title: 'Risk per trade idea',
  params,
  easier: { amount: 'more' },
  columns: ['dayStartProfit', ...slots.columns],
  needs: ({ measure }) =>
    measure === 'stopDistance' || measure === 'runningLossOrStop' ? ['protection'] : [],
  observe,
  violation: (params, state, moment, terms) => {
    const fresh = slots.all(state).filter((idea) => idea.fresh === 1);
    if (fresh.length === 0) return null;
    return [
      { name: 'loss', unit: 'money', value: Math.max(...fresh.map(({ loss }) => loss)) },
      { name: 'limit', unit: 'money', value: limitAt(params, state, moment, terms) },
    ];
  },
  band: (params, state, moment, terms) => {
    const ideas = slots.all(state);
    if (ideas.some(({ fresh }) => fresh === 1)) return ALWAYS;
    // Stops move at deals and changes of protection alone.
    if (moment.openPositions === 0 || params.measure === 'stopDistance') return UNBOUNDED;
    const held = moment.positions();
    const [first] = held;
    // One idea's loss can grow while another's gain hides it from equity: then every mark counts.
    const together = held.every(
      ({ symbol, side }) => symbol === first?.symbol && side === first.side,
    );
    if (!together) return ALWAYS;
    const limit = limitAt(params, state, moment, terms);
    return bandOfOneMarket(params, ideas, { held, limit, equity: moment.equity });
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
