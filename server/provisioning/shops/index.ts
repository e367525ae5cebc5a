import { genericShop } from './generic/shop.ts';
import { stripeShop } from './stripe/shop.ts';
import { wooCommerceShop } from './woocommerce/shop.ts';

/** Every kind of shop there is. Adding one is a folder and a line. */
export const shopAdapters = {
  generic: genericShop,
  stripe: stripeShop,
  woocommerce: wooCommerceShop,
} as const;
export type ShopKind = keyof typeof shopAdapters;
export const SHOP_KINDS = Object.keys(shopAdapters) as readonly ShopKind[];
