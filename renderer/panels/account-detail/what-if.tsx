import { useCallback, useEffect, useRef, useState, type ReactElement } from 'react';
import { groupedText, moneyText, parseDecimal } from '#core/money/money.ts';
import { gaugeText } from '#core/rules/sentence.ts';
import type { AccountDetail } from '#core/sync/protocol.ts';
import type { ScenarioStep } from '#core/what-if/scenario.ts';
import type { Standing, WhatIfResult } from '#core/what-if/simulate.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';
import { OtherVersion } from './other-version.tsx';

interface Props {
  readonly client: RendererClient;
  readonly detail: AccountDetail;
}

/** Hypothetical events on this account, computed on the desk by the engine the server runs. */
export function WhatIf({ client, detail }: Props): ReactElement {
  const [steps, setSteps] = useState<readonly ScenarioStep[]>([]);
  const [result, setResult] = useState<WhatIfResult | null>(null);
  const [failure, setFailure] = useState('');
  const { accountId } = detail.state.terms;
  const asked = useRef(0);
  const run = useCallback(async () => {
    asked.current += 1;
    const question = asked.current;
    const at = detail.marketAt ?? 0;
    const answer = await client.call('whatIf.run', {
      accountId,
      scenario: { steps: [...steps], at },
    });
    // A later question has been asked meanwhile: this answer is to another scenario.
    if (question !== asked.current) return;
    if (answer.ok) setResult(answer.value);
    setFailure(answer.ok ? '' : answer.error.message);
  }, [accountId, client, detail.marketAt, steps]);
  useEffect(() => {
    void run();
  }, [run]);
  return (
    <div className="what-if">
      <StepForm detail={detail} onAdd={(step) => setSteps([...steps, step])} />
      <div className="steps">
        {steps.length === 0 && (
          <p className="empty">
            No steps: the right side equals live. Add a move, a trade or a jump past the roll-over.
          </p>
        )}
        <ol>
          {steps.map((step, at) => (
            // Steps have no name of their own: their place is their identity.
            <li key={`${at}-${step.type}`}>
              {stepText(step, detail)}
              <button
                type="button"
                className="quiet"
                aria-label={`Remove step ${at + 1}`}
                onClick={() => setSteps(steps.filter((_step, place) => place !== at))}
              >
                ✕
              </button>
            </li>
          ))}
        </ol>
        {steps.length > 0 && (
          <p>
            <button type="button" onClick={() => setSteps(steps.slice(0, -1))}>
              Undo
            </button>{' '}
            <button type="button" onClick={() => setSteps([])}>
              Clear
            </button>
          </p>
        )}
      </div>
      {failure !== '' && <p className="failure">{failure}</p>}
      {result && <Outcome result={result} />}
      <OtherVersion client={client} detail={detail} />
    </div>
  );
}

function StepForm({
  detail,
  onAdd,
}: {
  readonly detail: AccountDetail;
  readonly onAdd: (step: ScenarioStep) => void;
}): ReactElement {
  const held = [...new Set(detail.state.positions.map(({ symbol }) => symbol))];
  const priced = detail.state.market
    .filter(({ bid }) => bid !== null)
    .map(({ instrument }) => instrument.symbol);
  const [symbol, setSymbol] = useState(held[0] ?? priced[0] ?? '');
  const [percentShift, setPercentShift] = useState('-1');
  const [level, setLevel] = useState('');
  const [lots, setLots] = useState('1');
  const [problem, setProblem] = useState('');
  const entry = detail.state.market.find(({ instrument }) => instrument.symbol === symbol);
  const add = (text: string, decimals: number, make: (value: number) => ScenarioStep): void => {
    const value = parseDecimal(text, decimals);
    setProblem(value.ok ? '' : value.error);
    if (value.ok) onAdd(make(value.value));
  };
  const digits = entry?.instrument.digits ?? 0;
  const open = (side: 'buy' | 'sell'): void =>
    add(lots, entry?.instrument.volumeDecimals ?? 0, (volume) => ({
      type: 'open',
      symbol,
      side,
      volume,
    }));
  return (
    <div className="step-form">
      <label>
        Symbol
        <select value={symbol} onChange={(event) => setSymbol(event.target.value)}>
          {priced.map((one) => (
            <option key={one} value={one}>
              {one}
              {held.includes(one) ? ' (held)' : ''}
            </option>
          ))}
        </select>
      </label>
      <label>
        Move by %
        <span className="row">
          <input
            type="range"
            min="-10"
            max="10"
            step="0.1"
            value={percentShift}
            aria-label="Move by percent"
            onChange={(event) => setPercentShift(event.target.value)}
          />
          <input
            size={6}
            value={percentShift}
            aria-label="Percent"
            onChange={(event) => setPercentShift(event.target.value)}
          />
          <button
            type="button"
            onClick={() => add(percentShift, 4, (ppm) => ({ type: 'movePercent', symbol, ppm }))}
          >
            Move
          </button>
        </span>
      </label>
      <label>
        Points, or bid to a level{entry?.bid ? ` (now ${groupedText(entry.bid, digits)})` : ''}
        <span className="row">
          <input
            value={level}
            size={10}
            placeholder="-250 or 1285.5"
            onChange={(event) => setLevel(event.target.value)}
          />
          <button
            type="button"
            onClick={() => add(level, 0, (points) => ({ type: 'movePoints', symbol, points }))}
          >
            By points
          </button>
          <button
            type="button"
            onClick={() => add(level, digits, (bid) => ({ type: 'moveTo', symbol, bid }))}
          >
            To level
          </button>
        </span>
      </label>
      <label>
        Trade, lots
        <span className="row">
          <input value={lots} size={5} onChange={(event) => setLots(event.target.value)} />
          <button type="button" onClick={() => open('buy')}>
            Buy
          </button>
          <button type="button" onClick={() => open('sell')}>
            Sell
          </button>
        </span>
      </label>
      <span className="row">
        {detail.state.positions.slice(0, 6).map((position) => (
          <button
            key={position.positionId}
            type="button"
            onClick={() => onAdd({ type: 'close', positionId: position.positionId })}
          >
            Close {position.positionId} ({position.symbol})
          </button>
        ))}
        <button type="button" onClick={() => onAdd({ type: 'nextDay' })}>
          Jump past the roll-over
        </button>
      </span>
      {problem !== '' && <p className="failure">{problem}</p>}
    </div>
  );
}

