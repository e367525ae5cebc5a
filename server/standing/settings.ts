import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { COLOUR } from './assets.ts';

/** How the standing page looks and where it lies: kept in `standing.json` in the data folder. */
export const standingSettingsSchema = z.strictObject({
  /** Where traders reach this server, "https://standing.firm.example"; null is this machine alone. */
  publicUrl: z
    .url()
    .refine((url) => /^https:\/\/[^/?#@]+$/.test(url), {
      error: 'expected an https address without a path, such as "https://standing.firm.example"',
    })
    .nullable()
    .default(null),
  /** What stands above the page; the name of the organisation when left out. */
  firmName: z.string().min(1).max(80).nullable().default(null),
  /** The firm's colour: above the page and in its bars. */
  colour: z.string().regex(COLOUR, 'expected a colour such as "#1f6feb"').default('#1f4fa3'),
});
export type StandingSettings = z.output<typeof standingSettingsSchema>;

export function readStandingSettings(folder: string): StandingSettings {
  const file = join(folder, 'standing.json');
  if (!existsSync(file)) return standingSettingsSchema.parse({});
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new Error(`${file} is no JSON: mend it, or remove it`);
  }
  const parsed = standingSettingsSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
}
