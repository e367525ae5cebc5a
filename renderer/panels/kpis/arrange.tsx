import type { ReactElement } from 'react';
import type { KpiCard } from '#core/kpi/answers.ts';
import { usePreferences } from '#renderer/store/preferences.ts';
import { Sheet } from '#renderer/ui/sheet.tsx';

/** Tiles in a person's own order; null is all of them, by system. */
export function tilesIn(cards: readonly KpiCard[], chosen: readonly string[] | null): KpiCard[] {
  if (chosen === null) return [...cards];
  return chosen.flatMap((kpiId) => cards.find((card) => card.kpiId === kpiId) ?? []);
}

export function moved(list: readonly string[], kpiId: string, by: -1 | 1): string[] {
  const at = list.indexOf(kpiId);
  const to = at + by;
  if (at < 0 || to < 0 || to >= list.length) return [...list];
  const next = [...list];
  next.splice(at, 1);
  next.splice(to, 0, kpiId);
  return next;
}

/** Which numbers stand on a person's page, and in which order. */
export function Arrange({
  cards,
  onClose,
}: {
  readonly cards: readonly KpiCard[];
  readonly onClose: () => void;
}): ReactElement {
  const { kpis, set } = usePreferences();
  const all = cards.map(({ kpiId }) => kpiId);
  const chosen = kpis.tiles ?? all;
  const save = (tiles: readonly string[] | null): void => set({ kpis: { ...kpis, tiles } });
  const listed = [
    ...tilesIn(cards, chosen),
    ...cards.filter(({ kpiId }) => !chosen.includes(kpiId)),
  ];
  return (
    <Sheet small label="Arrange the tiles">
      <header className="panel-head">
        <h2>Your tiles</h2>
        <span className="spacer" />
        <button type="button" onClick={() => save(null)}>
          All, by system
        </button>
        <button type="button" className="quiet" onClick={onClose}>
          Close (Esc)
        </button>
      </header>
      <ul className="kpi-arrange">
        {listed.map(({ kpiId, title }) => (
          <li key={kpiId}>
            <label>
              <input
                type="checkbox"
                checked={chosen.includes(kpiId)}
                onChange={({ target }) =>
                  save(target.checked ? [...chosen, kpiId] : chosen.filter((one) => one !== kpiId))
                }
              />{' '}
              {title}
            </label>
            <button
              type="button"
              aria-label={`Move ${title} up`}
              disabled={!chosen.includes(kpiId)}
              onClick={() => save(moved(chosen, kpiId, -1))}
            >
              ↑
            </button>
            <button
              type="button"
              aria-label={`Move ${title} down`}
              disabled={!chosen.includes(kpiId)}
              onClick={() => save(moved(chosen, kpiId, 1))}
            >
              ↓
            </button>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
