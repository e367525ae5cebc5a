import { useMemo, useState, type ReactElement } from 'react';
import type { CaseDetail } from '#core/desk-api/case-calls.ts';
import { goTo } from '#renderer/store/place.ts';
import { book, useSession } from '#renderer/store/session.ts';
import {
  graphOf,
  KIND_TEXT,
  neighboursOf,
  sharedThings,
  type Graph,
  type Thing,
  type ThingKind,
} from './graph.ts';
import { EntityGraph } from './pictures/entity-graph.tsx';
import { shareText } from './words.ts';

/** Things of a kind that are listed at first. */
const LISTED_FIRST = 16;

const KINDS = Object.keys(KIND_TEXT) as ThingKind[];

/** Who is joined to whom, and by what: a picture, and the same as a list for keys and readers. */
export function Links({
  detail,
  theme,
}: {
  readonly detail: CaseDetail;
  readonly theme: string;
}): ReactElement {
  const graph = useMemo(() => graphOf(detail, ownerOf), [detail]);
  const [chosen, setChosen] = useState<string | null>(null);
  if (graph.things.length === 0) {
    return <p className="empty">This desk knows nothing that joins its accounts.</p>;
  }
  const thing = graph.things.find(({ id }) => id === chosen);
  return (
    <div className="links">
      <EntityGraph graph={graph} chosen={chosen} theme={theme} onChoose={setChosen} />
      <div className="links-side">
        <Shared graph={graph} onChoose={setChosen} />
        <h3>All {graph.things.length}</h3>
        {KINDS.map((kind) => (
          <ThingList
            key={kind}
            kind={kind}
            things={graph.things.filter((one) => one.kind === kind)}
            chosen={chosen}
            onChoose={setChosen}
          />
        ))}
        {thing && <Chosen graph={graph} thing={thing} onChoose={setChosen} />}
      </div>
    </div>
  );
}

function ownerOf(accountId: string): { id: string; name: string } | null {
  const terms = book.accounts.find((one) => one?.terms.accountId === accountId)?.terms;
  return terms ? { id: terms.traderId, name: terms.traderName } : null;
}

/** What makes people the same: used by more than one of them. */
function Shared({
  graph,
  onChoose,
}: {
  readonly graph: Graph;
  readonly onChoose: (id: string) => void;
}): ReactElement {
  const shared = sharedThings(graph);
  return (
    <section>
      <h3>Devices, networks and papers in common</h3>
      {shared.length === 0 && (
        <p className="quiet-text">
          No signal of this case names a device, a network or a paper that several of them use.
        </p>
      )}
      <ul className="shared">
        {shared.map(({ thing, by }) => (
          <li key={thing.id}>
            <button type="button" className="quiet" onClick={() => onChoose(thing.id)}>
              {KIND_TEXT[thing.kind]} <code>{thing.label}</code>
            </button>{' '}
            {by.length} use it: {by.map(({ label }) => label).join(', ')}
          </li>
        ))}
      </ul>
    </section>
  );
}

function ThingList({
  kind,
  things,
  chosen,
  onChoose,
}: {
  readonly kind: ThingKind;
  readonly things: readonly Thing[];
  readonly chosen: string | null;
  readonly onChoose: (id: string | null) => void;
}): ReactElement | null {
  const [all, setAll] = useState(false);
  if (things.length === 0) return null;
  const shown = all ? things : things.slice(0, LISTED_FIRST);
  return (
    <p className="thing-list" role="group" aria-label={KIND_TEXT[kind]}>
      <span className={`thing-kind kind-${kind}`}>{KIND_TEXT[kind]}</span>
      {shown.map(({ id, label }) => (
        <button
          key={id}
          type="button"
          aria-pressed={chosen === id}
          onClick={() => onChoose(chosen === id ? null : id)}
        >
          {label}
        </button>
      ))}
      {shown.length < things.length && (
        <button type="button" className="quiet" onClick={() => setAll(true)}>
          {things.length - shown.length} more
        </button>
      )}
    </p>
  );
}

function Chosen({
  graph,
  thing,
  onChoose,
}: {
  readonly graph: Graph;
  readonly thing: Thing;
  readonly onChoose: (id: string) => void;
}): ReactElement {
  const select = useSession((session) => session.select);
  return (
    <section className="chosen-thing" aria-live="polite">
      <h3>
        {KIND_TEXT[thing.kind]} {thing.label}
      </h3>
      <ul>
        {neighboursOf(graph, thing.id).map(({ thing: other, link }) => (
          <li key={`${other.id} ${link.label}`}>
            {link.label}{' '}
            <button type="button" className="quiet" onClick={() => onChoose(other.id)}>
              {KIND_TEXT[other.kind]} {other.label}
            </button>{' '}
            <small>{shareText(link.weight)}</small>
          </li>
        ))}
      </ul>
      {thing.kind === 'account' && (
        <button
          type="button"
          onClick={() => {
            select(thing.id);
            goTo('risk');
          }}
        >
          Open the account ↗
        </button>
      )}
    </section>
  );
}
