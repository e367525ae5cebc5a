import { useEffect, useRef, type ReactElement } from 'react';
import type { TicketDetail } from '#core/desk-api/support-calls.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import { sizeText } from './words.ts';

type Message = TicketDetail['messages'][number];
type Change = TicketDetail['changes'][number];
type Line = { readonly seq: number } & (
  | { readonly type: 'message'; readonly message: Message }
  | { readonly type: 'change'; readonly change: Change }
);

const DIRECTION_TEXT: Readonly<Record<Message['direction'], string>> = {
  in: 'wrote',
  out: 'answered',
  note: 'noted, for the firm alone',
};

/** What was said and done, in order; the newest is in sight. */
export function Conversation({
  client,
  detail,
}: {
  readonly client: RendererClient;
  readonly detail: TicketDetail;
}): ReactElement {
  const holder = useRef<HTMLOListElement | null>(null);
  const lines = linesOf(detail);
  const last = lines.at(-1)?.seq;
  useEffect(() => {
    const list = holder.current;
    if (list) list.scrollTop = list.scrollHeight;
  }, [last]);
  return (
    <ol className="talk" ref={holder} aria-live="polite" aria-label="What was written" tabIndex={0}>
      {lines.map((line) =>
        line.type === 'message' ? (
          <Said key={line.seq} client={client} detail={detail} message={line.message} />
        ) : (
          <li key={line.seq} className="talk-change">
            {dateTimeText(line.change.at)} · {line.change.by} {line.change.says}
          </li>
        ),
      )}
    </ol>
  );
}

function linesOf({ messages, changes }: TicketDetail): readonly Line[] {
  const lines: Line[] = [
    ...messages.map((message) => ({ seq: message.seq, type: 'message' as const, message })),
    ...changes.map((change) => ({ seq: change.seq, type: 'change' as const, change })),
  ];
  return lines.toSorted((one, other) => one.seq - other.seq);
}

function Said({
  client,
  detail: { row },
  message,
}: {
  readonly client: RendererClient;
  readonly detail: TicketDetail;
  readonly message: Message;
}): ReactElement {
  const { direction, by, at, subject, text, other, files } = message;
  return (
    <li className={`talk-${direction}`}>
      <div className="talk-head">
        <b>{by}</b> <span className="quiet-text">{DIRECTION_TEXT[direction]}</span>
        <span className="spacer" />
        <time className="quiet-text" dateTime={new Date(at).toISOString()}>
          {dateTimeText(at)}
        </time>
      </div>
      {other && (
        <p className="waits">
          ▲ It came from another address than the one that this ticket began with.
        </p>
      )}
      {subject !== '' && <p className="talk-subject">{subject}</p>}
      <p className={text === null ? 'quiet-text' : 'talk-text'}>
        {text ?? 'The words are not on this desk, or were erased.'}
      </p>
      {files.length > 0 && (
        <ul className="talk-files">
          {files.map(({ name, size, digest, kept }) => (
            <li key={digest}>
              <button
                type="button"
                className="quiet"
                disabled={!kept}
                title={kept ? 'Save the file' : 'Too large to be kept here'}
                onClick={() => void save(client, row.ticketId, digest, name)}
              >
                ⭳ {name}
              </button>{' '}
              <span className="quiet-text">{sizeText(size)}</span>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** Saved, never shown: a file of a stranger does nothing within this page. */
async function save(
  client: RendererClient,
  ticketId: string,
  digest: string,
  name: string,
): Promise<void> {
  const reply = await client.call('support.file', { ticketId, digest });
  if (!reply.ok || reply.value.bytes === null) return;
  const bytes = Uint8Array.from(atob(reply.value.bytes), (letter) => letter.charCodeAt(0));
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
