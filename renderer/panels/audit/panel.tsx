import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { parseFact, type Fact } from '#core/facts/registry.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { usePlace } from '#renderer/store/place.ts';
import { useSession } from '#renderer/store/session.ts';
import { instantText } from '#renderer/ui/format.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';
import { wordsOf } from './words.ts';

const PAGE = 100;

/** Who did what, when and why: every entry of the log, each with its proof. */
export function Audit({ client }: { readonly client: RendererClient }): ReactElement {
  const [, chosen] = usePlace();
  const live = useSession((session) => session.connection?.state === 'live');
  const [filter, setFilter] = useState({
    actor: '',
    accountId: '',
    kind: '',
    byPeople: chosen === undefined,
  });
  const [facts, setFacts] = useState<readonly Fact[] | string>([]);
  const [ended, setEnded] = useState(false);
  const [open, setOpen] = useState<number | null>(chosen === undefined ? null : Number(chosen));
  const read = useCallback(
    async (before: number | null, earlier: readonly Fact[]): Promise<void> => {
      const reply = await client.call('audit.list', {
        actor: filter.actor.trim() || null,
        accountId: filter.accountId.trim() || null,
        kind: filter.kind.trim() || null,
        byPeople: filter.byPeople,
        beforeSeq: before,
        limit: PAGE,
      });
      if (!reply.ok) return setFacts(reply.error.message);
      const found = reply.value.facts.flatMap((input) => {
        const fact = parseFact(input);
        return fact.ok ? [fact.value] : [];
      });
      setEnded(found.length < PAGE);
      setFacts([...earlier, ...found]);
    },
    [client, filter],
  );
  useEffect(() => {
    const from = chosen === undefined ? null : Number(chosen) + 1;
    const timer = setTimeout(() => void read(from, []), 250);
    return () => clearTimeout(timer);
  }, [read, chosen, live]);
  const field = (name: 'actor' | 'accountId' | 'kind', label: string): ReactElement => (
    <input
      type="search"
      placeholder={label}
      aria-label={label}
      value={filter[name]}
      onChange={(event) => setFilter({ ...filter, [name]: event.target.value })}
    />
  );
  return (
    <section className="panel audit" aria-label="Audit log">
      <div className="toolbar">
        {field('actor', 'Who (id)')}
        {field('accountId', 'Account')}
        {field('kind', 'Kind, for example decisionReceived')}
        <button
          type="button"
          aria-pressed={filter.byPeople}
          onClick={() => setFilter({ ...filter, byPeople: !filter.byPeople })}
        >
          Only what people did
        </button>
      </div>
      {typeof facts === 'string' ? (
        <p className="failure">{facts}</p>
      ) : (
        <div className="scroll">
          <table className="audit-table">
            <TableHead columns={['Entry', 'Recorded (UTC)', 'Who', 'What', 'Why', 'Proof']} />
            <tbody>
              {facts.map((fact) => (
                <Line
                  key={fact.envelope.seq}
                  client={client}
                  fact={fact}
                  open={open === fact.envelope.seq}
                  onOpen={() => setOpen(open === fact.envelope.seq ? null : fact.envelope.seq)}
                />
              ))}
            </tbody>
          </table>
          {facts.length === 0 && <p className="empty">Nothing fits. Clear a filter to see more.</p>}
          {facts.length > 0 && !ended && (
            <button
              type="button"
              onClick={() => void read(facts.at(-1)?.envelope.seq ?? null, facts)}
            >
              Show older
            </button>
          )}
        </div>
      )}
    </section>
  );
}

function Line({
  client,
  fact,
  open,
  onOpen,
}: {
  readonly client: RendererClient;
  readonly fact: Fact;
  readonly open: boolean;
  readonly onOpen: () => void;
}): ReactElement {
  const { envelope } = fact;
  const { what, why } = wordsOf(fact);
  return (
    <>
      <tr>
        <td className="number">{envelope.seq}</td>
        <td>{instantText(envelope.recordedAt)}</td>
        <td>
          {envelope.actor.id} <small>{envelope.actor.type}</small>
        </td>
        <td>{what}</td>
        <td>{why}</td>
        <td>
          <button type="button" aria-expanded={open} onClick={onOpen}>
            {open ? 'Hide' : 'Prove'}
          </button>
        </td>
      </tr>
      {open && (
        <tr>
          <td />
          <td colSpan={5}>
            <Proof client={client} fact={fact} />
          </td>
        </tr>
      )}
    </>
  );
}

function Proof({
  client,
  fact,
}: {
  readonly client: RendererClient;
  readonly fact: Fact;
}): ReactElement {
  const [proof, setProof] = useState<DeskCallOutput<'audit.proof'> | string | null>(null);
  const { seq } = fact.envelope;
  useEffect(() => {
    void client
      .call('audit.proof', { seq })
      .then((reply) => setProof(reply.ok ? reply.value : reply.error.message));
  }, [client, seq]);
  return (
    <div className="proof">
      {proof === null && <p>Walking the proof…</p>}
      {typeof proof === 'string' && <p className="failure">{proof}</p>}
      {proof !== null && typeof proof === 'object' && (
        <>
          <p className={proof.verified ? 'gain' : 'loss'}>
            {proof.verified ? '✔' : '✖'} {proof.says}
          </p>
          <dl className="pairs">
            <div>
              <dt>Leaf</dt>
              <dd>
                <code>{proof.leaf}</code>
              </dd>
            </div>
            <div>
              <dt>Root of {proof.size}</dt>
              <dd>
                <code>{proof.root}</code>
              </dd>
            </div>
          </dl>
        </>
      )}
      <pre className="signed-text">{canonicalText(fact.data)}</pre>
    </div>
  );
}
