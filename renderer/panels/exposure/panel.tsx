import type { GridApi } from 'ag-grid-community';
import { useMemo, useRef, useState, type ReactElement } from 'react';
import { FIRM_KEY, grossOf, netOf, type SliceName } from '#core/exposure/slices.ts';
import {
  rowOfWire,
  type ExposureHoldersRequest,
  type ExposureSample,
  type ExposureView,
} from '#core/exposure/view.ts';
import { MARK_OUT_HORIZONS_MS } from '#core/fraud/observation.ts';
import { TOXICITY_GROUPINGS, type ToxicityGrouping } from '#core/fraud/toxicity.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { useWatchedBook } from '#renderer/store/exposure.ts';
import { goTo, placeNow, usePlace } from '#renderer/store/place.ts';
import { ExposureChart } from './chart.tsx';
import { Concentration } from './concentration.tsx';
import { AsOf, Figures } from './figures.tsx';
import { Holders } from './holders.tsx';
import { useKeys } from './keys.ts';
import type { LimitDraft } from './limit-editor.tsx';
import { Limits } from './limits.tsx';
import { rowsOf, type SliceRow } from './rows.ts';
import { Shocks } from './shocks.tsx';
import { SliceGrid } from './slice-grid.tsx';
import { ToxicityTab } from './toxicity.tsx';
import { keyText, SLICE_TITLES, SLICES_SHOWN } from './words.ts';

const SIDE_TABS = ['concentration', 'holders', 'shocks', 'limits'] as const;
type SideTab = (typeof SIDE_TABS)[number];
const SIDE_TITLES: Readonly<Record<SideTab, readonly [title: string, key: string]>> = {
  concentration: ['Concentration', 'C'],
  holders: ['Holders', 'H'],
  shocks: ['Liability under shocks', 'W'],
  limits: ['Limits', 'L'],
};
const TOXICITY = 'toxicity';
/** Stands in the address where no row is chosen. */
const NO_ROW = '-';

/** What all traders hold together, now: how much, of what, where, and how much of each limit. */
export function Exposure({ client }: { readonly client: RendererClient }): ReactElement {
  const [, chosen] = usePlace();
  return (
    <div className="exposure">
      <div className="exposure-head">
        <div className="tabs" role="tablist" aria-label="Exposure">
          {[
            ['book', 'Live book'],
            [TOXICITY, 'Toxicity'],
          ].map(([name = '', title]) => (
            <button
              key={name}
              type="button"
              role="tab"
              aria-selected={(chosen === TOXICITY) === (name === TOXICITY)}
              title={`${title} (X)`}
              onClick={() => goTo('exposure', name === TOXICITY ? TOXICITY : 'symbol')}
            >
              {title}
            </button>
          ))}
        </div>
        <span className="spacer" />
        {chosen !== TOXICITY && <AsOf />}
      </div>
      {chosen === TOXICITY ? <Toxic client={client} /> : <LiveBook client={client} />}
    </div>
  );
}

function Toxic({ client }: { readonly client: RendererClient }): ReactElement {
  const { by, horizonMs } = toxicPlace(usePlace());
  useKeys((key) => {
    const now = toxicPlace(placeNow('exposure'));
    const at = MARK_OUT_HORIZONS_MS.indexOf(now.horizonMs);
    const next = MARK_OUT_HORIZONS_MS[at + (key === ']' ? 1 : -1)];
    if (key === 'x') goTo('exposure', 'symbol');
    else if (key === 's') goTo('exposure', TOXICITY, after(now.by), String(now.horizonMs));
    else if ((key === '[' || key === ']') && next !== undefined) {
      goTo('exposure', TOXICITY, now.by, String(next));
    }
  });
  return <ToxicityTab client={client} by={by} horizonMs={horizonMs} />;
}

function toxicPlace([, , by, horizon]: readonly string[]) {
  return {
    by: TOXICITY_GROUPINGS.find((one) => one === by) ?? 'trader',
    horizonMs:
      MARK_OUT_HORIZONS_MS.find((one) => String(one) === horizon) ?? MARK_OUT_HORIZONS_MS[0],
  };
}

/** The next way to group, and after the last the first again. */
function after(by: ToxicityGrouping): ToxicityGrouping {
  const at = TOXICITY_GROUPINGS.indexOf(by) + 1;
  return TOXICITY_GROUPINGS[at % TOXICITY_GROUPINGS.length] ?? by;
}

function LiveBook({ client }: { readonly client: RendererClient }): ReactElement {
  const { view, source, failure } = useWatchedBook(client);
  if (failure !== '') return <p className="failure">{failure}</p>;
  if (view === null) {
    return (
      <p className="empty">
        {source === 'kept'
          ? 'The live book is on the server, and it cannot be reached. It appears here by itself as soon as it can.'
          : 'Waiting for the first look at the book…'}
      </p>
    );
  }
  return <Book client={client} view={view} />;
}

