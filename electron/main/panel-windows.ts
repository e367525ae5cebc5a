import { ORIGIN } from './port.ts';

/** Windows of panels beside the first one: each has a page of its own to draw. */
export const PANEL_WINDOWS_MAX = 8;
const PANEL = /^[a-z][a-zA-Z]{0,31}$/;

/** The panel that a page wants in a window of its own; null for every other wish. */
export function panelWindowOf(
  url: string,
): { readonly panel: string; readonly url: string } | null {
  if (!url.startsWith(`${ORIGIN}/`)) return null;
  const { pathname, search, hash } = new URL(url);
  if ((pathname !== '/' && pathname !== '/index.html') || search !== '') return null;
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [panel = ''] = path.split('/');
  if (query !== 'in=alone' || !PANEL.test(panel)) return null;
  return { panel, url: `${ORIGIN}/${hash}` };
}
