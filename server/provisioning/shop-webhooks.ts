import type { Orders } from '#core/provisioning/orders.ts';
import { orderIdOf } from '#core/provisioning/orders.ts';
import type { CommandResult } from '#core/sync/protocol.ts';
import type { ServerIntent } from '../commands/server-command.ts';
import type { OrderVault } from './order-vault.ts';
import {
  UnreadableDelivery,
  type Delivery,
  type ShopAdapter,
  type ShopNews,
  type ShopOptions,
  type ShopOrder,
  type ShopReversal,
} from './shops/shop.ts';

/** A message of a shop is far smaller than this. */
export const DELIVERY_BYTES_MAX: number = 256 * 1024;

export interface Shop extends ShopOptions {
  readonly name: string;
  readonly adapter: ShopAdapter;
  readonly secret: Uint8Array;
}

/** What to answer. A shop sends a delivery again until the answer is in the two hundreds. */
export interface ShopAnswer {
  readonly status: 200 | 401 | 404 | 413 | 422 | 503;
  readonly code: string;
  readonly message: string;
}

export interface ShopWebhooks {
  receive(name: string, delivery: Delivery): Promise<ShopAnswer>;
}

export interface ShopWebhookPorts {
  readonly shops: ReadonlyMap<string, Shop>;
  readonly vault: Pick<OrderVault, 'keepBuyer' | 'keepEarly' | 'early' | 'dropEarly'>;
  orders(): Pick<Orders, 'order'>;
  command(intent: ServerIntent): Promise<CommandResult>;
  now(): number;
  /** Something new is to be done. */
  wake(): void;
}

const answer = (status: ShopAnswer['status'], code: string, message: string): ShopAnswer => ({
  status,
  code,
  message,
});
const BUSY = answer(503, 'notTaken', 'it could not be taken now: send it again');

/** Takes what shops tell: signed first, read then, and answered once it is in the log. */
export function createShopWebhooks(ports: ShopWebhookPorts): ShopWebhooks {
  return {
    receive: async (name, delivery) => {
      const shop = ports.shops.get(name);
      if (!shop) return answer(404, 'noSuchShop', 'provisioning.json names no shop of this name');
      if (delivery.raw.length > DELIVERY_BYTES_MAX) {
        return answer(413, 'tooLarge', `send at most ${DELIVERY_BYTES_MAX} bytes`);
      }
      const checked = shop.adapter.check(delivery, shop.secret, ports.now());
      if (checked === 'alive') return answer(200, 'alive', 'somebody is here');
      if (checked === 'forged')
        return answer(401, 'notSigned', 'the signature is not of this body');
      if (checked === 'stale') {
        return answer(401, 'stale', 'it was signed too long ago: sign it again');
      }
      return take(shop, delivery, ports);
    },
  };
}

async function take(shop: Shop, delivery: Delivery, ports: ShopWebhookPorts): Promise<ShopAnswer> {
  let news: ShopNews;
  try {
    news = shop.adapter.read(delivery, shop);
  } catch (error) {
    if (!(error instanceof UnreadableDelivery)) throw error;
    return answer(422, 'invalid', error.message);
  }
  const { orders, reversals } = news;
  if (orders.length + reversals.length === 0) {
    return answer(200, 'notOurs', 'nothing in it concerns accounts; it was not kept');
  }
  for (const order of orders) if (!(await takeOrder(shop, order, ports))) return BUSY;
  for (const reversal of reversals) if (!(await takeReversal(shop, reversal, ports))) return BUSY;
  ports.wake();
  return answer(200, 'taken', 'taken, or known before');
}

/** The name and the address are durable before the log knows of somebody. */
async function takeOrder(shop: Shop, order: ShopOrder, ports: ShopWebhookPorts): Promise<boolean> {
  const { buyer, ...rest } = order;
  const { digest, traderId } = ports.vault.keepBuyer(buyer);
  const result = await ports.command({
    type: 'receiveOrder',
    order: {
      ...rest,
      source: shop.name,
      contact: digest,
      traderId: buyer.traderId ?? traderId,
    },
  });
  if (result.type === 'rejected') return false;
  return takeEarly(orderIdOf(shop.name, order.externalId), ports);
}

/** What came before its order takes its place behind it. */
async function takeEarly(orderId: string, ports: ShopWebhookPorts): Promise<boolean> {
  for (const reversal of ports.vault.early(orderId)) {
    const result = await ports.command({
      type: 'reverseOrder',
      reversal: { ...reversal, orderId },
    });
    if (result.type === 'rejected') return false;
  }
  ports.vault.dropEarly(orderId);
  return true;
}

async function takeReversal(
  shop: Shop,
  { orderExternalId, ...reversal }: ShopReversal,
  ports: ShopWebhookPorts,
): Promise<boolean> {
  const orderId = orderIdOf(shop.name, orderExternalId);
  if (!ports.orders().order(orderId)) {
    // Deliveries overtake one another. It may also be of something else that the firm sells.
    ports.vault.keepEarly(orderId, reversal);
    // The order may have come while this was written down.
    return ports.orders().order(orderId) ? takeEarly(orderId, ports) : true;
  }
  const result = await ports.command({ type: 'reverseOrder', reversal: { ...reversal, orderId } });
  return result.type === 'accepted';
}
