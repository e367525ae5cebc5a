import { useState, type ReactElement } from 'react';
import type { TicketVerb } from '#core/support/act.ts';
import {
  DISPUTE_REASONS,
  REASON_MAX,
  TAGS_MAX,
  TOPICS,
  type DisputeReason,
  type Topic,
} from '#core/support/support.events.ts';
import { SUBJECT_MAX, TEXT_MAX } from '#core/support/words.ts';
import type { SupportContext, TicketDetail } from '#core/desk-api/support-calls.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { ActForm, TextField, type FormActing } from '#renderer/ui/act-form.tsx';
import { useSending } from './reading.ts';
import { DISPUTE_REASON_TEXT, TOPIC_TEXT } from './words.ts';

export type TicketFormName = 'assign' | 'concerns' | 'file' | 'merge' | 'solve' | 'reopen';

/** Nothing that happens meanwhile stands against these but the server's own word. */
function actingOf({ busy, said }: { readonly busy: boolean; readonly said: string }): FormActing {
  return { meanwhile: { news: [], moreOfTheSame: 0 }, seen: () => {}, busy, said };
}

interface FormProps {
  readonly detail: TicketDetail;
  readonly sending: { readonly busy: boolean; readonly said: string };
  readonly onAct: (verb: TicketVerb) => Promise<'queued' | 'accepted' | null>;
  readonly onClose: () => void;
}

/** Forms of a field or two. */
export function TicketForm({
  name,
  ...props
}: FormProps & { readonly name: TicketFormName }): ReactElement {
  switch (name) {
    case 'assign':
      return <Assign {...props} />;
    case 'concerns':
      return <Concerns {...props} />;
    case 'file':
      return <File {...props} />;
    case 'merge':
      return <Merge {...props} />;
    case 'solve':
      return <WithReason {...props} verb="solve" title="Solve without an answer" send="Solve" />;
    case 'reopen':
      return <WithReason {...props} verb="reopen" title="Reopen" send="Reopen" />;
  }
}

function useAct({ onAct, onClose }: FormProps): (verb: TicketVerb) => void {
  return (verb) =>
    void onAct(verb).then((state) => {
      if (state !== null) onClose();
    });
}

function Assign(props: FormProps): ReactElement {
  const { detail, sending, onClose } = props;
  const before = detail.row.assignee?.personId ?? '';
  const [to, setTo] = useState(before);
  const act = useAct(props);
  return (
    <ActForm
      title="Assign"
      send="Assign"
      ready={to === before ? 'Choose somebody else.' : ''}
      acting={actingOf(sending)}
      onSend={() => act({ verb: 'assign', to: to === '' ? null : to })}
      onClose={onClose}
    >
      <p className="act-field">
        <label htmlFor="ticket-to">Who</label>
        <select id="ticket-to" value={to} onChange={(event) => setTo(event.target.value)}>
          <option value="">Nobody: for everybody</option>
          {detail.people.map(({ personId, name }) => (
            <option key={personId} value={personId}>
              {name}
            </option>
          ))}
        </select>
      </p>
    </ActForm>
  );
}

function Concerns(props: FormProps): ReactElement {
  const { detail, sending, onClose } = props;
  const { traderId, accountId } = detail.row;
  const [trader, setTrader] = useState(traderId ?? '');
  const [account, setAccount] = useState(accountId ?? '');
  const act = useAct(props);
  return (
    <ActForm
      title="Whose it is: the address is known as the trader’s from then on"
      send="Say so"
      ready={trader.trim() === '' ? 'Name the trader.' : ''}
      acting={actingOf(sending)}
      onSend={() =>
        act({
          verb: 'concerns',
          traderId: trader.trim(),
          accountId: account.trim() === '' ? null : account.trim(),
        })
      }
      onClose={onClose}
    >
      <p className="act-field">
        <label htmlFor="ticket-trader">Trader (its id)</label>
        <input
          id="ticket-trader"
          value={trader}
          data-first
          onChange={(event) => setTrader(event.target.value)}
        />
      </p>
      <p className="act-field">
        <label htmlFor="ticket-account">Account; empty where it is about none</label>
        <input
          id="ticket-account"
          value={account}
          list="ticket-accounts"
          onChange={(event) => setAccount(event.target.value)}
        />
        <datalist id="ticket-accounts">
          {detail.context.accounts.map((one) => (
            <option key={one.accountId} value={one.accountId} />
          ))}
        </datalist>
      </p>
    </ActForm>
  );
}

