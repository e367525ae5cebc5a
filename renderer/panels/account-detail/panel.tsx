import { Fragment, useEffect, useMemo, useState, type ReactElement } from 'react';
import { createMarketView } from '#core/accounts/market-view.ts';
import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import { groupedText, moneyText } from '#core/money/money.ts';
import { gaugeShare, gaugeText } from '#core/rules/sentence.ts';
import type { AccountDetail as Detail } from '#core/sync/protocol.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { usePreferences } from '#renderer/store/preferences.ts';
import { book, useSession } from '#renderer/store/session.ts';
import { cents, dateTimeText, percent, signedCents, zonesText } from '#renderer/ui/format.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';
import { EquityChart } from './chart.tsx';
import { PayoutNow } from './payout.tsx';
import { EvidenceList } from './evidence.tsx';
import { Life } from './life.tsx';
import { StandingLinks } from './standing-links.tsx';
import { WhatIf } from './what-if.tsx';

const REFRESH_MS = 5_000;
const TABS = ['Overview', 'What if', 'Evidence', 'Deals', 'Rules', 'Life'] as const;
type Tab = (typeof TABS)[number];

/** One account: where it stands, how it came there, and what would happen if. */
export function AccountDetail({
  client,
  accountId,
}: {
  readonly client: RendererClient;
  readonly accountId: string;
}): ReactElement {
  const select = useSession((session) => session.select);
  const version = useSession((session) => session.selectedVersion);
  const theme = usePreferences((preferences) => preferences.theme);
  const [tab, setTab] = useState<Tab>('Overview');
  const [loaded, setLoaded] = useState<DeskCallOutput<'account.detail'> | null>(null);
  const [failure, setFailure] = useState('');
  /** Raised when something was decided here: the account is read again at once. */
  const [decisions, setDecisions] = useState(0);
  useEffect(() => {
    let left = false;
    const load = async (): Promise<void> => {
      const result = await client.call('account.detail', { accountId });
      if (left) return;
      if (result.ok) setLoaded(result.value);
      setFailure(result.ok ? '' : result.error.message);
    };
    void load();
    const timer = setInterval(() => void load(), REFRESH_MS);
    return () => {
      left = true;
      clearInterval(timer);
    };
  }, [accountId, client, version, decisions]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const name = TABS[Number(event.key) - 1];
      if (!event.altKey || name === undefined) return;
      event.preventDefault();
      setTab(name);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  const detail = loaded?.detail.state.terms.accountId === accountId ? loaded.detail : null;
  return (
    <section className="panel detail" aria-label={`Account ${accountId}`}>
      <header className="panel-head">
        <h2>
          {detail?.state.terms.traderName ?? accountId} <small>{accountId}</small>
        </h2>
        {detail && <Terms detail={detail} />}
        {loaded?.source === 'cache' && (
          <span className="review">
            As this desk last saw it at {dateTimeText(loaded.asOf)} UTC
          </span>
        )}
        <span className="spacer" />
        <nav className="tabs" role="tablist">
          {TABS.map((name, at) => (
            <button
              key={name}
              type="button"
              role="tab"
              aria-selected={tab === name}
              title={`Alt+${at + 1}`}
              onClick={() => setTab(name)}
            >
              {name}
            </button>
          ))}
        </nav>
        <button
          type="button"
          className="quiet"
          aria-label="Close account"
          onClick={() => select(null)}
        >
          ✕
        </button>
      </header>
      <div className="detail-body">
        {failure !== '' && <p className="failure">{failure}</p>}
        {!detail && failure === '' && <p className="empty">Reading the account…</p>}
        {detail && tab === 'Overview' && <Overview detail={detail} theme={theme} />}
        {detail && tab === 'What if' && <WhatIf key={accountId} client={client} detail={detail} />}
        {detail && tab === 'Evidence' && (
          <EvidenceList
            client={client}
            accountId={accountId}
            verdicts={detail.verdicts}
            market={detail.state.market}
            zone={detail.state.ruleSet.dayClock.zone}
          />
        )}
        {detail && tab === 'Deals' && <Deals detail={detail} />}
        {detail && tab === 'Rules' && <Rules detail={detail} />}
        {detail && tab === 'Life' && (
          <Fragment key={accountId}>
            <Life
              client={client}
              detail={detail}
              onDecided={() => setDecisions((count) => count + 1)}
            />
            <StandingLinks client={client} accountId={accountId} />
          </Fragment>
        )}
      </div>
    </section>
  );
}

/** Under which rules the account trades, and which one it follows. */
function Terms({ detail }: { readonly detail: Detail }): ReactElement {
  const { program, phase, ruleSet, previousAccountId } = detail.state.terms;
  return (
    <span className="terms">
      {program.name} · {phase.name} · {ruleSet.ruleSetId} v{ruleSet.version}{' '}
      <code title={ruleSet.hash}>{ruleSet.hash.slice(0, 8)}</code>
      {previousAccountId && (
        <>
          {' '}
          after{' '}
          <button
            type="button"
            className="quiet"
            onClick={() => useSession.getState().select(previousAccountId)}
          >
            {previousAccountId}
          </button>
        </>
      )}
    </span>
  );
}

function Overview({
  detail,
  theme,
}: {
  readonly detail: Detail;
  readonly theme: string;
}): ReactElement {
  return (
    <div className="overview">
      <EquityChart detail={detail} theme={theme} />
      <aside>
        <LiveFigures number={detail.number} />
        <ul className="gauges">
          {detail.rules.map((rule) => (
            <li key={rule.ruleId}>
              <GaugeLine rule={rule} />
            </li>
          ))}
        </ul>
        {detail.payout && <PayoutNow payout={detail.payout} />}
        <h3>Open positions ({detail.state.positions.length})</h3>
        <Positions detail={detail} />
      </aside>
    </div>
  );
}

/** Equity and balance between two readings of the page, from the live rows. */
function LiveFigures({ number }: { readonly number: number }): ReactElement {
  const [, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTick((tick) => tick + 1), 250);
    return () => clearInterval(timer);
  }, []);
  const dayPnl = book.value(number, 'dayPnl');
  return (
    <dl className="figures">
      <div>
        <dt>Equity</dt>
        <dd>{cents(book.value(number, 'equity'))}</dd>
      </div>
      <div>
        <dt>Balance</dt>
        <dd>{cents(book.value(number, 'balance'))}</dd>
      </div>
      <div>
        <dt>Day P&L</dt>
        <dd className={dayPnl < 0 ? 'loss' : 'gain'}>{signedCents(dayPnl)}</dd>
      </div>
    </dl>
  );
}

