import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './steps.ts';

const INSTALL_MS_MAX = 90_000;
const folder = join(root, 'node_modules', 'electron');

/** The Electron program, or null and the reason: then the console opens in a browser. */
export type Electron =
  | { readonly kind: 'found'; readonly program: string }
  | { readonly kind: 'none'; readonly why: string };

/** Finds the Electron program; where a window can be opened but it is missing, fetches it once. */
export function findElectron(): Electron {
  const present = installed();
  const obstacle = obstacleToWindows();
  if (obstacle !== null) return { kind: 'none', why: obstacle };
  if (present !== null) return { kind: 'found', program: present };
  process.stdout.write('electron: fetching the program (once) …\n');
  const { status } = spawnSync(process.execPath, [join(folder, 'install.js')], {
    stdio: 'ignore',
    timeout: INSTALL_MS_MAX,
  });
  const fetched = status === 0 ? installed() : null;
  return fetched === null
    ? { kind: 'none', why: 'the Electron program could not be fetched' }
    : { kind: 'found', program: fetched };
}

/** The program if it is in place already; never fetches. */
export function installed(): string | null {
  const pathFile = join(folder, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const home = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist');
  const program = join(home, readFileSync(pathFile, 'utf8').trim());
  return existsSync(program) ? program : null;
}

function obstacleToWindows(): string | null {
  if (process.platform !== 'linux') return null;
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return 'this machine has no display';
  // Chromium's sandbox refuses to run as root, and Propdesk does not run without the sandbox.
  if (process.getuid?.() === 0) return 'Electron does not run as root';
  return null;
}
