import type { ReactElement } from 'react';
import type { Kpi } from '#core/desk-api/case-calls.ts';
import { deltaText, kpiText, KPI_TEXT } from './words.ts';

const TITLE = 'Against the 30 days before';

/** Each number with what it was, and whether it moved for the better. */
export function Kpis({ kpis }: { readonly kpis: readonly Kpi[] }): ReactElement {
  return (
    <dl className="kpis" aria-label="Key figures, against the 30 days before">
      {kpis.map((kpi) => {
        const delta = deltaText(kpi);
        return (
          <div key={kpi.id} title={TITLE}>
            <dt>{KPI_TEXT[kpi.id]}</dt>
            <dd>
              <b>{kpiText(kpi, kpi.value)}</b>
              <span className={delta.tone === 'quiet' ? 'quiet-text' : delta.tone}>
                {delta.text}
              </span>
              {kpi.baseline !== null && <small>was {kpiText(kpi, kpi.baseline)}</small>}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
