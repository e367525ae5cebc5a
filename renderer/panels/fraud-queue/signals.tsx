import type { ReactElement } from 'react';
import type { CaseDetail } from '#core/desk-api/case-calls.ts';
import type { Figure, Signal } from '#core/fraud/signal.ts';
import { dateTimeText, instantText, signedCents } from '#renderer/ui/format.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';
import { words } from '#renderer/panels/programs/schema-form.tsx';
import { Histogram } from './pictures/histogram.tsx';
import { Lanes } from './pictures/lanes.tsx';
import { chanceText, figureText, lotsText, PATTERN_TEXT, spanText } from './words.ts';

type Seen = CaseDetail['signals'][number];

/** What detectors saw, strongest first, each with what speaks for the trader. */
export function Signals({ detail }: { readonly detail: CaseDetail }): ReactElement {
  const latest = detail.signals.filter((one) => one.latest);
  const replaced = detail.signals.filter((one) => !one.latest);
  return (
    <div className="signals">
      {latest.map((one) => (
        <SignalCard key={one.signal.signalId} seen={one} />
      ))}
      {replaced.length > 0 && (
        <details>
          <summary>{replaced.length} earlier revisions, replaced by those above</summary>
          {replaced.map(({ signal, title }) => (
            <p key={signal.signalId} className="quiet-text">
              {dateTimeText(signal.at)} {title}, revision {signal.revision}: {signal.sentence}
            </p>
          ))}
        </details>
      )}
    </div>
  );
}

function SignalCard({ seen }: { readonly seen: Seen }): ReactElement {
  const { signal, title, describes, honestReasons, counts, allowed, pattern } = seen;
  const headingId = `signal-${signal.signalId}`;
  return (
    <article className="signal" aria-labelledby={headingId}>
      <header>
        <h3 id={headingId}>{title}</h3>
        <Strength strength={signal.strength} />
        <span className="chance">{chanceText(signal.oneIn)}</span>
        {signal.mode === 'shadow' && <span className="tag">shadow: counts for nothing</span>}
        <span className="spacer" />
        <small title={describes}>
          {pattern === null ? '' : `${PATTERN_TEXT[pattern]} · `}
          {signal.detector} version {signal.detectorVersion}
          {signal.revision > 1 ? ` · revision ${signal.revision}` : ''}
        </small>
      </header>
      <p className="signal-sentence">{signal.sentence}</p>
      <p className="quiet-text">
        {dateTimeText(signal.fromAt)} to {dateTimeText(signal.at)} UTC ·{' '}
        {allowed === ''
          ? `counts ${counts} of 1,000 in the score`
          : `▲ counts for nothing: ${allowed}`}
      </p>
      <div className="signal-body">
        {signal.figures.length > 0 && <Figures figures={signal.figures} />}
        <PictureOf signal={signal} />
      </div>
      <p className="honest">
        <b>Who shows the same without having done anything.</b> {honestReasons}
      </p>
      {signal.trades.length > 0 && <TradeTable signal={signal} />}
    </article>
  );
}

/** Strength as a bar and a number of a thousand. */
function Strength({ strength }: { readonly strength: number }): ReactElement {
  return (
    <span className="strength" title="How strongly it speaks, of 1,000: no chance and no verdict">
      <i style={{ width: `${strength / 10}%` }} />
      <span>strength {strength} of 1,000</span>
    </span>
  );
}

