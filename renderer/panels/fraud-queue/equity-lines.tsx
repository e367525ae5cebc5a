import {
  ColorType,
  createChart,
  LineSeries,
  LineStyle,
  LineType,
  type IChartApi,
  type Time,
} from 'lightweight-charts';
import { useEffect, useRef, type ReactElement } from 'react';
import { MONEY_UNIT } from '#core/money/money.ts';
import { percentText } from '#core/money/money.ts';
import { cents } from '#renderer/ui/format.ts';
import type { Series } from './compare.ts';

export interface Line {
  readonly accountId: string;
  readonly startBalance: number;
  readonly series: Series;
}

const STYLES = [LineStyle.Solid, LineStyle.Dashed, LineStyle.Dotted] as const;
const SIX = [1, 2, 3, 4, 5, 6] as const;

/** Equity of several accounts in one picture: as a share of each one's start, or as it is. */
export function EquityLines({
  lines,
  asShare,
  theme,
}: {
  readonly lines: readonly Line[];
  readonly asShare: boolean;
  readonly theme: string;
}): ReactElement {
  const holder = useRef<HTMLDivElement | null>(null);
  useEffect(() => {
    if (!holder.current) return;
    const chart = draw(holder.current, lines, asShare);
    return () => chart.remove();
  }, [lines, asShare, theme]);
  const ends = lines.map((line) => `${line.accountId} ${endText(line, asShare)}`);
  return (
    <figure className="equity-lines">
      <figcaption>
        {lines.map((line, at) => (
          <span key={line.accountId} className={`series-key series-${(at % 6) + 1}`}>
            {line.accountId} <b>{endText(line, asShare)}</b>
          </span>
        ))}
      </figcaption>
      <div
        ref={holder}
        className="chart-holder"
        role="group"
        aria-label={`Equity over time. Last: ${ends.join('; ')}`}
      />
    </figure>
  );
}

function endText({ series, startBalance }: Line, asShare: boolean): string {
  const last = series.at(-1);
  if (!last) return 'no history';
  if (!asShare || startBalance <= 0) return cents(last.equity);
  const ppm = Math.round(((last.equity - startBalance) / startBalance) * 10_000) * 100;
  return ppm > 0 ? `+${percentText(ppm)}` : percentText(ppm);
}

function draw(element: HTMLElement, lines: readonly Line[], asShare: boolean): IChartApi {
  const computed = getComputedStyle(document.documentElement);
  const color = (name: string): string => computed.getPropertyValue(name).trim();
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
    ...(asShare
      ? { localization: { priceFormatter: (share: number) => `${share.toFixed(2)} %` } }
      : {}),
  });
  for (const [at, { accountId, series, startBalance }] of lines.entries()) {
    const line = chart.addSeries(LineSeries, {
      title: accountId,
      color: color(`--series-${SIX[at % 6]}`),
      lineWidth: 2,
      // Beyond three lines colour alone would not do for everybody.
      lineStyle: STYLES[at % STYLES.length] ?? LineStyle.Solid,
      lineType: LineType.WithSteps,
      priceLineVisible: false,
      crosshairMarkerVisible: false,
    });
    // The chart wants one value per second: the last one of each.
    const bySecond = new Map(series.map((point) => [Math.floor(point.at / 1000), point.equity]));
    line.setData(
      [...bySecond].map(([second, equity]) => ({
        time: second as Time,
        value:
          asShare && startBalance > 0
            ? ((equity - startBalance) / startBalance) * 100
            : equity / MONEY_UNIT,
      })),
    );
  }
  chart.timeScale().fitContent();
  return chart;
}
