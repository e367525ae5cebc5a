import type { ReactElement } from 'react';
import type { Picture } from '#core/fraud/signal.ts';

const HEIGHT = 110;
const WIDTH = 430;
const BAR_PX_MIN = 14;
const BAR_PX_MAX = 52;
/** Room at both ends for labels that are wider than their bar. */
const MARGIN = 22;
const LETTER_PX = 5.4;
const TOP = 14;

/** What was counted, beside what others of the same program show: a mark on each bar. */
export function Histogram({
  picture: { unit, buckets },
}: {
  readonly picture: Extract<Picture, { type: 'histogram' }>;
}): ReactElement {
  const most = Math.max(1, ...buckets.map(({ count, expected }) => Math.max(count, expected ?? 0)));
  const step = Math.max(BAR_PX_MIN, Math.min(BAR_PX_MAX, Math.floor(WIDTH / buckets.length)));
  const width = step * buckets.length + 2 * MARGIN;
  const tall = (count: number): number => Math.round((count / most) * (HEIGHT - TOP));
  const hasExpected = buckets.some(({ expected }) => expected !== null);
  // Labels that would run into each other are left out, the ends never.
  const longest = Math.max(...buckets.map(({ label }) => label.length));
  const every = Math.max(1, Math.ceil((longest * LETTER_PX + 6) / step));
  const summary = buckets.map(
    ({ label, count, expected }) =>
      `${label}: ${count}${expected === null ? '' : `, others ${expected}`}`,
  );
  return (
    <figure className="histogram">
      <figcaption>
        By {unit}
        {hasExpected && (
          <span className="quiet-text">
            {' '}
            · <i className="key-bar" /> this case <i className="key-mark" /> others of the program,
            scaled to the same total
          </span>
        )}
      </figcaption>
      <div className="picture-scroll" tabIndex={0} role="group" aria-label={`By ${unit}`}>
        <svg
          width={width}
          height={HEIGHT + 18}
          role="img"
          aria-label={`By ${unit}. ${summary.join('; ')}`}
        >
          {buckets.map(({ label, count, expected }, at) => {
            const left = MARGIN + at * step + 2;
            const tallness = tall(count);
            return (
              <g key={`${label} ${at}`}>
                <title>{summary[at]}</title>
                <rect
                  className="histogram-bar"
                  x={left}
                  y={HEIGHT - tallness}
                  width={step - 4}
                  height={tallness}
                />
                {expected !== null && (
                  <line
                    className="histogram-mark"
                    x1={left - 1}
                    x2={left + step - 3}
                    y1={HEIGHT - tall(expected)}
                    y2={HEIGHT - tall(expected)}
                  />
                )}
                {count > 0 && step >= 20 && (
                  <text x={left + (step - 4) / 2} y={HEIGHT - tallness - 3} textAnchor="middle">
                    {count}
                  </text>
                )}
                {at % every === 0 && (
                  <text x={left + (step - 4) / 2} y={HEIGHT + 13} textAnchor="middle">
                    {label}
                  </text>
                )}
              </g>
            );
          })}
          <line className="axis" x1={0} x2={width} y1={HEIGHT} y2={HEIGHT} />
        </svg>
      </div>
    </figure>
  );
}
