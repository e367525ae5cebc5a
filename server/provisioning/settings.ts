import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { SHOP_KINDS, type ShopKind } from './shops/index.ts';

export const SHOPS_MAX = 20;
export const PRODUCTS_MAX = 2_000;
const LINK_HOURS = 72;

const shopSchema = z.strictObject({
  kind: z.enum(SHOP_KINDS as [ShopKind, ...ShopKind[]]),
  /** What the shop calls a program, and the program; left out where it uses the programs' ids. */
  products: z
    .record(z.string().min(1).max(120), z.string().min(1).max(80))
    .refine((all) => Object.keys(all).length <= PRODUCTS_MAX, `at most ${PRODUCTS_MAX}`)
    .default({}),
});
export type ShopSettings = z.output<typeof shopSchema>;

/** How a firm sells: kept in `provisioning.json` in its data folder. */
export const provisioningSettingsSchema = z.strictObject({
  /** Where buyers reach this server, "https://accounts.firm.example"; null is this machine alone. */
  publicUrl: z
    .url()
    .refine((url) => /^https:\/\/[^/?#@]+$/.test(url), {
      error: 'expected an https address without a path, such as "https://accounts.firm.example"',
    })
    .nullable()
    .default(null),
  /** So long a link to credentials lives. */
  linkHours: z.int().min(1).max(720).default(LINK_HOURS),
  /** By the name in the webhook's address. */
  shops: z
    .record(z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/), shopSchema)
    .refine((all) => Object.keys(all).length <= SHOPS_MAX, `at most ${SHOPS_MAX}`)
    .default({}),
});
export type ProvisioningSettings = z.output<typeof provisioningSettingsSchema>;

/** The shop that a demonstration buys from. */
export const DEMO_SHOP = 'demo';
const NOTHING: ProvisioningSettings = { publicUrl: null, linkHours: LINK_HOURS, shops: {} };
const DEMO: ProvisioningSettings = {
  ...NOTHING,
  shops: { [DEMO_SHOP]: { kind: 'generic', products: {} } },
};

export function readProvisioningSettings(file: string, demo: boolean): ProvisioningSettings {
  if (!existsSync(file)) return demo ? DEMO : NOTHING;
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new Error(`${file} is no JSON: mend it, or remove it to sell nothing`);
  }
  const parsed = provisioningSettingsSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}
