import { useCallback, useEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import type { CaseDetail } from '#core/desk-api/case-calls.ts';
import type { AccountDetail } from '#core/sync/protocol.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';
import { ACCOUNTS_SHOWN, accountsByTrades } from './accounts.ts';
import {
  COMPARED_MAX,
  groupMatches,
  matchTrades,
  pairFigures,
  returnsOf,
  sharedTime,
  togetherness,
  tradesOf,
  type PairFigures,
  type Together,
  type Trade,
} from './compare.ts';
import { EquityLines } from './equity-lines.tsx';
import { Lanes } from './pictures/lanes.tsx';
import { shareText, spanText } from './words.ts';

const WINDOWS_MS = [500, 2_000, 10_000, 60_000, 600_000] as const;
/** Accounts that are chosen at first. */
const FIRST = 3;
/** Trades in the picture at most, the latest: more is a carpet. */
const DRAWN_MAX = 240;

interface Known {
  readonly accountId: string;
  readonly detail: AccountDetail;
  readonly trades: readonly Trade[];
}

/** Two or more accounts side by side: curves, trades aligned in time, and how far they go together. */
export function Compare({
  client,
  detail,
  theme,
}: {
  readonly client: RendererClient;
  readonly detail: CaseDetail;
  readonly theme: string;
}): ReactElement {
  const { linkedAccounts } = detail.row;
  const offered = useMemo(() => accountsByTrades(detail), [detail]);
  const [chosen, setChosen] = useState(() =>
    offered.filter((accountId) => !linkedAccounts.includes(accountId)).slice(0, FIRST),
  );
  const shown = [...new Set([...offered.slice(0, ACCOUNTS_SHOWN), ...chosen])];
  const others = offered.filter((accountId) => !shown.includes(accountId));
  const [withinMs, setWithinMs] = useState<number>(2_000);
  const { known, failures, retry } = useAccounts(client, chosen);
  const toggle = (accountId: string): void =>
    setChosen(
      chosen.includes(accountId)
        ? chosen.filter((one) => one !== accountId)
        : [...chosen, accountId].slice(-COMPARED_MAX),
    );
  return (
    <div className="compare">
      <p className="chips" role="group" aria-label="Accounts to compare">
        {shown.map((accountId) => (
          <button
            key={accountId}
            type="button"
            aria-pressed={chosen.includes(accountId)}
            onClick={() => toggle(accountId)}
          >
            {accountId}
            {linkedAccounts.includes(accountId) && <small> linked</small>}
          </button>
        ))}
        {others.length > 0 && (
          <select
            aria-label="Another account"
            value=""
            onChange={(event) => toggle(event.target.value)}
          >
            <option value="">{others.length} more…</option>
            {others.map((accountId) => (
              <option key={accountId} value={accountId}>
                {accountId}
                {linkedAccounts.includes(accountId) ? ' linked' : ''}
              </option>
            ))}
          </select>
        )}
      </p>
      {failures.map((failure) => (
        <p key={failure} className="failure">
          {failure}{' '}
          <button type="button" onClick={retry}>
            Try again
          </button>
        </p>
      ))}
      {chosen.length === 0 && <p className="quiet-text">Choose an account, or several.</p>}
      {known.length < chosen.length - failures.length && <p className="quiet-text">Reading…</p>}
      {known.length > 0 && <Curves known={known} theme={theme} />}
      {known.length > 0 && <Aligned known={known} withinMs={withinMs} onWithin={setWithinMs} />}
      {known.length > 1 && <Pairs known={known} withinMs={withinMs} />}
      {chosen.length === 1 && (
        <p className="quiet-text">Choose a second account to see how far they go together.</p>
      )}
    </div>
  );
}

/** Details of the accounts chosen, in their order, each read once. */
function useAccounts(
  client: RendererClient,
  chosen: readonly string[],
): {
  readonly known: readonly Known[];
  readonly failures: readonly string[];
  /** Asks again for those that could not be read. */
  retry(): void;
} {
  const [read, setRead] = useState<ReadonlyMap<string, Known | string>>(new Map());
  const [tries, setTries] = useState(0);
  const asked = useRef(new Set<string>());
  useEffect(() => {
    for (const accountId of chosen) {
      if (asked.current.has(accountId)) continue;
      asked.current.add(accountId);
      void client.call('account.detail', { accountId }).then((reply) => {
        const one: Known | string = reply.ok
          ? { accountId, detail: reply.value.detail, trades: tradesOf(reply.value.detail.deals) }
          : `${accountId}: ${reply.error.message}`;
        setRead((before) => new Map(before).set(accountId, one));
      });
    }
  }, [client, chosen, tries]);
  const retry = useCallback(() => {
    const failed = [...read].filter(([, one]) => typeof one === 'string');
    for (const [accountId] of failed) asked.current.delete(accountId);
    setRead(new Map([...read].filter(([, one]) => typeof one !== 'string')));
    setTries((before) => before + 1);
  }, [read]);
  return useMemo(() => {
    const all = chosen.flatMap((accountId) => read.get(accountId) ?? []);
    return {
      known: all.filter((one) => typeof one !== 'string'),
      failures: all.filter((one) => typeof one === 'string'),
      retry,
    };
  }, [chosen, read, retry]);
}

function Curves({
  known,
  theme,
}: {
  readonly known: readonly Known[];
  readonly theme: string;
}): ReactElement {
  const [asShare, setAsShare] = useState(true);
  const lines = useMemo(
    () =>
      known.map(({ accountId, detail }) => ({
        accountId,
        startBalance: detail.state.terms.startBalance,
        series: detail.series,
      })),
    [known],
  );
  return (
    <section>
      <h3>
        Equity{' '}
        <button type="button" aria-pressed={asShare} onClick={() => setAsShare(true)}>
          as a share of the start
        </button>{' '}
        <button type="button" aria-pressed={!asShare} onClick={() => setAsShare(false)}>
          as it is
        </button>
      </h3>
      <EquityLines lines={lines} asShare={asShare} theme={theme} />
    </section>
  );
}

function Aligned({
  known,
  withinMs,
  onWithin,
}: {
  readonly known: readonly Known[];
  readonly withinMs: number;
  readonly onWithin: (withinMs: number) => void;
}): ReactElement {
  const [matchedOnly, setMatchedOnly] = useState(true);
  const groups = useMemo(
    () =>
      groupMatches(
        known.map(({ trades }) => trades),
        withinMs,
      ),
    [known, withinMs],
  );
  const only = matchedOnly && groups.size > 0;
  const lanes = useMemo(() => {
    const all = known.flatMap(({ trades }) => trades).filter((trade) => !only || groups.has(trade));
    const from = [...all].sort((one, other) => other.openedAt - one.openedAt)[DRAWN_MAX]?.openedAt;
    return known.map(({ accountId, trades }) => ({
      accountId,
      trades: trades
        .filter((trade) => !only || groups.has(trade))
        .filter(({ openedAt }) => from === undefined || openedAt > from)
        .map((trade) => ({
          key: trade.positionId,
          openedAt: trade.openedAt,
          closedAt: trade.closedAt,
          side: trade.side,
          symbol: trade.symbol,
          profit: trade.profit,
          match: groups.get(trade) ?? 0,
        })),
    }));
  }, [known, groups, only]);
  return (
    <section>
      <h3>
        Trades aligned in time{' '}
        <label>
          matched within{' '}
          <select value={withinMs} onChange={(event) => onWithin(Number(event.target.value))}>
            {WINDOWS_MS.map((one) => (
              <option key={one} value={one}>
                {spanText(one)}
              </option>
            ))}
          </select>
        </label>{' '}
        <label>
          <input
            type="checkbox"
            checked={only}
            disabled={groups.size === 0}
            onChange={(event) => setMatchedOnly(event.target.checked)}
          />{' '}
          matched only
        </label>
      </h3>
      <Lanes
        lanes={lanes}
        label={known.length === 1 ? 'Its trades' : `Trades of ${known.length} accounts`}
      />
    </section>
  );
}

interface Pair extends PairFigures, Together {
  readonly one: string;
  readonly other: string;
}

function Pairs({
  known,
  withinMs,
}: {
  readonly known: readonly Known[];
  readonly withinMs: number;
}): ReactElement {
  const shared = useMemo(() => sharedTime(known.map(({ detail }) => detail.series)), [known]);
  const pairs = useMemo(() => pairsOf(known, withinMs), [known, withinMs]);
  const text = (share: number | null): string => (share === null ? '–' : shareText(share));
  return (
    <section>
      <h3>How far they go together</h3>
      <div className="scroll">
        <table>
          <TableHead
            columns={[
              'Pair',
              'Matched',
              'Same side',
              'Opposite',
              'Of their trades',
              'Median gap',
              'Matched profit taken back',
              'Returns correlate',
              'Returns taken back',
            ]}
          />
          <tbody>
            {pairs.map((pair) => (
              <tr key={`${pair.one} ${pair.other}`}>
                <th scope="row">
                  {pair.one} and {pair.other}
                </th>
                <td className="number">{pair.matched}</td>
                <td className="number">{pair.sameSide}</td>
                <td className="number">{pair.opposite}</td>
                <td className="number">
                  {text(pair.shareOfOne)} / {text(pair.shareOfOther)}
                </td>
                <td className="number">
                  {pair.medianGapMs === null ? '–' : spanText(pair.medianGapMs)}
                </td>
                <td className="number">{text(pair.mirrorOfTrades)}</td>
                <td className="number">
                  {pair.correlation === null ? '–' : `${pair.correlation} of 1,000`}
                </td>
                <td className="number">{text(pair.mirror)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="quiet-text">
        {shared === null
          ? 'These accounts share no stretch of time: returns cannot be compared.'
          : `Returns over stretches of ${spanText(shared.bucketMs)}, ` +
            `from ${dateTimeText(shared.from)} to ${dateTimeText(shared.to)} UTC. `}
        The same side at the same instant can be a public idea; a profit taken back is 100 % when
        each gain of one is a loss of the other.
      </p>
    </section>
  );
}

function pairsOf(known: readonly Known[], withinMs: number): Pair[] {
  return known.flatMap((one, at) =>
    known.slice(at + 1).map((other) => {
      const time = sharedTime([one.detail.series, other.detail.series]);
      const returns = (of: Known): (number | null)[] =>
        time === null ? [] : returnsOf(of.detail.series, time.from, time.to, time.bucketMs);
      const matches = matchTrades(one.trades, other.trades, withinMs);
      return {
        one: one.accountId,
        other: other.accountId,
        ...pairFigures(one.trades, other.trades, matches),
        ...togetherness(returns(one), returns(other)),
      };
    }),
  );
}
