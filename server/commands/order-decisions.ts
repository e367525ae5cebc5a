import type { AccountTerms } from '#core/accounts/account.ts';
import type { Fact, FactDraft } from '#core/facts/registry.ts';
import type { Decided } from '#core/governance/propose.ts';
import type { GovernedWorld } from '#core/governance/world.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { moneyText } from '#core/money/money.ts';
import type { CompiledProgram } from '#core/programs/compile.ts';
import {
  accountIdFor,
  isReversed,
  isStopped,
  knowsReversal,
  orderIdOf,
  stageOf,
  standsAt,
  type Order,
} from '#core/provisioning/orders.ts';
import {
  consequenceOf,
  isPlausiblePrice,
  POLICY_ACTOR,
  REVERSAL_POLICY,
  retryDelay,
} from '#core/provisioning/policy.ts';
import {
  SENTENCE_MAX,
  type Consequence,
  type OrderStep,
} from '#core/provisioning/provisioning.events.ts';
import { DIRECTED_FROM } from '#core/rules/directive.ts';
import type { Intent } from '#core/sync/protocol.ts';
import { lifeOf, resetReasons, type LifePorts } from '../history/life.ts';
import { offerOf } from '../programs.ts';
import type { Rejection } from './decide.ts';
import type { OrderWish, ServerCommand, ServerIntent } from './server-command.ts';

/** What deciding about orders rests on beside the life of accounts. */
export interface OrderState extends LifePorts {
  readonly world: GovernedWorld;
  /** Whether a published version has not taken effect yet. */
  isComing(programId: string, version: number): boolean;
  /** What bought accounts open on. */
  readonly platform: string;
  /** Whether it opens them when it is asked. */
  readonly opensAccounts: boolean;
}

export type OrderIntent =
  | Extract<ServerIntent, { type: 'receiveOrder' | 'advanceOrder' | 'reverseOrder' }>
  | Extract<Intent, { type: 'retryOrder' | 'cancelOrder' }>;

/** What is decided here. */
export const ORDER_INTENTS = [
  'receiveOrder',
  'advanceOrder',
  'reverseOrder',
  'retryOrder',
  'cancelOrder',
] as const;

type Answer = Result<Decided, Rejection>;
const just = (...drafts: readonly FactDraft[]): Answer => ok({ drafts, contents: [] });
const reject = (code: Rejection['code'], message: string): Answer => err({ code, message });
/** Told before, or overtaken: it is so already, and nothing has to be written down again. */
const KNOWN: Answer = just();

/** What shops tell, what the server does next, and what people say of orders that stand still. */
export function decideOrders(
  command: ServerCommand & { readonly intent: OrderIntent },
  state: OrderState,
): Answer {
  const { intent, actor } = command;
  const { governance, at } = state.world;
  if (intent.type === 'receiveOrder') return receive(intent, command, state);
  const orderId = intent.type === 'reverseOrder' ? intent.reversal.orderId : intent.orderId;
  const order = governance.orders.order(orderId);
  if (!order) return reject('notFound', `there is no order ${orderId}`);
  if (intent.type === 'retryOrder') return retry(order, intent.reason, actor.id, at);
  if (intent.type === 'cancelOrder') return cancel(order, intent.reason, actor.id, at);
  if (actor.type !== 'system') return reject('forbidden', 'only the server does this');
  if (intent.type === 'reverseOrder') return reverse(order, intent.reversal, state);
  return advance(order, intent.wish, state);
}

function receive(
  { order }: Extract<OrderIntent, { type: 'receiveOrder' }>,
  { actor }: ServerCommand,
  { world: { governance, at } }: OrderState,
): Answer {
  if (actor.type !== 'system') return reject('forbidden', 'orders come from shops alone');
  const orderId = orderIdOf(order.source, order.externalId);
  if (governance.orders.order(orderId)) return KNOWN;
  if (order.kind !== 'purchase' && order.forAccount === null) {
    return reject('invalid', `an order of the kind ${order.kind} names the account that it is for`);
  }
  return just({ kind: 'orderReceived', data: { ...order, orderId, at } });
}

function stepOf(order: Order, step: OrderStep, at: number): FactDraft {
  return { kind: 'orderAdvanced', data: { orderId: order.data.orderId, step, at } };
}

