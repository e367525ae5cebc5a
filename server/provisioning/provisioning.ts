import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Fact } from '#core/facts/registry.ts';
import type { Governance } from '#core/governance/governance.ts';
import type { CommandResult } from '#core/sync/protocol.ts';
import type { ServerCommand, ServerIntent } from '../commands/server-command.ts';
import { openMail } from '../notify/mail.ts';
import { readNotifySettings } from '../notify/settings.ts';
import { secretIn } from '../payments/secrets.ts';
import {
  createCredentialPages,
  CREDENTIALS_PATH,
  type CredentialPages,
} from './credential-pages.ts';
import { credentialMail } from './credential-mail.ts';
import { openOrderVault, type OrderVault } from './order-vault.ts';
import { createProvisioningWorker, type ProvisioningLog } from './provisioning-worker.ts';
import { readProvisioningSettings } from './settings.ts';
import { createShopHttp, type ShopHttp } from './shop-http.ts';
import { createShopWebhooks, type Shop } from './shop-webhooks.ts';
import { shopSecret } from './shop-secret.ts';
import { shopAdapters } from './shops/index.ts';

export interface ProvisioningOptions {
  /** Where the server keeps its own: secrets, buyers and passwords are made in it. */
  readonly folder: string;
  /** A demonstration has a shop of its own, and writes mail into a folder. */
  readonly demo: boolean;
  governance(): Governance;
  command(command: ServerCommand): Promise<CommandResult>;
  hasOpened(accountId: string): boolean;
  hasTraded(accountId: string): boolean;
  now(): number;
  readonly log: ProvisioningLog;
}

/** From a purchase to an account and the hands of its buyer. */
export interface Provisioning {
  readonly shops: ShopHttp;
  readonly pages: CredentialPages;
  readonly vault: OrderVault;
  /** Something of the log may let an order go on. */
  took(facts: readonly Fact[]): void;
  /** Begins to work; `serverUrl` is where this server is reached when no other address is set. */
  start(serverUrl: string): void;
  stop(): Promise<void>;
}

/** After these there is something to do. */
const WAKING: ReadonlySet<string> = new Set(['accountOpened', 'orderAdvanced', 'orderReversed']);

export function openProvisioning(options: ProvisioningOptions): Provisioning {
  const { folder, demo, governance, now, log } = options;
  const settings = readProvisioningSettings(join(folder, 'provisioning.json'), demo);
  const vault = openOrderVault(join(folder, 'orders.sqlite'), {
    digestKey: secretIn(join(folder, 'buyer-key')),
    sealKey: secretIn(join(folder, 'credential-key')).subarray(0, 32),
  });
  const mail = openMail({
    settings: readNotifySettings(join(folder, 'alerts.json'), demo),
    folder,
  });
  let base = settings.publicUrl ?? '';
  const command = (intent: ServerIntent): Promise<CommandResult> =>
    options.command({
      commandId: `orders-${randomUUID()}`,
      actor: { type: 'system', id: 'orders' },
      intent,
    });
  const orders = (): Governance['orders'] => governance().orders;
  const worker = createProvisioningWorker({
    ...options,
    orders,
    command,
    vault,
    mail,
    compose: credentialMail(),
    linkHours: settings.linkHours,
    linkBase: () => `${base}${CREDENTIALS_PATH}`,
  });
  let running = false;
  const wake = (): void => {
    // What a round has begun without is taken up by the next.
    if (running) void worker.tick().then(() => worker.tick());
  };
  const shops = new Map<string, Shop>(
    Object.entries(settings.shops).map(([name, { kind, products }]) => [
      name,
      {
        name,
        products,
        adapter: shopAdapters[kind],
        secret: shopSecret(folder, name, kind === 'generic'),
      },
    ]),
  );
  log.info({ shops: [...shops.keys()] }, 'orders are taken from these shops');
  if (!demo && shops.size > 0 && settings.publicUrl === null) {
    log.warn({}, 'links in mails lead to this machine alone: set publicUrl in provisioning.json');
  }
  return {
    shops: createShopHttp(createShopWebhooks({ shops, vault, orders, command, now, wake }), log),
    pages: createCredentialPages({ vault, now, opened: wake }),
    vault,
    took: (facts) => {
      const concerns = (fact: Fact): boolean =>
        fact.kind === 'accountOpened'
          ? orders().ofAccount(fact.data.accountId) !== undefined
          : WAKING.has(fact.kind);
      if (running && facts.some(concerns)) wake();
    },
    start: (serverUrl) => {
      if (base === '') base = serverUrl;
      running = true;
      worker.start();
    },
    stop: async () => {
      running = false;
      await worker.stop();
      mail?.close();
      vault.close();
    },
  };
}
