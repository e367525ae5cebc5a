import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runNode, tools } from './steps.ts';

const SOURCES = ['renderer', 'core', 'package-lock.json'];

/** Builds the renderer into out/renderer, unless its sources are those of the last build. */
export async function buildRenderer(): Promise<boolean> {
  const stamp = join(root, 'out', 'renderer', '.sources');
  const sources = hashOf(SOURCES);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return false;
  const code = await runNode(tools.bundle, [
    'build',
    '--config',
    'renderer/vite.config.ts',
    '--logLevel',
    'warn',
  ]);
  if (code !== 0) throw new Error('the renderer could not be built; the lines above say why');
  writeFileSync(stamp, sources);
  return true;
}

function hashOf(paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths) addTo(hash, path);
  return hash.digest('hex');
}

function addTo(hash: ReturnType<typeof createHash>, path: string): void {
  const entries = existsSync(join(root, path)) && !path.endsWith('.json') ? list(path) : [path];
  for (const entry of entries) hash.update(entry).update(readFileSync(join(root, entry)));
}

function list(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}