function Outcome({ result }: { readonly result: WhatIfResult }): ReactElement {
  const { before, after, verdicts, touches } = result;
  return (
    <div className="outcome" aria-live="polite">
      <table>
        <TableHead columns={['', 'Live', 'What if']} />
        <tbody>
          <Line name="Status" before={before.status} after={after.status} />
          <Line name="Equity" before={moneyText(before.equity)} after={moneyText(after.equity)} />
          <Line
            name="Balance"
            before={moneyText(before.balance)}
            after={moneyText(after.balance)}
          />
          {before.rules.map((rule, at) => (
            <Line
              key={rule.ruleId}
              name={rule.title}
              before={standingText(rule)}
              after={standingText(after.rules[at] ?? rule)}
            />
          ))}
        </tbody>
      </table>
      {verdicts.length > 0 && (
        <ol className="what-if-verdicts">
          {verdicts.map(({ step, sentence }) => (
            <li key={`${step}-${sentence}`}>
              Step {step + 1}: {sentence}
            </li>
          ))}
        </ol>
      )}
      {touches.length > 0 && (
        <table>
          <caption>Where each floor would be breached, all else unchanged</caption>
          <tbody>
            {touches.map(({ ruleId, symbol, bid, ask, digits }) => (
              <tr key={`${ruleId}-${symbol}`}>
                <td>{ruleId}</td>
                <td>{symbol}</td>
                <td className="number">
                  {groupedText(bid, digits)} / {groupedText(ask, digits)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

function Line({
  name,
  before,
  after,
}: {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}): ReactElement {
  return (
    <tr className={before === after ? '' : 'changed'}>
      <th scope="row">{name}</th>
      <td className="number">{before}</td>
      <td className="number">{after}</td>
    </tr>
  );
}

function standingText({ gauge, latch }: Standing['rules'][number]): string {
  const said = latch === 'breached' ? ' – breached' : latch === 'met' ? ' – met' : '';
  return `${gaugeText(gauge)}${said}`;
}

function stepText(step: ScenarioStep, detail: AccountDetail): string {
  const instrument =
    'symbol' in step
      ? detail.state.market.find((entry) => entry.instrument.symbol === step.symbol)?.instrument
      : undefined;
  switch (step.type) {
    case 'movePoints':
      return `${step.symbol} moves by ${step.points} points`;
    case 'movePercent':
      return `${step.symbol} moves by ${groupedText(step.ppm, 4)} %`;
    case 'moveTo':
      return `${step.symbol} goes to ${groupedText(step.bid, instrument?.digits ?? 0)}`;
    case 'open':
      return `${step.side} ${groupedText(step.volume, instrument?.volumeDecimals ?? 0)} lots of ${step.symbol}`;
    case 'close':
      return `close ${step.positionId}`;
    case 'nextDay':
      return 'the next trading day begins';
  }
}
