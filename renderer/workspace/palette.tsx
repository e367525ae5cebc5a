import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import type { RendererClient } from '../desk/client.ts';
import { Sheet } from '../ui/sheet.tsx';
import { openOverlay } from '../store/overlay.ts';
import { accountItems, itemsNow, type Item } from './palette-items.ts';
import { found } from './ranking.ts';
import { useFound } from './search.ts';

/** Go anywhere, do anything, find anybody: a line to write in, and what it could mean. */
export function Palette({ client }: { readonly client: RendererClient }): ReactElement {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const field = useRef<HTMLInputElement | null>(null);
  const items = useMemo(() => itemsNow(client), [client]);
  const others = useFound(client, text);
  const shown = useMemo(
    () => [...found(items, text), ...accountItems(text), ...others],
    [items, text, others],
  );
  const chosen = shown[Math.min(at, shown.length - 1)];
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    document.getElementById('palette-chosen')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const run = (item: Item | undefined): void => {
    if (!item) return;
    openOverlay(null);
    // Once the line is gone and the focus is back where it was: a verb is meant for what is there.
    setTimeout(item.run, 0);
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt(Math.max(0, Math.min(shown.length - 1, Math.min(at, shown.length - 1) + step)));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(chosen);
    } else if (event.key === 'Tab') {
      event.preventDefault();
    }
  };
  return (
    <Sheet small label="Go to or do">
      <div className="palette">
        <input
          ref={field}
          type="text"
          role="combobox"
          aria-label="View, verb, account or trader"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={chosen ? 'palette-chosen' : undefined}
          autoComplete="off"
          spellCheck={false}
          placeholder="A view, a verb, an account, a trader …"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKey}
        />
        <ul id="palette-list" role="listbox" aria-label="What it could mean">
          {shown.map((item) => (
            <li
              key={item.id}
              id={item === chosen ? 'palette-chosen' : undefined}
              role="option"
              aria-selected={item === chosen}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => run(item)}
            >
              <span className="palette-kind">{item.kind}</span>
              <span className="palette-title">
                {item.title} <small>{item.more}</small>
              </span>
              {item.keys !== '' && <kbd>{item.keys}</kbd>}
            </li>
          ))}
        </ul>
        <p className={shown.length === 0 ? 'empty' : 'unseen'} role="status">
          {shown.length === 0
            ? 'Nothing is called so. Try part of a name, an account number, or what you want to do.'
            : `${shown.length} found.`}
        </p>
      </div>
    </Sheet>
  );
}
