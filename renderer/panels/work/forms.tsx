import { useState, type ReactElement } from 'react';
import type { WorkDetail } from '#core/desk-api/work-calls.ts';
import type { WorkVerb } from '#core/work/act.ts';
import { PRIORITIES, type Priority } from '#core/work/policy.ts';
import { NOTE_MAX, REASON_MAX } from '#core/work/work.events.ts';
import { ActForm, DigitChoice, TextField } from '#renderer/ui/act-form.tsx';
import { dateTimeText, instantOf } from '#renderer/ui/format.ts';
import type { WorkActing } from './acting.ts';
import type { Form } from './verbs.ts';
import { PRIORITY_TEXT } from './words.ts';

export interface FormProps {
  readonly detail: WorkDetail;
  readonly acting: WorkActing;
  readonly onClose: () => void;
  readonly onDone: (state: 'queued' | 'accepted') => void;
}

/** Forms of a field or two. */
export function WorkForm({ verb, ...props }: FormProps & { readonly verb: Form }): ReactElement {
  switch (verb) {
    case 'assign':
      return <Assign {...props} />;
    case 'pause':
      return <Pause {...props} />;
    case 'prioritise':
      return <Prioritise {...props} />;
    case 'note':
      return <Note {...props} />;
    case 'settle':
      return <WithReason {...props} verb="settle" title={settleTitle(props)} send="Settle" />;
    case 'reopen':
      return <WithReason {...props} verb="reopen" title="Reopen: it waits again" send="Reopen" />;
  }
}

function settleTitle({ detail: { row } }: FormProps): string {
  if (row.kind === 'breachReview') return 'Settle: acknowledges every alert that waits with it';
  return 'Settle: nothing more is to be done';
}

function useSend({ acting, onDone }: FormProps): (act: WorkVerb) => void {
  return (act) =>
    void acting.act(act).then((state) => {
      if (state !== null) onDone(state);
    });
}

function WithReason(
  props: FormProps & {
    readonly verb: 'settle' | 'reopen';
    readonly title: string;
    readonly send: string;
  },
): ReactElement {
  const [reason, setReason] = useState('');
  const send = useSend(props);
  return (
    <ActForm
      title={props.title}
      send={props.send}
      ready={reason.trim() === '' ? 'Give a reason.' : ''}
      acting={props.acting}
      onSend={() => send({ verb: props.verb, reason })}
      onClose={props.onClose}
    >
      <TextField
        id="work-reason"
        label="Reason"
        value={reason}
        max={REASON_MAX}
        onChange={setReason}
      />
    </ActForm>
  );
}

function Note(props: FormProps): ReactElement {
  const [text, setText] = useState('');
  const send = useSend(props);
  return (
    <ActForm
      title="Note: everybody who sees it reads this"
      send="Write"
      ready={text.trim() === '' ? 'Write something.' : ''}
      acting={props.acting}
      onSend={() => send({ verb: 'note', text })}
      onClose={props.onClose}
    >
      <TextField
        id="work-note"
        label="Note (no names of traders)"
        rows={4}
        value={text}
        max={NOTE_MAX}
        onChange={setText}
      />
    </ActForm>
  );
}

function Assign(props: FormProps): ReactElement {
  const { detail } = props;
  const { owner } = detail.row;
  const [to, setTo] = useState(owner?.personId ?? '');
  const send = useSend(props);
  return (
    <ActForm
      title="Assign"
      send="Assign"
      ready={to === (owner?.personId ?? '') ? 'Choose somebody else.' : ''}
      acting={props.acting}
      onSend={() => send({ verb: 'assign', to: to === '' ? null : to })}
      onClose={props.onClose}
    >
      <PersonField
        id="work-owner"
        label="To (type a name)"
        people={detail.people}
        value={to}
        onChange={setTo}
      />
    </ActForm>
  );
}

