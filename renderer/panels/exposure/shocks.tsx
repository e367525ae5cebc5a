import { useCallback, useEffect, useState, type ReactElement } from 'react';
import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import type { ExposureView } from '#core/exposure/view.ts';
import type { Shock } from '#core/what-if/book-shock.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { goTo } from '#renderer/store/place.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';
import { signedWhole, whole } from './words.ts';

type Answer = DeskCallOutput<'book.shock'>;

/** Symbols that are moved one by one, those with the largest gross. */
const SYMBOLS_MOVED = 6;
const SIZES = [5_000, 10_000, 20_000, 50_000] as const;
const PPM_PER_PERCENT = 10_000;
const CURRENCY = 'USD';

/** What the firm would owe its traders after sudden moves: the same what-if as on the whole book. */
export function Shocks({
  client,
  view,
  again,
}: {
  readonly client: RendererClient;
  readonly view: ExposureView;
  /** Rises when the person asks for it once more. */
  readonly again: number;
}): ReactElement {
  const [size, setSize] = useState<(typeof SIZES)[number]>(10_000);
  const [answer, setAnswer] = useState<Answer | string | null>(null);
  const symbols = view.slices.symbol.map(([key]) => key);
  const wanted = symbols.slice(0, SYMBOLS_MOVED).join(' ');
  const all = symbols.join(' ');
  const run = useCallback(async (): Promise<void> => {
    const shocks = shocksOf(wanted.split(' '), all.split(' '), size);
    if (all === '') return setAnswer('Nobody holds anything now: there is nothing to shock.');
    const reply = await client.call('book.shock', { shocks });
    setAnswer(reply.ok ? reply.value : reply.error.message);
  }, [client, wanted, all, size]);
  useEffect(() => {
    void run();
    // Prices move on: the person asks again, or comes back.
  }, [run, again]);
  return (
    <>
      <div className="toolbar">
        <span className="quiet-text">A sudden move of</span>
        {SIZES.map((one) => (
          <button key={one} type="button" aria-pressed={size === one} onClick={() => setSize(one)}>
            {one / PPM_PER_PERCENT} %
          </button>
        ))}
        <span className="spacer" />
        <button type="button" onClick={() => void run()} title="Once more (W)">
          Once more
        </button>
      </div>
      {answer === null && <p className="empty">Working it out on this desk…</p>}
      {typeof answer === 'string' && <p className="failure">{answer}</p>}
      {typeof answer === 'object' && answer && <Table answer={answer} />}
      <p className="quiet-text">
        Owed: the traders’ part of all profit above the start, had everything just been closed; who
        fails is owed nothing. Other moves under{' '}
        <button type="button" className="quiet" onClick={() => goTo('shocks')}>
          What if (2)
        </button>
      </p>
    </>
  );
}

function Table({ answer }: { readonly answer: Answer }): ReactElement {
  const [first] = answer.results;
  return (
    <table aria-label="What would be owed after sudden moves">
      <caption>
        Owed if closed now: <b>{whole(Math.floor(first?.owed ?? 0))}</b> {CURRENCY}, as of{' '}
        {dateTimeText(answer.asOf)} UTC
      </caption>
      <TableHead columns={['Move', 'Owed after', 'Change', 'Traders gain', 'Fail', 'Warned']} />
      <tbody>
        {answer.results.map(({ name, owed, owedAfter, pnl, failed, warned }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className="number">{whole(Math.floor(owedAfter))}</td>
            {/* More to pay is the firm's loss. */}
            <td className={owedAfter > owed ? 'number loss' : 'number gain'}>
              {signedWhole(Math.floor(owedAfter - owed))}
            </td>
            <td className="number">{signedWhole(Math.floor(pnl))}</td>
            <td className="number">{failed}</td>
            <td className="number">{warned}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Each of the largest symbols both ways, and the dollar against everything. */
function shocksOf(symbols: readonly string[], all: readonly string[], size: number): Shock[] {
  const percent = `${size / PPM_PER_PERCENT} %`;
  const single = symbols.flatMap((symbol) =>
    [1, -1].map((way) => ({
      name: `${symbol} ${way > 0 ? '+' : '−'}${percent}`,
      moves: [{ symbol, ppm: way * size }],
    })),
  );
  const dollars = all.filter((symbol) => symbol.startsWith(CURRENCY) || symbol.endsWith(CURRENCY));
  const dollar = [1, -1].map((way) => ({
    name: `Dollar ${way > 0 ? '+' : '−'}${percent}`,
    moves: dollars.map((symbol) => ({
      symbol,
      ppm: symbol.startsWith(CURRENCY) ? way * size : -way * size,
    })),
  }));
  return dollars.length > 0 ? [...dollar, ...single] : single;
}
