import { addressOf, ALONE, placeNow, setElsewhere, workspaceNow } from '../store/place.ts';
import { useSession } from '../store/session.ts';
import { dockHere, say, takeOut, titleOf, useDock } from './dock-control.ts';

/*
 * Windows of one desk. A panel in a window of its own is a whole page with its own line to the
 * desk: it lives on when the first window is closed. What they tell each other is where to go,
 * which account is open, and that a panel went out or came back; never data.
 */
const CHANNEL = 'propdesk.windows';
const SIZE = { width: 1000, height: 760 };
/** Within so long the first window says that it has heard; else the place opens where it was asked for. */
const HEARD_MS = 2_000;
/** A window that is only read again comes back within so long. */
const RETURN_MS = 1_500;

type Told =
  | { readonly type: 'goTo'; readonly hash: string; readonly id: string }
  | { readonly type: 'heard'; readonly id: string }
  | { readonly type: 'selected'; readonly accountId: string | null; readonly alone: boolean }
  | { readonly type: 'left' | 'came'; readonly panel: string };

let channel: BroadcastChannel | null = null;
let isTold = false;

export function isAlone(): boolean {
  return workspaceNow() === ALONE;
}

/** Called once: takes part in what the windows of this desk tell each other. */
export function startWindows(): void {
  channel = new BroadcastChannel(CHANNEL);
  const alone = isAlone();
  const [panel = ''] = placeNow();
  const tell = (told: Told): void => channel?.postMessage(told);
  const waiting = new Map<string, ReturnType<typeof setTimeout>>();
  const returning = new Map<string, ReturnType<typeof setTimeout>>();
  channel.addEventListener('message', ({ data }: MessageEvent<Told>) => {
    if (data.type === 'goTo' && !alone) {
      tell({ type: 'heard', id: data.id });
      location.hash = data.hash;
      window.focus();
    } else if (data.type === 'heard') {
      clearTimeout(waiting.get(data.id));
      waiting.delete(data.id);
    } else if (data.type === 'selected' && (alone || data.alone)) {
      isTold = true;
      useSession.getState().select(data.accountId);
      isTold = false;
    } else if (data.type === 'left' && !alone) {
      returning.set(
        data.panel,
        setTimeout(() => comeBack(data.panel), RETURN_MS),
      );
    } else if (data.type === 'came') {
      clearTimeout(returning.get(data.panel));
    }
  });
  useSession.subscribe(({ selected }, { selected: was }) => {
    if (selected !== was && !isTold) tell({ type: 'selected', accountId: selected, alone });
  });
  if (!alone) return;
  tell({ type: 'came', panel });
  window.addEventListener('pagehide', () => tell({ type: 'left', panel }));
  setElsewhere((hash) => {
    const id = crypto.randomUUID();
    tell({ type: 'goTo', hash, id });
    waiting.set(
      id,
      setTimeout(() => {
        location.hash = hash;
        location.reload();
      }, HEARD_MS),
    );
  });
}

/** Panels that went out of this window, with the workspace that they go back to. */
const out = new Map<string, string>();

/** Opens a panel in a window of its own, and takes it out of this one unless it is the last. */
export function popOut(panel: string): void {
  const address = addressOf(placeNow(panel), ALONE);
  // A second page of the same desk: in Electron the host opens it under its own strict rules.
  const opened = window.open(
    `${location.pathname}${address}`,
    `propdesk-${panel}`,
    `popup,width=${SIZE.width},height=${SIZE.height}`,
  );
  const { panels, workspace } = useDock.getState();
  // A host that opens the window itself gives no handle to it.
  if (opened === null && !('deskPort' in window)) {
    return say('The browser has not opened another window: allow windows for this page.');
  }
  if (panels.length > 1) {
    out.set(panel, workspace);
    takeOut(panel);
  }
  say(`${titleOf(panel)} has a window of its own.`);
}

function comeBack(panel: string): void {
  const from = out.get(panel);
  out.delete(panel);
  if (from !== undefined && from === useDock.getState().workspace) dockHere(panel, 'right');
}
