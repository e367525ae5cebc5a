import type { ReactElement } from 'react';
import type { KpiCard } from '#core/kpi/answers.ts';
import { figureText } from '#core/kpi/words.ts';
import { goTo } from '#renderer/store/place.ts';
import { Sparkline } from './trend.tsx';
import { deltaWords, intervalWords, sampleWords, spoken, verdictClass } from './words.ts';

/** One number at a glance; a click or Enter opens what is behind it. */
export function Tile({
  card,
  currency,
}: {
  readonly card: KpiCard;
  readonly currency: string;
}): ReactElement {
  const { kpiId, title, unit, value, sample, others, target } = card;
  const interval = intervalWords(card);
  return (
    <button
      type="button"
      className="kpi-tile"
      data-kpi={kpiId}
      aria-label={spoken(card, currency)}
      title={card.describes}
      onClick={() => goTo('kpis', kpiId)}
    >
      <span className="kpi-title">{title}</span>
      <span className="kpi-value">{figureText(unit, value, currency)}</span>
      {sample === 0 ? (
        <span className="kpi-none">{card.empty}</span>
      ) : (
        <>
          <Sparkline points={card.trend} />
          <span className={`kpi-delta ${verdictClass(card)}`}>
            {deltaWords(card, currency) || 'nothing to compare with yet'}
          </span>
          <small>
            {others.map(({ name, value: other }) => `${name} ${figureText(unit, other)} · `)}
            {sampleWords(card)}
          </small>
          {interval !== '' && <small>95 of 100: {interval}</small>}
        </>
      )}
      {target && (
        <small className={target.isMet === false ? 'loss' : 'gain'}>
          {target.isMet === null ? '·' : target.isMet ? '✔' : '✖'} target{' '}
          {figureText(unit, target.value, currency)}
        </small>
      )}
    </button>
  );
}
