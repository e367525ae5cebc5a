import { z } from 'zod';
import { exponentOf } from '#core/payouts/amount-words.ts';
import { idSchema } from '#core/kernel/ids.ts';
import { currencySchema } from '#core/market/instrument.ts';
import { MONEY_DECIMALS } from '#core/money/money.ts';
import { ADD_ONS_MAX, ORDER_KINDS, REVERSALS } from '#core/provisioning/provisioning.events.ts';
import { epochMs } from '#core/time/time.ts';
import { addressSchema } from '#server/notify/settings.ts';

/*
 * To add a shop: a folder beside this file with a `shop.ts`, and a line in `index.ts`.
 * `shop.contract.ts` then runs its laws over it.
 */

const externalId = z.string().min(1).max(120);
/** Sums in shops are whole, positive, and far below where numbers lose their last digit. */
const amount = z.int().min(0).max(1e13);

/** Something that was bought and paid, in our words. */
export const shopOrderSchema = z.strictObject({
  externalId,
  kind: z.enum(ORDER_KINDS),
  programId: idSchema,
  forAccount: idSchema.nullable(),
  addOns: z.array(z.string().min(1).max(60)).max(ADD_ONS_MAX),
  price: amount,
  currency: currencySchema,
  buyer: z.strictObject({
    address: addressSchema,
    name: z.string().max(120).nullable(),
    /** The firm's own id of the trader, where its shop knows it. */
    traderId: idSchema.nullable(),
  }),
  affiliateId: idSchema.nullable(),
  orderedAt: epochMs,
});
export type ShopOrder = z.output<typeof shopOrderSchema>;

/** Money of an order that went back, or came again. */
export const shopReversalSchema = z.strictObject({
  /** What the shop calls the order. */
  orderExternalId: externalId,
  type: z.enum(REVERSALS),
  externalId,
  amount,
  currency: currencySchema,
});
export type ShopReversal = z.output<typeof shopReversalSchema>;

/** What one delivery says, in order; empty when it is about nothing that concerns us. */
export interface ShopNews {
  readonly orders: readonly ShopOrder[];
  readonly reversals: readonly ShopReversal[];
}
export const NO_NEWS: ShopNews = { orders: [], reversals: [] };

/** Headers by their names in small letters. */
export type Headers = Readonly<Record<string, string | undefined>>;

export interface Delivery {
  /** As it came over the line: signatures are of bytes. */
  readonly raw: Uint8Array;
  readonly headers: Headers;
}

export interface ShopOptions {
  /** What the shop calls a program, and ours; empty where it uses our names. */
  readonly products: Readonly<Record<string, string>>;
}

/** How one shop or payment system signs and what its messages say. Pure: keeps nothing. */
export interface ShopAdapter {
  readonly id: string;
  /** Where the signature covers a time, an old delivery is refused; elsewhere it changes nothing. */
  readonly signsTime: boolean;
  /** Compares in constant time. `alive` is a shop that only tries whether somebody is there. */
  check(
    delivery: Delivery,
    secret: Uint8Array,
    now: number,
  ): 'signed' | 'forged' | 'stale' | 'alive';
  /** Reads what is signed. Throws a sentence for what cannot be read. */
  read(delivery: Delivery, options: ShopOptions): ShopNews;
}

/** Said to whoever sent it: names a place of the message, and no value of it. */
export class UnreadableDelivery extends Error {}

export function readWith<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UnreadableDelivery(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'malformed'}`);
}

/** A whole number of the currency's smallest coin, as payment systems count: 9900 is $99.00. */
export function moneyOfMinor(minor: number, currency: string): number {
  let unit = 1;
  for (let place = exponentOf(currency); place < MONEY_DECIMALS; place += 1) unit *= 10;
  return minor * unit;
}

/** Our name of a program; null for a product that is none. */
export function programOf(product: string, { products }: ShopOptions): string | null {
  if (Object.keys(products).length === 0) return product;
  return Object.hasOwn(products, product) ? (products[product] ?? null) : null;
}