function advance(order: Order, wish: OrderWish, state: OrderState): Answer {
  const { at } = state.world;
  const accountId = accountIdFor(order.data.orderId);
  const { progress, milestones, terms } = order;
  switch (wish.type) {
    case 'assign':
      return progress === 'received' && !isStopped(order) ? assign(order, state) : KNOWN;
    case 'ask': {
      const isNext = progress === 'assigned' || progress === 'asked';
      if (!isNext || !terms || isStopped(order)) return KNOWN;
      const attempt = order.asked + 1;
      return just(stepOf(order, { type: 'asked', accountId, attempt, terms }, at));
    }
    case 'created':
      return progress === 'asked' ? created(order, state) : KNOWN;
    case 'sent':
      return progress === 'created'
        ? just(stepOf(order, { type: 'credentialsSent', accountId }, at))
        : KNOWN;
    case 'opened':
      return progress === 'credentialsSent'
        ? just(stepOf(order, { type: 'credentialsOpened', accountId }, at))
        : KNOWN;
    case 'traded': {
      const deal = state.accountFacts(accountId).find(({ kind }) => kind === 'dealBooked');
      if (!deal || milestones.firstTraded !== null || milestones.created === null) return KNOWN;
      const { recordedAt } = deal.envelope;
      return just(stepOf(order, { type: 'firstTraded', accountId }, recordedAt));
    }
    case 'failed':
      return failed(order, wish, at);
  }
}

function failed(
  order: Order,
  { stage, sentence, isFinal }: Extract<OrderWish, { type: 'failed' }>,
  at: number,
): Answer {
  const { failure } = order;
  // The same failure is news only when the time to try again had come.
  const waits = failure?.stage === stage && (failure.retryAt === null || failure.retryAt > at);
  if (isStopped(order) || waits) return KNOWN;
  const attempt = (order.failures[stage] ?? 0) + 1;
  const delay = isFinal ? null : retryDelay(attempt);
  const retryAt = delay === null ? null : at + delay;
  const step = { type: 'failed', stage, attempt, retryAt } as const;
  return just(stepOf(order, { ...step, sentence: sentence.slice(0, SENTENCE_MAX) }, at));
}

// Which rules an account opens under.

function assign(order: Order, state: OrderState): Answer {
  const { at } = state.world;
  const assigned = termsFor(order, state);
  if (assigned.ok) return just(stepOf(order, { type: 'assigned', terms: assigned.value }, at));
  return failed(order, { type: 'failed', stage: 'assign', isFinal: true, ...assigned.error }, at);
}

type Terms = Result<AccountTerms, { readonly sentence: string }>;
const stand = (sentence: string): Terms => err({ sentence });

function termsFor(order: Order, state: OrderState): Terms {
  const { kind, addOns, programId } = order.data;
  if (!state.opensAccounts) {
    return stand(
      'The connected platform opens no accounts when it is asked: open one there by hand, then ' +
        'cancel this order and say so',
    );
  }
  if (kind === 'addOn') {
    return stand(
      `What was added to account ${order.data.forAccount} is to be agreed by a person: move the ` +
        'account to rules that allow it, then cancel this order and say so',
    );
  }
  if (addOns.length > 0 && !order.confirmed) {
    return stand(
      `It was bought with ${addOns.join(', ')}: products of the shop name a program for that. ` +
        'Retry to open it by the plain program, or cancel it',
    );
  }
  if (kind === 'reset') return termsOfReset(order, state);
  const compiled = versionOnSale(programId, state);
  if (!compiled) return stand(`No program ${programId} is published: publish it, or cancel this`);
  const { price, currency } = order.data;
  const { nominalSize, currency: of } = compiled.program;
  // Prices of another currency are compared with nothing: there is no rate to judge them by.
  if (!order.confirmed && currency === of && !isPlausiblePrice(price, nominalSize)) {
    return stand(
      `The price ${moneyText(price)} ${currency} is none for a size of ${moneyText(nominalSize)}: ` +
        'retry when it is right, or cancel it',
    );
  }
  return kind === 'upgrade'
    ? termsOfUpgrade(order, compiled, state)
    : ok(fresh(order, compiled, state));
}

/** The latest version that has taken effect; undefined when none has. */
function versionOnSale(
  programId: string,
  { world, version, isComing }: OrderState,
): CompiledProgram | undefined {
  for (let number = world.latestVersion(programId); number >= 1; number -= 1) {
    if (!isComing(programId, number)) return version(programId, number);
  }
  return undefined;
}

