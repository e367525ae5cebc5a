import type { ReactElement } from 'react';
import type { KpiCard } from '#core/kpi/answers.ts';
import { figureText } from '#core/kpi/words.ts';
import { dateTimeText } from '#renderer/ui/format.ts';

type Point = KpiCard['trend'][number];

const SPARK = { width: 132, height: 30, pad: 2 };
const CHART = { width: 720, height: 190, pad: 14 };

interface Scale {
  x(at: number): number;
  y(value: number): number;
}

function scaleOf(
  points: readonly Point[],
  size: typeof SPARK,
  { target, bounds }: { readonly target: number | null; readonly bounds: boolean },
): Scale {
  const values = points.flatMap(({ value, low, high }) =>
    [value, ...(bounds ? [low, high] : [])].filter((one) => one !== null),
  );
  if (target !== null) values.push(target);
  const [least, most] = [Math.min(0, ...values), Math.max(1, ...values)];
  const from = points[0]?.from ?? 0;
  const until = points.at(-1)?.until ?? 1;
  const { width, height, pad } = size;
  return {
    x: (at) => pad + ((at - from) / Math.max(1, until - from)) * (width - 2 * pad),
    y: (value) => height - pad - ((value - least) / (most - least)) * (height - 2 * pad),
  };
}

/** One line through the pieces that have a number; a piece without one leaves a gap. */
function pathOf(points: readonly Point[], scale: Scale): string {
  let isDown = false;
  return points
    .map(({ until, value }) => {
      if (value === null) {
        isDown = false;
        return '';
      }
      const step = `${isDown ? 'L' : 'M'}${scale.x(until)} ${scale.y(value)}`;
      isDown = true;
      return step;
    })
    .join('');
}

/** How it went, small: no axes, and nothing for who hears it, since the tile says the rest. */
export function Sparkline({ points }: { readonly points: readonly Point[] }): ReactElement {
  const { width, height } = SPARK;
  const known = points.filter(({ value }) => value !== null);
  if (known.length < 2) return <span className="spark-none">no trend yet</span>;
  const scale = scaleOf(points, SPARK, { target: null, bounds: false });
  const last = known.at(-1);
  return (
    <svg className="spark" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <path d={pathOf(points, scale)} />
      {last && <circle cx={scale.x(last.until)} cy={scale.y(last.value ?? 0)} r="2.2" />}
    </svg>
  );
}

/** The trend with its intervals and the target, and the same as a table for who needs it. */
export function Trend({
  card,
  currency,
}: {
  readonly card: KpiCard;
  readonly currency: string;
}): ReactElement {
  const { trend, unit, title } = card;
  const { width, height } = CHART;
  const target = card.target?.value ?? null;
  const known = trend.filter(({ value }) => value !== null);
  if (known.length === 0) return <p className="empty">No piece of this period has a number yet.</p>;
  const scale = scaleOf(trend, CHART, { target, bounds: true });
  return (
    <figure className="kpi-trend">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`Trend of ${title}`}>
        <line className="axis" x1="0" x2={width} y1={scale.y(0)} y2={scale.y(0)} />
        {target !== null && (
          <line className="target" x1="0" x2={width} y1={scale.y(target)} y2={scale.y(target)} />
        )}
        {trend.map((point) => (
          <Bar key={point.until} point={point} scale={scale} unit={unit} currency={currency} />
        ))}
        <path d={pathOf(trend, scale)} />
      </svg>
      <figcaption>
        {known.length} of {trend.length} pieces have a number; bars are the interval that holds the
        true value in 95 of 100.{target === null ? '' : ' The dashed line is the target.'}
      </figcaption>
      <details>
        <summary>As a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">Up to (UTC)</th>
              <th scope="col">Value</th>
              <th scope="col">Low</th>
              <th scope="col">High</th>
              <th scope="col">Sample</th>
            </tr>
          </thead>
          <tbody>
            {trend.map(({ until, value, low, high, sample }) => (
              <tr key={until}>
                <td>{dateTimeText(until)}</td>
                <td className="number">{figureText(unit, value, currency)}</td>
                <td className="number">{figureText(unit, low)}</td>
                <td className="number">{figureText(unit, high)}</td>
                <td className="number">{sample}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

function Bar(props: {
  readonly point: Point;
  readonly scale: Scale;
  readonly unit: KpiCard['unit'];
  readonly currency: string;
}): ReactElement | null {
  const { point, scale, unit, currency } = props;
  const { until, value, low, high, sample } = point;
  if (value === null) return null;
  const x = scale.x(until);
  return (
    <g>
      {low !== null && high !== null && (
        <line className="bounds" x1={x} x2={x} y1={scale.y(low)} y2={scale.y(high)} />
      )}
      <circle cx={x} cy={scale.y(value)} r="3">
        <title>{`${dateTimeText(until)}: ${figureText(unit, value, currency)}, of ${sample}`}</title>
      </circle>
    </g>
  );
}
