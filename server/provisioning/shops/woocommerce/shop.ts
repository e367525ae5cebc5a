import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { MONEY_DECIMALS, parseDecimal } from '#core/money/money.ts';
import { jsonIn } from '#server/api/body.ts';
import { isSameText } from '#server/payments/message-signature.ts';
import {
  NO_NEWS,
  programOf,
  readWith,
  shopOrderSchema,
  shopReversalSchema,
  UnreadableDelivery,
  type ShopAdapter,
  type ShopOptions,
  type ShopOrder,
  type ShopReversal,
} from '../shop.ts';

/*
 * WooCommerce's webhooks, by its public REST documentation: `X-WC-Webhook-Signature` is the HMAC-SHA256
 * of the body with the webhook's secret, in base64; the body is the order as its REST interface gives
 * it, amounts as decimals in quotes. The signature covers no time: a delivery that is sent again says
 * what is known already.
 */

export const WOO_SIGNATURE = 'x-wc-webhook-signature';
export const WOO_TOPIC = 'x-wc-webhook-topic';
const TOPICS: readonly string[] = ['order.created', 'order.updated', 'order.restored'];
/** In these an order is paid. */
const PAID: readonly string[] = ['processing', 'completed'];
const UNITS_PER_LINE_MAX = 20;

const decimal = z.string().regex(/^-?\d{1,9}(\.\d{1,6})?$/);
const orderSchema = z.object({
  id: z.int().min(1),
  status: z.string(),
  currency: z.string().length(3),
  date_created_gmt: z.string().max(40),
  date_paid_gmt: z.string().max(40).nullable().default(null),
  billing: z.object({
    email: z.string(),
    first_name: z.string().max(100).default(''),
    last_name: z.string().max(100).default(''),
  }),
  line_items: z
    .array(
      z.object({
        id: z.int().min(1),
        sku: z.string().max(100).nullable().default(''),
        product_id: z.int(),
        quantity: z.int().min(1).max(UNITS_PER_LINE_MAX),
        total: decimal,
        total_tax: decimal.default('0'),
        meta_data: z
          .array(z.object({ key: z.string(), value: z.unknown() }))
          .max(100)
          .default([]),
      }),
    )
    .max(100),
  refunds: z
    .array(z.object({ id: z.int(), total: decimal }))
    .max(200)
    .default([]),
});
type WooOrder = z.output<typeof orderSchema>;
type Line = WooOrder['line_items'][number];

export const wooCommerceShop: ShopAdapter = {
  id: 'woocommerce',
  signsTime: false,
  check: ({ raw, headers }, secret) => {
    // When somebody saves the webhook, the shop tries it with its number alone, and signs nothing.
    if (headers[WOO_TOPIC] === undefined && /^webhook_id=\d{1,12}$/.test(textOf(raw)))
      return 'alive';
    const wanted = createHmac('sha256', secret).update(raw).digest('base64');
    return isSameText(headers[WOO_SIGNATURE] ?? '', wanted) ? 'signed' : 'forged';
  },
  read: ({ raw, headers }, options) => {
    if (!TOPICS.includes(headers[WOO_TOPIC] ?? '')) return NO_NEWS;
    const order = readWith(orderSchema, jsonIn(raw));
    const bought = order.line_items.flatMap((line) => unitsOf(order, line, options));
    const isPaid = PAID.includes(order.status) || order.status === 'refunded';
    if (bought.length === 0 || !isPaid) return NO_NEWS;
    return { orders: bought, reversals: refundsOf(order, bought) };
  },
};

function textOf(raw: Uint8Array): string {
  return raw.length > 100 ? '' : Buffer.from(raw).toString('latin1');
}

/** Each account of a line is an order of its own: three bought at once are three accounts. */
function unitsOf(order: WooOrder, line: Line, options: ShopOptions): ShopOrder[] {
  const product = line.sku === null || line.sku === '' ? String(line.product_id) : line.sku;
  const programId = programOf(product, options);
  // Something else that the shop sells.
  if (programId === null || Object.keys(options.products).length === 0) return [];
  const price = Math.floor(
    (unitsOfMoney(line.total) + unitsOfMoney(line.total_tax)) / line.quantity,
  );
  const { billing, currency, id } = order;
  const name = `${billing.first_name} ${billing.last_name}`.trim();
  const metaOf = (key: string): string | null => {
    const value = line.meta_data.find((one) => one.key === key)?.value;
    return typeof value === 'string' && value !== '' ? value : null;
  };
  return Array.from({ length: line.quantity }, (_, at) =>
    readWith(shopOrderSchema, {
      externalId: `${id}/${line.id}/${at + 1}`,
      kind: metaOf('propdesk_kind') ?? 'purchase',
      programId,
      forAccount: metaOf('propdesk_account'),
      addOns: [],
      price,
      currency,
      buyer: { address: billing.email, name: name === '' ? null : name, traderId: null },
      affiliateId: metaOf('propdesk_affiliate'),
      orderedAt: instantOf(order.date_paid_gmt ?? order.date_created_gmt),
    }),
  );
}

/**
 * A refund names no line. All of the order is every account of it; a part of it belongs to the one
 * account that there is, and to nobody when there are several: a person sorts that out.
 */
function refundsOf(order: WooOrder, bought: readonly ShopOrder[]): ShopReversal[] {
  const back = order.refunds.reduce((sum, { total }) => sum + Math.abs(unitsOfMoney(total)), 0);
  const isWhole = order.status === 'refunded';
  const [only] = bought;
  if (!isWhole && (back === 0 || bought.length > 1 || !only)) return [];
  return bought.map(({ externalId: orderExternalId, price, currency }) => {
    const amount = isWhole ? price : Math.min(back, price);
    const externalId = `${orderExternalId}/refund/${amount}`;
    return readWith(shopReversalSchema, {
      orderExternalId,
      type: 'refund',
      externalId,
      amount,
      currency,
    });
  });
}

function unitsOfMoney(text: string): number {
  const [whole = '', fraction = ''] = text.split('.');
  // Taxes are given with more decimals than any coin has: what is beyond ours is cut.
  const parsed = parseDecimal(
    `${whole}.${fraction.slice(0, MONEY_DECIMALS).padEnd(1, '0')}`,
    MONEY_DECIMALS,
  );
  if (parsed.ok) return parsed.value;
  throw new UnreadableDelivery('line_items: an amount is a plain decimal in quotes');
}

/** "2026-05-01T12:30:00", of UTC and without saying so. */
function instantOf(text: string): number {
  const at = Date.parse(`${text.replace(/Z$/, '')}Z`);
  if (Number.isSafeInteger(at)) return at;
  throw new UnreadableDelivery('date_paid_gmt: expected a date and a time');
}