function GaugeLine({ rule }: { readonly rule: Detail['rules'][number] }): ReactElement {
  const { gauge, latch } = rule;
  const share = gaugeShare(gauge);
  const drawn = Math.max(0, Math.min(1, share));
  const level =
    gauge.type !== 'floor'
      ? 'target'
      : drawn >= 0.9
        ? 'critical'
        : drawn >= 0.75
          ? 'serious'
          : drawn >= 0.5
            ? 'watch'
            : 'calm';
  const said = latch === 'none' ? '' : latch;
  return (
    <div title={rule.description}>
      <p>
        <b>{rule.title}</b> <span className={`latch latch-${latch}`}>{said}</span>
        <span className="number">
          {gauge.type === 'floor' && `${percent(drawn)} used`}
          {gauge.type !== 'floor' && gauge.type !== 'flags' && percent(Math.max(0, share))}
        </span>
      </p>
      {gauge.type !== 'flags' && (
        <span className="gauge">
          <i className={`bar bar-${level}`} style={{ transform: `scaleX(${drawn})` }} />
        </span>
      )}
      <p className="quiet-text">{gaugeText(gauge)}</p>
    </div>
  );
}

/** What is open, valued once a second by the prices that the feeds show. */
function Positions({ detail }: { readonly detail: Detail }): ReactElement {
  const feeds = useSession((session) => session.pulse?.feeds);
  const { terms, positions, protections } = detail.state;
  const market = useMemo(() => {
    const view = createMarketView(detail.state.market.map(({ instrument }) => instrument));
    for (const { instrument, bid, ask } of detail.state.market) {
      if (bid !== null && ask !== null) view.apply({ symbol: instrument.symbol, bid, ask });
    }
    for (const { symbol, bid, ask } of feeds ?? []) {
      if (bid !== null && ask !== null && view.instrument(symbol)) view.apply({ symbol, bid, ask });
    }
    return view;
  }, [detail, feeds]);
  const stops = new Map(protections);
  if (positions.length === 0) return <p className="empty">Nothing is open.</p>;
  return (
    <table>
      <TableHead columns={['Symbol', 'Side', 'Lots', 'Entry', 'Price', 'Stop', 'P&L']} />
      <tbody>
        {positions.map((position) => {
          const { positionId, symbol, side, volume, openValue } = position;
          const instrument = market.instrument(symbol);
          const quote = market.quote(symbol);
          const digits = instrument?.digits ?? 0;
          const price = side === 'buy' ? quote?.bid : quote?.ask;
          const stop = stops.get(positionId)?.stopLoss ?? null;
          const floating = market.floatingOf(position, terms);
          const inPrice = (points: number | null | undefined): string =>
            points === null || points === undefined ? '–' : groupedText(points, digits);
          return (
            <tr key={positionId}>
              <td>{symbol}</td>
              <td>{side}</td>
              <td className="number">{groupedText(volume, instrument?.volumeDecimals ?? 0)}</td>
              <td className="number">{inPrice(Math.round(openValue / volume))}</td>
              <td className="number">{inPrice(price)}</td>
              <td className="number">{inPrice(stop)}</td>
              <td className={floating < 0 ? 'number loss' : 'number gain'}>
                {signedCents(floating)}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Deals({ detail }: { readonly detail: Detail }): ReactElement {
  if (detail.deals.length === 0) return <p className="empty">No deals yet.</p>;
  const instrumentOf = new Map(
    detail.state.market.map(({ instrument }) => [instrument.symbol, instrument]),
  );
  return (
    <table className="wide">
      <TableHead
        columns={[
          'Time (UTC)',
          'Deal',
          'Position',
          'Symbol',
          'Side',
          'Entry',
          'Lots',
          'Price',
          'Profit',
          'Commission',
          'Swap',
        ]}
      />
      <tbody>
        {detail.deals.toReversed().map((deal) => {
          const instrument = instrumentOf.get(deal.symbol);
          return (
            <tr key={deal.dealId}>
              <td title={zonesText(deal.at, detail.state.ruleSet.dayClock.zone)}>
                {dateTimeText(deal.at)}
              </td>
              <td>{deal.dealId}</td>
              <td>{deal.positionId}</td>
              <td>{deal.symbol}</td>
              <td>{deal.side}</td>
              <td>{deal.entry}</td>
              <td className="number">
                {groupedText(deal.volume, instrument?.volumeDecimals ?? 0)}
              </td>
              <td className="number">{groupedText(deal.price, instrument?.digits ?? 0)}</td>
              <td className={`number ${deal.profit < 0 ? 'loss' : ''}`}>
                {deal.entry === 'out' ? moneyText(deal.profit) : ''}
              </td>
              <td className="number">{moneyText(deal.commission)}</td>
              <td className="number">{moneyText(deal.swap)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Rules({ detail }: { readonly detail: Detail }): ReactElement {
  return (
    <div className="rules">
      <p>
        {detail.state.ruleSet.name}: trading day turns at {detail.state.ruleSet.dayClock.rollOver}{' '}
        in {detail.state.ruleSet.dayClock.zone}.
      </p>
      <ol>
        {detail.rules.map((rule) => (
          <li key={rule.ruleId}>
            <b>{rule.title}.</b> {rule.description}
          </li>
        ))}
      </ol>
      <p className="quiet-text">
        {detail.state.terms.ruleSet.ruleSetId}, version {detail.state.terms.ruleSet.version},{' '}
        <code>{detail.state.terms.ruleSet.hash}</code>
      </p>
    </div>
  );
}
