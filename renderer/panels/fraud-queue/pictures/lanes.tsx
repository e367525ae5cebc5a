import { useMemo, useState, type ReactElement } from 'react';
import { instantText, signedCents } from '#renderer/ui/format.ts';
import { drawLanes, type Lane, type LaneTrade } from '../lanes.ts';
import { spanText } from '../words.ts';

export interface ShownTrade extends LaneTrade {
  readonly side: 'buy' | 'sell';
  readonly symbol: string;
  readonly profit: number | null;
}

const LABEL_PX = 92;
const ROW_PX = 12;
const LANE_GAP_PX = 10;
const WIDTH_MIN = 460;
const WIDTH_MAX = 2_400;
const STRETCH_PX = 70;
const AXIS_PX = 16;
const AXIS_LABEL_PX = 78;

/**
 * Trades of several accounts on one time scale, a lane for each: buys above the middle tone, sells
 * below it, matched trades tied together, idle time folded away.
 */
export function Lanes({
  lanes,
  label,
}: {
  readonly lanes: readonly Lane<ShownTrade>[];
  readonly label: string;
}): ReactElement {
  const [told, setTold] = useState('');
  const drawing = useMemo(() => {
    const wide = drawLanes(lanes, WIDTH_MIN);
    const width = Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, wide.stretches.length * STRETCH_PX));
    return { ...drawLanes(lanes, width), width };
  }, [lanes]);
  const tops = drawing.rows.reduce<number[]>(
    (sums, rows) => [...sums, (sums.at(-1) ?? 0) + rows * ROW_PX + LANE_GAP_PX],
    [0],
  );
  const height = tops.at(-1) ?? 0;
  const middle = (at: number): { x: number; y: number } => {
    const bar = drawing.bars[at];
    if (!bar) return { x: 0, y: 0 };
    return { x: bar.left + 2, y: (tops[bar.lane] ?? 0) + bar.row * ROW_PX + ROW_PX / 2 };
  };
  if (drawing.bars.length === 0) return <p className="quiet-text">No trades in this time.</p>;
  return (
    <figure className="lanes">
      <figcaption>
        {label}
        <span className="quiet-text">
          {' '}
          · <i className="key-buy" /> buy <i className="key-sell" /> sell{' '}
          {drawing.ties.length > 0 && (
            <>
              <i className="key-tie" /> matched
            </>
          )}{' '}
          {drawing.stretches.length > 1 && (
            <>
              <i className="key-fold" /> idle time folded
            </>
          )}
        </span>
      </figcaption>
      <div className="picture-scroll" tabIndex={0} role="group" aria-label={label}>
        <svg
          width={drawing.width + LABEL_PX + 4}
          height={height + AXIS_PX}
          role="img"
          aria-label={
            `${label}: ${drawing.bars.length} trades, ${drawing.ties.length} ties. ` +
            'The table below holds the same.'
          }
        >
          {lanes.map(({ accountId }, lane) => (
            <g key={accountId} transform={`translate(0 ${tops[lane] ?? 0})`}>
              <rect
                className={lane % 2 === 0 ? 'lane' : 'lane other'}
                x={0}
                y={-LANE_GAP_PX / 2 + 1}
                width={drawing.width + LABEL_PX + 4}
                height={(drawing.rows[lane] ?? 1) * ROW_PX + LANE_GAP_PX - 2}
              />
              <text className="lane-name" x={4} y={ROW_PX - 2}>
                {accountId}
              </text>
            </g>
          ))}
          <g transform={`translate(${LABEL_PX} 0)`}>
            {drawing.stretches.slice(1).map(({ left }) => (
              <line key={left} className="fold" x1={left - 6} x2={left - 6} y1={0} y2={height} />
            ))}
            <Axis stretches={drawing.stretches} top={height} />
            {drawing.ties.map(({ from, to }) => {
              const [one, other] = [middle(from), middle(to)];
              return (
                <line
                  key={`${from} ${to}`}
                  className="tie"
                  x1={one.x}
                  y1={one.y}
                  x2={other.x}
                  y2={other.y}
                />
              );
            })}
            {drawing.bars.map(({ trade, lane, row, left, width }) => (
              <rect
                key={`${lane} ${trade.key}`}
                className={`trade ${trade.side}${trade.match > 0 ? ' matched' : ''}`}
                x={left}
                y={(tops[lane] ?? 0) + row * ROW_PX + 1}
                width={width}
                height={ROW_PX - 3}
                onPointerEnter={() => setTold(toldOf(trade))}
              >
                <title>{toldOf(trade)}</title>
              </rect>
            ))}
          </g>
        </svg>
      </div>
      <p className="readout quiet-text">{told === '' ? 'Point at a trade to read it.' : told}</p>
    </figure>
  );
}

/** The instant at which each stretch begins, where there is room for it. */
function Axis({
  stretches,
  top,
}: {
  readonly stretches: readonly {
    readonly from: number;
    readonly left: number;
    readonly width: number;
  }[];
  readonly top: number;
}): ReactElement {
  const shown = stretches.reduce<(typeof stretches)[number][]>((kept, stretch) => {
    const last = kept.at(-1);
    return last && stretch.left < last.left + AXIS_LABEL_PX ? kept : [...kept, stretch];
  }, []);
  return (
    <>
      {shown.map(({ from, left }) => (
        <text key={left} className="axis-text" x={left} y={top + 11}>
          {instantText(from).slice(5, 16)}
        </text>
      ))}
    </>
  );
}

function toldOf({ key, side, symbol, openedAt, closedAt, profit, match }: ShownTrade): string {
  const held = closedAt === null ? 'still open' : `held ${spanText(closedAt - openedAt)}`;
  const made = profit === null ? '' : `, ${signedCents(profit)}`;
  return `${key}: ${side} ${symbol} ${instantText(openedAt)} UTC, ${held}${made}${
    match > 0 ? `, match #${match}` : ''
  }`;
}
