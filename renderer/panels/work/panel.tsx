import {
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  type ReactElement,
  type RefObject,
} from 'react';
import type { WorkRow } from '#core/desk-api/work-calls.ts';
import { WORK_KINDS, type WorkKind } from '#core/work/policy.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { goTo, usePlace } from '#renderer/store/place.ts';
import { useSession } from '#renderer/store/session.ts';
import { usePanelKeys } from '#renderer/ui/panel-keys.ts';
import { WorkGrid, type ShownIds } from './grid.tsx';
import { HandOver } from './hand-over.tsx';
import { isTyping, neighbourOf } from './keys.ts';
import { Levels } from './levels.tsx';
import { Loads } from './loads.tsx';
import { WorkPage } from './page.tsx';
import { useWorkList, type WorkList } from './reading.ts';
import { figuresText, KIND_TEXT } from './words.ts';

const TABS = ['mine', 'team', 'workload', 'levels'] as const;
type Tab = (typeof TABS)[number];
const TAB_TEXT: Readonly<Record<Tab, string>> = {
  mine: 'My work',
  team: 'Team',
  workload: 'Workload',
  levels: 'Service levels',
};
const FIND = 'work-find';

/** Everything that waits for somebody: one list for all kinds, with what each is owed. */
export function Work({ client }: { readonly client: RendererClient }): ReactElement {
  const [, chosen, itemId] = usePlace();
  const tab = TABS.find((one) => one === chosen) ?? 'mine';
  const [filter, setFilter] = useState<Filter>(EVERYTHING);
  const reading = useWorkList(client, filter.settled);
  const { list } = reading;
  const pills: Readonly<Record<Tab, number>> = {
    mine: list?.counts.mine ?? 0,
    team: list?.counts.overdue ?? 0,
    workload: 0,
    levels: 0,
  };
  return (
    <div className="cases work">
      <header className="cases-head">
        <div className="tabs" role="tablist" aria-label="Work">
          {TABS.map((one) => (
            <button
              key={one}
              type="button"
              role="tab"
              aria-selected={tab === one}
              onClick={() => goTo('work', one)}
            >
              {TAB_TEXT[one]}
              {pills[one] > 0 && (
                <span className="pill" title={one === 'mine' ? 'In your hands' : 'Overdue'}>
                  {pills[one]}
                </span>
              )}
            </button>
          ))}
        </div>
        {list && <Figures kpis={list.kpis} />}
      </header>
      {reading.failure !== '' && (
        <p className="failure" role="alert">
          {reading.failure}
        </p>
      )}
      {tab === 'levels' && <Levels client={client} />}
      {tab === 'workload' && list && (
        <Loads
          loads={list.loads}
          onPerson={(personId) => {
            setFilter({ ...EVERYTHING, person: personId ?? NOBODY });
            goTo('work', 'team');
          }}
        />
      )}
      {(tab === 'mine' || tab === 'team') && (
        <Board
          key={tab}
          client={client}
          board={tab}
          itemId={itemId}
          reading={reading}
          filter={filter}
          onFilter={setFilter}
        />
      )}
    </div>
  );
}

