import { useEffect, useState, type ReactElement } from 'react';
import type { WorkDetail, WorkRow } from '#core/desk-api/work-calls.ts';
import { HANDED_OVER_MAX } from '#core/work/act.ts';
import { REASON_MAX } from '#core/work/work.events.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { ActForm } from '#renderer/ui/act-form.tsx';
import { PersonField } from './forms.tsx';
import { PRIORITY_TEXT } from './words.ts';

/** The end of a shift: all that a person has in hand goes to somebody, each with a word. */
export function HandOver({
  client,
  rows,
  onClose,
  onDone,
}: {
  readonly client: RendererClient;
  /** What the person has in hand, paused items too. */
  readonly rows: readonly WorkRow[];
  readonly onClose: () => void;
  readonly onDone: (says: string) => void;
}): ReactElement {
  const [people, setPeople] = useState<WorkDetail['people']>([]);
  const [to, setTo] = useState('');
  const [notes, setNotes] = useState<ReadonlyMap<string, string>>(new Map());
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  useEffect(() => {
    void client.call('work.people', {}).then((reply) => {
      if (reply.ok) setPeople(reply.value.people);
      else setSaid(reply.error.message);
    });
  }, [client]);
  const going = rows.filter(({ itemId }) => !kept.has(itemId)).slice(0, HANDED_OVER_MAX);
  const noteOf = (itemId: string): string => notes.get(itemId) ?? '';
  const silent = going.filter(({ itemId }) => noteOf(itemId).trim() === '').length;
  const ready =
    going.length === 0
      ? 'Nothing is chosen.'
      : silent > 0
        ? `${silent} still without a note: what should the next person know?`
        : '';
  const send = async (): Promise<void> => {
    setBusy(true);
    setSaid('');
    const items = going.map(({ itemId }) => ({ itemId, note: noteOf(itemId).trim() }));
    const reply = await client.call('work.handOver', { to: to === '' ? null : to, items });
    setBusy(false);
    if (!reply.ok) return setSaid(reply.error.message);
    return onDone(`${items.length === 1 ? 'One item' : `${items.length} items`} handed over.`);
  };
  return (
    <ActForm
      title={`Hand over: ${going.length} of ${rows.length}`}
      send="Hand over"
      ready={ready}
      acting={{ meanwhile: { news: [], moreOfTheSame: 0 }, seen: () => {}, busy, said }}
      onSend={() => void send()}
      onClose={onClose}
    >
      <PersonField
        id="work-heir"
        label="To (type a name)"
        people={people}
        value={to}
        onChange={setTo}
      />
      <ul className="work-handover">
        {rows.map((row) => {
          const { itemId } = row;
          const goes = !kept.has(itemId);
          return (
            <li key={itemId}>
              <label>
                <input
                  type="checkbox"
                  checked={goes}
                  onChange={() => setKept(withOrWithout(kept, itemId))}
                />{' '}
                <span>{PRIORITY_TEXT[row.priority]}</span> <b>{row.title}</b>
              </label>
              {goes && (
                <input
                  aria-label={`Note on ${row.title}`}
                  placeholder="How far it is, what comes next"
                  maxLength={REASON_MAX}
                  value={noteOf(itemId)}
                  onChange={(event) => setNotes(new Map(notes).set(itemId, event.target.value))}
                />
              )}
            </li>
          );
        })}
      </ul>
    </ActForm>
  );
}

function withOrWithout(all: ReadonlySet<string>, one: string): ReadonlySet<string> {
  const next = new Set(all);
  if (!next.delete(one)) next.add(one);
  return next;
}