/** The log knows no names: a buyer is called by the order. */
function fresh(
  order: Order,
  compiled: CompiledProgram,
  { platform }: OrderState,
  phase = 0,
): AccountTerms {
  const { orderId, traderId } = order.data;
  const { programId, name, phases } = offerOf(compiled, 'purchasesOnly');
  const entered = phases[phase] ?? phases[0];
  if (!entered) throw new Error(`program ${programId} has no phases`);
  return {
    accountId: accountIdFor(orderId),
    traderId,
    traderName: buyerName(traderId),
    platform,
    currency: compiled.program.currency,
    nominalSize: compiled.program.nominalSize,
    startBalance: entered.startBalance,
    program: { programId, name },
    phase: { phaseId: entered.phaseId, name: entered.name },
    ruleSet: entered.ruleSet,
    positionRounding: 'exact',
    origin: 'purchase',
  };
}

function buyerName(traderId: string): string {
  return `Buyer ${traderId.slice(-6)}`;
}

function termsOfReset(order: Order, state: OrderState): Terms {
  const before = predecessor(order, state);
  if (!before.ok) return before;
  const { terms, facts } = before.value;
  const reasons = resetReasons(facts, state);
  if (reasons.length > 0) {
    return stand(`Account ${terms.accountId} cannot begin again: ${reasons.join('; ')}`);
  }
  const { openedAt: _, ...same } = terms;
  return ok(following(order, same, 'reset'));
}

function termsOfUpgrade(order: Order, compiled: CompiledProgram, state: OrderState): Terms {
  const before = predecessor(order, state);
  if (!before.ok) return before;
  const { terms } = before.value;
  const { nominalSize } = compiled.program;
  if (nominalSize <= terms.nominalSize) {
    return stand(
      `An upgrade of account ${terms.accountId} has to be larger than ` +
        `${moneyText(terms.nominalSize)}, and ${compiled.program.name} is not`,
    );
  }
  const phase = compiled.program.phases.findIndex(({ phaseId }) => phaseId === terms.phase.phaseId);
  const larger = fresh(order, compiled, state, Math.max(0, phase));
  const { traderId, traderName } = terms;
  return ok(
    following(order, { ...larger, traderId, traderName, accountId: terms.accountId }, 'scaledUp'),
  );
}

function following(order: Order, terms: AccountTerms, origin: 'reset' | 'scaledUp'): AccountTerms {
  const { accountId: previousAccountId } = terms;
  return { ...terms, accountId: accountIdFor(order.data.orderId), previousAccountId, origin };
}

/** The account that an order goes on from, which nothing else goes on from. */
function predecessor(
  order: Order,
  { accountFacts, world: { governance } }: OrderState,
): Result<
  { readonly terms: AccountTerms; readonly facts: readonly Fact[] },
  { readonly sentence: string }
> {
  const { forAccount, traderId, orderId } = order.data;
  const facts = accountFacts(forAccount ?? '');
  const life = lifeOf(facts);
  if (!life)
    return err({
      sentence: `There is no account ${forAccount}: cancel it, or give the money back`,
    });
  const other = governance.orders.after(forAccount ?? '');
  const isFollowed = facts.some(({ kind }) => kind === 'successorRequested');
  if (isFollowed || (other && other.data.orderId !== orderId)) {
    return err({ sentence: `Another account follows ${forAccount} already: give the money back` });
  }
  if (life.terms.traderId !== traderId && !order.confirmed) {
    return err({
      sentence:
        `Account ${forAccount} is of trader ${life.terms.traderId}, and somebody else bought this ` +
        'for it: retry when that is agreed, or cancel it',
    });
  }
  return ok({ terms: life.terms, facts });
}

// What becomes of an account when money moves.

function created(order: Order, state: OrderState): Answer {
  const accountId = accountIdFor(order.data.orderId);
  const [opened] = state.accountFacts(accountId);
  if (opened?.kind !== 'accountOpened') return KNOWN;
  const at = Math.max(opened.envelope.recordedAt, order.askedAt ?? 0);
  const step = stepOf(order, { type: 'created', accountId }, at);
  const { forAccount, kind } = order.data;
  const drafts = [step];
  // Who goes on at another size leaves the account behind.
  if (kind === 'upgrade' && forAccount !== null) {
    drafts.push(
      ...direct(forAccount, 'close', `Order ${order.data.orderId}: goes on larger`, state),
    );
  }
  if (!isStopped(order)) return just(...drafts);
  // It was stopped after the platform had been asked.
  const consequence = isReversed(order) ? lateConsequence(order) : 'close';
  const why = order.cancelled ? 'was cancelled' : 'was taken back';
  const reason = `Order ${order.data.orderId} ${why} before its account opened`;
  drafts.push(...direct(accountId, consequence, reason, state));
  if (consequence === 'restrict') drafts.push(askForReview(order, reason, at));
  return just(...drafts);
}

