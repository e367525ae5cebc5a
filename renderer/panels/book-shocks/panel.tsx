import { useState, type ReactElement } from 'react';
import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import type { Shock } from '#core/what-if/book-shock.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { goTo } from '#renderer/store/place.ts';
import { book, useSession } from '#renderer/store/session.ts';
import { cents, dateTimeText } from '#renderer/ui/format.ts';
import { saveText } from '#renderer/ui/save.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';

const PPM_PER_PERCENT = 10_000;
/** Steps of a ladder, from the full move down to its opposite. */
const LADDER_STEPS = 20;

type Answer = DeskCallOutput<'book.shock'>;

/**
 * The largest fall of each mid price within the minute that began with the release of 2 May 2014,
 * 12:30:00 UTC, against the last price before it: OANDA's ticks of that day, in percent.
 */
const PAYROLLS = { XAUUSD: '-0.9509', EURUSD: '-0.3466', NZDUSD: '-0.7209' } as const;

/** What a sudden move of prices would do to everybody at once. */
export function BookShocks({ client }: { readonly client: RendererClient }): ReactElement {
  const feeds = useSession((session) => session.pulse?.feeds ?? []);
  const [moves, setMoves] = useState<Readonly<Record<string, string>>>({});
  const [answer, setAnswer] = useState<Answer | string | null>(null);
  const [busy, setBusy] = useState(false);
  const shocks = ladderOf(moves);
  const run = (): void => {
    setBusy(true);
    void client
      .call('book.shock', { shocks })
      .then((reply) => setAnswer(reply.ok ? reply.value : reply.error.message))
      .finally(() => setBusy(false));
  };
  return (
    <div className="shocks">
      <section className="panel">
        <header className="panel-head">
          <h2>Move prices</h2>
        </header>
        <form
          className="shock-form"
          onSubmit={(event) => {
            event.preventDefault();
            run();
          }}
        >
          <p className="quiet-text">
            In percent, all at once. The ladder tries {LADDER_STEPS} steps from this move to its
            opposite.
          </p>
          {feeds.map(({ symbol }) => (
            <p className="field" key={symbol}>
              <label htmlFor={`move-${symbol}`}>{symbol}</label>
              <input
                id={`move-${symbol}`}
                inputMode="decimal"
                placeholder="0"
                value={moves[symbol] ?? ''}
                onChange={(event) => setMoves({ ...moves, [symbol]: event.target.value })}
              />
            </p>
          ))}
          <p>
            <button type="submit" className="primary" disabled={busy || shocks.length === 0}>
              {busy ? 'Working…' : 'What if?'}
            </button>{' '}
            <button type="button" onClick={() => setMoves({})}>
              Clear
            </button>{' '}
            <button
              type="button"
              title="The worst of the first minute, as recorded"
              onClick={() => setMoves(PAYROLLS)}
            >
              Payrolls of 2 May 2014
            </button>
          </p>
        </form>
      </section>
      <section className="panel shock-answer">
        <header className="panel-head">
          <h2>The whole book</h2>
          {typeof answer === 'object' && answer && (
            <span className="quiet-text">
              {answer.results[0]?.accounts.toLocaleString('en')} accounts as of{' '}
              {dateTimeText(answer.asOf)}, {answer.results.length} scenarios in{' '}
              {answer.milliseconds.toFixed(0)} ms on this desk
            </span>
          )}
        </header>
        <div className="shock-body">
          {answer === null && (
            <p className="empty">
              Give one or more moves, for example -1 for the symbol most traders hold.
            </p>
          )}
          {typeof answer === 'string' && <p className="failure">{answer}</p>}
          {typeof answer === 'object' && answer && <AnswerView answer={answer} />}
        </div>
      </section>
    </div>
  );
}

function ladderOf(moves: Readonly<Record<string, string>>): Shock[] {
  const wanted = Object.entries(moves).flatMap(([symbol, text]) => {
    const percent = Number(text.replace(',', '.'));
    return text.trim() === '' || !Number.isFinite(percent) || percent === 0
      ? []
      : [{ symbol, percent }];
  });
  if (wanted.length === 0) return [];
  return Array.from({ length: LADDER_STEPS + 1 }, (_unused, step) => {
    const share = 1 - (2 * step) / LADDER_STEPS;
    const name = wanted.map(({ symbol, percent }) => `${symbol} ${(percent * share).toFixed(2)} %`);
    return {
      name: name.join(', ').slice(0, 80),
      moves: wanted.map(({ symbol, percent }) => ({
        symbol,
        ppm: Math.round(percent * share * PPM_PER_PERCENT),
      })),
    };
  });
}

