import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { macOf, signatureHeader } from '#server/payments/message-signature.ts';
import { SHOP_EVENT_KIND, SHOP_SIGNATURE } from './generic/shop.ts';
import { SHOP_KINDS, shopAdapters, type ShopKind } from './index.ts';
import { describeShop, type ShopSample } from './shop.contract.ts';
import { moneyOfMinor, type ShopOrder } from './shop.ts';
import { STRIPE_SIGNATURE } from './stripe/shop.ts';
import { WOO_SIGNATURE, WOO_TOPIC } from './woocommerce/shop.ts';

const ORDERED = Date.UTC(2026, 4, 1, 11, 30);
const seconds = ORDERED / 1_000;
const order = (over: Partial<ShopOrder>): ShopOrder => ({
  externalId: 'o-1',
  kind: 'purchase',
  programId: 'two-step-100k',
  forAccount: null,
  addOns: [],
  price: 499_0000,
  currency: 'USD',
  buyer: { address: 'bea@buyers.example', name: 'Bea Buyer', traderId: null },
  affiliateId: null,
  orderedAt: ORDERED,
  ...over,
});
const reversal = { orderExternalId: 'o-1', externalId: 'r-1', amount: 499_0000, currency: 'USD' };

const generic: ShopSample = {
  adapter: shopAdapters.generic,
  products: {},
  sign: (raw, secret, t) => ({
    raw,
    headers: {
      [SHOP_SIGNATURE]: signatureHeader({ t, v: macOf(secret, SHOP_EVENT_KIND, t, raw) }),
    },
  }),
  events: [
    {
      body: {
        type: 'order.paid',
        order: {
          externalId: 'o-1',
          programId: 'two-step-100k',
          price: '499.00',
          currency: 'USD',
          buyer: { address: 'bea@buyers.example', name: 'Bea Buyer' },
          orderedAt: ORDERED,
        },
      },
      says: { orders: [order({})], reversals: [] },
    },
    ...(
      [
        ['order.refunded', 'refund'],
        ['order.disputed', 'chargeback'],
        ['dispute.won', 'won'],
      ] as const
    ).map(([type, means]) => ({
      body: { type, reversal: { ...reversal, amount: '499.00' } },
      says: { orders: [], reversals: [{ ...reversal, type: means }] },
    })),
  ],
  others: [{ type: 'customer.created', customer: {} }, { type: '__proto__' }, { type: 'toString' }],
};

const session = {
  id: 'cs_1',
  payment_intent: 'pi_1',
  payment_status: 'paid',
  created: seconds,
  amount_total: 49_900,
  currency: 'usd',
  customer_details: { email: 'bea@buyers.example', name: 'Bea Buyer' },
  metadata: { program: 'SKU-100K', affiliate: 'aff-7' },
};
const stripeEvent = (type: string, object: object): object => ({
  id: 'evt_1',
  object: 'event',
  api_version: '2025-01-27.acacia',
  livemode: true,
  type,
  data: { object },
});
const dispute = {
  id: 'dp_1',
  payment_intent: 'pi_1',
  amount: 49_900,
  currency: 'usd',
  status: 'needs_response',
};
const stripe: ShopSample = {
  adapter: shopAdapters.stripe,
  products: { 'SKU-100K': 'two-step-100k' },
  sign: (raw, secret, at) => {
    const t = Math.floor(at / 1_000);
    const v1 = createHmac('sha256', secret).update(`${t}.`).update(raw).digest('hex');
    return { raw, headers: { [STRIPE_SIGNATURE]: `t=${t},v1=${v1}` } };
  },
  events: [
    {
      body: stripeEvent('checkout.session.completed', session),
      says: { orders: [order({ externalId: 'pi_1', affiliateId: 'aff-7' })], reversals: [] },
    },
    {
      body: stripeEvent('checkout.session.async_payment_succeeded', {
        ...session,
        currency: 'jpy',
        payment_intent: null,
      }),
      says: {
        orders: [
          order({ externalId: 'cs_1', affiliateId: 'aff-7', currency: 'JPY', price: 49_900_0000 }),
        ],
        reversals: [],
      },
    },
    {
      body: stripeEvent('charge.refunded', {
        id: 'ch_1',
        payment_intent: 'pi_1',
        amount_refunded: 10_000,
        currency: 'usd',
      }),
      says: {
        orders: [],
        reversals: [
          {
            orderExternalId: 'pi_1',
            type: 'refund',
            externalId: 'ch_1/1000000',
            amount: 100_0000,
            currency: 'USD',
          },
        ],
      },
    },
    {
      body: stripeEvent('charge.dispute.created', dispute),
      says: {
        orders: [],
        reversals: [
          { ...reversal, orderExternalId: 'pi_1', externalId: 'dp_1', type: 'chargeback' },
        ],
      },
    },
    {
      body: stripeEvent('charge.dispute.closed', { ...dispute, status: 'won' }),
      says: {
        orders: [],
        reversals: [{ ...reversal, orderExternalId: 'pi_1', externalId: 'dp_1', type: 'won' }],
      },
    },
  ],
  others: [
    stripeEvent('customer.created', { id: 'cus_1' }),
    stripeEvent('checkout.session.completed', { ...session, payment_status: 'unpaid' }),
    stripeEvent('checkout.session.completed', { ...session, metadata: {} }),
    stripeEvent('charge.dispute.closed', { ...dispute, status: 'lost' }),
    stripeEvent('charge.dispute.created', { ...dispute, status: 'warning_needs_response' }),
    stripeEvent('constructor', {}),
  ],
};

