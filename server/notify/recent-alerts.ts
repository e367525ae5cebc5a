import type { Fact } from '#core/facts/registry.ts';
import { NOTICE_FACTS } from '#core/sync/notices.ts';
import type { Store } from '../store/store.ts';

/**
 * The latest alerts with who has seen them, for a desk that has just come. Alerts and their
 * acknowledgements have half of the room each: one act that acknowledges a storm leaves the alerts
 * before it on the screen.
 */
export function recentAlerts(
  store: Pick<Store, 'latestDeskFacts' | 'acknowledgementsOf'>,
  limit: number,
): Fact[] {
  const alerts = store.latestDeskFacts(0, NOTICE_FACTS, Math.floor(limit / 2));
  const seen = store.acknowledgementsOf(
    0,
    alerts.map(({ envelope }) => envelope.seq),
  );
  return [...alerts, ...seen].sort((one, other) => one.envelope.seq - other.envelope.seq);
}
