import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { parseSync } from 'vite';

/** The house rules as data: what may import what, and what core must do without. */

/** Rooms of core by floor: a room imports only rooms on lower floors. */
export const FLOORS: readonly (readonly string[])[] = [
  ['kernel'],
  ['money', 'time', 'audit', 'signing'],
  ['market', 'people'],
  ['accounts'],
  ['rules', 'fraud'],
  [
    'engine',
    'payouts',
    'lifecycle',
    'approvals',
    'cases',
    'provisioning',
    'support',
    'sharing',
    'work',
    'insight',
  ],
  ['programs'],
  ['what-if', 'exposure', 'alerts'],
  ['facts'],
  ['impact', 'governance', 'surveillance'],
  ['evidence', 'board', 'kpi', 'standing'],
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
      'imapflow',
      'node-html-parser',
      'nodemailer',
      'pdfkit',
      'otpauth',
      'postal-mime',
      'saxes',
      'ws',
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
      'cytoscape',
      'dockview-react',
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

/** Territories that may import only types: what they share must not end up in their bundle. */
const TYPES_ONLY: readonly { readonly from: string; readonly of: string }[] = [
  { from: 'preload/', of: 'core/' },
];

/**
 * What only some may import, wherever it lies: what the demonstration's traders really are is known
 * to the tool that scores detectors, and to nothing that judges, decides or shows.
 */
const RESERVED: readonly {
  readonly of: string;
  readonly home: string;
  readonly readers: readonly string[];
}[] = [
  { of: 'core/sim/labels.ts', home: 'core/sim/', readers: ['server/cli/score.ts'] },
  { of: 'core/sim/behaviours/', home: 'core/sim/', readers: [] },
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

interface Family {
  /** A list, written by hand, of every member: it works in Node, Vite and the compiler alike. */
  readonly index: string;
  readonly member: RegExp;
  /** Files that look like members and are what members share. */
  readonly helpers: readonly string[];
}

export const FAMILIES: readonly Family[] = [
  {
    index: 'core/rules/kinds/index.ts',
    member: /^core\/rules\/kinds\/[^/]+\.ts$/,
    helpers: ['core/rules/kinds/daily-floor.ts', 'core/rules/kinds/trailing-kind.ts'],
  },
  {
    index: 'core/fraud/detectors/index.ts',
    member: /^core\/fraud\/detectors\/[^/]+\.ts$/,
    helpers: [],
  },
  {
    index: 'core/sim/behaviours/index.ts',
    member: /^core\/sim\/behaviours\/[^/]+\.ts$/,
    helpers: [],
  },
  {
    index: 'core/governance/actions/index.ts',
    member: /^core\/governance\/actions\/[^/]+\.ts$/,
    helpers: ['core/governance/actions/action-kind.ts'],
  },
  {
    index: 'core/board/sources/index.ts',
    member: /^core\/board\/sources\/[^/]+\.ts$/,
    helpers: [],
  },
  {
    index: 'core/kpi/kpis/index.ts',
    member: /^core\/kpi\/kpis\/[^/]+\.ts$/,
    helpers: [],
  },
  {
    index: 'core/standing/catalogue/index.ts',
    member: /^core\/standing\/catalogue\/[^/]+\.ts$/,
    helpers: ['core/standing/catalogue/catalogue.ts'],
  },
  {
    index: 'server/payments/providers/index.ts',
    member: /^server\/payments\/providers\/[^/]+\/provider\.ts$/,
    helpers: [],
  },
  {
    index: 'server/provisioning/shops/index.ts',
    member: /^server\/provisioning\/shops\/[^/]+\/shop\.ts$/,
    helpers: [],
  },
  {
    index: 'server/adapters/index.ts',
    member: /^server\/adapters\/[^/]+\/adapter\.ts$/,
    helpers: [],
  },
  {
    index: 'renderer/panels/index.ts',
    member: /^renderer\/panels\/[^/]+\/panel\.tsx$/,
    helpers: [],
  },
];

/** Files that nothing imports because a person, a tool or the operating system starts them. */
const ENTRIES: readonly RegExp[] = [
  /^\.ci\/mutate\.ts$/,
  /^server\/main\.ts$/,
  /^server\/cli\/[^/]+\.ts$/,
  /^server\/adapters\/[^/]+\/testing\/teller\.ts$/,
  /^server\/evidence\/propdesk-verify\.ts$/,
  /^electron\/(main|loopback)\/index\.ts$/,
  /^preload\/index\.ts$/,
  /^renderer\/main\.tsx$/,
  /^bench\/[^/]+\/run\.ts$/,
  /^e2e\/[^/]+\.e2e\.ts$/,
  /^e2e\/[^/]+\/(run|worker)\.ts$/,
  /^\.ci\/tasks\/[^/]+\.ts$/,
  /(^|\/)[^/]+\.config\.ts$|\.d\.ts$|\/placeholder\.ts$/,
];

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Every source file of the project, by path from the root. */
export function readSources(root: string): SourceFile[] {
  const folders = [...new Set(TERRITORIES.map(({ at }) => at.split('/')[0] ?? ''))];
  return folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
        .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
        .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
    );
}

/** Every broken rule, one sentence each, with its place. */
export function problemsOf(files: readonly SourceFile[]): string[] {
  const imports = new Map(files.map((file) => [file.path, importsOf(file)]));
  const problems = [
    ...files.flatMap((file) => importProblems(file, imports.get(file.path) ?? [])),
    ...files.flatMap(lineProblems),
    ...unregistered(imports),
    ...unused(imports),
  ];
  // `import` and then `export` of one name is found twice.
  return [...new Set(problems)];
}

function importProblems(file: SourceFile, imports: readonly Import[]): string[] {
  const lines = file.text.split('\n');
  return imports.flatMap(({ target, line, typesOnly }) => {
    const problem = importProblem(file.path, target) ?? typesProblem(file.path, target, typesOnly);
    if (problem === null || isAllowed(lines[line - 1] ?? '')) return [];
    return [`${file.path}:${line}: imports ${target}: ${problem}`];
  });
}

function lineProblems(file: SourceFile): string[] {
  const problems: string[] = [];
  const pure = file.path.startsWith('core/') && !isTest(file.path);
  for (const [at, line] of file.text.split('\n').entries()) {
    if (isAllowed(line)) continue;
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

/** An exception is a comment at the end of its line, and says why. */
function isAllowed(line: string): boolean {
  return /\/\/ tidy-allow: \S+/.test(line);
}

export interface Import {
  readonly target: string;
  readonly line: number;
  readonly typesOnly: boolean;
}

/** Modules imported, re-exported, imported by a literal at run time, or started as workers. */
export function importsOf({ path, text }: SourceFile): Import[] {
  const { module } = parseSync(path, text);
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length;
  const fixed = module.staticImports.map(({ moduleRequest, start, entries }) => ({
    target: moduleRequest.value,
    line: lineOf(start),
    typesOnly: entries.length > 0 && entries.every(({ isType }) => isType),
  }));
  const passedOn = module.staticExports.flatMap(({ start, entries }) =>
    entries.flatMap(({ moduleRequest, isType }) =>
      moduleRequest
        ? [{ target: moduleRequest.value, line: lineOf(start), typesOnly: isType }]
        : [],
    ),
  );
  const dynamic = module.dynamicImports.map(({ moduleRequest, start }) => ({
    target: text.slice(moduleRequest.start, moduleRequest.end).replace(/^['"`]|['"`]$/g, ''),
    line: lineOf(start),
    typesOnly: false,
  }));
  const workers = [
    ...text.matchAll(/new URL\(\s*'(\.{1,2}\/[^']+\.tsx?)',\s*import\.meta\.url/g),
  ].map(({ 1: target = '', index }) => ({ target, line: lineOf(index), typesOnly: false }));
  return [...fixed, ...passedOn, ...dynamic, ...workers];
}

function typesProblem(from: string, target: string, typesOnly: boolean): string | null {
  const path = projectPath(from, target);
  if (path === null || typesOnly || isExempt(from)) return null;
  const rule = TYPES_ONLY.find((entry) => from.startsWith(entry.from) && path.startsWith(entry.of));
  return rule ? `${rule.from} may import only types from ${rule.of}` : null;
}

/** Why one file may not import another, or null when it may. */
export function importProblem(from: string, target: string): string | null {
  if (target.startsWith('../../')) return 'climbs more than one folder; use the # path';
  if (isExempt(from)) return null;
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
  const reserved = RESERVED.find(({ of }) => path.startsWith(of));
  if (reserved && !from.startsWith(reserved.home) && !reserved.readers.includes(from)) {
    return `only ${[reserved.home, ...reserved.readers].join(' and ')} may know it`;
  }
  if (path.startsWith('core/') && from.startsWith('core/')) return floorProblem(from, path);
  const home = territoryOf(path)?.at;
  const reachable =
    home === territory.at ||
    path.startsWith(territory.at) ||
    territory.imports.some((prefix) => path.startsWith(prefix));
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
  if (target.startsWith('#renderer/')) return `renderer/${target.slice(10)}`;
  if (target.startsWith('#desk/')) return `electron/desk/${target.slice(6)}`;
  if (!target.startsWith('.')) return null;
  // Vite's endings (`?worker`, `?modulePath`) say how a module is loaded, not which.
  return normalize(join(dirname(from), target.replace(/\?.*$/, '')));
}

/** Tests and the configuration of tools may use what they need. */
function isExempt(path: string): boolean {
  return isTest(path) || path.endsWith('.config.ts');
}

function isTest(path: string): boolean {
  return /\.(test|contract)\.tsx?$|\/testing\//.test(path);
}

type ImportsByFile = ReadonlyMap<string, readonly Import[]>;

function unregistered(imports: ImportsByFile): string[] {
  return FAMILIES.flatMap(({ index, member, helpers }) => {
    const registered = targetsOf(index, imports.get(index) ?? []);
    return [...imports.keys()]
      .filter((path) => member.test(path) && path !== index && !isTest(path))
      .filter((path) => !helpers.includes(path) && !registered.includes(path))
      .map((path) => `${path}: never registered; add it to ${index}`);
  });
}

function unused(imports: ImportsByFile): string[] {
  const used = new Set([...imports].flatMap(([path, targets]) => targetsOf(path, targets)));
  return [...imports.keys()]
    .filter((path) => !used.has(path) && !/\.test\.tsx?$/.test(path))
    .filter((path) => !ENTRIES.some((entry) => entry.test(path)))
    .map((path) => `${path}: nothing imports it; use it, delete it, or name it as an entry`);
}

function targetsOf(path: string, imports: readonly Import[]): string[] {
  return imports.flatMap(({ target }) => projectPath(path, target) ?? []);
}
