import type { CaseLearning } from '#core/desk-api/case-calls.ts';
import { shareText } from '#renderer/panels/fraud-queue/words.ts';

type Point = CaseLearning['curves'][number]['points'][number];

/** The point of a threshold: the last one that is not beyond it. */
export function pointAt(points: readonly Point[], threshold: number): Point | undefined {
  return points.findLast((point) => point.threshold <= threshold) ?? points[0];
}

/** What a threshold would have done with the cases that were decided, in a sentence. */
export function caughtText(points: readonly Point[], point: Point): string {
  const all = points[0]?.caught ?? 0;
  const { caught, precision, recall, threshold } = point;
  if (caught === 0)
    return `From ${threshold} on it would have caught none of ${all} decided cases.`;
  const right = precision === null ? '' : ` ${shareText(precision)} of them had something in them.`;
  const missed =
    recall === null
      ? ''
      : recall === 1000
        ? ' Nothing that was found would have been missed.'
        : ` ${shareText(1000 - recall)} of what was found would have been missed.`;
  return `From ${threshold} on it would have caught ${caught} of ${all} decided cases.${right}${missed}`;
}
