import type { ReactElement } from 'react';
import type { RendererClient } from '#renderer/desk/client.ts';
import { goTo, usePlace } from '#renderer/store/place.ts';
import { Deliveries } from './deliveries.tsx';
import { Here } from './here.tsx';
import { History } from './history.tsx';
import { Rules } from './rules.tsx';
import { Ways } from './ways.tsx';

const TABS = [
  ['history', 'History', History],
  ['deliveries', 'Deliveries', Deliveries],
  ['rules', 'Rules', Rules],
  ['ways', 'Ways and addresses', Ways],
  ['here', 'This desk', Here],
] as const;

/** Everything about alerts that is not the feed: what was, what was sent, and by which rules. */
export function Alerts({ client }: { readonly client: RendererClient }): ReactElement {
  const [, chosen] = usePlace();
  const [name, , Page] = TABS.find(([tab]) => tab === chosen) ?? TABS[0];
  return (
    <section className="panel alerts-page" aria-label="Alerts">
      <header className="panel-head">
        <h2>Alerts</h2>
        <div className="tabs" role="tablist" aria-label="Pages of alerts">
          {TABS.map(([tab, title]) => (
            <button
              key={tab}
              type="button"
              role="tab"
              aria-selected={tab === name}
              onClick={() => goTo('alerts', tab)}
            >
              {title}
            </button>
          ))}
        </div>
      </header>
      <Page client={client} />
    </section>
  );
}
