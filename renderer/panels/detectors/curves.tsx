import { useState, type ReactElement } from 'react';
import type { CaseLearning } from '#core/desk-api/case-calls.ts';
import { shareText } from '#renderer/panels/fraud-queue/words.ts';
import { caughtText, pointAt } from './curve.ts';

type Curve = CaseLearning['curves'][number];

const WIDTH = 420;
const HEIGHT = 170;
const LEFT = 36;
const BOTTOM = 20;

/** Precision and recall over the threshold of one detector, and what a threshold means in cases. */
export function Curves({ curves }: { readonly curves: readonly Curve[] }): ReactElement {
  const [chosen, setChosen] = useState(curves[0]?.detector ?? '');
  const [threshold, setThreshold] = useState(700);
  const curve = curves.find(({ detector }) => detector === chosen) ?? curves[0];
  if (!curve) return <p className="quiet-text">No detector spoke in a decided case yet.</p>;
  const point = pointAt(curve.points, threshold);
  return (
    <div className="curves">
      <p className="row">
        <label htmlFor="curve-detector">Detector</label>
        <select
          id="curve-detector"
          value={curve.detector}
          onChange={(event) => setChosen(event.target.value)}
        >
          {curves.map(({ detector, title }) => (
            <option key={detector} value={detector}>
              {title}
            </option>
          ))}
        </select>
        <span className="quiet-text">
          <i className="key-precision" /> of those caught, something in it{' '}
          <i className="key-recall" /> of those with something, caught
        </span>
      </p>
      <Drawn curve={curve} threshold={threshold} />
      <p className="row">
        <label htmlFor="curve-threshold">Strength from</label>
        <input
          id="curve-threshold"
          type="range"
          min={0}
          max={1000}
          step={50}
          value={threshold}
          aria-valuetext={`${threshold} of 1,000`}
          onChange={(event) => setThreshold(Number(event.target.value))}
        />
        <output htmlFor="curve-threshold">{threshold} of 1,000</output>
      </p>
      <p role="status">{point ? caughtText(curve.points, point) : ''}</p>
    </div>
  );
}

function Drawn({
  curve,
  threshold,
}: {
  readonly curve: Curve;
  readonly threshold: number;
}): ReactElement {
  const x = (of: number): number => LEFT + (of * (WIDTH - LEFT - 8)) / 1000;
  const y = (perMille: number): number => 6 + ((1000 - perMille) * (HEIGHT - BOTTOM - 6)) / 1000;
  const line = (pick: 'precision' | 'recall'): string =>
    curve.points
      .flatMap((point) => {
        const value = point[pick];
        return value === null ? [] : [`${x(point.threshold)},${y(value)}`];
      })
      .join(' ');
  const at = pointAt(curve.points, threshold);
  const told = (share: number | null | undefined): string =>
    share === null || share === undefined ? 'nothing to tell' : shareText(share);
  return (
    <svg
      className="curve"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={
        `${curve.title}: at ${threshold} of 1,000 ` +
        `precision ${told(at?.precision)}, recall ${told(at?.recall)}`
      }
    >
      {[0, 250, 500, 750, 1000].map((share) => (
        <g key={share}>
          <line className="axis" x1={LEFT} x2={WIDTH - 8} y1={y(share)} y2={y(share)} />
          <text x={LEFT - 5} y={y(share) + 3} textAnchor="end">
            {share / 10} %
          </text>
          <text x={x(share)} y={HEIGHT - 4} textAnchor="middle">
            {share}
          </text>
        </g>
      ))}
      <polyline className="curve-precision" points={line('precision')} />
      <polyline className="curve-recall" points={line('recall')} />
      <line
        className="curve-threshold"
        x1={x(threshold)}
        x2={x(threshold)}
        y1={y(1000)}
        y2={y(0)}
      />
    </svg>
  );
}
