import type { ReactElement } from 'react';
import { useDock } from './dock-control.ts';
import { openOverlay } from '../store/overlay.ts';
import { WINDOW_KEYS } from './keys.ts';
import { Sheet } from '../ui/sheet.tsx';
import { viewKinds, type KeyWords } from './views.ts';

/** Every key there is, from the list of views: what is in front comes first. */
export function KeysSheet(): ReactElement {
  const panels = useDock((dock) => dock.panels);
  const isHere = (name: string): boolean =>
    panels.includes(name) || (name === 'risk' && panels.includes('accounts'));
  const withKeys = viewKinds.filter(({ keys }) => keys.length > 0);
  const inOrder = [
    ...withKeys.filter(({ name }) => isHere(name)),
    ...withKeys.filter(({ name }) => !isHere(name)),
  ];
  return (
    <Sheet label="Keys">
      <header className="panel-head">
        <h2>Keys</h2>
        <span className="spacer" />
        <button type="button" className="quiet" onClick={() => openOverlay(null)}>
          Close (Esc)
        </button>
      </header>
      <div className="keys-sheet">
        <KeyList title="Everywhere" keys={WINDOW_KEYS} />
        <KeyList title="Views" keys={viewKinds.map(({ key, title }) => [key, title] as const)} />
        {inOrder.map(({ name, title, keys }) => (
          <KeyList key={name} title={isHere(name) ? `${title} (here)` : title} keys={keys} />
        ))}
      </div>
    </Sheet>
  );
}

function KeyList({
  title,
  keys,
}: {
  readonly title: string;
  readonly keys: readonly KeyWords[];
}): ReactElement {
  return (
    <section>
      <h3>{title}</h3>
      <dl className="keys">
        {keys.map(([key, says]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{says}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
