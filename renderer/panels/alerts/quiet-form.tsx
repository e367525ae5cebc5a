import { useState, type ReactElement } from 'react';
import { QUIET_HOURS_MAX, type AlertRules, type QuietHours } from '#core/alerts/alert-rules.ts';
import { SEVERITIES } from '#core/alerts/notice.ts';
import { nameOf, useNames } from '#renderer/store/names.ts';
import { DAY_TEXT, quietText, SEVERITY_TEXT } from './words.ts';

/** The zones that this browser knows, for choosing; the server says whether it knows one. */
const ZONES: readonly string[] = ['UTC', ...Intl.supportedValuesOf('timeZone')];

function freshHours(): QuietHours {
  return {
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    from: '22:00',
    until: '07:00',
    days: [1, 2, 3, 4, 5, 6, 7],
    breaksThrough: { severity: 'hard', escalations: true },
  };
}

/** Hours in which nobody is disturbed, and what is told all the same. */
export function QuietList({
  quiet,
  name,
  onChange,
}: {
  readonly quiet: readonly QuietHours[];
  /** Tells fields of several lists apart. */
  readonly name: string;
  readonly onChange: (quiet: QuietHours[]) => void;
}): ReactElement {
  const change = (at: number, over: Partial<QuietHours>): void =>
    onChange(quiet.map((hours, index) => (index === at ? { ...hours, ...over } : hours)));
  return (
    <div className="quiet-list">
      {quiet.length === 0 && <p className="quiet-text">None: it is told at any hour.</p>}
      {quiet.map((hours, at) => (
        <HoursForm
          key={at}
          hours={hours}
          id={`${name}-${at}`}
          onChange={(over) => change(at, over)}
          onRemove={() => onChange(quiet.filter((_, index) => index !== at))}
        />
      ))}
      <button
        type="button"
        disabled={quiet.length >= QUIET_HOURS_MAX}
        onClick={() => onChange([...quiet, freshHours()])}
      >
        Add quiet hours
      </button>
    </div>
  );
}

function HoursForm({
  hours,
  id,
  onChange,
  onRemove,
}: {
  readonly hours: QuietHours;
  readonly id: string;
  readonly onChange: (over: Partial<QuietHours>) => void;
  readonly onRemove: () => void;
}): ReactElement {
  const { from, until, zone, days, breaksThrough } = hours;
  const time = (name: 'from' | 'until', label: string, value: string): ReactElement => (
    <label className="inline">
      {label}
      <input
        type="time"
        value={value}
        onChange={(event) => {
          if (/^\d\d:\d\d$/.test(event.target.value)) onChange({ [name]: event.target.value });
        }}
      />
    </label>
  );
  return (
    <fieldset className="step">
      <legend>{quietText(hours)}</legend>
      <p className="row">
        {time('from', 'From', from)}
        {time('until', 'until', until)}
        <label className="inline">
          in
          <select value={zone} onChange={(event) => onChange({ zone: event.target.value })}>
            {[...new Set([zone, ...ZONES])].map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
      </p>
      <p className="row" role="group" aria-label="Days on which it begins">
        {DAY_TEXT.map((day, at) => (
          <button
            key={day}
            type="button"
            aria-pressed={days.includes(at + 1)}
            onClick={() => {
              const next = days.includes(at + 1)
                ? days.filter((one) => one !== at + 1)
                : [...days, at + 1].sort((one, other) => one - other);
              if (next.length > 0) onChange({ days: next });
            }}
          >
            {day}
          </button>
        ))}
      </p>
      <p className="field">
        <label htmlFor={`${id}-severity`}>All the same is told, from</label>
        <select
          id={`${id}-severity`}
          value={breaksThrough.severity ?? ''}
          onChange={(event) => {
            const severity = SEVERITIES.find((one) => one === event.target.value) ?? null;
            onChange({ breaksThrough: { ...breaksThrough, severity } });
          }}
        >
          <option value="">nothing</option>
          {SEVERITIES.filter((one) => one !== 'info').map((severity) => (
            <option key={severity} value={severity}>
              {SEVERITY_TEXT[severity]}
            </option>
          ))}
        </select>
      </p>
      <p className="field">
        <label htmlFor={`${id}-escalations`}>and what nobody acknowledged in time</label>
        <input
          id={`${id}-escalations`}
          type="checkbox"
          checked={breaksThrough.escalations}
          onChange={(event) =>
            onChange({ breaksThrough: { ...breaksThrough, escalations: event.target.checked } })
          }
        />
      </p>
      <button type="button" className="quiet" onClick={onRemove}>
        Remove these hours
      </button>
    </fieldset>
  );
}

/** Quiet hours of persons, whichever rule it is. */
export function PeopleQuiet({
  rules,
  mayChange,
  onChange,
}: {
  readonly rules: AlertRules;
  readonly mayChange: boolean;
  readonly onChange: (rules: AlertRules) => void;
}): ReactElement {
  const names = useNames();
  const [open, setOpen] = useState('');
  const without = Object.entries(names).filter(
    ([personId]) => !rules.people.some((one) => one.personId === personId),
  );
  const save = (personId: string, quiet: QuietHours[]): void => {
    const others = rules.people.filter((one) => one.personId !== personId);
    onChange({ ...rules, people: quiet.length === 0 ? others : [...others, { personId, quiet }] });
  };
  return (
    <fieldset className="decide" disabled={!mayChange}>
      <legend>Quiet hours of persons</legend>
      {rules.people.length === 0 && <p className="quiet-text">Nobody has any.</p>}
      {rules.people.map(({ personId, quiet }) => (
        <details key={personId} open={open === personId}>
          <summary>
            {nameOf(names, personId)}: {quiet.map(quietText).join('; ')}
          </summary>
          <QuietList quiet={quiet} name={personId} onChange={(next) => save(personId, next)} />
        </details>
      ))}
      {mayChange && without.length > 0 && (
        <p className="field">
          <label htmlFor="quiet-person">Give quiet hours to</label>
          <select
            id="quiet-person"
            value=""
            onChange={(event) => {
              const personId = event.target.value;
              if (personId === '') return;
              setOpen(personId);
              save(personId, [freshHours()]);
            }}
          >
            <option value="">a person…</option>
            {without.map(([personId, name]) => (
              <option key={personId} value={personId}>
                {name}
              </option>
            ))}
          </select>
        </p>
      )}
    </fieldset>
  );
}
