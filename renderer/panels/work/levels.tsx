import { useCallback, useEffect, useMemo, useState, type ReactElement } from 'react';
import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import {
  PRIORITIES,
  WORK_KINDS,
  type BusinessCalendar,
  type Priority,
  type ServiceLevel,
  type WorkKind,
  type WorkPolicy,
} from '#core/work/policy.ts';
import { REASON_MAX } from '#core/work/work.events.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import { hoursText, KIND_TEXT, PRIORITY_TEXT, readHours, TELL_TEXT } from './words.ts';

type Known = DeskCallOutput<'work.policy'>;
type Draft = Omit<WorkPolicy, 'version'>;

/** What work is owed, and when the firm works: a table to read, and to change. */
export function Levels({ client }: { readonly client: RendererClient }): ReactElement {
  const [known, setKnown] = useState<Known | null>(null);
  const [draft, setDraft] = useState<Draft | null>(null);
  const [problem, setProblem] = useState('');
  const [reason, setReason] = useState('');
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const read = useCallback(async () => {
    const reply = await client.call('work.policy', {});
    if (reply.ok) setKnown(reply.value);
    else setSaid(reply.error.message);
  }, [client]);
  useEffect(() => {
    void read();
    return client.onStream('governed', () => void read());
  }, [client, read]);
  useEffect(() => {
    if (draft === null) return undefined;
    let late = false;
    void client.call('work.checkPolicy', { policy: draft }).then((reply) => {
      if (!late) setProblem(reply.ok ? reply.value.problem : reply.error.message);
    });
    return () => {
      late = true;
    };
  }, [client, draft]);
  if (known === null) return <p className="empty">{said === '' ? 'Reading…' : said}</p>;
  const shown = draft ?? known.policy;
  const send = async (): Promise<void> => {
    if (draft === null) return;
    setBusy(true);
    const { version: baseVersion } = known.policy;
    const reply = await client.call('work.changePolicy', { policy: draft, baseVersion, reason });
    setBusy(false);
    if (!reply.ok) return setSaid(reply.error.message);
    setDraft(null);
    setReason('');
    setSaid(reply.value.state === 'queued' ? 'It waits for the server.' : 'It holds from now on.');
    return void read();
  };
  const change = known.mayChange ? (over: Partial<Draft>) => setDraft({ ...shown, ...over }) : null;
  return (
    <div className="work-scroll work-levels">
      <header>
        <h3>Service levels, version {known.policy.version}</h3>
        <p className="quiet-text">
          Minutes of working time, by the calendar named in the line. Open items are measured by
          what holds now, from when they opened.
        </p>
      </header>
      <Calendars policy={shown} change={change} />
      <LevelTable policy={shown} change={change} />
      <Changing
        draft={draft}
        problem={problem}
        reason={reason}
        busy={busy}
        mayChange={known.mayChange}
        onReason={setReason}
        onSend={() => void send()}
        onDrop={() => {
          setDraft(null);
          setProblem('');
        }}
      />
      <p role="status">{said}</p>
      <Earlier earlier={known.earlier} />
    </div>
  );
}

type Change = ((over: Partial<Draft>) => void) | null;

function Changing({
  draft,
  problem,
  reason,
  busy,
  mayChange,
  onReason,
  onSend,
  onDrop,
}: {
  readonly draft: Draft | null;
  readonly problem: string;
  readonly reason: string;
  readonly busy: boolean;
  readonly mayChange: boolean;
  readonly onReason: (text: string) => void;
  readonly onSend: () => void;
  readonly onDrop: () => void;
}): ReactElement {
  if (!mayChange) return <p className="quiet-text">No role of yours changes this.</p>;
  if (draft === null) return <p className="quiet-text">Change any number above to begin.</p>;
  return (
    <form
      className="work-changing"
      onSubmit={(event) => {
        event.preventDefault();
        onSend();
      }}
    >
      {problem !== '' && (
        <p className="failure" role="alert">
          {problem}.
        </p>
      )}
      <label>
        Why{' '}
        <input
          value={reason}
          maxLength={REASON_MAX}
          onChange={(event) => onReason(event.target.value)}
        />
      </label>
      <button
        type="submit"
        className="primary"
        disabled={busy || problem !== '' || reason.trim() === ''}
      >
        Change what is owed
      </button>
      <button type="button" onClick={onDrop}>
        Drop the changes
      </button>
    </form>
  );
}

