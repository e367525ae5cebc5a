import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { parseSync } from 'vite';

/** The house rules as data: what may import what, and what core must do without. */

/** Rooms of core by floor: a room imports only rooms on lower floors. */
export const FLOORS: readonly (readonly string[])[] = [
  ['kernel'],
  ['money', 'time', 'audit'],
  ['market'],
  ['accounts'],
  ['rules', 'fraud'],
  ['engine', 'payouts', 'approvals', 'cases'],
  ['what-if', 'evidence', 'kpi'],
  ['facts'],
  ['sync'],
  ['desk-api', 'sim'],
];

interface Territory {
  /** Path prefix; the longest that matches decides. */
  readonly at: string;
  /** Prefixes of project paths that it may import, besides itself. */
  readonly imports: readonly string[];
  /** Names of packages that it may import; `*` is any. */
  readonly packages: readonly string[];
}

export const TERRITORIES: readonly Territory[] = [
  { at: 'core/', imports: [], packages: ['zod', '@noble/hashes'] },
  {
    at: 'server/',
    imports: ['core/', 'resources/'],
    packages: [
      'node:',
      'socket.io',
      'pino',
      'prom-client',
      'temporal-polyfill',
      'fflate',
      'node-html-parser',
      'zod',
    ],
  },
  {
    at: 'server/store/open.ts',
    imports: ['core/', 'server/'],
    packages: ['node:', 'better-sqlite3'],
  },
  { at: 'electron/desk/', imports: ['core/'], packages: ['node:', 'socket.io-client', 'zod'] },
  {
    at: 'electron/desk/store/open.ts',
    imports: ['core/', 'electron/desk/'],
    packages: ['node:', 'better-sqlite3'],
  },
  { at: 'electron/main/', imports: ['core/', 'electron/desk/'], packages: ['node:', 'electron'] },
  {
    at: 'electron/loopback/',
    imports: ['core/', 'electron/desk/'],
    packages: ['node:', 'socket.io'],
  },
  { at: 'preload/', imports: ['core/desk-api/'], packages: ['electron'] },
  {
    at: 'renderer/',
    imports: ['core/'],
    packages: [
      'react',
      'react-dom',
      'zustand',
      'ag-grid-react',
      'ag-grid-community',
      'lightweight-charts',
    ],
  },
  {
    at: 'renderer/desk/',
    imports: ['core/', 'renderer/'],
    packages: ['socket.io-client', 'react', 'zustand'],
  },
  { at: 'bench/', imports: ['core/', 'server/', 'electron/', 'e2e/'], packages: ['*'] },
  { at: 'e2e/', imports: ['core/', 'server/', 'electron/'], packages: ['*'] },
  { at: '.ci/', imports: [], packages: ['*'] },
];

/** What pure code does without, each with what to use instead. */
const BANNED_IN_CORE: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.(now|UTC|parse)\b|\bnew Date\b/, 'time comes in with events'],
  [/\bMath\.random\b/, 'use createRandom with a seed'],
  [
    /\bMath\.(exp|log|log2|log10|pow|sin|cos|tan|atan2?|cbrt|hypot)\b/,
    'its last digit differs between machines',
  ],
  [/\.toFixed\(|\bparseFloat\(/, 'use decimalText and parseDecimal'],
  [/\bset(Timeout|Interval)\b|\bconsole\.|\bprocess\.|\bBuffer\b|\bfetch\(/, 'hosts do that'],
  [/\blocaleCompare\b|\btoLocale/, 'its order depends on the host'],
];

const LINE_COLUMNS_MAX = 120;

/** Folders in which every file is a member of a family and stands in the index beside it. */
const FAMILIES: readonly { readonly folder: string; readonly helpers: readonly string[] }[] = [
  { folder: 'core/rules/kinds', helpers: ['daily-floor.ts', 'trailing-kind.ts'] },
];

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Every source file of the project, by path from the root. */
export function readSources(root: string): SourceFile[] {
  const folders = [...new Set(TERRITORIES.map(({ at }) => at.split('/')[0] ?? ''))];
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
  );
}

/** Every broken rule, one sentence each, with its place. */
export function problemsOf(files: readonly SourceFile[]): string[] {
  return [...files.flatMap((file) => problemsOfFile(file)), ...unregistered(files)];
}

function problemsOfFile(file: SourceFile): string[] {
  const problems = importsOf(file).flatMap((target) => {
    const problem = importProblem(file.path, target);
    return problem === null ? [] : [`${file.path}: imports ${target}: ${problem}`];
  });
  const pure = file.path.startsWith('core/') && !isTest(file.path);
  for (const [at, line] of file.text.split('\n').entries()) {
    if (line.includes('tidy-allow:')) continue;
    const place = `${file.path}:${at + 1}`;
    if (line.length > LINE_COLUMNS_MAX)
      problems.push(`${place}: longer than ${LINE_COLUMNS_MAX} columns`);
    if (line.startsWith('export default') && !file.path.endsWith('config.ts')) {
      problems.push(`${place}: a default export has no name; export it by name`);
    }
    const code = line.replace(/\/\/.*$|^\s*\*.*$|^\s*\/\*.*$/, '');
    for (const [banned, instead] of pure ? BANNED_IN_CORE : []) {
      if (banned.test(code))
        problems.push(`${place}: ${banned.exec(code)?.[0]} in core: ${instead}`);
    }
  }
  return problems;
}

/** Module names imported statically, dynamically by a literal, or re-exported. */
export function importsOf(file: SourceFile): string[] {
  const { module } = parseSync(file.path, file.text);
  const dynamic = module.dynamicImports.map(({ moduleRequest }) =>
    file.text.slice(moduleRequest.start, moduleRequest.end).replace(/^['"`]|['"`]$/g, ''),
  );
  const fixed = module.staticImports.map(({ moduleRequest }) => moduleRequest.value);
  const passedOn = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest }) => (moduleRequest ? [moduleRequest.value] : [])),
  );
  return [...fixed, ...dynamic, ...passedOn];
}

