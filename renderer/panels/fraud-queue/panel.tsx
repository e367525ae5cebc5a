import { useCallback, useEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import type { CaseRow } from '#core/desk-api/case-calls.ts';
import { PATTERNS } from '#core/fraud/detector.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { Detectors } from '#renderer/panels/detectors/panel.tsx';
import { readCases, showCases, useCases } from '#renderer/store/cases.ts';
import { goTo, usePlace } from '#renderer/store/place.ts';
import { usePreferences, type CasePreferences } from '#renderer/store/preferences.ts';
import { useSession } from '#renderer/store/session.ts';
import { Splitter } from '#renderer/ui/splitter.tsx';
import { usePanelKeys } from '#renderer/ui/panel-keys.ts';
import { Kpis } from './kpis.tsx';
import { CasePage } from './page.tsx';
import { CaseGrid, type ShownIds } from './queue.tsx';
import { isTyping, neighbourOf } from './verbs.ts';
import { ViewBar } from './view-bar.tsx';
import { keeps, readViews, viewOf, withView, type CaseFilter, type CaseView } from './views.ts';

const TABS = ['queue', 'reviews', 'learning', 'scoring'] as const;
type Tab = (typeof TABS)[number];
const TAB_TEXT: Readonly<Record<Tab, string>> = {
  queue: 'Cases',
  reviews: 'Blind reviews',
  learning: 'Learning',
  scoring: 'Scoring',
};

/** What surveillance found and people decide: the queue, a case, and what is learned from it. */
export function FraudQueue({ client }: { readonly client: RendererClient }): ReactElement {
  const [, chosen, caseId] = usePlace();
  const tab = TABS.find((one) => one === chosen) ?? 'queue';
  const counts = useCases((cases) => cases.counts);
  const kpis = useCases((cases) => cases.kpis);
  const pills: Readonly<Record<Tab, number>> = {
    queue: counts?.overdue ?? 0,
    reviews: counts?.reviews ?? 0,
    learning: 0,
    scoring: 0,
  };
  useEffect(() => () => showCases([]), []);
  return (
    <div className="cases">
      <header className="cases-head">
        <div className="tabs" role="tablist" aria-label="Surveillance">
          {TABS.map((one) => (
            <button
              key={one}
              type="button"
              role="tab"
              aria-selected={tab === one}
              onClick={() => goTo('cases', one)}
            >
              {TAB_TEXT[one]}
              {pills[one] > 0 && (
                <span className="pill" title={one === 'queue' ? 'Overdue' : 'For you'}>
                  {pills[one]}
                </span>
              )}
            </button>
          ))}
        </div>
        <Kpis kpis={kpis} />
      </header>
      {(tab === 'learning' || tab === 'scoring') && <Detectors client={client} tab={tab} />}
      {tab === 'queue' && <Queue client={client} caseId={caseId} />}
      {tab === 'reviews' && <Reviews client={client} caseId={caseId} />}
    </div>
  );
}

function Queue({
  client,
  caseId,
}: {
  readonly client: RendererClient;
  readonly caseId: string | undefined;
}): ReactElement {
  const rows = useCases((cases) => cases.rows);
  const failure = useCases((cases) => cases.failure);
  const me = useSession((session) => session.person?.personId ?? '');
  const { view, filter, own, setView, setFilter, keep, forget } = useViews();
  const [sorted, setSorted] = useState(false);
  const [unsort, setUnsort] = useState(0);
  const [said, setSaid] = useState('');
  const { readShown, onShown } = useShown();
  useEffect(() => showCases(filter.states), [filter.states]);
  const kept = useMemo(
    () => (rows ?? []).filter((row) => keeps(filter, row, me)),
    [rows, filter, me],
  );
  const open = useCallback((id: string) => goTo('cases', 'queue', id), []);
  const back = useCallback(() => goTo('cases', 'queue'), []);
  const { takeNext, busy } = useTakeNext(client, filter, setSaid);
  const step = useCallback(
    (key: string) => {
      const next = neighbourOf(readShown(), caseId, key);
      if (next !== null) open(next);
    },
    [caseId, open, readShown],
  );
  useListKeys(step, takeNext, caseId === undefined ? null : back);
  const onDecided = (says: string, goOn: boolean): void => {
    setSaid(says);
    if (!goOn) return;
    // Only the server gives cases out: without it the list says what comes next.
    void takeNext(says).then((became) => {
      if (became === 'offline') step('j');
    });
  };
  return (
    <CaseSplit caseId={caseId}>
      <section className="panel queue" aria-label="Cases">
        <ViewBar
          rows={rows ?? []}
          me={me}
          own={own}
          view={view}
          filter={filter}
          shown={kept.length}
          sorted={sorted}
          onView={setView}
          onFilter={setFilter}
          onKeep={keep}
          onForget={forget}
          onUrgentFirst={() => setUnsort(unsort + 1)}
          next={
            <button
              type="button"
              className="primary take-next"
              disabled={busy}
              onClick={() => void takeNext('')}
            >
              Take next <kbd>G</kbd>
            </button>
          }
          said={said}
        />
        {failure !== '' && (
          <p className="failure" role="alert">
            {failure}
          </p>
        )}
        {rows !== null && kept.length === 0 ? (
          <NothingHere view={view} narrowed={rows.length > 0} />
        ) : (
          <CaseGrid
            rows={kept}
            open={caseId}
            onShown={onShown}
            onOpen={open}
            onSorted={setSorted}
            unsort={unsort}
          />
        )}
      </section>
      {caseId !== undefined && (
        <CasePage
          key={caseId}
          client={client}
          caseId={caseId}
          onNext={() => void takeNext('')}
          onBack={back}
          onDecided={onDecided}
        />
      )}
    </CaseSplit>
  );
}

/** The list, and the page of a case beside it when one is open. */
function CaseSplit({
  caseId,
  children,
}: {
  readonly caseId: string | undefined;
  readonly children: [ReactElement, ReactElement | false];
}): ReactElement {
  const { cases, set } = usePreferences();
  const [list, page] = children;
  const hidden = cases.listHidden && caseId !== undefined;
  const columns = hidden
    ? 'minmax(0, 1fr)'
    : `minmax(300px, 1fr) 5px minmax(0, ${cases.pageWidth}px)`;
  return (
    <div
      className="case-split"
      style={caseId === undefined ? {} : { gridTemplateColumns: columns }}
    >
      {!hidden && list}
      {!hidden && caseId !== undefined && (
        <Splitter
          direction="column"
          size={cases.pageWidth}
          onSize={(pageWidth) => set({ cases: { ...cases, pageWidth } })}
        />
      )}
      {page}
    </div>
  );
}

function NothingHere({
  view,
  narrowed,
}: {
  readonly view: CaseView;
  readonly narrowed: boolean;
}): ReactElement {
  const nothing: Readonly<Record<string, string>> = {
    waiting:
      'No case waits. Detectors open one as soon as signals about the same people are enough.',
    mine: 'Nothing is in your hands. G takes the most urgent free case.',
    overdue: 'Nothing is overdue.',
    payouts: 'No case holds up a payout.',
    mentions: 'No note names you.',
    snoozed: 'Nothing is snoozed.',
  };
  return (
    <p className="empty">
      {nothing[view.id] ??
        (narrowed ? 'No case fits this view: clear the search or choose another.' : 'No cases.')}
    </p>
  );
}

/** Decided cases that the person is asked about again, without being told what was decided. */
function Reviews({
  client,
  caseId,
}: {
  readonly client: RendererClient;
  readonly caseId: string | undefined;
}): ReactElement {
  const version = useCases((cases) => cases.version);
  const [rows, setRows] = useState<readonly CaseRow[] | string | null>(null);
  const { readShown, onShown } = useShown();
  useEffect(() => showCases(['open']), []);
  useEffect(() => {
    let late = false;
    void client.call('cases.reviewSample', {}).then((reply) => {
      if (!late) setRows(reply.ok ? reply.value.cases : reply.error.message);
    });
    return () => {
      late = true;
    };
  }, [client, version]);
  const open = useCallback((id: string) => goTo('cases', 'reviews', id), []);
  const back = useCallback(() => goTo('cases', 'reviews'), []);
  const next = useCallback(() => {
    const id = neighbourOf(readShown(), caseId, 'j');
    if (id !== null) open(id);
  }, [caseId, open, readShown]);
  const step = useCallback(
    (key: string) => {
      const id = neighbourOf(readShown(), caseId, key);
      if (id !== null) open(id);
    },
    [caseId, open, readShown],
  );
  useListKeys(step, next, caseId === undefined ? null : back);
  return (
    <CaseSplit caseId={caseId}>
      <section className="panel queue" aria-label="Blind reviews">
        <p className="empty">
          Cases that others decided, drawn by chance. Say what you would have done: how often two
          people agree is shown under Learning.
        </p>
        {typeof rows === 'string' && (
          <p className="failure" role="alert">
            {rows}
          </p>
        )}
        {typeof rows === 'object' && rows !== null && rows.length === 0 && (
          <p className="empty">Nothing to review now.</p>
        )}
        {typeof rows === 'object' && rows !== null && rows.length > 0 && (
          <CaseGrid
            rows={rows}
            open={caseId}
            onShown={onShown}
            onOpen={open}
            onSorted={() => {}}
            unsort={0}
          />
        )}
      </section>
      {caseId !== undefined && (
        <CasePage
          key={caseId}
          client={client}
          caseId={caseId}
          onNext={next}
          onBack={back}
          onDecided={() => {}}
        />
      )}
    </CaseSplit>
  );
}

/** What the list shows now, for keys that walk it. */
function useShown(): {
  readonly readShown: ShownIds;
  readonly onShown: (ids: ShownIds) => void;
} {
  const shown = useRef<ShownIds>(() => []);
  const onShown = useCallback((ids: ShownIds) => {
    shown.current = ids;
  }, []);
  const readShown = useCallback(() => shown.current(), []);
  return { readShown, onShown };
}

/** The view that is open, what narrows it, and the person's own views, as preferences keep them. */
function useViews(): {
  readonly view: CaseView;
  readonly filter: CaseFilter;
  readonly own: readonly CaseView[];
  setView(view: CaseView): void;
  setFilter(filter: CaseFilter): void;
  keep(name: string): boolean;
  forget(id: string): void;
} {
  const { cases, set } = usePreferences();
  const own = useMemo(() => readViews(cases.views), [cases.views]);
  const view = viewOf(own, cases.view);
  const [filter, setFilter] = useState(view.filter);
  const save = (over: Partial<CasePreferences>): void => set({ cases: { ...cases, ...over } });
  const setView = (next: CaseView): void => {
    save({ view: next.id });
    setFilter(next.filter);
  };
  return {
    view,
    filter,
    own,
    setView,
    setFilter,
    keep: (name) => {
      const views = withView(own, name, filter);
      const kept = views?.at(-1);
      if (!views || !kept) return false;
      save({ views, view: kept.id });
      return true;
    },
    forget: (id) => {
      const views = own.filter((one) => one.id !== id);
      const [first] = [viewOf(views, 'waiting')];
      save({ views, view: first.id });
      setFilter(first.filter);
    },
  };
}

/** Opens the most urgent free case and locks it; says so when there is none. */
function useTakeNext(
  client: RendererClient,
  filter: CaseFilter,
  onSaid: (text: string) => void,
): {
  readonly busy: boolean;
  takeNext(after: string): Promise<'taken' | 'none' | 'offline' | 'failed'>;
} {
  const [busy, setBusy] = useState(false);
  const asking = useRef(false);
  const { pattern, programId } = filter;
  const takeNext = useCallback(
    async (after: string) => {
      if (asking.current) return 'failed';
      asking.current = true;
      setBusy(true);
      const reply = await client.call('cases.takeNext', {
        pattern: PATTERNS.find((one) => one === pattern) ?? null,
        programId: programId === '' ? null : programId,
      });
      asking.current = false;
      setBusy(false);
      readCases();
      if (!reply.ok) {
        onSaid(`${after} ${reply.error.message}`.trim());
        return reply.error.code === 'offline' ? 'offline' : 'failed';
      }
      if (reply.value.caseId === null) {
        onSaid(`${after} No free case waits.`.trim());
        return 'none';
      }
      onSaid(after);
      goTo('cases', 'queue', reply.value.caseId);
      return 'taken';
    },
    [client, pattern, programId, onSaid],
  );
  return { busy, takeNext };
}

/** J and K walk the list, G takes the next case, / searches, \ hides the list, Esc goes back to it. */
function useListKeys(
  step: (key: string) => void,
  takeNext: (after: string) => unknown,
  back: (() => void) | null,
): void {
  const hearKeys = usePanelKeys();
  useEffect(() => {
    const keys: Readonly<Record<string, () => void>> = {
      j: () => step('j'),
      k: () => step('k'),
      g: () => void takeNext(''),
      ...(back ? { Escape: back } : {}),
      '/': () => document.getElementById('case-find')?.focus(),
      '\\': () => {
        const { cases, set } = usePreferences.getState();
        set({ cases: { ...cases, listHidden: !cases.listHidden } });
      },
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('dialog.sheet, .act-form') !== null) return;
      const act = keys[event.key];
      if (!act) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      act();
    };
    return hearKeys(onKey, true);
  }, [step, takeNext, back, hearKeys]);
}