export function PersonField({
  id,
  label,
  people,
  value,
  onChange,
}: {
  readonly id: string;
  readonly label: string;
  readonly people: WorkDetail['people'];
  readonly value: string;
  readonly onChange: (personId: string) => void;
}): ReactElement {
  return (
    <p className="act-field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        size={Math.min(8, people.length + 1)}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="">nobody: whoever may can take it</option>
        {people.map(({ personId, name }) => (
          <option key={personId} value={personId}>
            {name}
          </option>
        ))}
      </select>
    </p>
  );
}

function Prioritise(props: FormProps): ReactElement {
  const { priority: shown } = props.detail.row;
  const [priority, setPriority] = useState<Priority | null>(null);
  const [reason, setReason] = useState('');
  const send = useSend(props);
  const ready = priority === null ? 'Choose one.' : reason.trim() === '' ? 'Give a reason.' : '';
  return (
    <ActForm
      title="Priority: what is owed changes with it"
      send="Change"
      ready={ready}
      acting={props.acting}
      onSend={() => priority !== null && send({ verb: 'prioritise', priority, reason })}
      onClose={props.onClose}
    >
      <DigitChoice
        label="Priority"
        name="priority"
        value={priority}
        choices={PRIORITIES.map((one) => ({
          value: one,
          text: PRIORITY_TEXT[one],
          whyNot: one === shown ? 'as it is' : '',
        }))}
        onChange={(next, by) => {
          setPriority(next);
          if (by === 'digit') document.getElementById('work-reason')?.focus();
        }}
      />
      <TextField
        id="work-reason"
        label="Reason"
        value={reason}
        max={REASON_MAX}
        onChange={setReason}
      />
    </ActForm>
  );
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SPANS = ['1h', '4h', 'tomorrow', '3d', '7d', 'other'] as const;
type Span = (typeof SPANS)[number];
const SPAN_TEXT: Readonly<Record<Span, string>> = {
  '1h': '1 hour',
  '4h': '4 hours',
  tomorrow: 'until tomorrow, 09:00 UTC',
  '3d': '3 days',
  '7d': '7 days',
  other: 'until…',
};

/** When a paused item comes back; null where nothing that lies ahead was given. */
export function pauseUntil(span: Span, now: number, given: string): number | null {
  const hours = { '1h': 1, '4h': 4, '3d': 72, '7d': 168 } as const;
  if (span === 'tomorrow') return Math.floor(now / DAY_MS) * DAY_MS + DAY_MS + 9 * HOUR_MS;
  if (span !== 'other') return now + hours[span] * HOUR_MS;
  const until = instantOf(given);
  return Number.isNaN(until) || until <= now ? null : until;
}

function Pause(props: FormProps): ReactElement {
  const [span, setSpan] = useState<Span | null>(null);
  const [given, setGiven] = useState('');
  const [reason, setReason] = useState('');
  const send = useSend(props);
  const [now] = useState(() => Date.now());
  const until = span === null ? null : pauseUntil(span, now, given);
  const ready = until === null ? 'Choose how long.' : reason.trim() === '' ? 'Give a reason.' : '';
  return (
    <ActForm
      title="Pause: its clock stands still, and it comes back by itself"
      send="Pause"
      ready={ready}
      acting={props.acting}
      onSend={() => until !== null && send({ verb: 'pause', until, reason })}
      onClose={props.onClose}
    >
      <DigitChoice
        label="How long"
        name="span"
        value={span}
        choices={SPANS.map((one) => ({ value: one, text: SPAN_TEXT[one] }))}
        onChange={(next, by) => {
          setSpan(next);
          if (by === 'digit' && next !== 'other') document.getElementById('work-reason')?.focus();
        }}
      />
      {span === 'other' && (
        <p className="act-field">
          <label htmlFor="work-until">Until (UTC)</label>
          <input
            id="work-until"
            type="datetime-local"
            value={given}
            onChange={(event) => setGiven(event.target.value)}
          />
        </p>
      )}
      {until !== null && <p className="quiet-text">Back on {dateTimeText(until)} UTC.</p>}
      <TextField
        id="work-reason"
        label="What it waits for"
        value={reason}
        max={REASON_MAX}
        onChange={setReason}
      />
    </ActForm>
  );
}