/** What would have followed had the account been open when the money went back. */
function lateConsequence({ reversals, data }: Order): Consequence {
  const refunded = reversals.some(({ type, amount }) => type === 'refund' && amount >= data.price);
  return REVERSAL_POLICY[refunded ? 'refund' : 'chargeback'].untraded;
}

const REVERSAL_TEXT = {
  refund: 'The price was given back',
  chargeback: 'The buyer’s bank took the price back',
  won: 'A dispute about the price was won',
} as const;

function reverse(
  order: Order,
  reversal: Extract<OrderIntent, { type: 'reverseOrder' }>['reversal'],
  state: OrderState,
): Answer {
  const { type, amount, externalId } = reversal;
  if (knowsReversal(order, reversal)) return KNOWN;
  const { at } = state.world;
  const { price } = order.data;
  const isWonAlready =
    type === 'chargeback' &&
    order.reversals.some((one) => one.type === 'won' && one.externalId === externalId);
  const consequence = isWonAlready
    ? 'none'
    : consequenceOf(type, stageNow(order, state), { amount, price });
  const drafts: FactDraft[] = [{ kind: 'orderReversed', data: { ...reversal, consequence, at } }];
  const reason = `${REVERSAL_TEXT[type]} (order ${order.data.orderId})`;
  const accountId = accountIdFor(order.data.orderId);
  drafts.push(...direct(accountId, consequence, reason, state));
  if (consequence === 'restrict') drafts.push(askForReview(order, reason, at));
  return just(...drafts);
}

/** A deal that was booked a moment ago counts, though no step has told of it yet. */
function stageNow(order: Order, { accountFacts }: OrderState): ReturnType<typeof stageOf> {
  const stage = stageOf(order);
  if (stage !== 'untraded') return stage;
  const facts = accountFacts(accountIdFor(order.data.orderId));
  return facts.some(({ kind }) => kind === 'dealBooked') ? 'traded' : 'untraded';
}

/** A restriction is no verdict: somebody looks at it, and lifts it or decides more. */
function askForReview(order: Order, what: string, at: number): FactDraft {
  const accountId = accountIdFor(order.data.orderId);
  const sentence =
    `${what}: account ${accountId} is restricted until somebody has looked at it. Lift it, or ` +
    'close it, then say here that it was looked at';
  const attempt = (order.failures.review ?? 0) + 1;
  return stepOf(order, { type: 'failed', stage: 'review', attempt, sentence, retryAt: null }, at);
}

/** Directs an account as the policy says, where its state allows that; nothing otherwise. */
function direct(
  accountId: string,
  consequence: Consequence,
  reason: string,
  state: OrderState,
): FactDraft[] {
  if (consequence === 'none' || consequence === 'stop') return [];
  const facts = state.accountFacts(accountId);
  const life = lifeOf(facts);
  if (!life || !DIRECTED_FROM[consequence].includes(life.status)) return [];
  // A restriction of people stands until people lift it.
  if (consequence === 'lift' && lastDirector(facts) !== POLICY_ACTOR) return [];
  const data = {
    accountId,
    at: state.at,
    directive: { type: consequence },
    operatorId: POLICY_ACTOR,
    reason,
  };
  return [{ kind: 'accountDirected', data }];
}

function lastDirector(facts: readonly Fact[]): string | null {
  const last = facts.findLast(
    (fact) => fact.kind === 'accountDirected' && fact.data.directive.type !== 'except',
  );
  return last?.kind === 'accountDirected' ? last.data.operatorId : null;
}

// What people say.

function retry(order: Order, reason: string, personId: string, at: number): Answer {
  if (order.cancelled) return reject('conflict', 'the order was cancelled');
  if (!standsAt(order)) return reject('conflict', 'the order does not stand still');
  return just(stepOf(order, { type: 'retried', personId, reason }, at));
}

function cancel(order: Order, reason: string, personId: string, at: number): Answer {
  if (order.cancelled) return reject('conflict', 'the order was cancelled before');
  if (order.milestones.created !== null) {
    return reject('conflict', 'its account is open: restrict or close that instead');
  }
  if (order.progress === 'asked' && order.failure === null) {
    return reject('conflict', 'the platform is opening its account: wait a moment');
  }
  return just(stepOf(order, { type: 'cancelled', personId, reason }, at));
}
