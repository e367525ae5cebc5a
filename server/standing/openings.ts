import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

/** Saved this long after an opening at the latest; a crash forgets the openings of so long. */
const SAVE_AFTER_MS = 2_000;
/** Links whose openings are kept; the ones opened longest ago leave first. */
export const OPENINGS_MAX = 50_000;

const openingSchema = z.strictObject({
  count: z.int().min(1),
  firstAt: z.int(),
  lastAt: z.int(),
});
export type Opening = z.output<typeof openingSchema>;
const fileSchema = z.record(z.string().max(80), openingSchema);

/**
 * How often each link was opened. Beside the log and not in it: whoever has a link could make the log
 * grow.
 */
export interface Openings {
  opened(linkId: string, at: number): void;
  of(linkId: string): Opening | null;
  close(): void;
}

export function openOpenings(file: string): Openings {
  const known = new Map<string, Opening>(Object.entries(read(file)));
  let timer: NodeJS.Timeout | null = null;
  const save = (): void => {
    timer = null;
    writeFileSync(`${file}.new`, JSON.stringify(Object.fromEntries(known)), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  return {
    opened: (linkId, at) => {
      const before = known.get(linkId);
      known.delete(linkId);
      known.set(linkId, {
        count: (before?.count ?? 0) + 1,
        firstAt: before?.firstAt ?? at,
        lastAt: at,
      });
      const [oldest] = known.keys();
      if (known.size > OPENINGS_MAX && oldest !== undefined) known.delete(oldest);
      timer ??= setTimeout(save, SAVE_AFTER_MS);
    },
    of: (linkId) => known.get(linkId) ?? null,
    close: () => {
      if (timer === null) return;
      clearTimeout(timer);
      save();
    },
  };
}

/** Counts that cannot be read are begun again: nothing rests on them. */
function read(file: string): z.output<typeof fileSchema> {
  if (!existsSync(file)) return {};
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}
