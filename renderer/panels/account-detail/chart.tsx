import {
  AreaSeries,
  ColorType,
  createChart,
  createSeriesMarkers,
  LineSeries,
  LineStyle,
  LineType,
  type IChartApi,
  type Time,
} from 'lightweight-charts';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { parseFact } from '#core/facts/registry.ts';
import type { AccountDetail } from '#core/sync/protocol.ts';
import { cents, dateTimeText } from '#renderer/ui/format.ts';

const UNIT = 10_000;

/** Equity, balance and floors over time, with every breach marked. */
export function EquityChart({
  detail,
  theme,
}: {
  readonly detail: AccountDetail;
  readonly theme: string;
}): ReactElement {
  const holder = useRef<HTMLDivElement | null>(null);
  const drawn = useRef<Drawing | null>(null);
  const [readout, setReadout] = useState('');
  const [readings, setReadings] = useState(false);
  const empty = detail.series.length === 0;
  useEffect(() => {
    if (empty || !holder.current) return;
    const drawing = openDrawing(holder.current, setReadout);
    drawn.current = drawing;
    return () => drawing.chart.remove();
  }, [empty, theme]);
  // A new reading fills the chart that is there: zoom and place are the person's.
  useEffect(() => drawn.current?.show(detail, readings), [detail, theme, readings]);
  if (detail.series.length === 0) {
    return <p className="empty">No history yet: the chart begins with the first deal.</p>;
  }
  return (
    <div className="chart">
      <p className="legend">
        <span className="key key-equity">Equity</span>
        <span className="key key-balance">Balance</span>
        <span className="key key-daily">Daily floor</span>
        <span className="key key-overall">Overall floor</span>
        <label title="Where the overall floor would stand if it trailed, by each common reading">
          <input
            type="checkbox"
            checked={readings}
            onChange={(event) => setReadings(event.target.checked)}
          />{' '}
          Three readings
        </label>
        <span className="spacer" />
        <span className="readout">{readout}</span>
      </p>
      <div
        ref={holder}
        className="chart-holder"
        role="group"
        aria-label="Equity, balance and floors over time"
      />
    </div>
  );
}

interface Drawing {
  readonly chart: IChartApi;
  show(detail: AccountDetail, readings: boolean): void;
}

const LINES = [
  { key: 'balance', color: '--balance', style: LineStyle.Solid, title: 'balance' },
  { key: 'dailyFloor', color: '--serious', style: LineStyle.Dashed, title: 'daily floor' },
  { key: 'overallFloor', color: '--critical', style: LineStyle.Solid, title: 'overall floor' },
] as const;

/** What "trailing" can mean: three floors at one distance, drawn side by side when asked for. */
const READINGS = [
  { key: 'equityPeak', color: '--accent', title: 'by equity peak' },
  { key: 'closedBalance', color: '--target', title: 'by closed balance' },
  { key: 'endOfDay', color: '--watch', title: 'by end of day' },
] as const;

function openDrawing(element: HTMLElement, onReadout: (text: string) => void): Drawing {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const chart = createChart(element, {
    autoSize: true,
    layout: {
      background: { type: ColorType.Solid, color: 'transparent' },
      textColor: color('--text-quiet'),
      fontSize: 11,
    },
    grid: {
      vertLines: { color: color('--line-soft') },
      horzLines: { color: color('--line-soft') },
    },
    rightPriceScale: { borderColor: color('--line') },
    timeScale: { borderColor: color('--line'), timeVisible: true, secondsVisible: false },
    crosshair: { mode: 0 },
  });
  const equity = chart.addSeries(AreaSeries, {
    lineColor: color('--accent'),
    topColor: color('--accent-soft'),
    bottomColor: 'transparent',
    lineWidth: 2,
    priceLineVisible: false,
  });
  const lines = LINES.map(({ key, color: name, style: lineStyle }) => ({
    key,
    series: chart.addSeries(LineSeries, {
      color: color(name),
      lineWidth: key === 'balance' ? 1 : 2,
      lineType: LineType.WithSteps,
      lineStyle,
      priceLineVisible: false,
      lastValueVisible: key !== 'balance',
      crosshairMarkerVisible: false,
    }),
  }));
  const readingLines = READINGS.map(({ key, color: name, title }) => ({
    key,
    series: chart.addSeries(LineSeries, {
      title,
      color: color(name),
      lineWidth: 1,
      lineType: LineType.WithSteps,
      lineStyle: LineStyle.Dotted,
      priceLineVisible: false,
      crosshairMarkerVisible: false,
    }),
  }));
  const markers = createSeriesMarkers(equity, []);
  let byTime = new Map<Time, Point>();
  chart.subscribeCrosshairMove(({ time }) => {
    const point = time === undefined ? undefined : byTime.get(time);
    onReadout(point ? readoutOf(point) : '');
  });
  return {
    chart,
    show: (detail, readings) => {
      const points = inSeconds(detail.series);
      const first = byTime.size === 0;
      byTime = new Map(points.map((point) => [point.time, point]));
      equity.setData(points.map(({ time, equity: value }) => ({ time, value: value / UNIT })));
      for (const { key, series } of lines) {
        series.setData(
          points.flatMap(({ time, [key]: value }) =>
            value === null ? [] : [{ time, value: value / UNIT }],
          ),
        );
      }
      for (const { key, series } of readingLines) {
        series.setData(
          points.flatMap(({ time, readings: read }) =>
            readings && read ? [{ time, value: read[key] / UNIT }] : [],
          ),
        );
      }
      markers.setMarkers(breachMarkers(detail, points, color('--critical')));
      if (first) chart.timeScale().fitContent();
    },
  };
}

function readoutOf(point: Point): string {
  const figures = LINES.flatMap(({ key, title }) => {
    const value = point[key];
    return value === null ? [] : [`${title} ${cents(value)}`];
  });
  return `${dateTimeText(point.at)} UTC   equity ${cents(point.equity)}   ${figures.join('   ')}`;
}

type Point = AccountDetail['series'][number] & { readonly time: Time };

/** The chart wants one value per second: of each second the last low is kept. */
function inSeconds(series: AccountDetail['series']): Point[] {
  const bySecond = new Map<number, Point>();
  for (const point of series) {
    const second = Math.floor(point.at / 1000);
    const before = bySecond.get(second);
    if (!before || point.equity <= before.equity)
      bySecond.set(second, { ...point, time: second as Time });
  }
  return [...bySecond.values()].sort((one, other) => one.at - other.at);
}

function breachMarkers(
  detail: AccountDetail,
  points: readonly Point[],
  color: string,
): {
  readonly time: Time;
  readonly position: 'belowBar';
  readonly shape: 'arrowUp';
  readonly color: string;
  readonly text: string;
}[] {
  const last = points.at(-1);
  return detail.verdicts
    .map((input) => parseFact(input))
    .flatMap((parsed) =>
      parsed.ok && parsed.value.kind === 'breachDetected' ? [parsed.value.data] : [],
    )
    .map(({ at, consequence }) => {
      const near = points.find((point) => point.at >= at - 1000) ?? last;
      const text = consequence === 'fail' ? 'Breach' : 'Pause';
      return {
        time: near?.time ?? (0 as Time),
        position: 'belowBar' as const,
        shape: 'arrowUp' as const,
        color,
        text,
      };
    })
    .reverse();
}