const wooOrder = {
  id: 727,
  status: 'processing',
  currency: 'USD',
  date_created_gmt: '2026-05-01T11:29:00',
  date_paid_gmt: '2026-05-01T11:30:00',
  billing: { email: 'bea@buyers.example', first_name: 'Bea', last_name: 'Buyer' },
  line_items: [
    {
      id: 3,
      sku: 'SKU-100K',
      product_id: 93,
      quantity: 2,
      total: '900.00',
      total_tax: '98.000000',
    },
    { id: 4, sku: 'T-SHIRT', product_id: 94, quantity: 1, total: '20.00' },
  ],
  refunds: [],
};
const wooBought = [1, 2].map((unit) => order({ externalId: `727/3/${unit}` }));
const one = {
  ...wooOrder,
  line_items: [{ ...wooOrder.line_items[0], quantity: 1, total: '401.00' }],
};
const woocommerce: ShopSample = {
  adapter: shopAdapters.woocommerce,
  products: { 'SKU-100K': 'two-step-100k' },
  sign: (raw, secret) => ({
    raw,
    headers: {
      [WOO_TOPIC]: 'order.updated',
      [WOO_SIGNATURE]: createHmac('sha256', secret).update(raw).digest('base64'),
    },
  }),
  events: [
    { body: wooOrder, says: { orders: wooBought, reversals: [] } },
    {
      body: { ...wooOrder, status: 'refunded', refunds: [{ id: 9, total: '-1018.00' }] },
      says: {
        orders: wooBought,
        reversals: wooBought.map(({ externalId }) => ({
          ...reversal,
          orderExternalId: externalId,
          externalId: `${externalId}/refund/4990000`,
          type: 'refund' as const,
        })),
      },
    },
    {
      body: { ...one, refunds: [{ id: 9, total: '-10.00' }] },
      says: {
        orders: [order({ externalId: '727/3/1' })],
        reversals: [
          {
            orderExternalId: '727/3/1',
            type: 'refund',
            externalId: '727/3/1/refund/100000',
            amount: 10_0000,
            currency: 'USD',
          },
        ],
      },
    },
  ],
  others: [
    { ...wooOrder, status: 'pending' },
    { ...wooOrder, status: 'cancelled' },
    { ...wooOrder, line_items: [wooOrder.line_items[1]] },
  ],
};

const SAMPLES: Readonly<Record<ShopKind, ShopSample>> = { generic, stripe, woocommerce };
for (const kind of SHOP_KINDS) describeShop(SAMPLES[kind]);

describe('what one shop does and others do not', () => {
  it('stripe signs with two secrets while one is replaced', () => {
    const raw = Buffer.from('{}');
    const at = seconds * 1_000;
    const [old, fresh] = ['the old one', 'the new one'].map((secret) => Buffer.from(secret));
    const one = stripe.sign(raw, old ?? raw, at).headers[STRIPE_SIGNATURE] ?? '';
    const other = stripe.sign(raw, fresh ?? raw, at).headers[STRIPE_SIGNATURE]?.split(',')[1] ?? '';
    const delivery = { raw, headers: { [STRIPE_SIGNATURE]: `${one},${other},v0=abc` } };
    for (const secret of [old, fresh]) {
      expect(shopAdapters.stripe.check(delivery, secret ?? raw, at)).toBe('signed');
    }
  });

  it('woocommerce tries whether somebody is there, unsigned, and is told so', () => {
    const raw = Buffer.from('webhook_id=12');
    expect(shopAdapters.woocommerce.check({ raw, headers: {} }, Buffer.from('x'), 0)).toBe('alive');
  });

  it('counts coins as payment systems do', () => {
    expect(moneyOfMinor(9_900, 'USD')).toBe(99_0000);
    expect(moneyOfMinor(9_900, 'JPY')).toBe(9_900_0000);
    expect(moneyOfMinor(9_900, 'KWD')).toBe(9_9000);
  });
});