function AnswerView({ answer }: { readonly answer: Answer }): ReactElement {
  const [chosen, setChosen] = useState(0);
  const most = Math.max(1, ...answer.results.map(({ failed, paused }) => failed + paused));
  const result = answer.results[Math.min(chosen, answer.results.length - 1)];
  if (!result) return <p className="empty">Nothing came back.</p>;
  return (
    <>
      <table className="ladder" aria-label="Scenarios">
        <TableHead
          columns={[
            'Scenario',
            'Fail',
            'Pause',
            'Warned',
            'Traders gain',
            'Payable profit lost',
            'Fail and pause',
          ]}
        />
        <tbody>
          {answer.results.map((one, at) => (
            <tr
              key={one.name}
              aria-selected={at === chosen}
              tabIndex={0}
              onClick={() => setChosen(at)}
              onKeyDown={(event) => event.key === 'Enter' && setChosen(at)}
            >
              <th scope="row">{one.name}</th>
              <td className="number">{one.failed}</td>
              <td className="number">{one.paused}</td>
              <td className="number">{one.warned}</td>
              <td className={one.pnl < 0 ? 'number loss' : 'number gain'}>
                {cents(Math.round(one.pnl))}
              </td>
              <td className="number" title={`of ${cents(Math.round(one.payable))}`}>
                {cents(Math.round(one.payableLost))}
              </td>
              <td>
                <span
                  className="bar-line"
                  style={{ width: `${(100 * (one.failed + one.paused)) / most}%` }}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <h3>{result.name}</h3>
      <div className="columns">
        <table>
          <TableHead columns={['Program', 'Accounts', 'Fail', 'Pause']} />
          <tbody>
            {[...result.byProgram]
              .sort((one, other) => other.failed - one.failed || other.paused - one.paused)
              .map(({ program, accounts, failed, paused }) => (
                <tr key={program}>
                  <th scope="row">{program}</th>
                  <td className="number">{accounts}</td>
                  <td className="number">{failed}</td>
                  <td className="number">{paused}</td>
                </tr>
              ))}
          </tbody>
        </table>
        <table>
          <TableHead
            columns={[
              'Symbol',
              'Traders net, per point',
              'Gross, per point',
              'Traders gain',
              'Fail on it',
            ]}
          />
          <tbody>
            {result.bySymbol.map(({ symbol, netPerPoint, grossPerPoint, pnl, failed }) => (
              <tr key={symbol}>
                <th scope="row">{symbol}</th>
                <td className="number">{cents(Math.round(netPerPoint))}</td>
                <td className="number">{cents(Math.round(grossPerPoint))}</td>
                <td className={pnl < 0 ? 'number loss' : 'number gain'}>
                  {cents(Math.round(pnl))}
                </td>
                <td className="number">{failed}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <h3>Most fragile accounts</h3>
      <p>
        <button type="button" onClick={() => saveText('fragile.csv', fragileCsv(answer))}>
          CSV
        </button>
      </p>
      <table>
        <TableHead columns={['Account', 'Breaks when', 'moves by', 'Headroom']} />
        <tbody>
          {answer.fragile.slice(0, 50).map(({ number, symbol, ppm, headroom }) => {
            const terms = book.accounts[number]?.terms;
            return (
              <tr key={number}>
                <th scope="row">
                  <button
                    type="button"
                    className="quiet"
                    onClick={() => {
                      useSession.getState().select(terms?.accountId ?? null);
                      goTo('risk');
                    }}
                  >
                    {terms?.traderName ?? number} <small>{terms?.accountId}</small>
                  </button>
                </th>
                <td>{symbol}</td>
                <td className="number">{(ppm / PPM_PER_PERCENT).toFixed(3)} %</td>
                <td className="number">{cents(Math.round(headroom))}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}

function fragileCsv(answer: Answer): string {
  const lines = answer.fragile.map(({ number, symbol, ppm, headroom }) =>
    [
      book.accounts[number]?.terms.accountId ?? number,
      symbol,
      ppm / PPM_PER_PERCENT,
      headroom / 10_000,
    ].join(','),
  );
  return ['account,symbol,percent,headroom', ...lines].join('\n');
}