function Book({
  client,
  view,
}: {
  readonly client: RendererClient;
  readonly view: ExposureView;
}): ReactElement {
  const { by, tab, key } = bookPlace(usePlace());
  const [side, setSide] = useState<ExposureHoldersRequest['side']>('both');
  const [draft, setDraft] = useState<LimitDraft | null>(null);
  const [again, setAgain] = useState(0);
  const grid = useRef<GridApi<SliceRow> | null>(null);
  const names = JSON.stringify(view.programs);
  const programs = useMemo(
    () => new Map(JSON.parse(names) as readonly (readonly [string, string])[]),
    [names],
  );
  const rows = rowsOf(view, by);
  const show = (slice: SliceName, row: string | null, next: SideTab = tab): void =>
    goTo('exposure', slice, row ?? NO_ROW, next);
  const step = (way: 1 | -1): void => {
    const now = bookPlace(placeNow('exposure'));
    const keys: string[] = [];
    grid.current?.forEachNodeAfterFilterAndSort(({ data }) => data && keys.push(data.key));
    const at = now.key === null ? -1 : keys.indexOf(now.key);
    const next = keys[Math.max(0, at + way)];
    if (next !== undefined) show(now.by, next, now.tab);
  };
  const stepSlice = (way: 1 | -1): void => {
    const now = bookPlace(placeNow('exposure'));
    const next = SLICES_SHOWN[SLICES_SHOWN.indexOf(now.by) + way];
    if (next !== undefined) show(next, null, now.tab);
  };
  useKeys((pressed) => {
    const now = bookPlace(placeNow('exposure'));
    const open = SIDE_TABS.find((one) => SIDE_TITLES[one][1].toLowerCase() === pressed);
    if (pressed === ']') stepSlice(1);
    else if (pressed === '[') stepSlice(-1);
    else if (pressed === 'j') step(1);
    else if (pressed === 'k') step(-1);
    else if (pressed === 'x') goTo('exposure', TOXICITY);
    else if (open) {
      if (open === 'shocks' && now.tab === 'shocks') setAgain(again + 1);
      show(now.by, now.key, open);
    } else if (pressed === 'p') {
      setDraft({ add: now.key === null ? null : { by: now.by, key: now.key } });
      show(now.by, now.key, 'limits');
    } else if (pressed === 'Escape') {
      if (draft) setDraft(null);
      else if (now.key !== null) show(now.by, null, now.tab);
    }
  });
  const place = { by: key === null ? ('firm' as const) : by, key: key ?? FIRM_KEY };
  return (
    <>
      <Figures view={view} onLimits={() => show(by, key, 'limits')} />
      <div className="exposure-body">
        <section className="panel" aria-label={`Exposure by ${SLICE_TITLES[by].toLowerCase()}`}>
          <div className="toolbar" role="group" aria-label="Slice the book by">
            {SLICES_SHOWN.map((one) => (
              <button
                key={one}
                type="button"
                aria-pressed={by === one}
                title={`${SLICE_TITLES[one]} ([ and ] step)`}
                onClick={() => show(one, null)}
              >
                {SLICE_TITLES[one]}
              </button>
            ))}
            <span className="count">{rows.length} rows</span>
          </div>
          {rows.length === 0 ? (
            <p className="empty">
              Nobody holds anything now. Rows appear with the first open position.
            </p>
          ) : (
            <SliceGrid
              key={by}
              by={by}
              rows={rows}
              programs={programs}
              selected={key}
              onSelect={(row) => show(by, row)}
              onOpen={(row) => show(by, row, 'holders')}
              onReady={(api) => (grid.current = api)}
            />
          )}
          <ExposureChart
            client={client}
            symbol={by === 'symbol' ? key : null}
            sampledAt={view.sampledAt}
            now={sampleNow(view, by === 'symbol' ? key : null)}
          />
        </section>
        <section className="panel side" aria-label={SIDE_TITLES[tab][0]}>
          <div className="tabs" role="tablist" aria-label="Beside the book">
            {SIDE_TABS.map((one) => (
              <button
                key={one}
                type="button"
                role="tab"
                aria-selected={tab === one}
                title={`${SIDE_TITLES[one][0]} (${SIDE_TITLES[one][1]})`}
                onClick={() => show(by, key, one)}
              >
                {SIDE_TITLES[one][0]}
              </button>
            ))}
          </div>
          <div className="scroll">
            <h2 className="visually-hidden">{SIDE_TITLES[tab][0]}</h2>
            {tab === 'concentration' && (
              <Concentration
                view={view}
                onCrowd={(symbol, crowdSide) => {
                  setSide(crowdSide);
                  show('symbol', symbol, 'holders');
                }}
              />
            )}
            {tab === 'holders' && (
              <Holders
                client={client}
                place={place}
                name={keyText(place.by, place.key, programs)}
                side={side}
                onSide={setSide}
              />
            )}
            {tab === 'shocks' && <Shocks client={client} view={view} again={again} />}
            {tab === 'limits' && (
              <Limits
                client={client}
                view={view}
                programs={programs}
                draft={draft}
                onDraft={setDraft}
                onPlace={(found) =>
                  found.by === 'firm' ? show(by, null) : show(found.by, found.key)
                }
              />
            )}
          </div>
        </section>
      </div>
    </>
  );
}

function bookPlace([, slice, key, tab]: readonly string[]) {
  return {
    by: SLICES_SHOWN.find((one) => one === slice) ?? 'symbol',
    key: key === undefined || key === NO_ROW ? null : key,
    tab: SIDE_TABS.find((one) => one === tab) ?? 'concentration',
  };
}

/** Where the chart ends: what the grid shows. */
function sampleNow(view: ExposureView, symbol: string | null): ExposureSample | null {
  const wire =
    symbol === null ? view.slices.firm[0] : view.slices.symbol.find(([name]) => name === symbol);
  if (!wire) return null;
  const row = rowOfWire(wire);
  const { payable, ifClosed } = row;
  return { at: view.serverAt, net: netOf(row), gross: grossOf(row), payable, ifClosed };
}
