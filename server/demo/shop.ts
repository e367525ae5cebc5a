import { randomInt } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MONEY_DECIMALS, decimalText } from '#core/money/money.ts';
import type { Order, Orders } from '#core/provisioning/orders.ts';
import { traderName } from '#core/sim/names.ts';
import { macOf, signatureHeader } from '../payments/message-signature.ts';
import { loadPrograms } from '../programs.ts';
import { CREDENTIALS_PATH } from '../provisioning/credential-pages.ts';
import { DEMO_SHOP } from '../provisioning/settings.ts';
import { SHOP_WEBHOOKS_PATH } from '../provisioning/shop-http.ts';
import { shopSecret } from '../provisioning/shop-secret.ts';
import { SHOP_EVENT_KIND, SHOP_SIGNATURE } from '../provisioning/shops/generic/shop.ts';

/** The shop looks this often whether somebody would buy, and buyers at their mail. */
const SHOP_EVERY_MS = 4_000;
/** Of a hundred looks so many see a purchase. */
const BUYS_PERCENT = 18;
/** A demonstration that runs for days does not grow for ever. */
const ORDERS_MAX = 600;
const BUYERS = 500;
/** One in so many wants the money back, has the bank take it, or pays an absurd price. */
const REFUNDED = 25;
const DISPUTED = 30;
const MISPRICED = 12;
const CHANGES_MIND_AFTER_MS = 90_000;
/** One in so many never opens the mail. */
const FORGETFUL = 7;
/** Of a size, what its program is sold for: five in a thousand. */
const PRICE_PER_MILLE = 5;
/** Programs that the shop sells most. */
const SOLD = ['two-step-100k', 'one-step-100k', 'instant-25k', 'futures-50k', 'ftmo-2-step-100k'];

export interface DemoShopPorts {
  /** The server's own folder: the shop's secret and the mail of the demonstration lie in it. */
  readonly folder: string;
  readonly url: string;
  orders(): Orders;
  now(): number;
  failed(error: unknown): void;
}

/**
 * The invented firm's shop and the mail of those who buy there. Orders go through the webhook that
 * any shop uses, and links are opened as people open them: fetched, then the button pressed.
 */
export function startDemoShop(ports: DemoShopPorts): { stop(): void } {
  const secret = shopSecret(ports.folder, DEMO_SHOP, true);
  const offers = loadPrograms()
    .map(({ program }) => program)
    .filter(({ programId }) => SOLD.includes(programId));
  const post = async (event: object): Promise<void> => {
    const raw = Buffer.from(JSON.stringify(event));
    const t = ports.now();
    const v = macOf(secret, SHOP_EVENT_KIND, t, raw);
    await fetch(`${ports.url}${SHOP_WEBHOOKS_PATH}${DEMO_SHOP}`, {
      method: 'POST',
      body: raw,
      headers: { 'content-type': 'application/json', [SHOP_SIGNATURE]: signatureHeader({ t, v }) },
    });
  };
  const read = new Set<string>();
  const look = async (): Promise<void> => {
    const orders = ports.orders();
    if (orders.size < ORDERS_MAX && randomInt(100) < BUYS_PERCENT) {
      const offer = offers[randomInt(offers.length)];
      if (offer) await post(purchase(orders.size, offer, ports.now()));
    }
    await changeMinds(orders, ports.now(), post);
    await readMail(ports, read);
  };
  const timer = setInterval(() => void look().catch(ports.failed), SHOP_EVERY_MS);
  return { stop: () => clearInterval(timer) };
}

function purchase(
  number: number,
  offer: ReturnType<typeof loadPrograms>[number]['program'],
  now: number,
): object {
  const buyer = randomInt(BUYERS);
  const name = traderName(buyer);
  const address = `${name.toLowerCase().replaceAll(' ', '.')}.${buyer}@buyers.demo.invalid`;
  const usual = Math.floor((offer.nominalSize * PRICE_PER_MILLE) / 1_000);
  const price = randomInt(MISPRICED) === 0 ? 1_0000 : usual;
  return {
    type: 'order.paid',
    order: {
      externalId: `D-${now.toString(36)}-${number}`,
      programId: offer.programId,
      price: decimalText(price, MONEY_DECIMALS),
      currency: offer.currency,
      buyer: { address, name },
      // A checkout takes a moment to tell.
      orderedAt: now - randomInt(200, 1_500),
    },
  };
}

/** Now and then somebody wants the money back. */
async function changeMinds(
  orders: Orders,
  now: number,
  post: (event: object) => Promise<void>,
): Promise<void> {
  for (const order of orders.all()) {
    const isOld = now - order.data.at > CHANGES_MIND_AFTER_MS;
    if (!isOld || order.reversals.length > 0 || order.milestones.created === null) continue;
    const back = isChosen(order, REFUNDED)
      ? 'order.refunded'
      : isChosen(order, DISPUTED)
        ? 'order.disputed'
        : null;
    if (back === null) continue;
    const { externalId, price, currency } = order.data;
    await post({
      type: back,
      reversal: {
        orderExternalId: externalId,
        externalId: `${externalId}-back`,
        amount: decimalText(price, MONEY_DECIMALS),
        currency,
      },
    });
    return;
  }
}

/** The same orders every time they are looked at: a look is made every few seconds. */
function isChosen({ data }: Order, oneIn: number): boolean {
  return Number.parseInt(data.orderId.slice(-6), 16) % oneIn === oneIn - 1;
}

/** Buyers open the link of their mail: one mail at a look. */
async function readMail({ folder, url }: DemoShopPorts, read: Set<string>): Promise<void> {
  const mailbox = join(folder, 'mail');
  const mails = existsSync(mailbox) ? readdirSync(mailbox).filter((name) => !read.has(name)) : [];
  for (const name of mails) {
    read.add(name);
    if (!name.endsWith('.eml')) continue;
    const text = readFileSync(join(mailbox, name), 'utf8')
      .replace(/=\r?\n/g, '')
      .replaceAll('=3D', '=');
    const path = new RegExp(`${CREDENTIALS_PATH}[\\w-]{43}`).exec(text)?.[0];
    if (path === undefined || name.charCodeAt(name.length - 5) % FORGETFUL === 0) continue;
    await fetch(`${url}${path}`);
    await fetch(`${url}${path}`, { method: 'POST' });
    return;
  }
}
