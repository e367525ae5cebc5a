import type { DockviewApi } from 'dockview-react';
import { ALONE } from '../store/place.ts';
import { dockableNamed, dockedIn } from './dockable.ts';
import { layoutFrom, PANELS_MAX } from './kept-layout.ts';
import type { Docked } from './views.ts';

const AT = {
  left: 'left',
  right: 'right',
  above: 'above',
  below: 'below',
  within: 'within',
} as const;

/** Builds what is kept, or what is delivered when nothing is kept or it is spoilt. */
export function fill(api: DockviewApi, workspace: string, panel: string, kept: unknown): void {
  const layout =
    workspace === ALONE ? null : layoutFrom(kept, (name) => dockableNamed(name) !== undefined);
  if (layout) {
    try {
      api.fromJSON(layout);
      return;
    } catch {
      api.clear();
    }
  }
  const docked: readonly Docked[] = workspace === ALONE ? [{ panel }] : dockedIn(workspace);
  for (const one of docked) addPanel(api, one);
  // What stands first is what keys are for.
  const [first] = docked;
  if (first) api.getPanel(first.panel)?.api.setActive();
}

/** Docks one more panel; beside the active one when it is not said beside which. */
export function addPanel(api: DockviewApi, { panel, beside }: Docked): boolean {
  const dockable = dockableNamed(panel);
  if (!dockable || api.getPanel(panel) || api.totalPanels >= PANELS_MAX) return false;
  const other = beside === undefined ? undefined : api.getPanel(beside.panel);
  const at = beside?.at ?? 'right';
  const size =
    beside?.size === undefined
      ? {}
      : at === 'above' || at === 'below'
        ? { initialHeight: beside.size }
        : { initialWidth: beside.size };
  api.addPanel({
    id: panel,
    component: panel,
    title: dockable.title,
    ...size,
    ...(other ? { position: { referencePanel: other, direction: AT[at] } } : {}),
  });
  return true;
}
