import type { Orders, Order } from '#core/provisioning/orders.ts';
import { accountIdFor, isStopped } from '#core/provisioning/orders.ts';
import { nextStep, type NextStep } from '#core/provisioning/next-step.ts';
import { present } from '#core/kernel/assert.ts';
import type { CommandResult } from '#core/sync/protocol.ts';
import type { OrderWish, ServerIntent } from '../commands/server-command.ts';
import type { Sender } from '../notify/outgoing.ts';
import { createTicker, type Ticker } from '../payments/ticker.ts';
import type { CredentialMail } from './credential-mail.ts';
import type { OrderVault } from './order-vault.ts';

/** What is due is looked at this often, and whenever something has come. */
export const TICK_MS = 1_000;
/** Accounts asked in one round whether they have traded. */
export const WATCHED_PER_TICK_MAX = 200;
/** Steps of one order in one round: from a purchase to the platform, without waiting between. */
const STEPS_PER_TICK_MAX = 4;
const HOUR_MS = 3_600_000;

/** Where the worker says what it does: never a name, an address, a link or a secret. */
export interface ProvisioningLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ProvisioningPorts {
  /** As the log tells them, with everything that a command has led to once that was answered. */
  orders(): Orders;
  command(intent: ServerIntent): Promise<CommandResult>;
  readonly vault: Pick<
    OrderVault,
    'buyer' | 'prepare' | 'link' | 'standing' | 'expire' | 'keepBuyer'
  >;
  /** Null where no mail server is set up. */
  readonly mail: Pick<Sender, 'send'> | null;
  readonly compose: CredentialMail;
  readonly linkHours: number;
  /** "https://accounts.firm.example/credentials/" */
  linkBase(): string;
  hasOpened(accountId: string): boolean;
  hasTraded(accountId: string): boolean;
  now(): number;
  readonly log: ProvisioningLog;
}

/**
 * Leads orders to accounts and accounts to their buyers: `tick` does once all that is due. What has
 * to be done follows from the facts, so it may stop at any point and begin anew: the platform opens
 * no second account of one name, and a mail that is sent again is the same mail.
 */
export function createProvisioningWorker(ports: ProvisioningPorts): Ticker {
  const watch = { after: '' };
  return createTicker(() => tickOnce(ports, watch), TICK_MS);
}

async function tickOnce(ports: ProvisioningPorts, watch: { after: string }): Promise<void> {
  try {
    ports.vault.expire(ports.now());
    const watched: Order[] = [];
    for (const order of ports.orders().live()) {
      if ((await tryOn(order, ports)) === 'watch') watched.push(order);
    }
    await lookAt(watched, ports, watch);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    ports.log.error({ reason }, 'provisioning stopped halfway, and goes on from the log');
  }
}

/** An order that nothing can be done with holds up no other. */
async function tryOn(order: Order, ports: ProvisioningPorts): Promise<NextStep> {
  try {
    return await carryOn(order, ports);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const { orderId } = order.data;
    ports.log.error({ orderId, reason }, 'an order did not go on, and is tried again');
    return 'nothing';
  }
}

/** Does what is due for one order, step by step, until it has to wait. */
async function carryOn(first: Order, ports: ProvisioningPorts): Promise<NextStep> {
  const { orderId } = first.data;
  let order = first;
  for (let taken = 0; taken < STEPS_PER_TICK_MAX; taken += 1) {
    const step = nextStep(order, ports.now());
    const wish = await wishFor(step, order, ports);
    if (wish === null) return step;
    await tell(order, wish, ports);
    const after = ports.orders().order(orderId);
    // Nothing was written down: it was so already, or somebody was faster.
    if (!after || after === order) return step;
    order = after;
  }
  return nextStep(order, ports.now());
}

