import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Fact } from '#core/facts/registry.ts';
import type { Governance } from '#core/governance/governance.ts';
import type { Result } from '#core/kernel/result.ts';
import type { PayeeRef } from '#core/payouts/payouts.events.ts';
import { utcText } from '#core/time/time.ts';
import type { CommandResult } from '#core/sync/protocol.ts';
import { createApi, type Api, type ApiPorts } from '../api/api.ts';
import { openClientKeys } from '../api/client-keys.ts';
import { WEBHOOK_PATH } from '../api/openapi.ts';
import { openRequestStore } from '../api/request-store.ts';
import type { ServerCommand } from '../commands/server-command.ts';
import { takeBankFile, type TakenFile } from './take-bank-file.ts';
import { createBooks, type Books } from './books.ts';
import { businessDay, calendarOf } from './cut-offs.ts';
import type { FileOutboxOptions } from './file-outbox.ts';
import { openLetterSigner } from './letter-signer.ts';
import { createLetters } from './letters.ts';
import { openPayeeVault, type PayeeVault } from './payee-vault.ts';
import type { PaymentProvider } from './payment-provider.ts';
import { createPaymentWorker, TICK_MS, type PaymentLog } from './payment-worker.ts';
import { providers as ways } from './providers/index.ts';
import { secretIn } from './secrets.ts';
import { readPaymentSettings, type PaymentSettings } from './settings.ts';
import { startTestRail, type TestRail } from './test-rail/test-rail.ts';
import { createTicker } from './ticker.ts';
import { createWebhooks } from './webhooks.ts';

export interface PaymentsOptions {
  /** Where the server keeps its own: secrets, payees and files are made in it. */
  readonly folder: string;
  /** A demonstration pays over the test rail unless `payments.json` says otherwise. */
  readonly demo: boolean;
  readonly logId: string;
  /** As the log tells it, with everything that a command has led to once that was answered. */
  governance(): Governance;
  command(command: ServerCommand): Promise<CommandResult>;
  /** Bytes beside the log, by their digest. */
  content(digest: string): string | null;
  account: ApiPorts['account'];
  evidence: ApiPorts['evidence'];
  now(): number;
  readonly log: PaymentLog;
}

/** All that has to do with paying, and the API over which it is asked for. */
export interface Payments {
  readonly api: Api;
  readonly books: Books;
  readonly vault: PayeeVault;
  /** Null unless this program plays the rail itself. */
  readonly rail: TestRail | null;
  /** Takes the next fact of the firm's stream: from the first one on, in order. */
  apply(fact: Fact): void;
  takeBankFile(name: string, text: string): Promise<Result<TakenFile, string>>;
  /** Begins to pay; `serverUrl` is where the API is served, for a rail on this machine. */
  start(serverUrl: string): void;
  stop(): Promise<void>;
}

export async function openPayments(options: PaymentsOptions): Promise<Payments> {
  const { folder } = options;
  const settings = readPaymentSettings(join(folder, 'payments.json'), options.demo);
  const secret = secretIn(join(folder, 'rail-secret'));
  const rail = settings.rail === 'test' ? await openTestRail(options, secret) : null;
  const railUrl = rail ? rail.url : settings.rail === 'test' ? null : (settings.rail?.url ?? null);
  const providers = providersOf(settings, options, railUrl, secret);
  const vault = openPayeeVault(join(folder, 'payees.sqlite'));
  const requests = openRequestStore(join(folder, 'api.sqlite'));
  const signer = openLetterSigner(join(folder, 'letter-key.pem'));
  const books = createBooks();
  const { bankAccounts, cutOffs } = settings;
  const ports = { ...options, payee: vault.find, providers, cutOffs };
  const railProvider = providers.get('testRail');
  const worker = createPaymentWorker(ports);
  const letters = createLetters({
    ...options,
    ...settings,
    sign: signer.sign,
    logOrigin: `propdesk/${options.logId}`,
  });
  const ticker = createTicker(() => worker.tick().then(() => letters.issue()), TICK_MS);
  const api = createApi({
    ...options,
    vault,
    methods: new Set(providers.keys()),
    bankAccounts,
    letterKey: signer.publicKey,
    clients: openClientKeys(join(folder, 'api-clients.json')),
    requests,
    webhooks: railProvider
      ? createWebhooks({ ...ports, secret, provider: railProvider, method: 'testRail' })
      : null,
  });
  return {
    api,
    books,
    vault,
    rail,
    apply: books.apply,
    takeBankFile: (name, text) => takeBankFile({ ...options, accounts: bankAccounts }, name, text),
    start: (serverUrl) => {
      rail?.tellAt(`${serverUrl}${WEBHOOK_PATH}`);
      ticker.start();
    },
    stop: async () => {
      await ticker.stop();
      await rail?.close();
      for (const provider of providers.values()) provider.close();
      vault.close();
      requests.close();
    },
  };
}

function openTestRail({ folder, now }: PaymentsOptions, secret: Uint8Array): Promise<TestRail> {
  return startTestRail({ secret, now, file: join(folder, 'test-rail.sqlite') });
}

/** The ways to pay that are set up. */
function providersOf(
  settings: PaymentSettings,
  { folder, now }: PaymentsOptions,
  railUrl: string | null,
  secret: Uint8Array,
): ReadonlyMap<PayeeRef['method'], PaymentProvider> {
  const found = new Map<PayeeRef['method'], PaymentProvider>();
  if (railUrl !== null) found.set('testRail', ways.testRail({ url: railUrl, secret, now }));
  for (const [method, set] of [
    ['bankTransfer', settings.bankFile],
    ['csvExport', settings.csvExport],
  ] as const) {
    if (!set) continue;
    const files: FileOutboxOptions = {
      folder: join(folder, 'payment-files', method),
      initiator: settings.firmName,
      debtors: set.debtors,
      executionDate: (currency, at) => executionDate(settings, method, currency, at),
      now,
    };
    mkdirSync(files.folder, { recursive: true, mode: 0o700 });
    found.set(method, ways[method](files));
  }
  return found;
}

/** By the calendar of its cut-off; without one, the same day of UTC. */
function executionDate(
  { cutOffs }: PaymentSettings,
  method: PayeeRef['method'],
  currency: string,
  at: number,
): string {
  const calendar = calendarOf(cutOffs, method, currency);
  return calendar ? businessDay(calendar, at) : utcText(at).slice(0, 10);
}