function Calendars({
  policy,
  change,
}: {
  readonly policy: Draft;
  readonly change: Change;
}): ReactElement {
  const put = (at: number, over: Partial<BusinessCalendar>): void =>
    change?.({
      calendars: policy.calendars.map((one, place) => (place === at ? { ...one, ...over } : one)),
    });
  return (
    <table>
      <caption>When the firm works</caption>
      <thead>
        <tr>
          <th scope="col">Calendar</th>
          <th scope="col">Zone</th>
          <th scope="col">Hours</th>
          <th scope="col">Days off</th>
        </tr>
      </thead>
      <tbody>
        {policy.calendars.map(({ calendarId, zone, open, daysOff }, at) => (
          <tr key={calendarId}>
            <th scope="row">{calendarId}</th>
            <td>
              <Field
                label={`Zone of ${calendarId}`}
                value={zone}
                locked={change === null}
                onValue={(text) => {
                  put(at, { zone: text });
                  return '';
                }}
              />
            </td>
            <td>
              <Field
                wide
                label={`Hours of ${calendarId}`}
                value={hoursText(open)}
                locked={change === null}
                onValue={(text) => {
                  const hours = readHours(text);
                  if (typeof hours === 'string') return hours;
                  put(at, { open: [...hours] });
                  return '';
                }}
              />
            </td>
            <td>
              <Field
                wide
                label={`Days off of ${calendarId}`}
                value={daysOff.join(', ')}
                locked={change === null}
                onValue={(text) => {
                  const days = text.split(/[\s,]+/).filter((day) => day !== '');
                  const wrong = days.find((day) => !/^\d{4}-\d{2}-\d{2}$/.test(day));
                  if (wrong !== undefined) return `"${wrong}": write a day as 2026-12-25`;
                  put(at, { daysOff: days });
                  return '';
                }}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A field that is taken when it is left or Enter is pressed; what is wrong is said below it. */
function Field({
  label,
  value,
  locked,
  wide = false,
  onValue,
}: {
  readonly label: string;
  readonly value: string;
  readonly locked: boolean;
  readonly wide?: boolean;
  /** What is wrong with it; empty when it was taken. */
  readonly onValue: (text: string) => string;
}): ReactElement {
  const [text, setText] = useState<string | null>(null);
  const [wrong, setWrong] = useState('');
  if (locked) return <span>{value === '' ? '–' : value}</span>;
  const take = (): void => {
    if (text === null || text === value) return setText(null);
    const problem = onValue(text.trim());
    setWrong(problem);
    if (problem === '') setText(null);
  };
  return (
    <>
      <input
        className={wide ? 'wide' : ''}
        aria-label={label}
        aria-invalid={wrong !== ''}
        value={text ?? value}
        onChange={(event) => setText(event.target.value)}
        onBlur={take}
        onKeyDown={(event) => {
          if (event.key === 'Enter') take();
        }}
      />
      {wrong !== '' && (
        <small className="failure" role="alert">
          {wrong}
        </small>
      )}
    </>
  );
}

function LevelTable({
  policy,
  change,
}: {
  readonly policy: Draft;
  readonly change: Change;
}): ReactElement {
  const byKey = useMemo(
    () => new Map(policy.levels.map((level) => [`${level.kind} ${level.priority}`, level])),
    [policy],
  );
  const put = (kind: WorkKind, priority: Priority, over: Partial<ServiceLevel>): void =>
    change?.({
      levels: policy.levels.map((level) =>
        level.kind === kind && level.priority === priority ? { ...level, ...over } : level,
      ),
    });
  return (
    <table className="work-level-table">
      <caption>What is owed, in minutes of working time</caption>
      <thead>
        <tr>
          <th scope="col">Kind</th>
          <th scope="col">Priority</th>
          <th scope="col">Taken within</th>
          <th scope="col">Settled within</th>
          <th scope="col">Calendar</th>
          <th scope="col">Who is told when, in % of the time to settle</th>
        </tr>
      </thead>
      <tbody>
        {WORK_KINDS.flatMap((kind) =>
          PRIORITIES.map((priority) => {
            const level = byKey.get(`${kind} ${priority}`);
            const named = `${KIND_TEXT[kind]}, ${priority}`;
            return (
              <tr key={named}>
                {priority === 'urgent' && (
                  <th scope="rowgroup" rowSpan={PRIORITIES.length}>
                    {KIND_TEXT[kind]}
                  </th>
                )}
                <td className={`work-${priority}`}>{PRIORITY_TEXT[priority]}</td>
                {level ? (
                  <>
                    <Minutes
                      label={`Taken within: ${named}`}
                      value={level.firstTouchMinutes}
                      locked={change === null}
                      onValue={(firstTouchMinutes) => put(kind, priority, { firstTouchMinutes })}
                    />
                    <Minutes
                      label={`Settled within: ${named}`}
                      value={level.settleMinutes}
                      locked={change === null}
                      onValue={(settleMinutes) => put(kind, priority, { settleMinutes })}
                    />
                    <td>
                      <select
                        aria-label={`Calendar: ${named}`}
                        disabled={change === null}
                        value={level.calendarId}
                        onChange={(event) =>
                          put(kind, priority, { calendarId: event.target.value })
                        }
                      >
                        {policy.calendars.map(({ calendarId }) => (
                          <option key={calendarId}>{calendarId}</option>
                        ))}
                      </select>
                    </td>
                    <td className="quiet-text">
                      {level.ladder
                        .map(({ atPerMille, tell }) => `${atPerMille / 10} % ${TELL_TEXT[tell]}`)
                        .join(', ')}
                    </td>
                  </>
                ) : (
                  <td colSpan={4} className="quiet-text">
                    nothing is promised
                  </td>
                )}
              </tr>
            );
          }),
        )}
      </tbody>
    </table>
  );
}

function Minutes({
  label,
  value,
  locked,
  onValue,
}: {
  readonly label: string;
  readonly value: number;
  readonly locked: boolean;
  readonly onValue: (minutes: number) => void;
}): ReactElement {
  return (
    <td className="number">
      <Field
        label={label}
        value={String(value)}
        locked={locked}
        onValue={(text) => {
          if (!/^\d{1,6}$/.test(text) || Number(text) < 1) return 'whole minutes, from 1';
          onValue(Number(text));
          return '';
        }}
      />
    </td>
  );
}

function Earlier({ earlier }: { readonly earlier: Known['earlier'] }): ReactElement | null {
  if (earlier.length === 0) return null;
  return (
    <>
      <h3>Who changed it</h3>
      <ol className="work-deeds">
        {earlier.map(({ version, by, reason, at }) => (
          <li key={version}>
            <time>{dateTimeText(at)}</time> version {version}, <b>{by}</b>: {reason}
          </li>
        ))}
      </ol>
    </>
  );
}
