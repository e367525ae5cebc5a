import { useSyncExternalStore } from 'react';

/** Where the window stands, kept in the address so that it can be linked to: "#/programs/x/draft". */
export type View = 'risk' | 'programs' | 'shocks' | 'approvals' | 'people' | 'audit' | 'exposure' | 'cases' | 'alerts';

let current = '';
let parts: readonly string[] = ['risk'];

function read(): readonly string[] {
  if (location.hash !== current) {
    current = location.hash;
    parts = current
      .replace(/^#\/?/, '')
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
    if (parts.length === 0) parts = ['risk'];
  }
  return parts;
}

export function usePlace(): readonly string[] {
  return useSyncExternalStore((changed) => {
    window.addEventListener('hashchange', changed);
    return () => window.removeEventListener('hashchange', changed);
  }, read);
}

/** Where it stands at this instant: a key that is pressed again has not been drawn yet. */
export function placeNow(): readonly string[] {
  return read();
}

export function goTo(view: View, ...rest: readonly string[]): void {
  location.hash = `/${[view, ...rest].map(encodeURIComponent).join('/')}`;
}
