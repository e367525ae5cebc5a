import { z } from 'zod';
import { currencySchema } from '#core/market/instrument.ts';
import { decimalInput } from '#core/money/schemas.ts';
import { MONEY_DECIMALS } from '#core/money/money.ts';
import { jsonIn } from '#server/api/body.ts';
import {
  isFresh,
  isSameText,
  macOf,
  readSignatureHeader,
} from '#server/payments/message-signature.ts';
import {
  NO_NEWS,
  programOf,
  readWith,
  shopOrderSchema,
  shopReversalSchema,
  UnreadableDelivery,
  type ShopAdapter,
} from '../shop.ts';

export const SHOP_SIGNATURE = 'propdesk-shop-signature';
export const SHOP_EVENT_KIND = 'shop-event/1';

const money = decimalInput(MONEY_DECIMALS, 'an amount such as "499.00"');
const { price: _price, ...orderShape } = shopOrderSchema.shape;

/** An order as a shop of the firm's own sends it: amounts are decimals in quotes. */
export const genericOrderSchema = z.strictObject({
  ...orderShape,
  kind: orderShape.kind.default('purchase'),
  forAccount: orderShape.forAccount.default(null),
  addOns: orderShape.addOns.default([]),
  affiliateId: orderShape.affiliateId.default(null),
  buyer: z.strictObject({
    address: orderShape.buyer.shape.address,
    name: orderShape.buyer.shape.name.default(null),
    traderId: orderShape.buyer.shape.traderId.default(null),
  }),
  price: money,
  currency: currencySchema,
});

const { amount: _amount, type: _type, ...reversalShape } = shopReversalSchema.shape;
export const genericReversalSchema = z.strictObject({ ...reversalShape, amount: money });

/** Every event that is known; any other type is answered and not kept. */
export const genericEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('order.paid'), order: genericOrderSchema }),
  z.strictObject({ type: z.literal('order.refunded'), reversal: genericReversalSchema }),
  z.strictObject({ type: z.literal('order.disputed'), reversal: genericReversalSchema }),
  z.strictObject({ type: z.literal('dispute.won'), reversal: genericReversalSchema }),
]);
const TYPES = new Set(genericEventSchema.options.map(({ shape }) => shape.type.value as string));
const REVERSAL_OF = {
  'order.refunded': 'refund',
  'order.disputed': 'chargeback',
  'dispute.won': 'won',
} as const;

/** The webhook of our own, for the firm's site and for whatever is connected by hand. */
export const genericShop: ShopAdapter = {
  id: 'generic',
  signsTime: true,
  check: ({ raw, headers }, secret, now) => {
    const header = readSignatureHeader(headers[SHOP_SIGNATURE]);
    if (!header || !isSameText(header.v, macOf(secret, SHOP_EVENT_KIND, header.t, raw))) {
      return 'forged';
    }
    return isFresh(header.t, now) ? 'signed' : 'stale';
  },
  read: ({ raw }, options) => {
    const value = jsonIn(raw);
    const type = (value as { type?: unknown } | null | undefined)?.type;
    if (typeof type !== 'string') throw new UnreadableDelivery('type: an event names its type');
    if (!TYPES.has(type)) return NO_NEWS;
    const event = readWith(genericEventSchema, value);
    if (event.type !== 'order.paid') {
      const reversal = { ...event.reversal, type: REVERSAL_OF[event.type] };
      return { orders: [], reversals: [readWith(shopReversalSchema, reversal)] };
    }
    const { order } = event;
    const programId = programOf(order.programId, options);
    if (programId === null) return NO_NEWS;
    return { orders: [readWith(shopOrderSchema, { ...order, programId })], reversals: [] };
  },
};
