import { createContext, useContext, useSyncExternalStore } from 'react';
import type { View } from '../workspace/views.ts';

export type { View } from '../workspace/views.ts';

/**
 * Where the window stands, kept in the address so that it can be linked to: "#/programs/x/draft".
 * A panel that is docked in another workspace than its own adds which: "#/exposure/symbol?in=risk".
 */
export interface Place {
  /** The panel that is spoken of, and where it stands within itself. */
  readonly parts: readonly string[];
  /** The workspace on screen: a view's own unless another one is named. */
  readonly workspace: string;
}

/** The workspace of a window that shows one panel and nothing else. */
export const ALONE = 'alone';

const START: Place = { parts: ['risk'], workspace: 'risk' };

let hash = '';
let current = START;
/** Where each panel stood last: what is docked beside another one keeps its place. */
const placeOf = new Map<string, readonly string[]>();
let panelsHere: ReadonlySet<string> = new Set();
let goElsewhere: ((hash: string) => void) | null = null;

/** A panel's own name: what it asks its place by, wherever it is docked. Null outside of panels. */
export const PanelName = createContext<string | null>(null);

export function placeIn(address: string): Place {
  const [path = '', query = ''] = address.replace(/^#\/?/, '').split('?');
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
  const [first = START.workspace] = parts;
  const workspace = new URLSearchParams(query).get('in') ?? first;
  return { parts: parts.length === 0 ? START.parts : parts, workspace };
}

/** What is no address is taken as it stands. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function addressOf(parts: readonly string[], workspace: string): string {
  const path = `#/${parts.map(encodeURIComponent).join('/')}`;
  return workspace === parts[0] ? path : `${path}?in=${encodeURIComponent(workspace)}`;
}

function read(): Place {
  if (location.hash === hash) return current;
  hash = location.hash;
  current = placeIn(hash);
  placeOf.set(current.parts[0] ?? '', current.parts);
  return current;
}

function subscribe(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}

/** Where the panel that asks stands; outside of panels, where the window does. */
export function usePlace(): readonly string[] {
  const name = useContext(PanelName);
  return useSyncExternalStore(subscribe, () => partsOf(name));
}

/** Which workspace is on screen. */
export function useWorkspace(): string {
  return useSyncExternalStore(subscribe, () => read().workspace);
}

/** Where it stands at this instant: a key that is pressed again has not been drawn yet. */
export function placeNow(name: string | null = null): readonly string[] {
  return partsOf(name);
}

export function workspaceNow(): string {
  return read().workspace;
}

function partsOf(name: string | null): readonly string[] {
  const { parts } = read();
  if (name === null || parts[0] === name) return parts;
  const kept = placeOf.get(name);
  if (kept) return kept;
  const first = [name];
  placeOf.set(name, first);
  return first;
}

/**
 * Goes to a place within a panel. Where that panel is docked in the workspace on screen, the
 * workspace stays; else the window goes to the panel's own.
 */
export function goTo(view: View, ...rest: readonly string[]): void {
  const { workspace } = read();
  const parts = [view, ...rest];
  // The desk of the accounts is wherever the page of one account is.
  const isHere = view === 'risk' ? panelsHere.has('account') : panelsHere.has(view);
  if (workspace === ALONE && !isHere && goElsewhere) return goElsewhere(addressOf(parts, view));
  if (isHere && view === 'risk') return;
  location.hash = addressOf(parts, isHere ? workspace : view);
}

/** Goes to a whole workspace, as a key or the rail does. */
export function goToWorkspace(workspace: string): void {
  location.hash = addressOf([workspace], workspace);
}

/** Said by the dock: which panels are on screen now. */
export function setPanelsHere(names: Iterable<string>): void {
  panelsHere = new Set(names);
}

export function isPanelHere(name: string): boolean {
  return panelsHere.has(name);
}

/** A window of one panel hands all other places to the window it came from. */
export function setElsewhere(go: ((hash: string) => void) | null): void {
  goElsewhere = go;
}
