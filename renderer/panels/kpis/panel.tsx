import { useEffect, useState, type ReactElement } from 'react';
import { PERIODS } from '#core/kpi/reading.ts';
import type { KpiCard } from '#core/kpi/answers.ts';
import { kpiCsv } from '#core/kpi/export.ts';
import { SYSTEMS } from '#core/kpi/kpi.ts';
import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { goTo, usePlace } from '#renderer/store/place.ts';
import { usePreferences } from '#renderer/store/preferences.ts';
import { dateTimeText, instantOf } from '#renderer/ui/format.ts';
import { usePanelKeys } from '#renderer/ui/panel-keys.ts';
import { saveText } from '#renderer/ui/save.ts';
import { Arrange, tilesIn } from './arrange.tsx';
import { Detail } from './detail.tsx';
import { useKpiList, type Looked } from './reading.ts';
import { Reports } from './reports.tsx';
import { Tile } from './tile.tsx';
import { periodTitle, SYSTEM_TITLES, type PeriodId } from './words.ts';

type List = DeskCallOutput<'kpi.list'>;

/** The firm in numbers: each with what it was before, what it rests on, and every matter behind it. */
export function Kpis({ client }: { readonly client: RendererClient }): ReactElement {
  const [, chosen] = usePlace();
  const { kpis, set } = usePreferences();
  const [until, setUntil] = useState<number | null>(null);
  const [isArranging, setArranging] = useState(false);
  const period = PERIODS.find(({ id }) => id === kpis.period)?.id ?? 'week';
  const looked: Looked = { period, until };
  const { value, failure } = useKpiList(client, looked);
  const setPeriod = (next: PeriodId): void => set({ kpis: { ...kpis, period: next } });
  useKeys({ period, setPeriod, isArranging, close: () => setArranging(false) });
  const card = value?.kpis.find(({ kpiId }) => kpiId === chosen);
  return (
    <section className="panel firm-numbers" aria-label="Numbers of the firm">
      <div className="toolbar kpi-bar">
        <select
          aria-label="Period ( [ and ] )"
          value={period}
          onChange={({ target }) => setPeriod(target.value as PeriodId)}
        >
          {PERIODS.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
        <label>
          as of (UTC){' '}
          <input
            type="datetime-local"
            step="1"
            value={until === null ? '' : new Date(until).toISOString().slice(0, 19)}
            onChange={({ target }) => {
              const at = instantOf(target.value);
              setUntil(Number.isNaN(at) ? null : at);
            }}
          />
        </label>
        <button type="button" aria-pressed={until === null} onClick={() => setUntil(null)}>
          Now
        </button>
        <span className="spacer" />
        <button
          type="button"
          aria-pressed={chosen === 'reports'}
          onClick={() => goTo('kpis', 'reports')}
        >
          Reports
        </button>
        <button type="button" onClick={() => setArranging(true)} disabled={!value}>
          Arrange
        </button>
        {value && <Exports list={value} />}
        <button type="button" onClick={() => print()}>
          Print
        </button>
      </div>
      <Standing list={value} failure={failure} until={until} />
      {value && chosen === 'reports' && <Reports client={client} list={value} />}
      {value && card && (
        <Detail client={client} kpiId={card.kpiId} looked={looked} goals={value.goals} />
      )}
      {value && !card && chosen !== 'reports' && <Tiles list={value} />}
      {isArranging && value && <Arrange cards={value.kpis} onClose={() => setArranging(false)} />}
    </section>
  );
}

/** As of when what is shown is true, and what it rests on; said aloud when it changes its kind. */
function Standing(props: {
  readonly list: List | null;
  readonly failure: string;
  readonly until: number | null;
}): ReactElement {
  const { list, failure, until } = props;
  if (!list && failure === '') return <p className="empty">Reading the numbers of the firm…</p>;
  return (
    <>
      {failure !== '' && (
        <p className="failure" role="alert">
          {failure}
          {list ? ' What is shown is from before.' : ''}
        </p>
      )}
      {list && (
        <p className="kpi-standing">
          {periodTitle(list.period)} up to {dateTimeText(list.asOf)} UTC
          {until === null ? '' : ', as it was known then'} · entry {list.seq} of the log
          {list.behind > 0 ? `, ${list.behind} more are being read` : ''}
          {list.beganAt === null ? '' : ` · the log begins ${dateTimeText(list.beganAt)}`}
        </p>
      )}
    </>
  );
}

function Exports({ list }: { readonly list: List }): ReactElement {
  const name = `kpis-${list.period}-${dateTimeText(list.asOf).slice(0, 10)}`;
  return (
    <>
      <button type="button" onClick={() => saveText(`${name}.csv`, kpiCsv(list))}>
        CSV
      </button>
      <button type="button" onClick={() => saveText(`${name}.json`, JSON.stringify(list, null, 2))}>
        JSON
      </button>
    </>
  );
}

function Tiles({ list }: { readonly list: List }): ReactElement {
  const { tiles } = usePreferences(({ kpis }) => kpis);
  const { currency } = list.goals;
  const shown = tilesIn(list.kpis, tiles);
  if (list.kpis.every(({ sample }) => sample === 0)) {
    return (
      <p className="empty">
        Nothing was counted in this period yet. Choose a longer one; numbers begin with the first
        order, account, verdict, payout or ticket.
      </p>
    );
  }
  if (tiles !== null) return <Grid cards={shown} currency={currency} />;
  return (
    <div className="kpi-systems">
      {SYSTEMS.map((system) => (
        <section key={system} aria-label={SYSTEM_TITLES[system]}>
          <h3>{SYSTEM_TITLES[system]}</h3>
          <Grid cards={shown.filter((card) => card.system === system)} currency={currency} />
        </section>
      ))}
    </div>
  );
}

function Grid({
  cards,
  currency,
}: {
  readonly cards: readonly KpiCard[];
  readonly currency: string;
}): ReactElement {
  return (
    <div className="kpi-grid">
      {cards.map((card) => (
        <Tile key={card.kpiId} card={card} currency={currency} />
      ))}
    </div>
  );
}

/** Tiles are walked with the arrows, periods with brackets; Escape goes back. */
function useKeys(now: {
  readonly period: PeriodId;
  readonly setPeriod: (period: PeriodId) => void;
  readonly isArranging: boolean;
  readonly close: () => void;
}): void {
  const hearKeys = usePanelKeys();
  const [, chosen] = usePlace();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { target, key } = event;
      if (target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (key === 'Escape' && now.isArranging) return now.close();
      if (key === 'Escape' && chosen !== undefined) return goTo('kpis');
      if (key === '[' || key === ']') now.setPeriod(neighbour(now.period, key === ']' ? 1 : -1));
      const steps: Readonly<Record<string, number>> = {
        ArrowRight: 1,
        ArrowDown: 1,
        ArrowLeft: -1,
        ArrowUp: -1,
      };
      const by = steps[key];
      if (by !== undefined && walk(by)) event.preventDefault();
    };
    return hearKeys(onKey);
  }, [hearKeys, now, chosen]);
}

function neighbour(period: PeriodId, by: 1 | -1): PeriodId {
  const at = PERIODS.findIndex(({ id }) => id === period);
  return PERIODS[Math.min(PERIODS.length - 1, Math.max(0, at + by))]?.id ?? period;
}

/** From the tile in focus to the next one; false when none is in focus. */
function walk(by: number): boolean {
  const tiles = [...document.querySelectorAll<HTMLElement>('.kpi-tile')];
  const at = tiles.findIndex((tile) => tile === document.activeElement);
  if (at < 0) return false;
  tiles[Math.min(tiles.length - 1, Math.max(0, at + by))]?.focus();
  return true;
}
