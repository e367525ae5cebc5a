import type { NewsRelease } from '#core/market/calendar.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Minutes of the day, in UTC, at which the demo's releases come; the modelled market jumps then. */
const RELEASES = [
  { minute: 90, currency: 'NZD' },
  { minute: 540, currency: 'EUR' },
  { minute: 750, currency: 'USD' },
  { minute: 1_140, currency: 'USD' },
] as const;

/** The demo calendar: the same releases every day, named as what they are. */
export function demoReleases(day: number): NewsRelease[] {
  return RELEASES.map(({ minute, currency }) => {
    const at = day * DAY_MS + minute * MINUTE_MS;
    const name = `Demo release (${currency})`;
    const releaseId = `demo-${currency}-${day}-${minute}`;
    return { releaseId, name, impact: 'high', currencies: [currency], at, endsAt: at };
  });
}

/** How many releases have come up to an instant, since the beginning of time. */
export function releasesUntil(at: number): number {
  const day = Math.floor(at / DAY_MS);
  const passed = RELEASES.filter(({ minute }) => day * DAY_MS + minute * MINUTE_MS <= at).length;
  return day * RELEASES.length + passed;
}

/** When the release of this number came, or will come. */
export function releaseAt(number: number): number {
  const day = Math.floor((number - 1) / RELEASES.length);
  const { minute } = RELEASES[number - 1 - day * RELEASES.length] ?? RELEASES[0];
  return day * DAY_MS + minute * MINUTE_MS;
}

/** The first release after an instant. */
export function nextRelease(after: number): NewsRelease {
  const number = releasesUntil(after) + 1;
  const at = releaseAt(number);
  const found = demoReleases(Math.floor(at / DAY_MS)).find((release) => release.at === at);
  if (!found) throw new Error(`no release at ${at}`);
  return found;
}
