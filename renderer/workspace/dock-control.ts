import type { DockviewApi, DockviewGroupPanel, SerializedDockview } from 'dockview-react';
import { create } from 'zustand';
import { ALONE, goToWorkspace, setPanelsHere } from '../store/place.ts';
import { usePreferences } from '../store/preferences.ts';
import { useSession } from '../store/session.ts';
import { dockableNamed, DOCKABLE } from './dockable.ts';
import { addPanel, fill } from './layout.ts';
import { viewNamed, type Docked } from './views.ts';

/** Steps of arranging that can be taken back. */
const UNDO_MAX = 20;
/** A drag of a splitter is one step, kept when it has come to rest. */
const SETTLE_MS = 250;
/** Workspaces of a person's own. */
export const OWN_MAX = 12;
export const TITLE_MAX = 24;
const STEP_PX = 48;

/** What the workspace on screen shows and allows: for the rail, the palette and the menu. */
export interface DockState {
  readonly workspace: string;
  readonly panels: readonly string[];
  readonly canUndo: boolean;
  /** The tabs of panels show even where there is one alone. */
  readonly arranging: boolean;
  /** What was done last, for those who hear the page. */
  readonly said: string;
}

export const useDock = create<DockState>(() => ({
  workspace: '',
  panels: [],
  canUndo: false,
  arranging: false,
  said: '',
}));

let dock: DockviewApi | null = null;
let before: SerializedDockview | null = null;
let steps: SerializedDockview[] = [];
let settling: ReturnType<typeof setTimeout> | null = null;
/** While a layout is put in place, what moves is nobody's step. */
let isFilling = false;

export function say(said: string): void {
  useDock.setState({ said });
}

/** Called by the dock when it has been built for a workspace; what comes back lets it go. */
export function tend(api: DockviewApi, workspace: string, panel: string): () => void {
  dock = api;
  steps = [];
  isFilling = true;
  fill(api, workspace, panel, usePreferences.getState().workspaces.layouts[workspace]);
  isFilling = false;
  before = api.toJSON();
  tidy(workspace);
  const changed = api.onDidLayoutChange(() => {
    tidy(workspace);
    if (!isFilling) settle(workspace);
  });
  const follow = useSession.subscribe(({ selected }, { selected: was }) => {
    if ((selected === null) !== (was === null)) tidy(workspace);
  });
  return () => {
    changed.dispose();
    follow();
    if (settling !== null) settleNow(workspace);
    if (dock === api) dock = null;
  };
}

/** Shows tabs where there is something to choose or to move, and hides the page of no account. */
function tidy(workspace: string): void {
  if (!dock) return;
  const { arranging } = useDock.getState();
  const panels = dock.panels.map(({ id }) => id);
  for (const group of dock.groups) {
    const hidden = panels.length === 1 && !arranging;
    if (group.header.hidden !== hidden) group.header.hidden = hidden;
  }
  showAccount(dock, panels.length);
  setPanelsHere(panels);
  const state = useDock.getState();
  if (state.workspace !== workspace || state.panels.join() !== panels.join())
    useDock.setState({ workspace, panels, canUndo: steps.length > 0 });
}

/** The page of an account takes no room while no account is open, unless it shares its place. */
function showAccount(api: DockviewApi, count: number): void {
  const group = api.getPanel('account')?.group;
  if (!group) return;
  const visible = useSession.getState().selected !== null || group.panels.length > 1 || count === 1;
  if (group.api.isVisible !== visible) group.api.setVisible(visible);
}

function settle(workspace: string): void {
  if (settling !== null) clearTimeout(settling);
  settling = setTimeout(() => settleNow(workspace), SETTLE_MS);
}

/** Keeps the layout of now, and the one of before for undoing. */
function settleNow(workspace: string): void {
  if (settling !== null) clearTimeout(settling);
  settling = null;
  if (!dock) return;
  const now = dock.toJSON();
  if (before && shapeOf(before) !== shapeOf(now)) {
    steps = [...steps, before].slice(-UNDO_MAX);
    useDock.setState({ canUndo: true });
  }
  before = now;
  keep(workspace, now);
}

/** Which panels lie where and how large, without what is in front: that is not a step to undo. */
function shapeOf({ grid, panels }: SerializedDockview): string {
  return JSON.stringify([grid, Object.keys(panels)], (name, value: unknown) =>
    name === 'activeView' || name === 'visible' || name === 'hideHeader' ? undefined : value,
  );
}

function keep(workspace: string, layout: SerializedDockview | null): void {
  if (workspace === ALONE) return;
  const { workspaces, set } = usePreferences.getState();
  const { [workspace]: _before, ...others } = workspaces.layouts;
  const layouts = layout === null ? others : { ...others, [workspace]: layout };
  set({ workspaces: { ...workspaces, layouts } });
}

/** Takes back the last step of arranging. */
export function undoLayout(): void {
  const last = steps.pop();
  if (!dock || !last) return;
  const { workspace } = useDock.getState();
  isFilling = true;
  dock.fromJSON(last);
  isFilling = false;
  before = dock.toJSON();
  tidy(workspace);
  keep(workspace, before);
  useDock.setState({ canUndo: steps.length > 0, said: 'The last step was taken back.' });
}

/** Back to how the workspace was delivered; that is itself a step that can be undone. */
export function resetLayout(): void {
  if (!dock) return;
  const { workspace } = useDock.getState();
  const was = dock.toJSON();
  isFilling = true;
  dock.clear();
  fill(dock, workspace, workspace, null);
  isFilling = false;
  steps = [...steps, was].slice(-UNDO_MAX);
  before = dock.toJSON();
  tidy(workspace);
  keep(workspace, null);
  useDock.setState({ canUndo: true, said: 'The workspace is as delivered.' });
}

