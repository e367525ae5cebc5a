import { existsSync, readFileSync, renameSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { grossOf, netOf, type MeasuredBook } from '#core/exposure/slices.ts';
import {
  exposureSampleSchema,
  SAMPLE_EVERY_MS,
  SAMPLES_MAX,
  type ExposureSample,
} from '#core/exposure/view.ts';

/** Symbols of which the past is kept, those with the largest gross of each minute. */
export const SYMBOLS_SAMPLED_MAX = 60;

const sampleSchema = z.strictObject({
  ...exposureSampleSchema.shape,
  symbols: z.array(z.tuple([z.string().max(32), z.int(), z.int()])).max(SYMBOLS_SAMPLED_MAX),
});
type Sample = z.output<typeof sampleSchema>;
const fileSchema = z.strictObject({
  version: z.literal(1),
  samples: z.array(sampleSchema).max(SAMPLES_MAX),
});

/**
 * Exposure over the last day, a sample a minute: kept in memory and in one file, so that a server
 * that starts again shows what it has seen. No fact of the log hangs on it.
 */
export interface Samples {
  /** Takes a sample when a minute has passed since the last. */
  take(book: MeasuredBook, at: number): void;
  /** Oldest first; of the firm, or of one symbol. */
  series(symbol: string | null): ExposureSample[];
  readonly latestAt: number | null;
  /** When what was taken is on the disk. */
  saved(): Promise<void>;
}

export interface SamplesPorts {
  /** Null to keep nothing on the disk. */
  readonly file: string | null;
  readonly now: number;
  failed(problem: string): void;
}

export function openSamples({ file, now, failed }: SamplesPorts): Samples {
  const oldest = now - SAMPLES_MAX * SAMPLE_EVERY_MS;
  const ring: Sample[] = readSamples(file, failed).filter(({ at }) => at > oldest && at <= now);
  let saving: Promise<void> = Promise.resolve();
  const save = async (path: string): Promise<void> => {
    try {
      await writeFile(`${path}.new`, JSON.stringify({ version: 1, samples: ring }));
      await rename(`${path}.new`, path);
    } catch (error) {
      failed(`exposure samples could not be written to ${path}: ${String(error)}`);
    }
  };
  return {
    take: ({ firm, slices }, at) => {
      const last = ring.at(-1);
      if (last && at - last.at < SAMPLE_EVERY_MS) return;
      const { payable, ifClosed } = firm;
      const symbols = slices.symbol
        .slice(0, SYMBOLS_SAMPLED_MAX)
        .map((row): Sample['symbols'][number] => [row.key, netOf(row), grossOf(row)]);
      ring.push({ at, net: netOf(firm), gross: grossOf(firm), payable, ifClosed, symbols });
      if (ring.length > SAMPLES_MAX) ring.shift();
      if (file !== null) saving = saving.then(() => save(file));
    },
    series: (symbol) =>
      symbol === null
        ? ring.map(({ symbols: _symbols, ...sample }) => sample)
        : ring.map(({ at, symbols }) => {
            const [, net = 0, gross = 0] = symbols.find(([name]) => name === symbol) ?? [];
            return { at, net, gross, payable: null, ifClosed: null };
          }),
    get latestAt() {
      return ring.at(-1)?.at ?? null;
    },
    saved: () => saving,
  };
}

/** A file that cannot be read is put aside for a person to look at; the day begins anew. */
function readSamples(file: string | null, failed: (problem: string) => void): Sample[] {
  if (file === null || !existsSync(file)) return [];
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).samples;
  } catch (error) {
    const aside = `${file}.unreadable`;
    renameSync(file, aside);
    failed(`exposure samples cannot be read, and lie in ${aside} now: ${String(error)}`);
    return [];
  }
}
