import { useEffect, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import type { TicketVerb } from '#core/support/act.ts';
import { TEXT_MAX } from '#core/support/words.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { useReading } from './reading.ts';

export type ComposerMode = 'answer' | 'note';
type After = Extract<TicketVerb, { verb: 'answer' }>['after'];
const AFTER_TEXT: Readonly<Record<After, string>> = {
  keep: 'and go on with it',
  ask: 'and wait for the trader',
  solve: 'and solve it',
};
/** Where answers are written. */
export const COMPOSER = 'ticket-composer';
/** What was typed is kept this soon after the last key. */
const SAVE_AFTER_MS = 400;

/** Where answers and notes are written: what is begun outlives the page and a restart. */
export function Composer({
  client,
  ticketId,
  version,
  mode,
  isOver,
  busy,
  onMode,
  onAct,
}: {
  readonly client: RendererClient;
  readonly ticketId: string;
  readonly version: number;
  readonly mode: ComposerMode;
  readonly isOver: boolean;
  readonly busy: boolean;
  readonly onMode: (mode: ComposerMode) => void;
  readonly onAct: (verb: TicketVerb, version: number) => Promise<'queued' | 'accepted' | null>;
}): ReactElement {
  const [text, setText] = useDraft(client, ticketId);
  const [after, setAfter] = useState<After>('solve');
  const [problem, setProblem] = useState('');
  // What is sent rests on what was on screen when it was begun.
  const [basis, setBasis] = useState<number | null>(null);
  const { value: setup } = useReading(client, 'support.setup', {});
  const isNote = mode === 'note' || isOver;
  const news = !isNote && basis !== null && basis < version;
  const write = (next: string): void => {
    setText(next);
    setProblem('');
    setBasis(next === '' ? null : (basis ?? version));
  };
  const send = async (): Promise<void> => {
    if (news) return setBasis(version);
    if (text.trim() === '' || busy) return;
    const verb: TicketVerb = isNote ? { verb: 'note', text } : { verb: 'answer', text, after };
    if ((await onAct(verb, version)) !== null) write('');
  };
  const fill = async (templateId: string): Promise<void> => {
    const reply = await client.call('support.fill', { ticketId, templateId });
    if (!reply.ok) return setProblem(reply.error.message);
    if (reply.value.problem !== '')
      return setProblem(`This template cannot be filled: ${reply.value.problem}.`);
    write(text === '' ? reply.value.text : `${text}\n\n${reply.value.text}`);
    document.getElementById(COMPOSER)?.focus();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void send();
  };
  return (
    <form
      className={isNote ? 'composer note' : 'composer'}
      aria-label={isNote ? 'Note' : 'Answer'}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div className="composer-head">
        <div className="tabs" role="tablist" aria-label="What is written">
          {(['answer', 'note'] as const).map((one) => (
            <button
              key={one}
              type="button"
              role="tab"
              aria-selected={isNote === (one === 'note')}
              disabled={one === 'answer' && isOver}
              onClick={() => onMode(one)}
            >
              {one === 'answer' ? 'Answer to the trader' : 'Note for the firm'}
            </button>
          ))}
        </div>
        <span className="spacer" />
        {!isNote && (
          <select
            aria-label="Template"
            value=""
            onChange={({ target }) => target.value !== '' && void fill(target.value)}
          >
            <option value="">Template…</option>
            {(setup?.templates ?? []).map(({ templateId, title }) => (
              <option key={templateId} value={templateId}>
                {title}
              </option>
            ))}
          </select>
        )}
      </div>
      <textarea
        id={COMPOSER}
        rows={5}
        maxLength={TEXT_MAX}
        value={text}
        aria-label={isNote ? 'Note' : 'Answer'}
        placeholder={isNote ? 'Never leaves the firm.' : 'Goes to the trader.'}
        onKeyDown={onKey}
        onChange={(event) => write(event.target.value)}
      />
      {news && (
        <p className="waits" role="alert">
          ▲ Meanwhile somebody wrote or changed something: look at it. What you wrote is kept.
        </p>
      )}
      {problem !== '' && (
        <p className="failure" role="alert">
          {problem}
        </p>
      )}
      <div className="composer-foot">
        <button type="submit" className="primary" disabled={busy || text.trim() === ''}>
          {news ? 'I have seen it' : isNote ? 'Write the note' : 'Send'} (Ctrl+Enter)
        </button>
        {!isNote && (
          <select
            aria-label="What follows"
            value={after}
            onChange={(event) => setAfter(event.target.value as After)}
          >
            {(Object.keys(AFTER_TEXT) as After[]).map((one) => (
              <option key={one} value={one}>
                {AFTER_TEXT[one]}
              </option>
            ))}
          </select>
        )}
        <span className="quiet-text">
          {setup && !isNote && setup.sends === '' && setup.address !== null
            ? 'No mail leaves this server: answers to mails wait.'
            : ''}
        </span>
      </div>
    </form>
  );
}

function useDraft(
  client: RendererClient,
  ticketId: string,
): readonly [string, (text: string) => void] {
  const [text, setText] = useState('');
  const typed = useRef(false);
  useEffect(() => {
    void client.call('support.draft', { ticketId }).then((reply) => {
      if (reply.ok && !typed.current) setText(reply.value.text);
    });
  }, [client, ticketId]);
  useEffect(() => {
    if (!typed.current) return;
    const save = (): void => void client.call('support.saveDraft', { ticketId, text });
    const timer = setTimeout(save, SAVE_AFTER_MS);
    return () => {
      clearTimeout(timer);
      save();
    };
  }, [client, ticketId, text]);
  return [
    text,
    (next) => {
      typed.current = true;
      setText(next);
    },
  ];
}
