import type { ReactElement, ReactNode } from 'react';
import { grossOf, netOf, type ExposureRow } from '#core/exposure/slices.ts';
import { rowOfWire, type ExposureView } from '#core/exposure/view.ts';
import { useExposure } from '#renderer/store/exposure.ts';
import { cents, timeText } from '#renderer/ui/format.ts';
import { usagesOf } from './rows.ts';
import { perMilleText, signedWhole, whole } from './words.ts';

const OWED =
  'Traders’ part of closed profit above the start, less what stands open against it, over all ' +
  'accounts whose phase pays out. Caps, buffers and rules of conduct can only lower or delay it.';
const IF_CLOSED =
  'The same had every position just been closed at the present prices: what the firm would owe then';
const CONCENTRATION =
  'Over accounts: the sum of squared shares of gross, in thousandths; 1,000 where one holds all';
const EMPTY: ExposureRow = {
  key: 'firm',
  long: 0,
  short: 0,
  positions: 0,
  accounts: 0,
  floating: 0,
  payable: 0,
  ifClosed: 0,
};

/** The firm in one line: what stands open, what is owed, what is crossed. */
export function Figures({
  view,
  onLimits,
}: {
  readonly view: ExposureView;
  readonly onLimits: () => void;
}): ReactElement {
  const [wire] = view.slices.firm;
  const firm = wire ? rowOfWire(wire) : EMPTY;
  return (
    <dl className="exposure-figures figures">
      <Open firm={firm} />
      <Owed firm={firm} view={view} />
      <Figure name="Concentration" title={CONCENTRATION}>
        {view.herfindahl.accounts} ‰
      </Figure>
      <Figure name="Limits" title="Limits on exposure that are crossed">
        <button type="button" className="quiet" onClick={onLimits}>
          <Crossed view={view} />
        </button>
      </Figure>
      {view.unpriced.length > 0 && (
        <p className="unpriced" role="status">
          ▲ Counted as nothing, for want of a price or a rate: {view.unpriced.join(', ')}
        </p>
      )}
    </dl>
  );
}

function Open({ firm }: { readonly firm: ExposureRow }): ReactElement {
  const net = netOf(firm);
  return (
    <>
      <Figure name="Gross" title="Long and short together, in USD, at mid prices">
        {whole(grossOf(firm))}
      </Figure>
      <Figure name="Net of traders" title="Long less short. The firm stands on the other side.">
        {signedWhole(net)} <small>{net === 0 ? '' : net > 0 ? 'long' : 'short'}</small>
      </Figure>
      <Figure name="Open" title="Positions, and accounts that hold any">
        {firm.positions.toLocaleString('en')}{' '}
        <small>in {(firm.accounts ?? 0).toLocaleString('en')} accounts</small>
      </Figure>
      <Figure name="Floating, of traders" title="What they would gain by closing everything now">
        <span className={firm.floating < 0 ? 'loss' : 'gain'}>{cents(firm.floating)}</span>
      </Figure>
    </>
  );
}

function Owed({
  firm,
  view,
}: {
  readonly firm: ExposureRow;
  readonly view: ExposureView;
}): ReactElement {
  const [payable, ifClosed] = [firm.payable ?? 0, firm.ifClosed ?? 0];
  return (
    <>
      <Figure name="Owed now" title={OWED}>
        {whole(payable)}{' '}
        <small>
          to {view.inProfit.toLocaleString('en')} of {view.paying.toLocaleString('en')}
        </small>
      </Figure>
      <Figure name="If all closed now" title={IF_CLOSED}>
        {whole(ifClosed)} <small>firm’s P&amp;L {signedWhole(payable - ifClosed)}</small>
      </Figure>
    </>
  );
}

function Crossed({ view }: { readonly view: ExposureView }): ReactElement {
  const usages = usagesOf(view);
  const crossed = (level: 'breach' | 'warning'): number =>
    usages.filter(({ usage }) => usage.level === level).length;
  const [breaches, warnings] = [crossed('breach'), crossed('warning')];
  const [fullest] = usages;
  if (breaches + warnings === 0) {
    return <span>{fullest ? `✔ fullest ${perMilleText(fullest.share)}` : 'none yet'}</span>;
  }
  return (
    <>
      {breaches > 0 && <b className="usage-critical">✖ {breaches} breached </b>}
      {warnings > 0 && <b className="usage-watch">▲ {warnings} near</b>}
    </>
  );
}

/** How old the book on screen is. */
export function AsOf(): ReactElement | null {
  const { view, source } = useExposure();
  if (view === null) return null;
  const isKept = source === 'kept';
  return (
    <span className={isKept ? 'as-of stale' : 'as-of'} title={costText(view)}>
      {isKept ? '▲ As last seen' : 'As of'} <b>{timeText(view.serverAt)}</b> UTC
    </span>
  );
}

function costText({ costMs, everyMs }: ExposureView): string {
  return `A look costs the server ${costMs.toFixed(1)} ms, one every ${everyMs} ms`;
}

function Figure({
  name,
  title,
  children,
}: {
  readonly name: string;
  readonly title: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <div title={title}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
