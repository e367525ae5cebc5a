import { openOverlay, useOverlay } from '../store/overlay.ts';
import { goToWorkspace } from '../store/place.ts';
import { THEMES, usePreferences, type Theme } from '../store/preferences.ts';
import { useSession } from '../store/session.ts';
import { isAlone, popOut } from './windows.ts';
import {
  activePanel,
  closePanel,
  growPanel,
  maximisePanel,
  movePanel,
  say,
  stepPanel,
  undoLayout,
} from './dock-control.ts';
import { viewNamed, viewOfKey, type KeyWords } from './views.ts';

/** How long a letter after `g` is a view's. */
const AFTER_G_MS = 2_500;

/** Keys of the window itself, with what they do: the sheet of keys shows them. */
export const WINDOW_KEYS: readonly KeyWords[] = [
  ['Ctrl+K', 'Go anywhere, do anything: views, verbs, accounts, search'],
  ['1 … 9', 'The views of the rail'],
  ['G, then a letter', 'The other views'],
  ['F6 / Shift+F6', 'From panel to panel'],
  ['Alt+Shift+← → ↑ ↓', 'Move the panel in front to that side'],
  ['Ctrl+Alt+← → ↑ ↓', 'Make the panel in front narrower, wider, lower, higher'],
  ['Alt+Enter', 'The panel in front over the whole workspace, and back'],
  ['Alt+O', 'The panel in front in a window of its own'],
  ['Alt+Z', 'Undo the last step of arranging'],
  ['Delete', 'On a tab: take the panel out'],
  ['I', 'What came while you were away, and what waits for you'],
  ['F', 'Feeds and refused records'],
  [',', 'How it looks: theme, density, motion, numbers'],
  ['T', 'Change the theme'],
  ['Esc', 'Close what was opened last'],
  ['?', 'These keys'],
];

export function nextTheme(theme: Theme): Theme {
  return THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
}

/** Text is being written there: letters are letters. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName))
  );
}

let afterG = 0;

/**
 * Hears the window's keys; called once, before anything is drawn, so that a letter after `g` and
 * Escape over a sheet come here first.
 */
export function startKeys(): void {
  window.addEventListener('keydown', first, true);
  window.addEventListener('keydown', last);
}

/** Before every panel. */
function first(event: KeyboardEvent): void {
  if (useSession.getState().person === null) return;
  const { overlay } = useOverlay.getState();
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k' && !event.altKey) {
    taken(event);
    return openOverlay(overlay === 'palette' ? null : 'palette');
  }
  if (overlay !== null && event.key === 'Escape') {
    taken(event);
    return openOverlay(null);
  }
  if (event.key === 'F6') {
    taken(event);
    return stepPanel(event.shiftKey ? -1 : 1);
  }
  if (event.timeStamp < afterG && !isTyping(event.target)) {
    afterG = 0;
    const view = viewOfKey(event.key.toLowerCase(), true);
    say('');
    if (view === null) return;
    taken(event);
    return goToWorkspace(view);
  }
  if (event.altKey && !isTyping(event.target)) arrange(event);
}

function taken(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}

const SIDE = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'above',
  ArrowDown: 'below',
} as const;
const GROWS = {
  ArrowLeft: ['width', -1],
  ArrowRight: ['width', 1],
  ArrowUp: ['height', -1],
  ArrowDown: ['height', 1],
} as const;

/** Panels are moved and sized without a pointer. */
function arrange(event: KeyboardEvent): void {
  const { key, shiftKey, ctrlKey } = event;
  if (key in SIDE && (shiftKey || ctrlKey)) {
    taken(event);
    const arrow = key as keyof typeof SIDE;
    if (shiftKey) return movePanel(SIDE[arrow]);
    const [axis, sign] = GROWS[arrow];
    return growPanel(axis, sign);
  }
  if (shiftKey || ctrlKey) return;
  const panel = activePanel();
  const acts: Readonly<Record<string, () => void>> = {
    Enter: maximisePanel,
    o: () => panel !== null && popOut(panel),
    z: undoLayout,
  };
  const act = acts[key];
  if (!act) return;
  taken(event);
  act();
}

/** After every panel: what none of them has taken. */
function last(event: KeyboardEvent): void {
  if (useSession.getState().person === null) return;
  const typing = isTyping(event.target);
  if (event.key === 'Escape') {
    if (typing) (event.target as HTMLElement).blur();
    else useSession.getState().select(null);
  }
  if (event.key === 'Delete' && (event.target as HTMLElement).matches?.('.dv-tab')) {
    closePanel((event.target as HTMLElement).dataset.tabPanelId);
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (useOverlay.getState().overlay !== null && event.key !== '?') return;
  const view = viewOfKey(event.key, false);
  if (view !== null && !isAlone()) goToWorkspace(view);
  const act = LETTERS[event.key];
  if (!act) return;
  event.preventDefault();
  act(event);
}

/** Whether the panel in front means something of its own by a key. */
function hasOwnKey(key: string): boolean {
  const own = viewNamed(activePanel() ?? '')?.keys ?? [];
  return own.some(([keys]) => keys === key);
}

const LETTERS: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
  '/': () => document.getElementById('search')?.focus(),
  '?': () => openOverlay('keys'),
  ',': () => openOverlay('settings'),
  f: () => openOverlay('feeds'),
  i: () => openOverlay('notices'),
  g: ({ timeStamp }) => {
    // In a queue it takes the next item: there the palette leads elsewhere.
    if (hasOwnKey('g')) return;
    afterG = timeStamp + AFTER_G_MS;
    say('Go to: a letter of a view, as the sheet of keys names them.');
  },
  n: () => document.querySelector<HTMLElement>('.alert-main')?.focus(),
  t: () => {
    const { theme, set } = usePreferences.getState();
    const next = nextTheme(theme);
    set({ theme: next });
    say(`Theme: ${next}.`);
  },
};
