import { useMemo, useState, type ReactElement } from 'react';
import { REASON_MAX, type CaseVerb } from '#core/cases/act.ts';
import { OUTCOMES, type CaseOutcome } from '#core/cases/outcomes.ts';
import { caseNow, useCases } from '#renderer/store/cases.ts';
import { usePreferences } from '#renderer/store/preferences.ts';
import { dateTimeText, instantOf } from '#renderer/ui/format.ts';
import { GoOn, type DecideProps } from './decide.tsx';
import { ActForm, DigitChoice, TextField } from '#renderer/ui/act-form.tsx';
import type { Form } from './verbs.ts';
import { OUTCOME_TEXT, stakeText } from './words.ts';

type Small = Extract<
  Form,
  'assign' | 'snooze' | 'merge' | 'split' | 'escalate' | 'reopen' | 'review'
>;

/** Forms of a field or two. */
export function SmallForm({
  verb,
  ...props
}: DecideProps & { readonly verb: Small }): ReactElement {
  switch (verb) {
    case 'assign':
      return <Assign {...props} />;
    case 'snooze':
      return <Snooze {...props} />;
    case 'merge':
      return <Merge {...props} />;
    case 'split':
      return <Split {...props} />;
    case 'review':
      return <Review {...props} />;
    case 'escalate':
      return (
        <WithReason
          {...props}
          title="Escalate: to be decided one level up"
          send="Escalate"
          verb="escalate"
        />
      );
    case 'reopen':
      return (
        <WithReason
          {...props}
          title="Reopen: what was decided is looked at again"
          send="Reopen"
          verb="reopen"
        />
      );
  }
}

/** Sends a verb and tells the page, which knows after which of them a person goes on. */
function useSend({ acting, onDone }: DecideProps): (act: CaseVerb) => void {
  const goOn = usePreferences(({ cases }) => cases.goOn);
  return (act) =>
    void acting.act(act).then((state) => {
      if (state !== null) onDone(state, goOn);
    });
}

function WithReason(
  props: DecideProps & {
    readonly title: string;
    readonly send: string;
    readonly verb: 'escalate' | 'reopen';
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
      footer={props.verb === 'escalate' && <GoOn />}
    >
      <TextField
        id="case-reason"
        label="Reason"
        value={reason}
        max={REASON_MAX}
        onChange={setReason}
      />
    </ActForm>
  );
}

function Assign(props: DecideProps): ReactElement {
  const { detail, acting, onClose } = props;
  const { assignee } = detail.row;
  const [to, setTo] = useState(assignee?.personId ?? '');
  const send = useSend(props);
  const people = detail.people.filter(({ mayWork }) => mayWork);
  const ready = to === (assignee?.personId ?? '') ? 'Choose somebody else.' : '';
  return (
    <ActForm
      title="Assign"
      send="Assign"
      ready={ready}
      acting={acting}
      onSend={() => send({ verb: 'assign', to: to === '' ? null : to })}
      onClose={onClose}
    >
      <p className="act-field">
        <label htmlFor="case-assignee">To (type a name)</label>
        <select
          id="case-assignee"
          size={Math.min(8, people.length + 1)}
          value={to}
          onChange={(event) => setTo(event.target.value)}
        >
          <option value="">nobody: any officer may take it</option>
          {people.map(({ personId, name }) => (
            <option key={personId} value={personId}>
              {name}
            </option>
          ))}
        </select>
      </p>
    </ActForm>
  );
}

const HOUR_MS = 3_600_000;
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

/** When a snoozed case comes back. */
export function snoozeUntil(span: Span, now: number, given: string): number | null {
  const hours = { '1h': 1, '4h': 4, '3d': 72, '7d': 168 } as const;
  if (span === 'tomorrow') return Math.floor(now / (24 * HOUR_MS)) * 24 * HOUR_MS + 33 * HOUR_MS;
  if (span !== 'other') return now + hours[span] * HOUR_MS;
  const until = instantOf(given);
  return Number.isNaN(until) || until <= now ? null : until;
}

function Snooze(props: DecideProps): ReactElement {
  const [span, setSpan] = useState<Span | null>(null);
  const [given, setGiven] = useState('');
  const [reason, setReason] = useState('');
  const send = useSend(props);
  const until = span === null ? null : snoozeUntil(span, caseNow(), given);
  const ready = until === null ? 'Choose how long.' : reason.trim() === '' ? 'Give a reason.' : '';
  return (
    <ActForm
      title="Snooze: it comes back by itself"
      send="Snooze"
      ready={ready}
      acting={props.acting}
      onSend={() => until !== null && send({ verb: 'snooze', until, reason })}
      onClose={props.onClose}
      footer={<GoOn />}
    >
      <DigitChoice
        label="How long"
        name="span"
        value={span}
        choices={SPANS.map((one) => ({ value: one, text: SPAN_TEXT[one] }))}
        onChange={(next, by) => {
          setSpan(next);
          if (by === 'digit' && next !== 'other') document.getElementById('case-reason')?.focus();
        }}
      />
      {span === 'other' && (
        <p className="act-field">
          <label htmlFor="case-until">Until (UTC)</label>
          <input
            id="case-until"
            type="datetime-local"
            value={given}
            onChange={(event) => setGiven(event.target.value)}
          />
        </p>
      )}
      {until !== null && <p className="quiet-text">Back on {dateTimeText(until)} UTC.</p>}
      <TextField
        id="case-reason"
        label="What it waits for"
        value={reason}
        max={REASON_MAX}
        onChange={setReason}
      />
    </ActForm>
  );
}

