import type { SerializedDockview } from 'dockview-react';

/** Panels side by side in one workspace: more cannot be read, and each of them works. */
export const PANELS_MAX = 12;

/** A kept layout, if it is one and every panel in it still exists; null else. */
export function layoutFrom(
  kept: unknown,
  isKnown: (panel: string) => boolean,
): SerializedDockview | null {
  const { grid, panels } = (kept ?? {}) as { readonly grid?: unknown; readonly panels?: unknown };
  if (typeof grid !== 'object' || typeof panels !== 'object' || !grid || !panels) return null;
  const entries = Object.entries(panels as Record<string, { contentComponent?: unknown } | null>);
  const isWhole = entries.every(([id, panel]) => panel?.contentComponent === id && isKnown(id));
  if (!isWhole || entries.length === 0 || entries.length > PANELS_MAX) return null;
  return kept as SerializedDockview;
}