/** Why one file may not import another, or null when it may. */
export function importProblem(from: string, target: string): string | null {
  if (isTest(from)) return null;
  if (target.startsWith('../../')) return 'climbs more than one folder; use the # path';
  const territory = territoryOf(from);
  if (territory === undefined) return 'this folder is in no import table';
  const path = projectPath(from, target);
  if (path === null) {
    const allowed = territory.packages.some(
      (name) =>
        name === '*' ||
        target === name ||
        target.startsWith(`${name}/`) ||
        (name.endsWith(':') && target.startsWith(name)),
    );
    return allowed ? null : `${territory.at} may not use this package`;
  }
  if (path.startsWith('core/') && from.startsWith('core/')) return floorProblem(from, path);
  const home = territoryOf(path)?.at;
  const reachable =
    home === territory.at || territory.imports.some((prefix) => path.startsWith(prefix));
  return reachable || sameTop(from, path)
    ? null
    : `${territory.at} may not import ${path.split('/')[0]}/`;
}

function sameTop(from: string, path: string): boolean {
  const [top] = from.split('/');
  return top !== 'electron' && path.startsWith(`${top}/`);
}

function floorProblem(from: string, to: string): string | null {
  const [fromRoom, toRoom] = [roomOf(from), roomOf(to)];
  if (fromRoom === toRoom) return null;
  const [fromFloor, toFloor] = [floorOf(fromRoom), floorOf(toRoom)];
  if (fromFloor < 0 || toFloor < 0)
    return `${fromFloor < 0 ? fromRoom : toRoom} stands on no floor`;
  return toFloor < fromFloor ? null : `room ${toRoom} is not below room ${fromRoom}`;
}

function roomOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function floorOf(room: string): number {
  return FLOORS.findIndex((floor) => floor.includes(room));
}

function territoryOf(path: string): Territory | undefined {
  return TERRITORIES.filter(({ at }) => path.startsWith(at)).sort(
    (one, other) => other.at.length - one.at.length,
  )[0];
}

function projectPath(from: string, target: string): string | null {
  if (target.startsWith('#core/')) return `core/${target.slice(6)}`;
  if (target.startsWith('#server/')) return `server/${target.slice(8)}`;
  if (target.startsWith('#desk/')) return `electron/desk/${target.slice(6)}`;
  return target.startsWith('.') ? normalize(join(dirname(from), target)) : null;
}

function isTest(path: string): boolean {
  return /\.(test|contract)\.tsx?$|\/testing\//.test(path);
}

function unregistered(files: readonly SourceFile[]): string[] {
  return FAMILIES.flatMap(({ folder, helpers }) => {
    const index = files.find(({ path }) => path === `${folder}/index.ts`);
    const registered = index ? importsOf(index) : [];
    return files
      .filter(({ path }) => dirname(path) === folder && !isTest(path))
      .map(({ path }) => path.slice(folder.length + 1))
      .filter((name) => name !== 'index.ts' && !helpers.includes(name))
      .filter((name) => !registered.includes(`./${name}`))
      .map((name) => `${folder}/${name}: never registered; add it to the index beside it`);
  });
}
