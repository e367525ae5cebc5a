import { z } from 'zod';
import { epochMs, type EpochMs } from '#core/time/time.ts';
import { currencySchema } from './instrument.ts';

/** A scheduled release that moves prices. A speech lasts: `endsAt` is later than `at`. */
export const newsReleaseSchema = z.strictObject({
  releaseId: z.string().min(1).max(120),
  name: z.string().min(1).max(200),
  impact: z.enum(['low', 'medium', 'high']),
  /** Instruments that name one of these are touched. */
  currencies: z.array(currencySchema).min(1).max(20),
  at: epochMs,
  endsAt: epochMs,
});
export type NewsRelease = z.infer<typeof newsReleaseSchema>;

/** Releases in the order of their beginning. A later word on the same release replaces it. */
export interface Calendar {
  schedule(release: NewsRelease): void;
  /** Releases that touch an instrument and overlap the closed interval. */
  around(instrument: CalendarSubject, from: EpochMs, to: EpochMs): readonly NewsRelease[];
  releases(): readonly NewsRelease[];
}

/** What decides whether a release touches an instrument. */
export interface CalendarSubject {
  readonly symbol: string;
  readonly quoteCurrency: string;
}

export function createCalendar(releases: Iterable<NewsRelease> = []): Calendar {
  let sorted: NewsRelease[] = [];
  const schedule = (release: NewsRelease): void => {
    sorted = [...sorted.filter(({ releaseId }) => releaseId !== release.releaseId), release];
    sorted.sort((one, other) => one.at - other.at || (one.releaseId < other.releaseId ? -1 : 1));
  };
  for (const release of releases) schedule(release);
  return {
    schedule,
    releases: () => sorted,
    around: (instrument, from, to) =>
      sorted.filter(
        (release) => release.at <= to && release.endsAt >= from && touches(release, instrument),
      ),
  };
}

/** Whether a release moves an instrument: it names one of the currencies in it. */
export function touches(
  release: Pick<NewsRelease, 'currencies'>,
  { symbol, quoteCurrency }: CalendarSubject,
): boolean {
  return release.currencies.some(
    (currency) => currency === quoteCurrency || symbol.includes(currency),
  );
}
