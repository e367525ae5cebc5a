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
  const [readout, setReadout] = useState('');
  useEffect(() => {
    if (!holder.current) return;
    const chart = draw(holder.current, detail, setReadout);
    return () => chart.remove();
  }, [detail, theme]);
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
        <span className="spacer" />
        <span className="readout">{readout}</span>
      </p>
      <div
        ref={holder}
        className="chart-holder"
        role="img"
        aria-label="Equity, balance and floors over time"
      />
    </div>
  );
}

function draw(
  element: HTMLElement,
  detail: AccountDetail,
  onReadout: (text: string) => void,
): IChartApi {
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
  const points = inSeconds(detail.series);
  const line = (
    key: 'balance' | 'dailyFloor' | 'overallFloor',
    name: string,
    dashed: boolean,
  ): void => {
    const series = chart.addSeries(LineSeries, {
      color: color(name),
      lineWidth: key === 'balance' ? 1 : 2,
      lineType: LineType.WithSteps,
      lineStyle: dashed ? LineStyle.Dashed : LineStyle.Solid,
      priceLineVisible: false,
      lastValueVisible: key !== 'balance',
      crosshairMarkerVisible: false,
    });
    series.setData(
      points.flatMap((point) =>
        point[key] === null ? [] : [{ time: point.time, value: (point[key] as number) / UNIT }],
      ),
    );
  };
  const equity = chart.addSeries(AreaSeries, {
    lineColor: color('--accent'),
    topColor: color('--accent-soft'),
    bottomColor: 'transparent',
    lineWidth: 2,
    priceLineVisible: false,
  });
  equity.setData(points.map(({ time, equity: value }) => ({ time, value: value / UNIT })));
  line('balance', '--balance', false);
  line('dailyFloor', '--serious', true);
  line('overallFloor', '--critical', false);
  createSeriesMarkers(equity, breachMarkers(detail, points, color('--critical')));
  chart.timeScale().fitContent();
  chart.subscribeCrosshairMove(({ time }) => {
    const point = points.find((one) => one.time === time);
    onReadout(
      point
        ? `${dateTimeText(point.at)} UTC   equity ${cents(point.equity)}   balance ${cents(point.balance)}`
        : '',
    );
  });
  return chart;
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
