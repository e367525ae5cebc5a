import { useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { NOTE_MAX } from '#core/cases/act.ts';
import type { CaseDetail } from '#core/desk-api/case-calls.ts';
import { useSession } from '#renderer/store/session.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import type { DecideProps } from './decide.tsx';
import { ActForm } from '#renderer/ui/act-form.tsx';
import { beginningOf, complete, mentionedIn, offersFor } from './mentions.ts';

/** A note for whoever works on it next; @ names people, who are told. */
export function NoteForm(props: DecideProps): ReactElement {
  const { detail, acting, draft, onClose, onDone } = props;
  const { note } = draft.value;
  const field = useRef<HTMLTextAreaElement | null>(null);
  const [caret, setCaret] = useState(0);
  const [at, setAt] = useState(0);
  const beginning = beginningOf(note, caret);
  const offers = beginning ? offersFor(beginning.written, detail.people) : [];
  const chosen = offers[Math.min(at, offers.length - 1)];
  const mentions = mentionedIn(note, detail.people);
  const take = (index: number): void => {
    const person = offers[index];
    if (!person) return;
    const done = complete(note, caret, person);
    draft.put({ note: done.text });
    setCaret(done.caret);
    setAt(0);
    requestAnimationFrame(() => field.current?.setSelectionRange(done.caret, done.caret));
  };
  const onKey = (event: KeyboardEvent): void => {
    if (offers.length === 0 || event.ctrlKey || event.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setAt((at + step + offers.length) % offers.length);
    else if (event.key === 'Enter' || event.key === 'Tab') take(Math.min(at, offers.length - 1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const send = async (): Promise<void> => {
    const state = await acting.act({ verb: 'note', text: note.trim(), mentions });
    if (state === null) return;
    draft.forget('note');
    onDone(state, false);
  };
  return (
    <ActForm
      title="Note"
      send="Keep the note"
      ready={note.trim() === '' ? 'Write something; @ names a person.' : ''}
      acting={acting}
      onSend={() => void send()}
      onClose={onClose}
    >
      <div className="note-field">
        <textarea
          ref={field}
          rows={4}
          aria-label="Note"
          aria-autocomplete="list"
          aria-controls="mention-offers"
          aria-activedescendant={chosen ? `offer-${chosen.personId}` : undefined}
          maxLength={NOTE_MAX}
          value={note}
          data-first
          onKeyDown={onKey}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onChange={(event) => {
            draft.put({ note: event.target.value });
            setCaret(event.target.selectionStart);
          }}
        />
        <ul id="mention-offers" role="listbox" aria-label="People" hidden={offers.length === 0}>
          {offers.map((person, index) => (
            <li
              key={person.personId}
              id={`offer-${person.personId}`}
              role="option"
              aria-selected={person === chosen}
              onPointerDown={(event) => {
                event.preventDefault();
                take(index);
              }}
            >
              {person.name}
              {!person.mayWork && <small> does not work cases</small>}
            </li>
          ))}
        </ul>
      </div>
      <p className="quiet-text">
        {mentions.length === 0
          ? 'Nobody is named yet.'
          : `Named: ${detail.people
              .filter(({ personId }) => mentions.includes(personId))
              .map(({ name }) => name)
              .join(', ')}`}
      </p>
    </ActForm>
  );
}

/** What people wrote about it, oldest first. */
export function NoteList({ detail }: { readonly detail: CaseDetail }): ReactElement {
  const me = useSession((session) => session.person?.personId);
  if (detail.notes.length === 0) {
    return <p className="quiet-text">No notes yet. N writes one; @ names a colleague.</p>;
  }
  return (
    <ol className="notes">
      {detail.notes.map(({ seq, at, by, text, mentions }) => (
        <li
          key={`${seq} ${at}`}
          className={mentions.some((one) => one.personId === me) ? 'mine' : ''}
        >
          <p>
            <b>{by.name}</b> <small>{dateTimeText(at)} UTC</small>
            {seq === 0 && <small> · waits on this desk</small>}
            {mentions.some((one) => one.personId === me) && <small> · names you</small>}
          </p>
          <p className="note-text">{text}</p>
        </li>
      ))}
    </ol>
  );
}
