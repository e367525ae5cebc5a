import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnreadableDelivery, type Delivery, type ShopAdapter, type ShopNews } from './shop.ts';

const NOW = Date.UTC(2026, 4, 1, 12);
const MINUTE_MS = 60_000;

/** What a shop's test shows the contract. */
export interface ShopSample {
  readonly adapter: ShopAdapter;
  /** Signs as the shop does. */
  sign(body: Uint8Array, secret: Uint8Array, at: number): Delivery;
  /** One event for each that the shop may send about one order, with what is to be read of it. */
  readonly events: readonly { readonly body: object; readonly says: ShopNews }[];
  /** Events that are signed and none of ours. */
  readonly others: readonly object[];
  readonly products: Readonly<Record<string, string>>;
}

/** The laws of a shop. Each implementation's test runs them over itself. */
export function describeShop({ adapter, sign, events, others, products }: ShopSample): void {
  const secret = Buffer.from('the-secret-of-this-shop');
  const bytesOf = (body: object): Uint8Array => Buffer.from(JSON.stringify(body));
  const [first] = events;
  const body = bytesOf(first?.body ?? {});
  const deliver = (over: Partial<Delivery> = {}): Delivery => ({
    ...sign(body, secret, NOW),
    ...over,
  });

  describe(`shop ${adapter.id}`, () => {
    it('reads every event that concerns an order, the same each time', () => {
      for (const { body: event, says } of events) {
        const delivery = sign(bytesOf(event), secret, NOW);
        expect(adapter.check(delivery, secret, NOW)).toBe('signed');
        expect(adapter.read(delivery, { products })).toEqual(says);
        expect(adapter.read(delivery, { products })).toEqual(says);
      }
    });

    it('finds nothing in events of other kinds, and in those of other products', () => {
      for (const event of others) {
        const delivery = sign(bytesOf(event), secret, NOW);
        expect(adapter.read(delivery, { products })).toEqual({ orders: [], reversals: [] });
      }
      const news = adapter.read(deliver(), { products: { 'another product': 'another-program' } });
      expect(news.orders).toEqual([]);
    });

    it('takes the signature of this secret over these bytes alone', () => {
      expect(adapter.check(deliver(), secret, NOW)).toBe('signed');
      expect(adapter.check(deliver(), Buffer.from('another secret'), NOW)).toBe('forged');
      expect(adapter.check(deliver({ headers: {} }), secret, NOW)).toBe('forged');
      const again = Buffer.from(JSON.stringify(JSON.parse(Buffer.from(body).toString()), null, 1));
      expect(adapter.check(deliver({ raw: again }), secret, NOW)).toBe('forged');
    });

    it('refuses a delivery of which any byte was changed', () => {
      fc.assert(
        fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
          const changed = Uint8Array.from(body);
          changed[at] = (changed[at] ?? 0) ^ by;
          expect(adapter.check(deliver({ raw: changed }), secret, NOW)).toBe('forged');
        }),
      );
    });

    it('refuses a delivery of which any header was changed', () => {
      const { headers } = deliver();
      for (const [name, value = ''] of Object.entries(headers)) {
        for (let at = 0; at < value.length; at += 1) {
          const letter = value[at] === '1' ? '2' : '1';
          const changed = value.slice(0, at) + letter + value.slice(at + 1);
          const verdict = adapter.check(
            deliver({ headers: { ...headers, [name]: changed } }),
            secret,
            NOW,
          );
          // What is not part of the signature says what the message is about, and is none of ours then.
          if (verdict !== 'signed') continue;
          expect(
            adapter.read(deliver({ headers: { ...headers, [name]: changed } }), { products })
              .orders,
          ).toEqual([]);
        }
      }
    });

    it('refuses an old delivery and one of the future, where it can tell', () => {
      for (const minutes of [-6, 6, 60 * 24]) {
        const delivery = sign(body, secret, NOW + minutes * MINUTE_MS);
        const verdict = adapter.check(delivery, secret, NOW);
        expect(verdict).toBe(adapter.signsTime ? 'stale' : 'signed');
      }
      for (const minutes of [-4, 4]) {
        expect(adapter.check(sign(body, secret, NOW + minutes * MINUTE_MS), secret, NOW)).toBe(
          'signed',
        );
      }
    });

    it('says in one sentence what it cannot read, and never what was in it', () => {
      const parsed = JSON.parse(Buffer.from(body).toString()) as Record<string, unknown>;
      const broken = [
        Buffer.from('{'),
        Buffer.from('null'),
        Buffer.from('[]'),
        Buffer.from([0xff, 0xfe]),
        ...Object.keys(parsed).map((key) => bytesOf({ ...parsed, [key]: { secret: 'hunter2' } })),
        ...Object.keys(parsed).map((key) => bytesOf({ ...parsed, [key]: undefined })),
      ];
      for (const raw of broken) {
        const { headers } = sign(raw, secret, NOW);
        const said = saidOf(() => adapter.read({ raw, headers }, { products }));
        expect(said).not.toMatch(/^other|hunter2/);
      }
    });

    it('survives whatever is signed', () => {
      fc.assert(
        fc.property(fc.json(), (text) => {
          const delivery = sign(Buffer.from(text), secret, NOW);
          expect(saidOf(() => adapter.read(delivery, { products }))).not.toMatch(/^other/);
        }),
      );
    });
  });
}

/** What a reading says when it fails; "other" for an error that is none of a shop's. */
function saidOf(read: () => ShopNews): string {
  try {
    read();
    return '';
  } catch (error) {
    return error instanceof UnreadableDelivery ? error.message : `other: ${String(error)}`;
  }
}
