import type { EpochMs } from '#core/time/time.ts';
import { PRIORITIES } from '#core/work/policy.ts';
import type { WorkItem } from './item.ts';
import type { Service } from './service.ts';

export interface Ranked {
  readonly item: WorkItem;
  readonly service: Service | null;
}

/**
 * What is to be done first: what is urgent, and within one priority what is due first. What nothing
 * was promised for comes after what something was; of equals the older one is first.
 */
export function byUrgency(one: Ranked, other: Ranked): number {
  return (
    rankOf(one.item) - rankOf(other.item) ||
    dueOf(one) - dueOf(other) ||
    one.item.openedSeq - other.item.openedSeq ||
    (one.item.itemId < other.item.itemId ? -1 : 1)
  );
}

function rankOf({ priority, prioritised }: WorkItem): number {
  return PRIORITIES.indexOf(prioritised ?? priority);
}

/** The sooner of the two promises that are still to be kept. */
function dueOf({ service }: Ranked): EpochMs {
  if (!service) return Number.MAX_SAFE_INTEGER;
  const { firstTouch, settle } = service;
  const waiting = [firstTouch, settle].filter(
    ({ state }) => state === 'running' || state === 'overdue',
  );
  const due = waiting.map(({ dueAt }) => dueAt ?? Number.MAX_SAFE_INTEGER);
  return Math.min(Number.MAX_SAFE_INTEGER, ...due);
}
