import { createHash, type Hash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { root, runNode, tools } from './steps.ts';

const RENDERER_SOURCES = ['renderer', 'core', 'package-lock.json'];
const DESKTOP_SOURCES = [...RENDERER_SOURCES, 'electron', 'preload'];

/** Builds the renderer into out/renderer, unless its sources are those of the last build. */
export function buildRenderer(): Promise<boolean> {
  return buildWhenChanged('renderer', RENDERER_SOURCES, tools.bundle, 'renderer/vite.config.ts');
}

/** Builds everything that the desktop app packs: out/main, out/preload and out/renderer. */
export function buildDesktop(): Promise<boolean> {
  return buildWhenChanged(
    'desktop',
    DESKTOP_SOURCES,
    tools.bundleDesktop,
    'electron/electron.vite.config.ts',
  );
}

async function buildWhenChanged(
  name: string,
  from: readonly string[],
  tool: string,
  config: string,
): Promise<boolean> {
  // Outside of what is built: a build empties its folder, and the folder is served to browsers.
  const stamp = join(root, 'out', `.${name}-sources`);
  const sources = hashOf(from);
  const built = existsSync(join(root, 'out', 'renderer', 'index.html'));
  if (built && existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return false;
  const code = await runNode(tool, ['build', '--config', config, '--logLevel', 'warn']);
  if (code !== 0) throw new Error(`the ${name} could not be built; the lines above say why`);
  mkdirSync(join(root, 'out'), { recursive: true });
  writeFileSync(stamp, sources);
  return true;
}

/** One digest over names and contents. Tests are no part of a build. */
function hashOf(paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths) addTo(hash, path);
  return hash.digest('hex');
}

function addTo(hash: Hash, path: string): void {
  const entries = path.endsWith('.json') ? [path] : filesIn(path);
  for (const entry of entries)
    hash
      .update(entry)
      .update('\0')
      .update(readFileSync(join(root, entry)));
}

function filesIn(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(test|contract)\.tsx?$|\.md$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