/** Topic and tags: how it is found again. */
function File(props: FormProps): ReactElement {
  const { detail, sending, onAct, onClose } = props;
  const [topic, setTopic] = useState<Topic>(detail.row.topic);
  const [tags, setTags] = useState(detail.row.tags.join(', '));
  const listed = tags
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
    .slice(0, TAGS_MAX);
  const isNewTopic = topic !== detail.row.topic;
  const isNewTags = listed.join() !== detail.row.tags.join();
  const send = async (): Promise<void> => {
    if (isNewTopic && (await onAct({ verb: 'topic', topic })) === null) return;
    if (isNewTags && (await onAct({ verb: 'tags', tags: listed })) === null) return;
    onClose();
  };
  return (
    <ActForm
      title="File it"
      send="File"
      ready={isNewTopic || isNewTags ? '' : 'Change the topic or the tags.'}
      acting={actingOf(sending)}
      onSend={() => void send()}
      onClose={onClose}
    >
      <TopicField value={topic} onChange={setTopic} />
      <p className="act-field">
        <label htmlFor="ticket-tags">Tags, with commas between them</label>
        <input id="ticket-tags" value={tags} onChange={(event) => setTags(event.target.value)} />
      </p>
    </ActForm>
  );
}

function TopicField({
  value,
  onChange,
}: {
  readonly value: Topic;
  readonly onChange: (topic: Topic) => void;
}): ReactElement {
  return (
    <p className="act-field">
      <label htmlFor="ticket-topic">Topic</label>
      <select
        id="ticket-topic"
        value={value}
        onChange={(event) => onChange(event.target.value as Topic)}
      >
        {TOPICS.map((one) => (
          <option key={one} value={one}>
            {TOPIC_TEXT[one]}
          </option>
        ))}
      </select>
    </p>
  );
}

function Merge(props: FormProps): ReactElement {
  const { detail, sending, onClose } = props;
  const others = detail.context.tickets.filter(({ queue }) => queue !== 'merged');
  const [into, setInto] = useState(others[0]?.ticketId ?? '');
  const act = useAct(props);
  return (
    <ActForm
      title="Merge into another ticket of the same trader"
      send="Merge"
      ready={into === '' ? 'There is no other ticket of this trader.' : ''}
      acting={actingOf(sending)}
      onSend={() => act({ verb: 'merge', into })}
      onClose={onClose}
    >
      <p className="act-field">
        <label htmlFor="ticket-into">Ticket</label>
        <select id="ticket-into" value={into} onChange={(event) => setInto(event.target.value)}>
          {others.map(({ ticketId, number, subject }) => (
            <option key={ticketId} value={ticketId}>
              {number} · {subject ?? 'Ticket'}
            </option>
          ))}
        </select>
      </p>
    </ActForm>
  );
}

function WithReason(
  props: FormProps & {
    readonly verb: 'solve' | 'reopen';
    readonly title: string;
    readonly send: string;
  },
): ReactElement {
  const { verb, title, send, sending, onClose } = props;
  const [reason, setReason] = useState('');
  const act = useAct(props);
  return (
    <ActForm
      title={title}
      send={send}
      ready={reason.trim() === '' ? 'Give a reason.' : ''}
      acting={actingOf(sending)}
      onSend={() => act({ verb, reason })}
      onClose={onClose}
    >
      <TextField
        id="ticket-reason"
        label="Reason"
        value={reason}
        max={REASON_MAX}
        first
        onChange={setReason}
      />
    </ActForm>
  );
}

const NO_READING = (): Promise<void> => Promise.resolve();

/** What a trader said, at the telephone or in a chat. */
export function NewTicket({
  client,
  onClose,
  onDone,
}: {
  readonly client: RendererClient;
  readonly onClose: () => void;
  readonly onDone: (says: string) => void;
}): ReactElement {
  const [topic, setTopic] = useState<Topic>('other');
  const [account, setAccount] = useState('');
  const [trader, setTrader] = useState('');
  const [subject, setSubject] = useState('');
  const [text, setText] = useState('');
  const sending = useSending(NO_READING);
  const missing = subject.trim() === '' || text.trim() === '';
  const send = async (): Promise<void> => {
    const state = await sending.send(() =>
      client.call('support.open', {
        topic,
        traderId: trader.trim() === '' ? null : trader.trim(),
        accountId: account.trim() === '' ? null : account.trim(),
        subject,
        text,
      }),
    );
    if (state !== null)
      onDone(state === 'queued' ? 'Written down; it waits for the server.' : 'Written down.');
  };
  return (
    <ActForm
      title="New ticket: what a trader said"
      send="Write it down"
      ready={missing ? 'Write a subject and what was said.' : ''}
      acting={actingOf(sending)}
      onSend={() => void send()}
      onClose={onClose}
    >
      <p className="act-field">
        <label htmlFor="new-subject">Subject</label>
        <input
          id="new-subject"
          value={subject}
          maxLength={SUBJECT_MAX}
          data-first
          onChange={(event) => setSubject(event.target.value)}
        />
      </p>
      <TextField
        id="new-text"
        label="What was said"
        value={text}
        max={TEXT_MAX}
        rows={4}
        onChange={setText}
      />
      <TopicField value={topic} onChange={setTopic} />
      <p className="act-field">
        <label htmlFor="new-trader">Trader (its id); empty while nobody knows</label>
        <input id="new-trader" value={trader} onChange={(event) => setTrader(event.target.value)} />
      </p>
      <p className="act-field">
        <label htmlFor="new-account">Account; empty where it is about none</label>
        <input
          id="new-account"
          value={account}
          onChange={(event) => setAccount(event.target.value)}
        />
      </p>
    </ActForm>
  );
}

