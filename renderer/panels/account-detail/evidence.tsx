import { nameOf, useNames } from '#renderer/store/names.ts';
import { useState, type ReactElement } from 'react';
import { parseFact, type Fact } from '#core/facts/registry.ts';
import { groupedText, moneyText } from '#core/money/money.ts';
import { counterfactualOf } from '#core/rules/counterfactual.ts';
import { figureText, verdictSentence } from '#core/rules/sentence.ts';
import type { AccountDetail } from '#core/sync/protocol.ts';
import { dateTimeText, instantText, zonesText } from '#renderer/ui/format.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { PackButton } from './pack-button.tsx';
import { TableHead } from '#renderer/ui/table-head.tsx';

type Verdict = Extract<
  Fact,
  { kind: 'warningRaised' | 'breachDetected' | 'conductFlagged' | 'objectiveMet' | 'objectiveLost' }
>;

/** Instruments of the account, for what evidence keeps in points and smallest volumes. */
type Market = AccountDetail['state']['market'];

/** Every verdict of an account with the evidence it carries: enough to check it by hand. */
export function EvidenceList({
  client,
  accountId,
  verdicts,
  market,
  zone,
}: {
  readonly client: RendererClient;
  readonly accountId: string;
  readonly verdicts: readonly unknown[];
  readonly market: Market;
  /** Where the rule set has its day. */
  readonly zone: string;
}): ReactElement {
  const facts = verdicts
    .map((input) => parseFact(input))
    .flatMap((parsed) => (parsed.ok ? [parsed.value] : []));
  if (facts.length === 0) return <p className="empty">No verdict has fallen on this account.</p>;
  return (
    <ol className="evidence-list">
      {facts.map((fact) => (
        <li key={fact.envelope.seq}>
          {isVerdict(fact) ? (
            <Evidence
              client={client}
              accountId={accountId}
              fact={fact}
              market={market}
              zone={zone}
            />
          ) : (
            <Plain fact={fact} />
          )}
        </li>
      ))}
    </ol>
  );
}

function isVerdict(fact: Fact): fact is Verdict {
  return 'ruleKind' in fact.data;
}

function Plain({ fact }: { readonly fact: Fact }): ReactElement {
  const names = useNames();
  const text =
    fact.kind === 'accountStatusChanged'
      ? `Account became ${fact.data.to}`
      : fact.kind === 'alertAcknowledged'
        ? `Alert ${fact.data.alertSeq} acknowledged by ${nameOf(names, fact.data.operatorId)}`
        : fact.kind;
  return (
    <p className="plain-fact">
      <span className="seq">#{fact.envelope.seq}</span> {text}{' '}
      <time>{dateTimeText(fact.envelope.occurredAt)}</time>
    </p>
  );
}

function Evidence({
  client,
  accountId,
  fact,
  market,
  zone,
}: {
  readonly client: RendererClient;
  readonly accountId: string;
  readonly fact: Verdict;
  readonly market: Market;
  readonly zone: string;
}): ReactElement {
  const { data, envelope } = fact;
  const [copied, setCopied] = useState(false);
  return (
    <details className={`evidence evidence-${fact.kind}`}>
      <summary>
        <span className="seq">#{envelope.seq}</span> {verdictSentence(fact)}
        {data.review.length > 0 && (
          <span className="review">Needs review: {data.review.join(', ')}</span>
        )}
      </summary>
      <div className="evidence-body">
        <dl>
          <dt>Rule</dt>
          <dd>
            {data.ruleId} ({data.ruleKind}) of {data.ruleSet.ruleSetId}, version{' '}
            {data.ruleSet.version}
          </dd>
          <dt>Rule set hash</dt>
          <dd>
            <code>{data.ruleSet.hash}</code>
          </dd>
          <dt>Trading day</dt>
          <dd>{data.dayKey}</dd>
          <dt>When</dt>
          <dd>{zonesText(envelope.occurredAt, zone)}</dd>
          <dt>Balance, equity</dt>
          <dd>
            {moneyText(data.balance)}, {moneyText(data.equity)}
          </dd>
          {data.figures.map(({ name, unit, value }) => (
            <Figure key={name} name={name} text={figureText(unit, value)} />
          ))}
          <Figure name="cause" text={causeText(data.cause)} />
          <Figure name="engine version" text={data.engineVersion} />
        </dl>
        {fact.kind === 'breachDetected' && <Avoided data={fact.data} />}
        <Positions data={data} market={market} />
        <button
          type="button"
          onClick={() => {
            void navigator.clipboard
              .writeText(JSON.stringify(fact, null, 2))
              .then(() => setCopied(true));
          }}
        >
          {copied ? 'Copied' : 'Copy as JSON'}
        </button>{' '}
        <PackButton client={client} accountId={accountId} seq={envelope.seq} />
      </div>
    </details>
  );
}

function Figure({ name, text }: { readonly name: string; readonly text: string }): ReactElement {
  return (
    <>
      <dt>{name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}</dt>
      <dd>{text}</dd>
    </>
  );
}

function causeText(cause: Verdict['data']['cause']): string {
  switch (cause.type) {
    case 'mark': {
      const { mark, digits } = cause;
      const price = `${groupedText(mark.bid, digits)} / ${groupedText(mark.ask, digits)}`;
      return `mark ${mark.index} of ${mark.symbol} ${price} from ${mark.source} at ${instantText(mark.at)} UTC`;
    }
    case 'deal':
      return `deal ${cause.dealId}`;
    case 'balanceOperation':
      return `balance operation ${cause.operationId}`;
    case 'protection':
      return `stop of position ${cause.positionId}`;
    case 'rollOver':
      return `roll-over into ${cause.dayKey}`;
    case 'rulesChanged':
      return `the change to version ${cause.version} of its rules`;
    case 'reinstated':
      return `it was put back after “${cause.ruleId}”`;
  }
}

/** The smallest change that would have avoided the breach, in the trader's language. */
function Avoided({
  data,
}: {
  readonly data: Extract<Verdict, { kind: 'breachDetected' }>['data'];
}): ReactElement | null {
  const found = counterfactualOf(data);
  if (!found) return null;
  return (
    <p className="avoided">
      <b>What would have avoided it: </b>
      {found.sentences.join(' ')}
    </p>
  );
}

function Positions({
  data,
  market,
}: {
  readonly data: Verdict['data'];
  readonly market: Market;
}): ReactElement | null {
  if (data.positions.length === 0) return null;
  const instruments = new Map(market.map(({ instrument }) => [instrument.symbol, instrument]));
  const price = (points: number | null, digits: number): string =>
    points === null ? '–' : groupedText(points, digits);
  return (
    <table>
      <caption>Open at that instant ({data.positionCount})</caption>
      <TableHead columns={['Position', 'Symbol', 'Side', 'Lots', 'Bid / ask', 'Floating']} />
      <tbody>
        {data.positions.map(({ positionId, symbol, side, volume, bid, ask, floating }) => {
          const instrument = instruments.get(symbol);
          const digits = instrument?.digits ?? 0;
          return (
            <tr key={positionId}>
              <td>{positionId}</td>
              <td>{symbol}</td>
              <td>{side}</td>
              <td className="number">{groupedText(volume, instrument?.volumeDecimals ?? 0)}</td>
              <td className="number">
                {price(bid, digits)} / {price(ask, digits)}
              </td>
              <td className="number">{moneyText(floating)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
