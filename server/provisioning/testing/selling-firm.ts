import type { Order, Orders } from '#core/provisioning/orders.ts';
import { orderIdOf } from '#core/provisioning/orders.ts';
import type { Fact } from '#core/facts/registry.ts';
import { auditGovernance } from '#core/governance/verify-governance.ts';
import { present } from '#core/kernel/assert.ts';
import type { CommandResult } from '#core/sync/protocol.ts';
import { createReplayAdapter } from '#server/adapters/replay/adapter.ts';
import type { ServerIntent } from '#server/commands/server-command.ts';
import { verifyInTests } from '#server/commands/testing/signing-desk.ts';
import type { Outgoing, Sender } from '#server/notify/outgoing.ts';
import { createCatalogue } from '#server/partition/catalogue.ts';
import { openPartition, type Partition } from '#server/partition/partition.ts';
import type { Ticker } from '#server/payments/ticker.ts';
import { macOf, signatureHeader } from '#server/payments/message-signature.ts';
import { loadPrograms, offersOf } from '#server/programs.ts';
import { openStore, type Store } from '#server/store/store.ts';
import { credentialMail } from '../credential-mail.ts';
import { openOrderVault, type OrderVault } from '../order-vault.ts';
import { createProvisioningWorker, type ProvisioningPorts } from '../provisioning-worker.ts';
import { createShopWebhooks, type ShopAnswer, type ShopWebhooks } from '../shop-webhooks.ts';
import { genericShop, SHOP_EVENT_KIND, SHOP_SIGNATURE } from '../shops/generic/shop.ts';

/** A Friday morning in May. */
const START = Date.UTC(2014, 4, 2, 9);
const SECRET = Buffer.from('a-secret-of-this-test');
const PROGRAM = 'two-step-100k';
const programs = loadPrograms().filter(({ program }) =>
  [PROGRAM, 'instant-25k'].includes(program.programId),
);
const NOISE = { info: () => {}, warn: () => {}, error: () => {} };
/** Records until the market is open and the first accounts are. */
const OPENING_RECORDS = 200;
export const LINK_BASE = 'https://accounts.test/credentials/';

export interface SentMail {
  readonly to: string;
  readonly message: Outgoing;
}

/** A firm with a shop, a platform and a mail server, without threads: a test moves its clock. */
export interface SellingFirm {
  clock: number;
  readonly store: Store;
  readonly vault: OrderVault;
  readonly partition: Partition;
  readonly worker: Ticker;
  readonly webhooks: ShopWebhooks;
  readonly mails: SentMail[];
  /** What the mail server answers; sent when left alone. */
  mailSays: Awaited<ReturnType<Sender['send']>>;
  orders(): Orders;
  order(externalId: string): Order;
  /** Sends an event of the firm's own shop, signed now. */
  post(event: object, t?: number): Promise<ShopAnswer>;
  /** Lets the platform tell so many records. */
  market(records: number): void;
  /** Lets time pass, the platform tell, and the worker do what is due. */
  pass(ms: number): Promise<void>;
  as(personId: string, intent: Parameters<Partition['command']>[0]['intent']): string;
  /** The platform books so large a loss that the account fails. */
  ruin(accountId: string): void;
  /** The server stops and comes back on the same log and vault: all else is forgotten. */
  restart(): void;
}

export interface SellingOptions {
  /** Between the worker and everything that it touches: where a test lets it die. */
  readonly wrap?: (ports: ProvisioningPorts) => ProvisioningPorts;
}

