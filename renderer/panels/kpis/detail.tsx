import { useEffect, useState, type ReactElement } from 'react';
import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import { kpiCsv } from '#core/kpi/export.ts';
import type { KpiCard } from '#core/kpi/answers.ts';
import { figureText } from '#core/kpi/words.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { goTo } from '#renderer/store/place.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import { saveText } from '#renderer/ui/save.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';
import { Goal } from './goal.tsx';
import { useKpiDetail, type Looked } from './reading.ts';
import { Rows } from './rows.tsx';
import { Trend } from './trend.tsx';
import {
  baselineWords,
  deltaWords,
  intervalWords,
  periodTitle,
  sampleWords,
  verdictClass,
} from './words.ts';

/** One number whole: its words, its trend, its parts, and every matter behind it. */
export function Detail({
  client,
  kpiId,
  looked,
  goals,
}: {
  readonly client: RendererClient;
  readonly kpiId: string;
  readonly looked: Looked;
  readonly goals: DeskCallOutput<'kpi.list'>['goals'];
}): ReactElement {
  const { value, failure } = useKpiDetail(client, kpiId, looked);
  if (!value) return <p className={failure ? 'failure' : 'empty'}>{failure || 'Reading it…'}</p>;
  const { card, seq } = value;
  const { currency } = goals;
  const name = `${kpiId}-${dateTimeText(value.asOf).slice(0, 10)}`;
  return (
    <article className="kpi-detail" aria-label={card.title}>
      <header className="panel-head">
        <button type="button" onClick={() => goTo('kpis')}>
          ← All numbers (Esc)
        </button>
        <h2>{card.title}</h2>
        <span className="spacer" />
        <button
          type="button"
          onClick={() => saveText(`${name}.csv`, kpiCsv({ kpis: [card], goals }))}
        >
          CSV
        </button>
        <button
          type="button"
          onClick={() => saveText(`${name}.json`, JSON.stringify(card, null, 2))}
        >
          JSON
        </button>
      </header>
      {failure !== '' && <p className="failure">{failure}</p>}
      <p className="kpi-big">
        <strong>{figureText(card.unit, card.value, currency)}</strong>{' '}
        {card.others.map(({ name: other, value: ms }) => (
          <span key={other}>
            {other} {figureText(card.unit, ms, currency)}{' '}
          </span>
        ))}
        <span className={verdictClass(card)}>{deltaWords(card, currency)}</span>
      </p>
      <p className="kpi-describes">{card.describes}</p>
      <Facts card={card} currency={currency} seq={seq} looked={looked} />
      <Goal client={client} card={card} goals={goals} />
      <Trend card={card} currency={currency} />
      <Parts card={card} currency={currency} />
      <Rows client={client} card={card} looked={looked} />
      <Replay client={client} card={card} looked={looked} />
    </article>
  );
}