const OFFERED_MAX = 30;

/** Another case that takes this one in: those about the same people come first. */
function Merge(props: DecideProps): ReactElement {
  const { row } = props.detail;
  const rows = useCases((cases) => cases.rows);
  const [text, setText] = useState('');
  const [into, setInto] = useState('');
  const [reason, setReason] = useState('');
  const send = useSend(props);
  const offered = useMemo(() => {
    const people = new Set(row.traders.map(({ traderId }) => traderId));
    const own = new Set([...row.accounts.map(({ accountId }) => accountId), ...row.linkedAccounts]);
    const wanted = text.trim().toLowerCase().replace(/^#/, '');
    return (rows ?? [])
      .filter(({ caseId, state }) => caseId !== row.caseId && ['open', 'snoozed'].includes(state))
      .filter(
        ({ number, title, traders }) =>
          wanted === '' ||
          String(number) === wanted ||
          [title, ...traders.map(({ name }) => name)].join(' ').toLowerCase().includes(wanted),
      )
      .map((one) => ({
        one,
        shared:
          one.traders.filter(({ traderId }) => people.has(traderId)).length +
          one.accounts.filter(({ accountId }) => own.has(accountId)).length,
      }))
      .sort((a, b) => b.shared - a.shared)
      .slice(0, OFFERED_MAX);
  }, [rows, row, text]);
  const ready =
    into === '' ? 'Choose the case that goes on.' : reason.trim() === '' ? 'Give a reason.' : '';
  return (
    <ActForm
      title="Merge: everything of this case goes into another, and this one ends"
      send="Merge"
      ready={ready}
      acting={props.acting}
      onSend={() => send({ verb: 'merge', into, reason })}
      onClose={props.onClose}
      footer={<GoOn />}
    >
      <p className="act-field">
        <label htmlFor="case-search">Number, trader or matter</label>
        <input
          id="case-search"
          autoComplete="off"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </p>
      <p className="act-field">
        <label htmlFor="case-into">Goes on as</label>
        <select
          id="case-into"
          size={6}
          value={into}
          onChange={(event) => setInto(event.target.value)}
        >
          {offered.map(({ one, shared }) => (
            <option key={one.caseId} value={one.caseId}>
              #{one.number} {one.title} · {one.traders.map(({ name }) => name).join(', ')} ·{' '}
              {stakeText(one)}
              {shared > 0 ? ` · ${shared} in common` : ''}
            </option>
          ))}
        </select>
      </p>
      <TextField
        id="case-reason"
        label="Reason"
        value={reason}
        max={REASON_MAX}
        onChange={setReason}
      />
    </ActForm>
  );
}

/** Signals that are another matter become a case of their own. */
function Split(props: DecideProps): ReactElement {
  const signals = props.detail.signals.filter(({ latest }) => latest);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [reason, setReason] = useState('');
  const send = useSend(props);
  const ready =
    chosen.length === 0
      ? 'Choose the signals that leave.'
      : chosen.length === signals.length
        ? 'At least one signal must stay.'
        : reason.trim() === ''
          ? 'Give a reason.'
          : '';
  return (
    <ActForm
      title="Split: some signals become a case of their own"
      send="Split"
      ready={ready}
      acting={props.acting}
      onSend={() => send({ verb: 'split', signalIds: [...chosen], reason })}
      onClose={props.onClose}
    >
      <fieldset className="digit-choice">
        <legend>Signals that leave</legend>
        {signals.map(({ signal, title }) => (
          <label key={signal.signalId}>
            <input
              type="checkbox"
              checked={chosen.includes(signal.signalId)}
              onChange={(event) =>
                setChosen(
                  event.target.checked
                    ? [...chosen, signal.signalId]
                    : chosen.filter((one) => one !== signal.signalId),
                )
              }
            />{' '}
            <span>
              <b>{title}</b>: {signal.sentence}
            </span>
          </label>
        ))}
      </fieldset>
      <TextField
        id="case-reason"
        label="Reason"
        value={reason}
        max={REASON_MAX}
        onChange={setReason}
      />
    </ActForm>
  );
}

/** What a second person would have decided, before being told what was. */
function Review(props: DecideProps): ReactElement {
  const [outcome, setOutcome] = useState<CaseOutcome | null>(null);
  const [reason, setReason] = useState('');
  const send = useSend(props);
  const ready =
    outcome === null ? 'Choose what you would do.' : reason.trim() === '' ? 'Give a reason.' : '';
  return (
    <ActForm
      title="Review: what would you have decided?"
      send="Answer"
      ready={ready}
      acting={props.acting}
      onSend={() => outcome !== null && send({ verb: 'review', outcome, reason })}
      onClose={props.onClose}
    >
      <DigitChoice
        label="You would"
        name="outcome"
        value={outcome}
        choices={OUTCOMES.map((one) => ({ value: one, text: OUTCOME_TEXT[one] }))}
        onChange={(next, by) => {
          setOutcome(next);
          if (by === 'digit') document.getElementById('case-reason')?.focus();
        }}
      />
      <TextField
        id="case-reason"
        label="Why"
        value={reason}
        max={REASON_MAX}
        onChange={setReason}
      />
      <p className="quiet-text">
        What was decided is shown once you have answered. Your answer changes nothing about the
        case; it is counted under Learning.
      </p>
    </ActForm>
  );
}