/** Docks a panel in the workspace on screen, beside the panel in front. */
export function dockHere(panel: string, at: 'left' | 'right' | 'above' | 'below' | 'within'): void {
  if (!dock) return;
  const front = dock.activePanel?.id ?? dock.panels[0]?.id;
  const docked: Docked = front === undefined ? { panel } : { panel, beside: { panel: front, at } };
  const done = addPanel(dock, docked);
  if (!done) dock.getPanel(panel)?.api.setActive();
  say(done ? `${titleOf(panel)} is docked.` : `${titleOf(panel)} is in front.`);
}

/** Takes a panel out of the workspace; the last one stays. */
export function closePanel(name?: string): void {
  const panel = name === undefined ? dock?.activePanel : dock?.getPanel(name);
  if (!dock || !panel) return;
  if (dock.totalPanels === 1) return say('The last panel of a workspace stays.');
  if (panel.id === 'account' && useSession.getState().selected !== null) {
    return useSession.getState().select(null);
  }
  takeOut(panel.id);
  say(`${titleOf(panel.id)} was taken out. It can be undone.`);
}

/** Takes a panel out, whatever it shows. */
export function takeOut(name: string): void {
  const panel = dock?.getPanel(name);
  if (dock && panel && dock.totalPanels > 1) dock.removePanel(panel);
}

/** Moves the panel in front beside its neighbour, by keys alone. */
export function movePanel(to: 'left' | 'right' | 'above' | 'below'): void {
  const panel = dock?.activePanel;
  if (!dock || !panel) return;
  const others = dock.groups.filter((group) => group !== panel.group && group.api.isVisible);
  const position = { left: 'left', right: 'right', above: 'top', below: 'bottom' } as const;
  const other: DockviewGroupPanel | undefined =
    panel.group.panels.length > 1 ? panel.group : others[0];
  if (!other) return say('There is nothing to move it beside.');
  panel.api.moveTo({ group: other, position: position[to] });
  say(`${titleOf(panel.id)} was moved.`);
}

/** Makes the panel in front wider or higher, or less so. */
export function growPanel(axis: 'width' | 'height', sign: 1 | -1): void {
  const group = dock?.activeGroup;
  if (!group) return;
  group.api.setSize({ [axis]: group.api[axis] + sign * STEP_PX });
}

/** The panel in front over the whole workspace, and back. */
export function maximisePanel(): void {
  const panel = dock?.activePanel;
  if (!dock || !panel) return;
  if (dock.hasMaximizedGroup()) dock.exitMaximizedGroup();
  else dock.maximizeGroup(panel);
}

/** Brings a panel to the front, if it is docked here. */
export function showPanel(name: string): void {
  const panel = dock?.getPanel(name);
  if (panel && !panel.api.isActive) panel.api.setActive();
}

/** From panel to panel, in the order in which they lie. */
export function stepPanel(by: 1 | -1): void {
  if (!dock) return;
  const panels = dock.groups.flatMap(({ activePanel, api }) =>
    activePanel && api.isVisible ? [activePanel] : [],
  );
  const at = panels.findIndex(({ id }) => id === dock?.activePanel?.id);
  const next = panels[(at + by + panels.length) % panels.length];
  if (!next) return;
  next.api.setActive();
  next.group.focus();
  say(titleOf(next.id));
}

export function activePanel(): string | null {
  return dock?.activePanel?.id ?? null;
}

export function setArranging(arranging: boolean): void {
  useDock.setState({ arranging });
  tidy(useDock.getState().workspace);
}

export function titleOf(workspace: string): string {
  const { titles } = usePreferences.getState().workspaces;
  return (
    titles[workspace] ?? viewNamed(workspace)?.title ?? dockableNamed(workspace)?.title ?? workspace
  );
}

/** A workspace of the person's own, with the panels of the one on screen; goes there. */
export function addWorkspace(title: string): void {
  const { workspaces, set } = usePreferences.getState();
  if (workspaces.own.length >= OWN_MAX) return say(`No more than ${OWN_MAX} workspaces.`);
  const taken = new Set(workspaces.own);
  const name = Array.from({ length: OWN_MAX + 1 }, (_none, at) => `my-${at + 1}`).find(
    (one) => !taken.has(one),
  );
  if (name === undefined) return;
  const layout = dock?.toJSON();
  set({
    workspaces: {
      ...workspaces,
      own: [...workspaces.own, name],
      titles: { ...workspaces.titles, [name]: title.trim().slice(0, TITLE_MAX) || 'My workspace' },
      layouts: layout ? { ...workspaces.layouts, [name]: layout } : workspaces.layouts,
    },
  });
  goToWorkspace(name);
}

export function renameWorkspace(name: string, title: string): void {
  const { workspaces, set } = usePreferences.getState();
  const { [name]: _before, ...others } = workspaces.titles;
  const given = title.trim().slice(0, TITLE_MAX);
  const titles = given === '' ? others : { ...others, [name]: given };
  set({ workspaces: { ...workspaces, titles } });
}

/** Forgets a workspace of the person's own. */
export function removeWorkspace(name: string): void {
  const { workspaces, set } = usePreferences.getState();
  const { [name]: _layout, ...layouts } = workspaces.layouts;
  const { [name]: _title, ...titles } = workspaces.titles;
  goToWorkspace('risk');
  const own = workspaces.own.filter((one) => one !== name);
  set({ workspaces: { ...workspaces, layouts, titles, own } });
}

/** What could be docked here and is not yet. */
export function missingHere(panels: readonly string[]): typeof DOCKABLE {
  return DOCKABLE.filter(({ name }) => !panels.includes(name));
}
