import { useState, type ReactElement } from 'react';
import type { TicketVerb } from '#core/support/act.ts';
import type { TicketDetail } from '#core/desk-api/support-calls.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { useSession } from '#renderer/store/session.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import { Composer, COMPOSER, type ComposerMode } from './composer.tsx';
import { Context } from './context.tsx';
import { Conversation } from './conversation.tsx';
import { Due } from './due.tsx';
import { OpenDispute, TicketForm, type TicketFormName } from './forms.tsx';
import { useVerbKeys, type Verb } from './keys.ts';
import { useReading, useSending } from './reading.ts';
import { QUEUE_TEXT, TOPIC_TEXT } from './words.ts';

type Form = TicketFormName | 'dispute';

/** A ticket: what was said, what is known of the trader, and what can be done. */
export function TicketPage({
  client,
  ticketId,
  onBack,
}: {
  readonly client: RendererClient;
  readonly ticketId: string;
  readonly onBack: () => void;
}): ReactElement {
  const { value: detail, failure, reread } = useReading(client, 'support.get', { ticketId });
  if (detail === null) {
    return (
      <section className="panel case-page" aria-label="Ticket">
        {failure === '' ? (
          <p className="empty">Reading the ticket…</p>
        ) : (
          <p className="failure" role="alert">
            {failure}
          </p>
        )}
      </section>
    );
  }
  return <Page client={client} detail={detail} reread={reread} onBack={onBack} />;
}

function Page({
  client,
  detail,
  reread,
  onBack,
}: {
  readonly client: RendererClient;
  readonly detail: TicketDetail;
  readonly reread: () => Promise<void>;
  readonly onBack: () => void;
}): ReactElement {
  const { row, mayWork } = detail;
  const { ticketId, version } = row;
  const me = useSession((session) => session.person?.personId ?? '');
  const [form, setForm] = useState<Form | null>(null);
  const [mode, setMode] = useState<ComposerMode>('answer');
  const [seq, setSeq] = useState<number | null>(null);
  const sending = useSending(reread);
  const act = (verb: TicketVerb, on = version): Promise<'queued' | 'accepted' | null> =>
    sending.send(() => client.call('support.act', { ticketId, version: on, act: verb }));
  const write = (next: ComposerMode): void => {
    setMode(next);
    setTimeout(() => document.getElementById(COMPOSER)?.focus(), 0);
  };
  const isOver = isEnded(row);
  const mine = row.assignee?.personId === me;
  const verbs = verbsOf(row, mine, {
    write,
    form: setForm,
    take: () => void act({ verb: 'assign', to: mine ? null : me }),
  });
  useVerbKeys(verbs, mayWork, form !== null);
  const close = (): void => {
    setForm(null);
    setSeq(null);
    sending.clear();
  };
  return (
    <section className="panel case-page ticket-page" aria-label={`Ticket ${row.number}`}>
      <header className="case-head">
        <div className="case-title">
          <h2>
            {row.number} · {row.subject ?? 'Ticket'}
          </h2>
          <span className="spacer" />
          <button type="button" className="quiet" onClick={onBack}>
            Close (Esc)
          </button>
        </div>
        <div className="case-state">
          <span className={row.queue === 'overdue' ? 'age-critical' : ''}>
            {QUEUE_TEXT[row.queue]}
          </span>
          {!isOver && <Due dueAt={row.dueAt} />}
          <span>{TOPIC_TEXT[row.topic]}</span>
          <span>by {row.channel}</span>
          <span>{row.assignee ? `In charge: ${row.assignee.name}` : 'Nobody is in charge'}</span>
          <span className="quiet-text">opened {dateTimeText(row.openedAt)}</span>
          {detail.queued > 0 && <span className="waits">{detail.queued} wait for the server</span>}
        </div>
        <div className="verbs toolbar" role="toolbar" aria-label="What can be done">
          {verbs.map(({ key, text, whyNot, run }) => (
            <button
              key={key}
              type="button"
              aria-disabled={!mayWork || whyNot !== ''}
              title={mayWork ? whyNot : 'No role of yours works on tickets'}
              onClick={() => {
                if (mayWork && whyNot === '') run();
              }}
            >
              {text}
              <kbd>{key.toUpperCase()}</kbd>
            </button>
          ))}
        </div>
        <p
          className={sending.said === '' ? 'case-said quiet-text' : 'case-said failure'}
          role="status"
        >
          {sending.busy ? 'Sending…' : sending.said}
        </p>
      </header>
      {form !== null && form !== 'dispute' && (
        <TicketForm name={form} detail={detail} sending={sending} onAct={act} onClose={close} />
      )}
      {form === 'dispute' && (
        <OpenDispute
          client={client}
          context={detail.context}
          accountId={row.accountId ?? ''}
          ticketId={ticketId}
          seq={seq}
          onClose={close}
          reread={reread}
        />
      )}
      <div className="ticket-columns">
        <div className="ticket-talk">
          <Conversation client={client} detail={detail} />
          {mayWork && (
            <Composer
              key={ticketId}
              client={client}
              ticketId={ticketId}
              version={version}
              mode={mode}
              isOver={isOver}
              busy={sending.busy}
              onMode={setMode}
              onAct={act}
            />
          )}
        </div>
        <Context
          context={detail.context}
          accountId={row.accountId}
          onDispute={
            mayWork && row.accountId !== null
              ? (wanted) => {
                  setSeq(wanted);
                  setForm('dispute');
                }
              : null
          }
        />
      </div>
    </section>
  );
}

/** What can be done with a ticket as it stands, each with why not. */
function verbsOf(
  row: TicketDetail['row'],
  mine: boolean,
  {
    write,
    form,
    take,
  }: {
    readonly write: (mode: ComposerMode) => void;
    readonly form: (form: Form) => void;
    readonly take: () => void;
  },
): readonly Verb[] {
  const isOver = isEnded(row);
  return [
    {
      key: 'r',
      text: 'Reply',
      whyNot: isOver ? 'It is over: reopen it first' : '',
      run: () => write('answer'),
    },
    {
      key: 'n',
      text: 'Note',
      whyNot: row.queue === 'merged' ? 'It was merged' : '',
      run: () => write('note'),
    },
    {
      key: 'a',
      text: mine ? 'Give back' : 'Take',
      whyNot: isOver ? 'It is over' : '',
      run: take,
    },
    { key: 's', text: 'Assign…', whyNot: isOver ? 'It is over' : '', run: () => form('assign') },
    { key: 'w', text: 'Whose…', whyNot: '', run: () => form('concerns') },
    { key: 'f', text: 'File…', whyNot: '', run: () => form('file') },
    {
      key: 'd',
      text: 'Dispute…',
      whyNot: row.accountId === null ? 'Say first which account it is about (W)' : '',
      run: () => form('dispute'),
    },
    { key: 'm', text: 'Merge…', whyNot: isOver ? 'It is over' : '', run: () => form('merge') },
    isOver
      ? {
          key: 'o',
          text: 'Reopen…',
          whyNot: row.queue === 'merged' ? 'It was merged' : '',
          run: () => form('reopen'),
        }
      : { key: 'x', text: 'Solve…', whyNot: '', run: () => form('solve') },
  ];
}

function isEnded({ queue }: TicketDetail['row']): boolean {
  return queue === 'solved' || queue === 'merged';
}
