import { extname, join, normalize, sep } from 'node:path';

/** What the page may do: load its own files, and nothing from anywhere else. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** The file behind an app:// address, or null when it lies outside the page's folder. */
export function fileOf(folder: string, url: string): { path: string; type: string } | null {
  const { pathname, host } = new URL(url);
  if (host !== 'propdesk') return null;
  const path = normalize(
    join(folder, pathname === '/' ? 'index.html' : decodeURIComponent(pathname)),
  );
  const type = CONTENT_TYPES[extname(path)];
  return path.startsWith(folder + sep) && type ? { path, type } : null;
}
