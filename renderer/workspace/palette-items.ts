import type { RendererClient } from '../desk/client.ts';
import { undoFilters, useFilters } from '../store/grid-filters.ts';
import { goToWorkspace } from '../store/place.ts';
import { DENSITIES, THEMES, usePreferences } from '../store/preferences.ts';
import { book, useSession } from '../store/session.ts';
import {
  activePanel,
  addWorkspace,
  closePanel,
  dockHere,
  growPanel,
  maximisePanel,
  missingHere,
  movePanel,
  OWN_MAX,
  removeWorkspace,
  resetLayout,
  setArranging,
  titleOf,
  undoLayout,
  useDock,
} from './dock-control.ts';
import { openOverlay } from '../store/overlay.ts';
import { openAccount } from './open-account.ts';
import { wordsOf } from './ranking.ts';
import { viewKinds, viewNamed, type KeyWords } from './views.ts';
import { popOut } from './windows.ts';

/** Of one kind of thing, no more are offered at a time: whoever looks for one writes more of its name. */
const ACCOUNTS_MAX = 12;

/** One thing that can be done or gone to. */
export interface Item {
  readonly id: string;
  readonly kind: 'View' | 'Workspace' | 'Here' | 'Layout' | 'Look' | 'Account' | 'Desk' | 'Found';
  readonly title: string;
  readonly more: string;
  readonly keys: string;
  readonly run: () => void;
}

/** Everything but accounts, as things stand now. */
export function itemsNow(client: RendererClient): readonly Item[] {
  return [...verbItems(), ...viewItems(), ...layoutItems(), ...lookItems(), ...deskItems(client)];
}

/** Accounts and traders by name, from what this desk holds. */
export function accountItems(text: string): Item[] {
  const words = wordsOf(text);
  if (words.length === 0) return [];
  const items: Item[] = [];
  for (const summary of book.accounts) {
    if (!summary) continue;
    const { traderName, accountId, traderId, program, phase } = summary.terms;
    const text_ = `${traderName} ${accountId} ${traderId}`.toLowerCase();
    if (!words.every((word) => text_.includes(word))) continue;
    items.push({
      id: `account ${accountId}`,
      kind: 'Account',
      title: `${traderName} · ${accountId}`,
      more: `${program.name}, ${phase.name}, ${summary.status}`,
      keys: '',
      run: () => openAccount(accountId),
    });
    if (items.length === ACCOUNTS_MAX) break;
  }
  return items;
}

function viewItems(): Item[] {
  const { own } = usePreferences.getState().workspaces;
  return [
    ...viewKinds.map(({ name, says, key }) => ({
      id: `view ${name}`,
      kind: 'View' as const,
      title: titleOf(name),
      more: says,
      keys: key,
      run: () => goToWorkspace(name),
    })),
    ...own.map((name) => ({
      id: `view ${name}`,
      kind: 'Workspace' as const,
      title: titleOf(name),
      more: 'A workspace of your own',
      keys: '',
      run: () => goToWorkspace(name),
    })),
  ];
}

/** The verbs of the panel in front: those of one letter are run by their letter. */
function verbItems(): Item[] {
  const front = activePanel();
  if (front === null) return [];
  const view = viewNamed(front) ?? viewNamed('risk');
  return (view?.keys ?? []).filter(isVerb).map(([keys, says]) => ({
    id: `verb ${keys}`,
    kind: 'Here',
    title: says,
    more: titleOf(front),
    keys,
    run: () => press(keys),
  }));
}

function isVerb([keys]: KeyWords): boolean {
  return keys.length === 1;
}

/** As if the key had been pressed: one way in for both, so that neither can do more. */
function press(key: string): void {
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
}