interface Disputable {
  readonly key: string;
  readonly text: string;
  readonly about:
    | { readonly type: 'verdict'; readonly seq: number; readonly ruleId: string }
    | { readonly type: 'payout'; readonly payoutId: string }
    | { readonly type: 'case'; readonly caseId: string };
}

/** What of a trader's account can be disputed, what was said last first. */
function disputable({ verdicts, payouts, cases }: SupportContext, accountId: string): Disputable[] {
  const decided = payouts.filter(
    (one) =>
      one.accountId === accountId && !['open', 'held', 'contested', 'approved'].includes(one.state),
  );
  return [
    ...verdicts
      .filter(
        ({ kind, ruleId, disputed }) => kind !== 'warningRaised' && ruleId !== '' && !disputed,
      )
      .map(({ seq, ruleId, sentence }) => ({
        key: `verdict ${seq}`,
        text: `Entry ${seq}: ${sentence}`,
        about: { type: 'verdict' as const, seq, ruleId },
      })),
    ...decided.map(({ payoutId, state }) => ({
      key: `payout ${payoutId}`,
      text: `Payout ${payoutId}: ${state}`,
      about: { type: 'payout' as const, payoutId },
    })),
    ...(cases ?? []).map(({ caseId, number, state }) => ({
      key: `case ${caseId}`,
      text: `Case ${number}: ${state}`,
      about: { type: 'case' as const, caseId },
    })),
  ];
}

export function OpenDispute({
  client,
  context,
  accountId,
  ticketId,
  seq,
  onClose,
  reread,
}: {
  readonly client: RendererClient;
  readonly context: SupportContext;
  readonly accountId: string;
  readonly ticketId: string | null;
  /** A verdict that was pointed at. */
  readonly seq: number | null;
  readonly onClose: () => void;
  readonly reread: () => Promise<void>;
}): ReactElement {
  const choices = disputable(context, accountId);
  const pointed = choices.find(({ key }) => key === `verdict ${seq}`);
  const [key, setKey] = useState((pointed ?? choices[0])?.key ?? '');
  const [reason, setReason] = useState<DisputeReason>('ruleMisread');
  const sending = useSending(reread);
  const chosen = choices.find((one) => one.key === key);
  const send = async (): Promise<void> => {
    if (!chosen) return;
    const { about } = chosen;
    const state = await sending.send(() =>
      client.call('disputes.open', { accountId, about, reason, ticketId }),
    );
    if (state !== null) onClose();
  };
  return (
    <ActForm
      title={`Take a dispute down: account ${accountId}`}
      send="Open the dispute"
      ready={chosen ? '' : 'Nothing of this account can be disputed.'}
      acting={actingOf(sending)}
      onSend={() => void send()}
      onClose={onClose}
    >
      <p className="act-field">
        <label htmlFor="dispute-about">What is disputed</label>
        <select id="dispute-about" value={key} onChange={(event) => setKey(event.target.value)}>
          {choices.map((one) => (
            <option key={one.key} value={one.key}>
              {one.text}
            </option>
          ))}
        </select>
      </p>
      <p className="act-field">
        <label htmlFor="dispute-reason">What the trader says</label>
        <select
          id="dispute-reason"
          value={reason}
          onChange={(event) => setReason(event.target.value as DisputeReason)}
        >
          {DISPUTE_REASONS.map((one) => (
            <option key={one} value={one}>
              {DISPUTE_REASON_TEXT[one]}
            </option>
          ))}
        </select>
      </p>
      <p className="quiet-text">
        Whoever decided it first cannot decide the dispute. The trader is answered within 7 days.
      </p>
    </ActForm>
  );
}

export { actingOf };