export function openSellingFirm({ wrap = (ports) => ports }: SellingOptions = {}): SellingFirm {
  const state = {
    clock: START + 3_600_000,
    mailSays: { type: 'sent', says: '250 taken' } as SellingFirm['mailSays'],
  };
  const now = (): number => state.clock;
  const store = openStore(':memory:');
  const vault = openOrderVault(':memory:', {
    digestKey: Buffer.alloc(32, 1),
    sealKey: Buffer.alloc(32, 2),
  });
  const mails: SentMail[] = [];
  const mail: Pick<Sender, 'send'> = {
    send: (message, to) => {
      if (state.mailSays.type === 'sent') mails.push({ message, to });
      return Promise.resolve(state.mailSays);
    },
  };
  let partition = openSellingPartition(store, now);
  let counter = 0;
  const run = (records: number): void => {
    const until = partition.records + records;
    while (partition.records < until) partition.run(Infinity, until - partition.records);
  };
  const command = (intent: ServerIntent): Promise<CommandResult> => {
    counter += 1;
    const actor = { type: 'system', id: 'orders' } as const;
    const commandId = `c-${counter}-${partition.ingest.lastSeq}`;
    return Promise.resolve(partition.command({ commandId, actor, intent }).result);
  };
  const orders = (): Orders => partition.governance.orders;
  const ports = (): ProvisioningPorts => ({
    orders,
    command,
    vault,
    mail,
    compose: credentialMail(),
    linkHours: 72,
    linkBase: () => LINK_BASE,
    hasOpened: (accountId) => partition.ingest.book.numberOf(accountId) !== undefined,
    hasTraded: (accountId) =>
      store.stream(0, `account:${accountId}`).some(({ kind }) => kind === 'dealBooked'),
    now,
    log: NOISE,
  });
  let worker = createProvisioningWorker(wrap(ports()));
  const shop = { name: 'own', products: {}, adapter: genericShop, secret: SECRET };
  const webhooks = createShopWebhooks({
    shops: new Map([['own', shop]]),
    vault,
    orders,
    command,
    now,
    wake: () => {},
  });
  const firm: SellingFirm = {
    get clock() {
      return state.clock;
    },
    set clock(at) {
      state.clock = at;
    },
    get mailSays() {
      return state.mailSays;
    },
    set mailSays(says) {
      state.mailSays = says;
    },
    store,
    vault,
    mails,
    webhooks,
    get partition() {
      return partition;
    },
    get worker() {
      return worker;
    },
    orders,
    order: (externalId) => present(orders().order(orderIdOf('own', externalId)), externalId),
    post: (event, t = now()) => webhooks.receive('own', signed(event, t)),
    market: run,
    pass: async (ms) => {
      state.clock += ms;
      await worker.tick();
      run(20);
      await worker.tick();
    },
    as: (personId, intent) => {
      counter += 1;
      const actor = { type: 'operator', id: personId } as const;
      const { result } = partition.command({ commandId: `p-${counter}`, actor, intent });
      return result.type === 'accepted' ? 'accepted' : `${result.code}: ${result.message}`;
    },
    ruin: (accountId) => {
      const operation = { operationId: `ruin-${accountId}`, amount: -50_000_0000, comment: '' };
      partition.source.execute({
        type: 'bookOperation',
        accountId,
        operation: { ...operation, type: 'adjustment' },
      });
      run(20);
    },
    restart: () => {
      partition = openSellingPartition(store, now);
      worker = createProvisioningWorker(wrap(ports()));
    },
  };
  run(OPENING_RECORDS);
  const founding = {
    type: 'found',
    people: [
      { personId: 'sam', roles: ['supportAgent'] },
      { personId: 'finn', roles: ['riskOfficer'] },
    ],
    policies: [],
  } as const;
  void command(founding);
  return firm;
}

function openSellingPartition(store: Store, now: () => number): Partition {
  return openPartition({
    partition: 0,
    store,
    catalogue: createCatalogue(programs),
    now,
    audience: { org: 'test-firm', env: 'test' },
    verify: verifyInTests,
    adapter: createReplayAdapter({
      seed: 5,
      accounts: 6,
      activityPercent: 1_000,
      programs: offersOf(programs),
      startAt: START,
      recorded: null,
    }),
  });
}

/** What the offline verifier, which judges everything a second time from the log, finds wrong. */
export function findingsIn(
  store: Store,
  forge: (facts: readonly Fact[]) => readonly Fact[] = (facts) => facts,
): string[] {
  const tree = store.tree(0);
  const audit = auditGovernance({
    origin: `propdesk/${store.logId}`,
    content: store.content,
    verify: verifyInTests,
    rootAt: (size) => (size <= tree.size ? Buffer.from(tree.root(size)).toString('hex') : null),
  });
  for (const fact of forge([...store.facts(0, 1, tree.size)])) audit.take(fact);
  audit.end();
  return audit.findings.map(({ rule, sentence }) => `${rule}: ${sentence}`);
}

/** A delivery of the firm's own shop, as it comes over the line. */
export function signed(
  event: object,
  t: number,
): { raw: Uint8Array; headers: Record<string, string> } {
  const raw = Buffer.from(JSON.stringify(event));
  const v = macOf(SECRET, SHOP_EVENT_KIND, t, raw);
  return { raw, headers: { [SHOP_SIGNATURE]: signatureHeader({ t, v }) } };
}

/** An order of somebody for the usual program. */
export function paid(externalId: string, over: Record<string, unknown> = {}): object {
  return {
    type: 'order.paid',
    order: {
      externalId,
      programId: PROGRAM,
      price: '499.00',
      currency: 'USD',
      buyer: { address: `${externalId}@buyers.example`, name: 'Bea Buyer' },
      orderedAt: START + 3_600_000,
      ...over,
    },
  };
}

/** Money of an order that goes back, or comes again. */
export function moneyBack(
  type: 'order.refunded' | 'order.disputed' | 'dispute.won',
  orderExternalId: string,
  amount = '499.00',
  externalId = `${orderExternalId}-back`,
): object {
  return { type, reversal: { orderExternalId, externalId, amount, currency: 'USD' } };
}
