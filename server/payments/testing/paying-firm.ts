import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Governance, PaymentState } from '#core/governance/governance.ts';
import type { CommandResult } from '#core/sync/protocol.ts';
import { present } from '#core/kernel/assert.ts';
import type { ServerCommand } from '#server/commands/server-command.ts';
import { openGovernedFirm, type GovernedFirm } from '#server/commands/testing/governed-firm.ts';
import type { CutOffs } from '../cut-offs.ts';
import { openPayeeVault, type PayeeDetails, type PayeeVault } from '../payee-vault.ts';
import type { PaymentProvider } from '../payment-provider.ts';
import { createPaymentWorker } from '../payment-worker.ts';
import type { Ticker } from '../ticker.ts';
import { createHttpRail } from '../providers/http-rail/provider.ts';
import { RAIL_SIGNATURE } from '../rail-messages.ts';
import { startTestRail, type TestRail } from '../test-rail/test-rail.ts';
import { createWebhooks, type WebhookAnswer, type Webhooks } from '../webhooks.ts';

export const RAIL_SECRET: Uint8Array = Buffer.alloc(32, 3);
/** Longer than a busy machine needs: what is to go unanswered is hung up on earlier. */
const RAIL_ANSWERS_WITHIN_MS = 20_000;
const HANGS_UP_AFTER_MS = 10;

export interface PayingFirmOptions {
  readonly cutOffs?: CutOffs;
  readonly providers?: ReadonlyMap<PayeeDetails['method'], PaymentProvider>;
  readonly accounts?: number;
}

/** Fields of the payee that are other than usual; undefined for none. */
type OtherPayee = { readonly [Field in keyof PayeeDetails]?: PayeeDetails[Field] | undefined };

/** A governed firm with payees, the test rail, and a worker between them. */
export interface PayingFirm {
  readonly firm: GovernedFirm;
  readonly governance: Governance;
  readonly vault: PayeeVault;
  readonly rail: TestRail;
  readonly provider: PaymentProvider;
  readonly worker: Ticker;
  readonly webhooks: Webhooks;
  readonly logged: string[];
  /** Answers to the events that the rail sent. */
  readonly heard: WebhookAnswer[];
  command(command: ServerCommand): Promise<CommandResult>;
  /** Asks for a payout to a payee whose account ends so. */
  request(accountId: string, over?: OtherPayee): string;
  /** As `request`, and signed by two persons. */
  approved(accountId: string, over?: OtherPayee): string;
  state(payoutId: string): PaymentState;
  /** Lets time pass, and the worker do what is due then. */
  pass(ms: number): Promise<void>;
  /** The server stops and comes back on the same log: a new worker knows nothing. */
  restart(): void;
  close(): Promise<void>;
}

export async function openPayingFirm(options: PayingFirmOptions = {}): Promise<PayingFirm> {
  const state = { firm: openGovernedFirm({ accounts: options.accounts ?? 3 }) };
  const now = (): number => state.firm.clock;
  const rail = await startTestRail({
    secret: RAIL_SECRET,
    now,
    lateMs: Infinity,
    silentMs: HANGS_UP_AFTER_MS,
    resendFirstMs: 5,
  });
  const provider = createHttpRail({
    url: rail.url,
    secret: RAIL_SECRET,
    now,
    timeoutMs: RAIL_ANSWERS_WITHIN_MS,
  });
  const vault = openPayeeVault(':memory:');
  const logged: string[] = [];
  const say = (fields: object, message: string): void =>
    void logged.push(`${message} ${JSON.stringify(fields)}`);
  const command = (one: ServerCommand): Promise<CommandResult> => {
    const { result } = state.firm.partition.command(one);
    state.firm.partition.advance();
    return Promise.resolve(result);
  };
  const ports = {
    governance: () => state.firm.partition.governance,
    command,
    payee: vault.find,
    providers: options.providers ?? new Map([['testRail', provider] as const]),
    cutOffs: options.cutOffs ?? [],
    now,
    log: { info: say, warn: say, error: say },
  };
  const live = { worker: createPaymentWorker(ports) };
  const webhooks = createWebhooks({ ...ports, secret: RAIL_SECRET, provider, method: 'testRail' });
  const heard: WebhookAnswer[] = [];
  const door = await openDoor(webhooks, heard);
  rail.tellAt(door.url);
  const paying: PayingFirm = {
    get firm() {
      return state.firm;
    },
    get governance() {
      return state.firm.partition.governance;
    },
    get worker() {
      return live.worker;
    },
    vault,
    rail,
    provider,
    webhooks,
    logged,
    heard,
    command,
    request: (accountId, over = {}) => request(state.firm, vault, accountId, over),
    approved: (accountId, over = {}) => {
      const payoutId = request(state.firm, vault, accountId, over);
      for (const person of ['cleo', 'dario'])
        state.firm.as(person, state.firm.desk(person).decide(payoutId, 'approve'));
      return payoutId;
    },
    state: (payoutId) => state.firm.partition.governance.paymentState(payoutId),
    pass: async (ms) => {
      state.firm.clock += ms;
      await live.worker.tick();
    },
    restart: () => {
      state.firm = state.firm.reopen();
      live.worker = createPaymentWorker(ports);
    },
    close: async () => {
      await live.worker.stop();
      await rail.close();
      await door.close();
      vault.close();
    },
  };
  return paying;
}

let requests = 0;

function request(
  firm: GovernedFirm,
  vault: PayeeVault,
  accountId: string,
  over: OtherPayee,
): string {
  requests += 1;
  const payoutId = `po-${String(requests).padStart(4, '0')}`;
  const name = 'Tess Trader';
  const account = 'TEST-ACCOUNT-4410';
  const details = { name, method: 'testRail', account, region: 'CZ', ...over };
  const number = firm.partition.ingest.book.numberOf(accountId);
  const { traderId } = firm.partition.ingest.book.terms(present(number, accountId));
  const payee = vault.keep(traderId, details);
  if (!payee.ok) throw new Error(payee.error.message);
  const said = firm.system({
    type: 'openPayout',
    payeeName: name,
    request: {
      payoutId,
      accountId,
      requested: null,
      requestKey: `test/${payoutId}`,
      payee: payee.value,
    },
  });
  if (said !== 'accepted') throw new Error(said);
  return payoutId;
}

/** Where the rail's events arrive. */
async function openDoor(
  webhooks: Webhooks,
  heard: WebhookAnswer[],
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const signature = incoming.headers[RAIL_SIGNATURE];
      void webhooks
        .receive(Buffer.concat(chunks), typeof signature === 'string' ? signature : undefined)
        .then((answer) => {
          heard.push(answer);
          response.writeHead(answer.status).end();
        });
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/webhooks/rail`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