function Facts(props: {
  readonly card: KpiCard;
  readonly currency: string;
  readonly seq: number;
  readonly looked: Looked;
}): ReactElement {
  const { card, currency, seq, looked } = props;
  const pairs: readonly (readonly [string, string])[] = [
    ['Period', `${periodTitle(looked.period)}, up to ${dateTimeText(card.window.until)} UTC`],
    ['Rests on', `${sampleWords(card)}, told by ${card.facts} entries of the log`],
    ['Holds in 95 of 100', intervalWords(card) || 'all there was is counted, or too little'],
    ['Before', baselineWords(card, currency)],
    ['Left out', card.leftOut.map(({ says, count }) => `${count} ${says}`).join('; ') || 'nothing'],
    ['Better is', card.better === 'neither' ? 'neither more nor less' : card.better],
    ['Computed from', `${card.from.join(', ')}; up to entry ${seq}`],
    ['Method', card.method],
  ];
  const exposure = card.exposure === null ? [] : [['On', String(card.exposure)] as const];
  return (
    <dl className="pairs kpi-pairs">
      {[...pairs, ...exposure].map(([name, text]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

function Parts({
  card,
  currency,
}: {
  readonly card: KpiCard;
  readonly currency: string;
}): ReactElement | null {
  const names = [...new Set(card.parts.map(({ by }) => by))];
  if (names.length === 0) return null;
  return (
    <section className="kpi-parts" aria-label="Parts">
      {names.map((by) => (
        <table key={by}>
          <caption>By {by}</caption>
          <TableHead columns={[by, 'Value', '95 of 100', 'Sample', 'Share']} />
          <tbody>
            {card.parts
              .filter((part) => part.by === by)
              .map((part) => (
                <tr key={part.key}>
                  <th scope="row">{part.key}</th>
                  <td className="number">{figureText(card.unit, part.value, currency)}</td>
                  <td className="number">
                    {part.low === null && part.high === null
                      ? `${figureText('ppm', part.shareLow)} … ${figureText('ppm', part.shareHigh)}`
                      : `${figureText(card.unit, part.low)} … ${figureText(card.unit, part.high)}`}
                  </td>
                  <td className="number">{part.sample}</td>
                  <td className="number">{figureText('ppm', part.share)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      ))}
    </section>
  );
}

const LOOK_EVERY_MS = 400;

/** Computes it again from the first entry of the log, and says whether it comes to the same. */
function Replay({
  client,
  card,
  looked,
}: {
  readonly client: RendererClient;
  readonly card: KpiCard;
  readonly looked: Looked;
}): ReactElement {
  const [runId, setRunId] = useState<string | null>(null);
  const [state, setState] = useState<DeskCallOutput<'kpi.replayState'> | null>(null);
  const [asked, setAsked] = useState(card);
  const [failure, setFailure] = useState('');
  useEffect(() => {
    if (runId === null) return;
    const timer = setInterval(() => {
      void client.call('kpi.replayState', { runId }).then((reply) => {
        if (!reply.ok) return setFailure(reply.error.message);
        setState(reply.value);
        if (reply.value.type !== 'running') setRunId(null);
      });
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [client, runId]);
  const start = async (): Promise<void> => {
    setFailure('');
    setState(null);
    setAsked(card);
    const { until } = card.window;
    const reply = await client.call('kpi.replay', { period: looked.period, until });
    if (reply.ok) setRunId(reply.value.runId);
    else setFailure(reply.error.message);
  };
  const cancel = (): void => {
    if (runId !== null) void client.call('kpi.replayCancel', { runId });
    setRunId(null);
    setState(null);
  };
  return (
    <section className="kpi-replay" aria-label="Proof">
      <h3>Is it true?</h3>
      <p>
        The server reads the log again from its first entry up to {dateTimeText(card.window.until)}{' '}
        UTC and computes everything from nothing.
      </p>
      {runId === null ? (
        <button type="button" onClick={() => void start()}>
          Compute it again
        </button>
      ) : (
        <button type="button" onClick={cancel}>
          Cancel
        </button>
      )}
      <p role="status">
        {failure}
        {runId !== null && progressWords(state)}
        {state?.type === 'failed' && state.message}
        {state?.type === 'done' && sameWords(state, asked)}
      </p>
    </section>
  );
}

function progressWords(state: DeskCallOutput<'kpi.replayState'> | null): string {
  return state?.type === 'running' ? `${state.facts} of ${state.ofFacts} entries` : 'Beginning…';
}

function sameWords(
  { list, seconds }: Extract<DeskCallOutput<'kpi.replayState'>, { type: 'done' }>,
  asked: KpiCard,
): string {
  const again = list.kpis.find(({ kpiId }) => kpiId === asked.kpiId);
  const isSame = again?.value === asked.value && again?.sample === asked.sample;
  const took = `${list.seq} entries in ${seconds.toFixed(1)} s`;
  if (isSame) return `✔ The same, from ${took}.`;
  return `✖ It comes to ${figureText(asked.unit, again?.value ?? null)} from ${took}: tell your administrator.`;
}
