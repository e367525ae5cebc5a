import { useCallback, useEffect, useState, type ReactElement } from 'react';
import type { DeskCallInput, DeskCallOutput } from '#core/desk-api/contract.ts';
import { MESSAGE_STATES, type DeliveryLine } from '#core/sync/alert-questions.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { nameOf, useNames } from '#renderer/store/names.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';
import { CHANNEL_TEXT, STATE_TEXT, targetWords } from './words.ts';

const PAGE = 100;
/** What is on its way changes by itself. */
const READ_EVERY_MS = 3_000;

type Wanted = DeskCallInput<'alerts.deliveries'>;
type Found = DeskCallOutput<'alerts.deliveries'>;

/** What was sent to whom, what waits and why, and what was given up. */
export function Deliveries({ client }: { readonly client: RendererClient }): ReactElement {
  const [state, setState] = useState<Wanted['state']>('any');
  const [pages, setPages] = useState(1);
  const [found, setFound] = useState<Found | string | null>(null);
  const [said, setSaid] = useState('');
  const read = useCallback(async (): Promise<void> => {
    let before: Wanted['before'] = null;
    let lines: readonly DeliveryLine[] = [];
    for (let page = 0; page < pages; page += 1) {
      const reply = await client.call('alerts.deliveries', { state, before, limit: PAGE });
      if (!reply.ok) return setFound(reply.error.message);
      lines = [...lines, ...reply.value.lines];
      const last = lines.at(-1);
      setFound({ ...reply.value, lines: [...lines] });
      if (!reply.value.more || !last) return;
      before = { at: last.at, id: last.id };
    }
  }, [client, state, pages]);
  useEffect(() => {
    void read();
    const timer = setInterval(() => void read(), READ_EVERY_MS);
    return () => clearInterval(timer);
  }, [read]);
  const retry = (id: string): void =>
    void client.call('alerts.retry', { id }).then((reply) => {
      setSaid(reply.ok ? 'It is tried again now.' : reply.error.message);
      void read();
    });
  const ruleNames = useRuleNames(client);
  if (found === null) return <p className="empty">Reading…</p>;
  if (typeof found === 'string') return <p className="failure">{found}</p>;
  return (
    <>
      <div className="toolbar" role="group" aria-label="State">
        {(['any', ...MESSAGE_STATES] as const).map((choice) => (
          <button
            key={choice}
            type="button"
            aria-pressed={state === choice}
            onClick={() => {
              setPages(1);
              setState(choice);
            }}
          >
            {choice === 'any' ? 'All' : STATE_TEXT[choice]}{' '}
            {choice !== 'any' && found.counts[choice].toLocaleString('en')}
          </button>
        ))}
        <span role="status">{said}</span>
      </div>
      <div className="scroll" role="region" aria-label="Messages" tabIndex={0}>
        {found.lines.length === 0 && (
          <p className="empty">
            {state === 'any'
              ? 'Nothing has left this server yet. Rules that tell by mail or webhook make messages.'
              : 'Nothing is in this state.'}
          </p>
        )}
        {found.lines.length > 0 && (
          <DeliveryTable lines={found.lines} ruleNames={ruleNames} onRetry={retry} />
        )}
        {found.more && (
          <button type="button" onClick={() => setPages(pages + 1)}>
            Show older
          </button>
        )}
      </div>
    </>
  );
}

/** What the rules are called by now; one that is gone keeps its id. */
function useRuleNames(client: RendererClient): ReadonlyMap<string, string> {
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    void client.call('alerts.rules', {}).then((reply) => {
      if (!reply.ok) return;
      setNames(new Map(reply.value.rules.rules.map(({ ruleId, name }) => [ruleId, name])));
    });
  }, [client]);
  return names;
}

function DeliveryTable({
  lines,
  ruleNames,
  onRetry,
}: {
  readonly lines: readonly DeliveryLine[];
  readonly ruleNames: ReadonlyMap<string, string>;
  readonly onRetry: (id: string) => void;
}): ReactElement {
  const names = useNames();
  return (
    <table className="deliveries">
      <TableHead
        columns={[
          'Made (UTC)',
          'State',
          'To',
          'What',
          'By rule',
          'Tried',
          'Why, and what next',
          '',
        ]}
      />
      <tbody>
        {lines.map((line) => (
          <tr key={line.id} className={`delivery-${line.state}`}>
            <td className="when">{dateTimeText(line.at)}</td>
            <td className="state">{STATE_TEXT[line.state]}</td>
            <td>
              {targetWords(line.target, (id) => nameOf(names, id))} {CHANNEL_TEXT[line.channel]}
              <small>{line.address}</small>
            </td>
            <td>{line.subject}</td>
            <td>
              {line.rules.map((ruleId) => ruleNames.get(ruleId) ?? ruleId).join(', ')}
              {line.level > 0 && <small>step {line.level}</small>}
            </td>
            <td className="number">{line.attempts === 0 ? '' : line.attempts}</td>
            <td>
              {line.why}
              {nextText(line)}
            </td>
            <td>
              {(line.state === 'givenUp' || line.state === 'retry') && (
                <button type="button" onClick={() => onRetry(line.id)}>
                  Try now
                </button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function nextText({ state, nextAt, sentAt }: DeliveryLine): ReactElement | null {
  if (state === 'sent' && sentAt !== null) return <small>at {dateTimeText(sentAt)}</small>;
  if (nextAt === null) return null;
  return (
    <small>
      {state === 'retry' ? 'tried again' : 'leaves'} at {dateTimeText(nextAt)}
    </small>
  );
}
