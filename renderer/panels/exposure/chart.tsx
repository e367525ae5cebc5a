import {
  AreaSeries,
  ColorType,
  createChart,
  LineSeries,
  LineStyle,
  type IChartApi,
  type UTCTimestamp,
} from 'lightweight-charts';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { ExposureSample } from '#core/exposure/view.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { usePreferences } from '#renderer/store/preferences.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import { signedWhole, whole } from './words.ts';

const UNIT = 10_000;

/** The last day of the firm, or of one symbol: a sample a minute. */
export function ExposureChart({
  client,
  symbol,
  sampledAt,
  now,
}: {
  readonly client: RendererClient;
  readonly symbol: string | null;
  /** When the server last took a sample: it is read again then. */
  readonly sampledAt: number | null;
  /** What stands open now: where the lines end. */
  readonly now: ExposureSample | null;
}): ReactElement {
  const [samples, setSamples] = useState<readonly ExposureSample[] | string | null>(null);
  useEffect(() => setSamples(null), [symbol]);
  useEffect(() => {
    let current = true;
    void client.call('exposure.series', { symbol }).then((reply) => {
      if (current) setSamples(reply.ok ? reply.value.samples : reply.error.message);
    });
    return () => {
      current = false;
    };
  }, [client, symbol, sampledAt]);
  if (samples === null) return <p className="empty">Reading the last day…</p>;
  if (typeof samples === 'string') return <p className="failure">{samples}</p>;
  const last = samples.at(-1)?.at ?? 0;
  const shown = now && now.at > last ? [...samples, now] : samples;
  if (shown.length < 2) {
    return (
      <p className="empty">
        The chart begins with the second minute: the server keeps one sample a minute for a day.
      </p>
    );
  }
  return <Drawn samples={shown} name={symbol ?? 'The firm'} hasOwed={symbol === null} />;
}

function Drawn({
  samples,
  name,
  hasOwed,
}: {
  readonly samples: readonly ExposureSample[];
  readonly name: string;
  readonly hasOwed: boolean;
}): ReactElement {
  const holder = useRef<HTMLDivElement | null>(null);
  const drawing = useRef<Drawing | null>(null);
  const theme = usePreferences((preferences) => preferences.theme);
  const [readout, setReadout] = useState('');
  useEffect(() => {
    if (!holder.current) return;
    const opened = openDrawing(holder.current, setReadout);
    drawing.current = opened;
    return () => opened.chart.remove();
  }, [theme]);
  // New samples fill the chart that is there: zoom and place are the person's.
  useEffect(() => drawing.current?.show(samples), [samples, theme]);
  return (
    <div className="chart">
      <p className="legend">
        <b>{name}, last day</b>
        <span className="key key-equity">Gross</span>
        <span className="key key-net">Net</span>
        {hasOwed && <span className="key key-owed">Owed if closed (left)</span>}
        <span className="spacer" />
        <span className="readout">{readout}</span>
      </p>
      <p className="visually-hidden">{summary(name, samples)}</p>
      <div ref={holder} className="chart-holder" />
    </div>
  );
}

interface Drawing {
  readonly chart: IChartApi;
  show(samples: readonly ExposureSample[]): void;
}

function openDrawing(element: HTMLElement, onReadout: (text: string) => void): Drawing {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const format = {
    type: 'custom' as const,
    formatter: (value: number) => Math.round(value).toLocaleString('en'),
    minMove: 1,
  };
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
    leftPriceScale: { borderColor: color('--line'), visible: true },
    timeScale: { borderColor: color('--line'), timeVisible: true, secondsVisible: false },
    crosshair: { mode: 0 },
  });
  const gross = chart.addSeries(AreaSeries, {
    lineColor: color('--accent'),
    topColor: color('--accent-soft'),
    bottomColor: 'transparent',
    lineWidth: 2,
    priceLineVisible: false,
    priceFormat: format,
  });
  const net = chart.addSeries(LineSeries, {
    color: color('--watch'),
    lineWidth: 2,
    priceLineVisible: false,
    priceFormat: format,
  });
  const owed = chart.addSeries(LineSeries, {
    color: color('--target'),
    lineWidth: 1,
    lineStyle: LineStyle.Dashed,
    priceLineVisible: false,
    priceScaleId: 'left',
    priceFormat: format,
  });
  let byTime = new Map<number, ExposureSample>();
  let shown = false;
  chart.subscribeCrosshairMove(({ time }) => {
    const sample = byTime.get(time as number);
    onReadout(sample ? readoutOf(sample) : '');
  });
  return {
    chart,
    show: (samples) => {
      byTime = new Map(samples.map((sample) => [Math.floor(sample.at / 1_000), sample]));
      const points = [...byTime];
      const line = (of: (sample: ExposureSample) => number | null) =>
        points.flatMap(([time, sample]) => {
          const value = of(sample);
          return value === null ? [] : [{ time: time as UTCTimestamp, value: value / UNIT }];
        });
      gross.setData(line((sample) => sample.gross));
      net.setData(line((sample) => sample.net));
      owed.setData(line((sample) => sample.ifClosed));
      chart.applyOptions({
        leftPriceScale: { visible: samples.some(({ ifClosed }) => ifClosed !== null) },
      });
      if (!shown) chart.timeScale().fitContent();
      shown = true;
    },
  };
}

function readoutOf({ at, net, gross, ifClosed }: ExposureSample): string {
  const owed = ifClosed === null ? '' : `   owed ${whole(ifClosed)}`;
  return `${dateTimeText(at)} UTC   gross ${whole(gross)}   net ${signedWhole(net)}${owed}`;
}

/** What the chart says, for who hears it. */
function summary(name: string, samples: readonly ExposureSample[]): string {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last) return `${name}: nothing yet`;
  return (
    `${name} from ${dateTimeText(first.at)} to ${dateTimeText(last.at)} UTC: gross from ` +
    `${whole(first.gross)} to ${whole(last.gross)}, net from ${whole(first.net)} to ${whole(last.net)}`
  );
}
