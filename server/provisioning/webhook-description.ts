import { z } from 'zod';
import { SHOP_WEBHOOKS_PATH } from './shop-http.ts';
import { genericEventSchema, SHOP_SIGNATURE } from './shops/generic/shop.ts';
import { STRIPE_SIGNATURE } from './shops/stripe/shop.ts';
import { WOO_SIGNATURE } from './shops/woocommerce/shop.ts';

export const SHOP_WEBHOOK_TEMPLATE = `${SHOP_WEBHOOKS_PATH}{shop}`;

/** What a shop of our own kind signs, in the words of the API's description. */
const SIGNATURE_TEXT =
  'Propdesk-Shop-Signature: t=<milliseconds since 1970>,v=<hex>, where v is the HMAC-SHA256 with the ' +
  'text of the shop’s secret over "shop-event/1", a line break, t, a line break, and the body as it is ' +
  'sent. It counts for five minutes. An event that is sent again changes nothing.';

/** Beside what clients and rails are described by: a header for each kind of shop. */
export const SHOP_SECURITY = {
  shop: securityOf(SHOP_SIGNATURE, SIGNATURE_TEXT),
  stripe: securityOf(STRIPE_SIGNATURE, 'Stripe’s own signature; it counts for five minutes.'),
  wooCommerce: securityOf(WOO_SIGNATURE, 'WooCommerce’s own signature; it covers no time.'),
} as const;

function securityOf(header: string, description: string): object {
  const name = header.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
  return { type: 'apiKey', in: 'header', name, description };
}

export const genericEventInput: z.ZodType = genericEventSchema;
