import type { ReactElement } from 'react';
import type { AccountSummary } from '#core/sync/protocol.ts';
import { noFilters, type Filters } from '#renderer/store/grid-filters.ts';
import { book } from '#renderer/store/session.ts';
import { gridColumns } from './columns.ts';

const VERDICTS: readonly (readonly [string, string])[] = [
  ['hard', 'Breach'],
  ['soft', 'Pause'],
  ['warning', 'Warning'],
  ['info', 'Objective'],
  ['none', 'None yet'],
];

interface ToolbarProps {
  readonly held: boolean;
  readonly filters: Filters;
  readonly onFilters: (filters: Filters) => void;
  readonly shown: number;
  readonly total: number;
  readonly sorted: boolean;
  readonly onDefaultOrder: () => void;
  readonly onExport: () => void;
  readonly hidden: readonly string[];
  readonly onHidden: (hidden: readonly string[]) => void;
}

/** Search and filters of the grid, how many are shown, and what can be done with them. */
export function Toolbar(props: ToolbarProps): ReactElement {
  const { filters, onFilters, shown, total, sorted } = props;
  const programs = namesOf((terms) => terms.program.name);
  const phases = namesOf((terms) => terms.phase.name);
  const change = (over: Partial<Filters>): void => onFilters({ ...filters, ...over });
  return (
    <div className="toolbar" role="toolbar" aria-label="Filter accounts">
      <input
        id="search"
        type="search"
        placeholder="Search  /"
        aria-label="Search trader or account"
        value={filters.text}
        onChange={(event) => change({ text: event.target.value })}
      />
      <Choice
        label="Status"
        value={filters.status}
        options={['active', 'paused', 'restricted', 'passed', 'failed', 'closed']}
        onChange={(status) => change({ status })}
      />
      <Choice
        label="Program"
        value={filters.program}
        options={programs}
        onChange={(program) => change({ program })}
      />
      <Choice
        label="Phase"
        value={filters.phase}
        options={phases}
        onChange={(phase) => change({ phase })}
      />
      <Choice
        label="Verdict"
        value={filters.verdict}
        options={VERDICTS.map(([value]) => value)}
        names={Object.fromEntries(VERDICTS)}
        onChange={(verdict) => change({ verdict })}
      />
      <Choice
        label="Headroom"
        value={filters.within}
        options={['10', '25', '50']}
        names={{ 10: '10 % or less', 25: '25 % or less', 50: '50 % or less' }}
        onChange={(within) => change({ within })}
      />
      <span className="count" aria-live="polite">
        {shown === total
          ? `${total.toLocaleString('en')} accounts`
          : `${shown.toLocaleString('en')} of ${total.toLocaleString('en')}`}
      </span>
      {props.held && (
        <span className="held" title="Rows stay where they are while you point or walk with keys">
          ❚❚ held
        </span>
      )}
      <span className="spacer" />
      {JSON.stringify(filters) !== JSON.stringify(noFilters) && (
        <button type="button" className="quiet" onClick={() => onFilters(noFilters)}>
          Clear filters
        </button>
      )}
      {sorted && (
        <button
          type="button"
          className="quiet"
          onClick={props.onDefaultOrder}
          title="Back to the default order"
        >
          ↓ Worst headroom first
        </button>
      )}
      <details className="menu">
        <summary>Columns</summary>
        <div className="menu-body">
          {gridColumns.map(({ id, title }) => (
            <label key={id}>
              <input
                type="checkbox"
                checked={!props.hidden.includes(id)}
                onChange={(event) =>
                  props.onHidden(
                    event.target.checked
                      ? props.hidden.filter((one) => one !== id)
                      : [...props.hidden, id],
                  )
                }
              />
              {title}
            </label>
          ))}
        </div>
      </details>
      <button type="button" onClick={props.onExport} title="Save the accounts shown as CSV">
        CSV
      </button>
    </div>
  );
}

function namesOf(name: (terms: AccountSummary['terms']) => string): string[] {
  return [...new Set(book.accounts.flatMap((one) => (one ? [name(one.terms)] : [])))].sort();
}

function Choice(props: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly string[];
  readonly names?: Readonly<Record<string, string>>;
  readonly onChange: (value: string) => void;
}): ReactElement {
  return (
    <select
      aria-label={props.label}
      value={props.value}
      className={props.value === '' ? '' : 'chosen'}
      onChange={(event) => props.onChange(event.target.value)}
    >
      <option value="">{props.label}</option>
      {props.options.map((option) => (
        <option key={option} value={option}>
          {props.names?.[option] ?? option}
        </option>
      ))}
    </select>
  );
}