function Figures({ figures }: { readonly figures: readonly Figure[] }): ReactElement {
  return (
    <table className="figure-table">
      <TableHead columns={['Measured', 'Value', 'Counts from']} />
      <tbody>
        {figures.map(({ name, unit, value, limit }) => (
          <tr key={name}>
            <th scope="row">{words(name)}</th>
            <td className="number">
              <b>{figureText(unit, value)}</b>
            </td>
            <td className="number">{limit === null ? '–' : figureText(unit, limit)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function PictureOf({ signal }: { readonly signal: Signal }): ReactElement | null {
  const { picture } = signal;
  if (picture.type === 'histogram') return <Histogram picture={picture} />;
  if (picture.type === 'graph') {
    const shared = picture.nodes.filter(({ kind }) => kind !== 'trader' && kind !== 'account');
    return (
      <p className="quiet-text">
        {picture.nodes.length} things and {picture.edges.length} links, {shared.length} of them
        devices, networks and papers: drawn under Links (Alt+3).
      </p>
    );
  }
  if (signal.trades.length === 0) return null;
  const accounts = [...new Set(signal.trades.map(({ accountId }) => accountId))];
  return (
    <Lanes
      label={
        accounts.length === 1
          ? 'Its trades in time'
          : `Trades of ${accounts.length} accounts, aligned in time`
      }
      lanes={accounts.map((accountId) => ({
        accountId,
        trades: signal.trades
          .filter((trade) => trade.accountId === accountId)
          .map((trade) => ({
            key: trade.positionId,
            openedAt: trade.openedAt,
            closedAt: trade.closedAt,
            match: trade.match,
            side: trade.side,
            profit: trade.profit,
            symbol: trade.symbol,
          })),
      }))}
    />
  );
}

/** The same trades as a table, matched ones beneath each other with their distance in time. */
function TradeTable({ signal }: { readonly signal: Signal }): ReactElement {
  const trades = [...signal.trades].sort(
    (one, other) => one.match - other.match || one.openedAt - other.openedAt,
  );
  const firstOf = new Map<number, number>();
  for (const { match, openedAt } of trades) {
    if (match > 0 && !firstOf.has(match)) firstOf.set(match, openedAt);
  }
  return (
    <details>
      <summary>
        {trades.length} trades as a table
        {firstOf.size > 0 && `, ${firstOf.size} matched ${firstOf.size === 1 ? 'group' : 'groups'}`}
      </summary>
      <div className="scroll">
        <table>
          <TableHead
            columns={[
              'Match',
              'Account',
              'Position',
              'Symbol',
              'Side',
              'Size',
              'Opened',
              'After',
              'Held',
              'Profit',
            ]}
          />
          <tbody>
            {trades.map((trade) => {
              const first = firstOf.get(trade.match);
              const after = first === undefined ? null : trade.openedAt - first;
              return (
                <tr key={`${trade.accountId} ${trade.positionId}`}>
                  <td>{trade.match === 0 ? '' : `#${trade.match}`}</td>
                  <td>{trade.accountId}</td>
                  <td>{trade.positionId}</td>
                  <td>{trade.symbol}</td>
                  <td>{trade.side}</td>
                  <td className="number">{lotsText(trade.lots)}</td>
                  <td>{instantText(trade.openedAt)}</td>
                  <td className="number">{after === null || after === 0 ? '' : `+${after} ms`}</td>
                  <td className="number">
                    {trade.closedAt === null ? 'open' : spanText(trade.closedAt - trade.openedAt)}
                  </td>
                  <td className={`number ${(trade.profit ?? 0) < 0 ? 'loss' : 'gain'}`}>
                    {trade.profit === null ? '' : signedCents(trade.profit)}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** The score of a case, with what it came from: never alone. */
export function ScoreLine({ detail }: { readonly detail: CaseDetail }): ReactElement {
  const { row, signals } = detail;
  const latest = signals.filter((one) => one.latest);
  const rarest = Math.max(0, ...latest.map(({ signal }) => signal.oneIn ?? 0));
  return (
    <p className="score-line">
      <span className="strength score" title="From its signals: no probability of guilt">
        <i style={{ width: `${row.score / 10}%` }} />
        <span>score {row.score} of 1,000</span>
      </span>{' '}
      from {latest.length} {latest.length === 1 ? 'signal' : 'signals'} of {row.detectors.length}{' '}
      {row.detectors.length === 1 ? 'detector' : 'detectors'}
      {rarest > 0 && <b> · the rarest {chanceText(rarest)}</b>}
      {latest.some(({ allowed }) => allowed !== '') && ' · some count for nothing, by an allowance'}
    </p>
  );
}