async function wishFor(
  step: NextStep,
  order: Order,
  ports: ProvisioningPorts,
): Promise<OrderWish | null> {
  const accountId = accountIdFor(order.data.orderId);
  switch (step) {
    case 'assign':
      return { type: 'assign' };
    case 'ask':
      // Made before anybody hears of it: the platform fetches it by the order's name.
      ports.vault.prepare(order.data.orderId, accountId);
      return { type: 'ask' };
    case 'look':
    case 'lookInVain': {
      if (ports.hasOpened(accountId)) return { type: 'created' };
      if (step === 'look') return null;
      const sentence = `The platform has not opened account ${accountId}, and did not say why`;
      return { type: 'failed', stage: 'create', sentence, isFinal: false };
    }
    case 'deliver':
      return deliver(order, ports);
    case 'watch':
    case 'nothing':
      return null;
  }
}

async function deliver(order: Order, ports: ProvisioningPorts): Promise<OrderWish> {
  const { orderId, contact, orderedAt } = order.data;
  const failed = (sentence: string, isFinal: boolean): OrderWish => ({
    type: 'failed',
    stage: 'deliver',
    sentence,
    isFinal,
  });
  const { mail, vault, compose, linkHours, log } = ports;
  if (!mail) {
    return failed(
      'No mail server is set up: write "mail" into alerts.json, start again, then retry',
      true,
    );
  }
  const buyer = vault.buyer(contact);
  if (!buyer) return failed('The buyer’s address was erased: there is nobody to send it to', true);
  const until = ports.now() + linkHours * HOUR_MS;
  const token = vault.link(orderId, until);
  // Read or run out between the mail and its entry in the log.
  if (token === null) return { type: 'sent' };
  const terms = present(order.terms, 'the terms of an account that is open');
  const link = `${ports.linkBase()}${token}`;
  const said = await mail.send(
    compose({ orderId, orderedAt, name: buyer.name, terms, link, until }),
    buyer.address,
  );
  // What a mail server says may name the address: its number has to do.
  const code = /\b[245]\d\d\b/.exec(said.says)?.[0] ?? '';
  log.info({ orderId, result: said.type, code }, 'credentials were to be sent');
  if (said.type === 'sent') return { type: 'sent' };
  const refused = said.type === 'refused';
  const why = code === '' ? '' : ` (it said ${code})`;
  return failed(
    refused
      ? `The mail server refuses the buyer’s address${why}: find out another one`
      : `The mail could not be handed over${why}`,
    refused,
  );
}

/** Whether credentials were read, ran out, or are used: some accounts in every round, all in turn. */
async function lookAt(
  orders: readonly Order[],
  ports: ProvisioningPorts,
  watch: { after: string },
): Promise<void> {
  const from = orders.findIndex(({ data }) => data.orderId === watch.after) + 1;
  const round = [...orders.slice(from), ...orders.slice(0, from)].slice(0, WATCHED_PER_TICK_MAX);
  for (const order of round) {
    watch.after = order.data.orderId;
    const wish = linkWish(order, ports);
    if (wish) await tell(order, wish, ports);
    const isOpen = order.milestones.created !== null;
    if (isOpen && order.milestones.firstTraded === null) {
      if (ports.hasTraded(accountIdFor(order.data.orderId)))
        await tell(order, { type: 'traded' }, ports);
    }
  }
}

function linkWish(order: Order, { vault, linkHours }: ProvisioningPorts): OrderWish | null {
  if (order.progress !== 'credentialsSent' || order.failure !== null || isStopped(order))
    return null;
  const state = vault.standing(order.data.orderId);
  if (state === 'read') return { type: 'opened' };
  if (state !== 'expired') return null;
  const sentence =
    `Nobody opened the link within ${linkHours} hours, and the password is wiped: retry to make ` +
    'another and send it';
  return { type: 'failed', stage: 'deliver', sentence, isFinal: true };
}

async function tell(
  order: Order,
  wish: OrderWish,
  { command, log }: ProvisioningPorts,
): Promise<void> {
  const { orderId } = order.data;
  const result = await command({ type: 'advanceOrder', orderId, wish });
  if (result.type === 'accepted') return;
  log.warn(
    { orderId, wish: wish.type, reason: result.message },
    'a step of an order was not taken',
  );
}
