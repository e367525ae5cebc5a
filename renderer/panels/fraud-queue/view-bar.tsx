import { useMemo, useState, type ReactElement, type ReactNode } from 'react';
import type { CaseRow } from '#core/desk-api/case-calls.ts';
import { PATTERNS } from '#core/fraud/detector.ts';
import { PATTERN_TEXT } from './words.ts';
import {
  BUILT_IN_VIEWS,
  isSameFilter,
  keeps,
  VIEW_NAME_MAX,
  type CaseFilter,
  type CaseView,
} from './views.ts';

interface ViewBarProps {
  readonly rows: readonly CaseRow[];
  readonly me: string;
  readonly own: readonly CaseView[];
  readonly view: CaseView;
  readonly filter: CaseFilter;
  readonly shown: number;
  readonly sorted: boolean;
  readonly onView: (view: CaseView) => void;
  readonly onFilter: (filter: CaseFilter) => void;
  /** Keeps the filter under a name; false where there is no room. */
  readonly onKeep: (name: string) => boolean;
  readonly onForget: (id: string) => void;
  readonly onUrgentFirst: () => void;
  /** The button that takes the next case. */
  readonly next: ReactNode;
  /** What became of the last deed. */
  readonly said: string;
}

/** Views as buttons with how many each holds, and what narrows the one that is open. */
export function ViewBar(props: ViewBarProps): ReactElement {
  const { rows, me, own, view, filter, shown, sorted, onView, onFilter } = props;
  const [naming, setNaming] = useState(false);
  const change = (over: Partial<CaseFilter>): void => onFilter({ ...filter, ...over });
  const programs = useMemo(() => programsOf(rows), [rows]);
  const changed = !isSameFilter(filter, view.filter);
  return (
    <>
      <div className="tabs case-views" role="group" aria-label="Views">
        {[...BUILT_IN_VIEWS, ...own].map((one) => (
          <button
            key={one.id}
            type="button"
            aria-pressed={view.id === one.id}
            onClick={() => onView(one)}
          >
            {one.name}
            <CountOf view={one} rows={rows} me={me} />
          </button>
        ))}
      </div>
      <div className="toolbar" role="toolbar" aria-label="Narrow the view">
        {props.next}
        <input
          id="case-find"
          type="search"
          placeholder="Search  /"
          aria-label="Search cases"
          value={filter.text}
          onChange={(event) => change({ text: event.target.value })}
        />
        <select
          aria-label="Pattern"
          className={filter.pattern === '' ? '' : 'chosen'}
          value={filter.pattern}
          onChange={(event) => change({ pattern: event.target.value })}
        >
          <option value="">Pattern</option>
          {PATTERNS.map((one) => (
            <option key={one} value={one}>
              {PATTERN_TEXT[one]}
            </option>
          ))}
        </select>
        <select
          aria-label="Program"
          className={filter.programId === '' ? '' : 'chosen'}
          value={filter.programId}
          onChange={(event) => change({ programId: event.target.value })}
        >
          <option value="">Program</option>
          {programs.map(([programId, name]) => (
            <option key={programId} value={programId}>
              {name}
            </option>
          ))}
        </select>
        <select
          aria-label="Score"
          className={filter.scoreMin === 0 ? '' : 'chosen'}
          value={filter.scoreMin}
          onChange={(event) => change({ scoreMin: Number(event.target.value) })}
        >
          <option value={0}>Score</option>
          {[700, 800, 900, 950].map((score) => (
            <option key={score} value={score}>
              {score} or more
            </option>
          ))}
        </select>
        <span className="count" aria-live="polite">
          {shown.toLocaleString('en')} {shown === 1 ? 'case' : 'cases'}
        </span>
        <span role="status" className="case-said" title={props.said}>
          {props.said}
        </span>
        {changed && (
          <button type="button" className="quiet" onClick={() => onView(view)}>
            Clear
          </button>
        )}
        <span className="spacer" />
        {sorted && (
          <button type="button" className="quiet" onClick={props.onUrgentFirst}>
            ↓ Most urgent first
          </button>
        )}
        {naming ? (
          <NameView
            onDone={(name) => {
              const kept = name === null || props.onKeep(name);
              setNaming(!kept);
              return kept;
            }}
          />
        ) : (
          changed && (
            <button type="button" onClick={() => setNaming(true)}>
              Keep as a view
            </button>
          )
        )}
        {view.id.startsWith('own:') && !naming && (
          <button type="button" className="quiet" onClick={() => props.onForget(view.id)}>
            Forget “{view.name}”
          </button>
        )}
      </div>
    </>
  );
}

function programsOf(rows: readonly CaseRow[]): (readonly [string, string])[] {
  const names = new Map(
    rows.flatMap((row) => row.programs.map(({ programId, name }) => [programId, name] as const)),
  );
  return [...names].sort(([, one], [, other]) => (one < other ? -1 : 1));
}

/** How many of the waiting cases a view holds; ended ones are not counted. */
function CountOf({
  view,
  rows,
  me,
}: {
  readonly view: CaseView;
  readonly rows: readonly CaseRow[];
  readonly me: string;
}): ReactElement | null {
  const count = useMemo(
    () => rows.filter((row) => keeps(view.filter, row, me)).length,
    [view, rows, me],
  );
  if (!view.filter.states.some((state) => state === 'open' || state === 'snoozed')) return null;
  return <small> {count}</small>;
}

function NameView({ onDone }: { readonly onDone: (name: string | null) => boolean }): ReactElement {
  const [name, setName] = useState('');
  const [said, setSaid] = useState('');
  return (
    <form
      className="name-view"
      onSubmit={(event) => {
        event.preventDefault();
        if (!onDone(name)) setSaid('No room: forget another view first.');
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onDone(null);
      }}
    >
      <input
        aria-label="Name of the view"
        placeholder="Name of the view"
        autoFocus
        maxLength={VIEW_NAME_MAX}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <button type="submit" disabled={name.trim() === ''}>
        Keep
      </button>
      <span role="status">{said}</span>
    </form>
  );
}