function layoutItems(): Item[] {
  const { panels, workspace, canUndo, arranging } = useDock.getState();
  const front = activePanel();
  const layout = (title: string, more: string, keys: string, run: () => void): Item => ({
    id: `layout ${title}`,
    kind: 'Layout',
    title,
    more,
    keys,
    run,
  });
  const { own } = usePreferences.getState().workspaces;
  const items = [
    ...missingHere(panels).flatMap(({ name, title }) => [
      layout(`Dock here: ${title}`, 'Beside the panel in front', '', () => dockHere(name, 'right')),
      layout(`Dock below: ${title}`, 'Under the panel in front', '', () => dockHere(name, 'below')),
      layout(`Dock as a tab: ${title}`, 'In the place of the panel in front', '', () =>
        dockHere(name, 'within'),
      ),
    ]),
    layout('Reset this workspace', 'As it was delivered; can be undone', '', resetLayout),
    layout('Rename this workspace', titleOf(workspace), '', () => openOverlay('settings')),
    layout(
      arranging ? 'Arranging: done' : 'Arrange panels',
      'Tabs everywhere, to drag and to close',
      '',
      () => setArranging(!arranging),
    ),
  ];
  if (canUndo) items.push(layout('Undo the last step of arranging', '', 'Alt+Z', undoLayout));
  if (own.length < OWN_MAX) {
    items.push(
      layout('New workspace from this one', 'Yours alone, in the rail', '', () =>
        addWorkspace(`My ${titleOf(workspace)}`),
      ),
    );
  }
  if (own.includes(workspace)) {
    items.push(
      layout('Remove this workspace', titleOf(workspace), '', () => removeWorkspace(workspace)),
    );
  }
  if (front === null) return items;
  const name = titleOf(front);
  items.push(layout(`Open ${name} in a window of its own`, '', 'Alt+O', () => popOut(front)));
  if (panels.length === 1) return items;
  return [
    ...items,
    layout(`Take ${name} out`, 'Can be undone', 'Delete', () => closePanel(front)),
    layout(`${name} over the whole workspace, and back`, '', 'Alt+Enter', maximisePanel),
    ...(['left', 'right', 'above', 'below'] as const).map((side) =>
      layout(`Move ${name} ${side}`, '', 'Alt+Shift+arrow', () => movePanel(side)),
    ),
    layout(`${name}: wider`, '', 'Ctrl+Alt+→', () => growPanel('width', 1)),
    layout(`${name}: narrower`, '', 'Ctrl+Alt+←', () => growPanel('width', -1)),
    layout(`${name}: higher`, '', 'Ctrl+Alt+↓', () => growPanel('height', 1)),
    layout(`${name}: lower`, '', 'Ctrl+Alt+↑', () => growPanel('height', -1)),
  ];
}

export const THEME_TEXT = {
  system: 'As the system',
  dark: 'Dark',
  light: 'Light',
  contrast: 'High contrast',
} as const;

function lookItems(): Item[] {
  const { set, still, localNumbers } = usePreferences.getState();
  const look = (title: string, more: string, run: () => void): Item => ({
    id: `look ${title}`,
    kind: 'Look',
    title,
    more,
    keys: '',
    run,
  });
  return [
    ...THEMES.map((theme) => look(`Theme: ${THEME_TEXT[theme]}`, '', () => set({ theme }))),
    ...DENSITIES.map((density) => look(`Density: ${density}`, '', () => set({ density }))),
    look(still ? 'Motion: as the system says' : 'Motion: none', '', () => set({ still: !still })),
    look(
      localNumbers ? 'Numbers: 1,234.50' : 'Numbers: as this machine writes them',
      'On screen alone; what is exported stays the same',
      () => set({ localNumbers: !localNumbers }),
    ),
  ];
}

function deskItems(client: RendererClient): Item[] {
  const desk = (title: string, keys: string, run: () => void): Item => ({
    id: `desk ${title}`,
    kind: 'Desk',
    title,
    more: '',
    keys,
    run,
  });
  return [
    desk('What came while you were away, and what waits for you', 'i', () =>
      openOverlay('notices'),
    ),
    desk('Feeds and refused records', 'f', () => openOverlay('feeds')),
    ...(useFilters.getState().earlier.length > 0
      ? [desk('Undo the last filter of the accounts', '', undoFilters)]
      : []),
    desk('Keys', '?', () => openOverlay('keys')),
    desk('How it looks, and this workspace', ',', () => openOverlay('settings')),
    desk('Take the tour', '', () => openOverlay('tour')),
    desk('Copy the address of this place', '', () => {
      void navigator.clipboard.writeText(location.hash);
    }),
    desk('Close the open account', 'Esc', () => useSession.getState().select(null)),
    desk('Sign out', '', () => void client.call('session.signOut', { everywhere: false })),
  ];
}
