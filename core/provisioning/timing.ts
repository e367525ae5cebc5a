import type { EpochMs } from '#core/time/time.ts';
import type { Milestones, Order } from './orders.ts';

/** What is measured from the purchase on. */
export const SPANS = ['created', 'credentialsSent', 'credentialsOpened', 'firstTraded'] as const;
export type Span = (typeof SPANS)[number];

/** By the shop's clock, where it is not ahead of ours: a wrong clock must not look like speed. */
export function purchasedAt({ data }: Pick<Order, 'data'>): EpochMs {
  return Math.min(data.orderedAt, data.at);
}

/** Milliseconds from the purchase; null before it is reached. */
export function spanMs(
  order: { readonly data: Order['data']; readonly milestones: Milestones },
  span: Span,
): number | null {
  const at = order.milestones[span];
  return at === null ? null : Math.max(0, at - purchasedAt(order));
}

/** The smallest that is not below so many of a hundred (nearest rank); null of nothing. */
export function percentile(values: readonly number[], percent: number): number | null {
  const sorted = values.toSorted((one, other) => one - other);
  const rank = Math.max(1, Math.ceil((sorted.length * percent) / 100));
  return sorted[rank - 1] ?? null;
}

/** One figure in a window of time, and in the one before it. */
export interface Figure {
  readonly value: number | null;
  readonly baseline: number | null;
}

export interface SpanFigures {
  readonly span: Span;
  readonly p50: Figure;
  readonly p95: Figure;
  /** Orders that were measured in the window. */
  readonly count: number;
}

/** How long orders of the last days took, beside those of as many days before. */
export function spanFigures(
  orders: Iterable<Order>,
  { now, windowMs }: { readonly now: EpochMs; readonly windowMs: number },
): readonly SpanFigures[] {
  const lately = new Map<Span, number[]>(SPANS.map((span) => [span, []]));
  const before = new Map<Span, number[]>(SPANS.map((span) => [span, []]));
  for (const order of orders) {
    const age = now - order.data.at;
    const into = age <= windowMs ? lately : age <= 2 * windowMs ? before : null;
    if (!into) continue;
    for (const span of SPANS) {
      const took = spanMs(order, span);
      if (took !== null) into.get(span)?.push(took);
    }
  }
  return SPANS.map((span) => {
    const [recent, then] = [lately.get(span) ?? [], before.get(span) ?? []];
    const figure = (percent: number): Figure => ({
      value: percentile(recent, percent),
      baseline: percentile(then, percent),
    });
    return { span, p50: figure(50), p95: figure(95), count: recent.length };
  });
}