function Figures({ kpis }: { readonly kpis: WorkList['kpis'] }): ReactElement {
  return (
    <dl className="kpis" aria-label="Work of the last 7 days, against the 7 before">
      {figuresText(kpis.now, kpis.before).map(({ id, name, value, was, delta, tone }) => (
        <div key={id} title="The last 7 days, against the 7 before">
          <dt>{name}</dt>
          <dd>
            <b>{value}</b>
            <span className={tone}>{delta}</span>
            {was !== '' && <small>was {was}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What narrows a board. */
interface Filter {
  readonly text: string;
  readonly kind: WorkKind | '';
  readonly overdue: boolean;
  /** Of whom; NOBODY for what nobody has, empty for everybody. */
  readonly person: string;
  readonly settled: boolean;
}
const NOBODY = '-';
const EVERYTHING: Filter = { text: '', kind: '', overdue: false, person: '', settled: false };

function keeps({ text, kind, overdue, person }: Filter, row: WorkRow): boolean {
  if (kind !== '' && row.kind !== kind) return false;
  if (overdue && row.service?.settle.state !== 'overdue') return false;
  if (person !== '' && (row.owner?.personId ?? NOBODY) !== person) return false;
  const wanted = text.trim().toLowerCase();
  const words = [row.title, row.traderName, row.programName, row.owner?.name ?? '', row.itemId];
  return wanted === '' || words.join(' ').toLowerCase().includes(wanted);
}

function isMine(row: WorkRow, me: string): boolean {
  return row.owner?.personId === me;
}

function Board({
  client,
  board,
  itemId,
  reading: { list, version, reread },
  filter,
  onFilter,
}: {
  readonly client: RendererClient;
  readonly board: 'mine' | 'team';
  readonly itemId: string | undefined;
  readonly reading: ReturnType<typeof useWorkList>;
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
}): ReactElement {
  const me = useSession((session) => session.person?.personId ?? '');
  const [said, setSaid] = useState('');
  const [handing, setHanding] = useState(false);
  const shown = useRef<ShownIds>(() => []);
  const onShown = useCallback((ids: ShownIds) => {
    shown.current = ids;
  }, []);
  const rows = useMemo(() => {
    const all = list?.items ?? [];
    const own = board === 'mine' ? all.filter((row) => isMine(row, me)) : all;
    const waiting = filter.settled ? own : own.filter(({ queue }) => queue !== 'settled');
    return waiting.filter((row) => keeps(filter, row));
  }, [list, board, filter, me]);
  const mine = useMemo(
    () => (list?.items ?? []).filter((row) => isMine(row, me) && row.queue !== 'settled'),
    [list, me],
  );
  const open = useCallback((id: string) => goTo('work', board, id), [board]);
  const back = useCallback(() => goTo('work', board), [board]);
  const { takeNext, busy } = useTakeNext(client, board, filter, setSaid, reread);
  useListKeys({
    shown,
    itemId,
    open,
    back: itemId === undefined ? null : back,
    takeNext,
    handOver: mine.length > 0 ? () => setHanding(true) : null,
    isForm: handing,
    closeForm: () => setHanding(false),
  });
  return (
    <div
      className="case-split"
      style={
        itemId === undefined ? {} : { gridTemplateColumns: 'minmax(300px, 1fr) minmax(380px, 46%)' }
      }
    >
      <section className="panel queue" aria-label={TAB_TEXT[board]}>
        <Bar
          filter={filter}
          count={rows.length}
          owners={board === 'team' ? (list?.loads ?? []) : []}
          onFilter={onFilter}
        >
          <button
            type="button"
            className="primary take-next"
            disabled={busy || list?.mayWork === false}
            title={list?.mayWork === false ? 'No role of yours works on items' : ''}
            onClick={() => void takeNext()}
          >
            Take next <kbd>G</kbd>
          </button>
          {mine.length > 0 && (
            <button type="button" onClick={() => setHanding(true)}>
              Hand over <kbd>H</kbd>
            </button>
          )}
          <span className="case-said" role="status">
            {said}
          </span>
        </Bar>
        {list !== null && rows.length === 0 ? (
          <Nothing board={board} narrowed={filter !== EVERYTHING} list={list} />
        ) : (
          <WorkGrid rows={rows} open={itemId} onShown={onShown} onOpen={open} />
        )}
        {handing && (
          <HandOver
            client={client}
            rows={mine}
            onClose={() => setHanding(false)}
            onDone={(says) => {
              setHanding(false);
              setSaid(says);
              reread();
            }}
          />
        )}
      </section>
      {itemId !== undefined && (
        <WorkPage
          key={itemId}
          client={client}
          itemId={itemId}
          version={version}
          onBack={back}
          onDone={(says) => {
            setSaid(says);
            reread();
          }}
        />
      )}
    </div>
  );
}

function Bar({
  filter,
  count,
  owners,
  onFilter,
  children,
}: {
  readonly filter: Filter;
  readonly count: number;
  readonly owners: WorkList['loads'];
  readonly onFilter: (filter: Filter) => void;
  readonly children: ReactElement | (ReactElement | false)[];
}): ReactElement {
  return (
    <div className="work-bar" role="search">
      <input
        id={FIND}
        type="search"
        aria-label="Find work"
        placeholder="Find  /"
        value={filter.text}
        onChange={(event) => onFilter({ ...filter, text: event.target.value })}
      />
      <select
        aria-label="Kind"
        value={filter.kind}
        onChange={(event) => onFilter({ ...filter, kind: kindOf(event.target.value) })}
      >
        <option value="">every kind</option>
        {WORK_KINDS.map((kind) => (
          <option key={kind} value={kind}>
            {KIND_TEXT[kind]}
          </option>
        ))}
      </select>
      {owners.length > 0 && (
        <select
          aria-label="In hands of"
          value={filter.person}
          onChange={(event) => onFilter({ ...filter, person: event.target.value })}
        >
          <option value="">whoever has it</option>
          <option value={NOBODY}>nobody has it</option>
          {owners.flatMap(({ person }) =>
            person === null
              ? []
              : [
                  <option key={person.personId} value={person.personId}>
                    {person.name}
                  </option>,
                ],
          )}
        </select>
      )}
      <label>
        <input
          type="checkbox"
          checked={filter.overdue}
          onChange={(event) => onFilter({ ...filter, overdue: event.target.checked })}
        />{' '}
        overdue
      </label>
      <label>
        <input
          type="checkbox"
          checked={filter.settled}
          onChange={(event) => onFilter({ ...filter, settled: event.target.checked })}
        />{' '}
        settled too
      </label>
      <span className="quiet-text">{count} shown</span>
      {children}
    </div>
  );
}

function kindOf(value: string): WorkKind | '' {
  return WORK_KINDS.find((kind) => kind === value) ?? '';
}

function Nothing({
  board,
  narrowed,
  list,
}: {
  readonly board: 'mine' | 'team';
  readonly narrowed: boolean;
  readonly list: WorkList;
}): ReactElement {
  const { unassigned } = list.counts;
  const wait = unassigned === 1 ? 'One item waits' : `${unassigned} items wait`;
  if (narrowed) return <p className="empty">Nothing fits: clear what narrows the list.</p>;
  if (board === 'team') return <p className="empty">Nothing waits for anybody.</p>;
  return (
    <p className="empty">
      Nothing is in your hands.{' '}
      {unassigned > 0 ? `${wait} for somebody: G takes the most urgent.` : ''}
    </p>
  );
}

/** Takes the most urgent free item and opens it; says so when there is none. */
function useTakeNext(
  client: RendererClient,
  board: 'mine' | 'team',
  { kind }: Filter,
  onSaid: (text: string) => void,
  reread: () => void,
): { readonly busy: boolean; takeNext(): Promise<void> } {
  const [busy, setBusy] = useState(false);
  const asking = useRef(false);
  const takeNext = useCallback(async () => {
    if (asking.current) return;
    asking.current = true;
    setBusy(true);
    const reply = await client.call('work.takeNext', { kinds: kind === '' ? [] : [kind] });
    asking.current = false;
    setBusy(false);
    reread();
    if (!reply.ok) return onSaid(reply.error.message);
    if (reply.value.itemId === null) return onSaid('Nothing that you may work on is free.');
    onSaid('Yours now.');
    return goTo('work', board, reply.value.itemId);
  }, [client, board, kind, onSaid, reread]);
  return { busy, takeNext };
}

/** J and K walk the list, G takes the next, H hands over, / searches, Esc goes back. */
function useListKeys(given: {
  readonly shown: RefObject<ShownIds>;
  readonly itemId: string | undefined;
  open(id: string): void;
  readonly back: (() => void) | null;
  takeNext(): unknown;
  readonly handOver: (() => void) | null;
  readonly isForm: boolean;
  closeForm(): void;
}): void {
  const hearKeys = usePanelKeys();
  const latest = useRef(given);
  useEffect(() => {
    latest.current = given;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { shown, itemId, open, back, takeNext, handOver, isForm, closeForm } = latest.current;
      const step = (by: 1 | -1): void => {
        const next = neighbourOf(shown.current(), itemId, by);
        if (next !== null) open(next);
      };
      const keys: Readonly<Record<string, (() => unknown) | null>> = {
        j: () => step(1),
        k: () => step(-1),
        g: takeNext,
        h: handOver,
        Escape: back,
        '/': () => document.getElementById(FIND)?.focus(),
      };
      const isEscape = event.key === 'Escape';
      if (isEscape && isForm) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return closeForm();
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('dialog.sheet, .act-form') !== null) return;
      const act = keys[event.key];
      if (!act) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      void act();
    };
    return hearKeys(onKey, true);
  }, [hearKeys]);
}
