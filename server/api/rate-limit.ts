/** Requests that a client may make in a second for long, and at once after a pause. */
export const REQUESTS_PER_SECOND = 20;
export const REQUESTS_AT_ONCE = 60;

/** A bucket for each client; clients are few and known, so that none has to be forgotten. */
export interface RateLimit {
  admit(client: string, now: number): boolean;
}

export function createRateLimit(): RateLimit {
  const buckets = new Map<string, { readonly left: number; readonly at: number }>();
  return {
    admit: (client, now) => {
      const { left, at } = buckets.get(client) ?? { left: REQUESTS_AT_ONCE, at: now };
      const passed = Math.max(0, now - at) / 1_000;
      const full = Math.min(REQUESTS_AT_ONCE, left + passed * REQUESTS_PER_SECOND);
      const isAdmitted = full >= 1;
      buckets.set(client, { left: isAdmitted ? full - 1 : full, at: now });
      return isAdmitted;
    },
  };
}
