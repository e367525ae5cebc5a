import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseSync } from 'vite';

/**
 * npm run mutate [-- --files core/rules --sample 200 --seed 1]
 *
 * Mutation testing: plants one small fault at a time in a copy of the project and asks whether the
 * tests that concern those files notice. Prints every survivor with its place, then the share
 * killed. A sample is drawn with a seed, so that a run can be repeated.
 */
const { values: options } = parseArgs({
  options: {
    files: { type: 'string', default: 'core/rules' },
    /** Groups of tests, the quick ones first: a fault that one group finds spares the next. */
    tests: {
      type: 'string',
      default: 'core/rules,core/programs,core/what-if,server/examples,server/programs;core/engine',
    },
    sample: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
  },
});
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const RUN_MS_MAX = 120_000;

interface Mutant {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

const OPERATORS: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '+': '-',
  '-': '+',
  '*': '/',
  '&&': '||',
  '||': '&&',
  '+=': '-=',
  '-=': '+=',
};

const files = options.files
  .split(',')
  .flatMap((place) => listFiles(join(root, place)))
  .filter((file) => !isLeftOut(file));
const all = files.flatMap(mutantsOf);
const mutants = sampled(all, Number(options.sample), Number(options.seed));
const copy = mkdtempSync(join(tmpdir(), 'propdesk-mutants-'));
for (const folder of [
  'core',
  'server',
  'electron',
  'preload',
  'renderer',
  'bench',
  'e2e',
  'resources',
  '.ci',
]) {
  cpSync(join(root, folder), join(copy, folder), { recursive: true });
}
for (const file of ['package.json', 'tsconfig.json']) cpSync(join(root, file), join(copy, file));
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));

const survivors: Mutant[] = [];
if (!passes()) {
  process.stderr.write('mutate: the tests fail before anything is changed\n');
  process.exit(2);
}
for (const [number, mutant] of mutants.entries()) {
  const original = readFileSync(join(root, mutant.file), 'utf8');
  const changed = original.slice(0, mutant.start) + mutant.text + original.slice(mutant.end);
  writeFileSync(join(copy, mutant.file), changed);
  if (passes()) {
    survivors.push(mutant);
    const line = original.slice(0, mutant.start).split('\n').length;
    const was = original.slice(mutant.start, mutant.end);
    process.stdout.write(`survived  ${mutant.file}:${line}  ${was} → ${mutant.text}\n`);
  }
  writeFileSync(join(copy, mutant.file), original);
  if (number % 20 === 19) process.stderr.write(`${number + 1} of ${mutants.length}\n`);
}
rmSync(copy, { recursive: true, force: true });
const killed = mutants.length - survivors.length;
const share = ((100 * killed) / Math.max(1, mutants.length)).toFixed(1);
process.stdout.write(
  `${killed} of ${mutants.length} killed (${share} %), a sample of ${all.length} with seed ${options.seed}\n`,
);

/** Texts for people, tests and declarations: nothing there can be wrong in a way that tests see. */
function isLeftOut(file: string): boolean {
  return /\.test\.ts$|\.contract\.ts$|\/testing\/|\.events\.ts$|sentence\.ts$/.test(file);
}

function listFiles(place: string): string[] {
  if (place.endsWith('.ts')) return [relative(root, place)];
  return readdirSync(place, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => relative(root, join(place, name)));
}

function passes(): boolean {
  return options.tests.split(';').every((group) => {
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const fixed = [vitest, 'run', '--config', '.ci/vitest.config.ts', '--bail', '1'];
    const run = spawnSync(process.execPath, [...fixed, ...group.split(',')], {
      cwd: copy,
      stdio: 'ignore',
      timeout: RUN_MS_MAX,
    });
    return run.status === 0;
  });
}

function mutantsOf(file: string): Mutant[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found: Mutant[] = [];
  const add = (start: number, end: number, changed: string): void =>
    void found.push({ file, start, end, text: changed });
  const visit = (node: Node, inText: boolean): void => {
    const { type, start, end } = node;
    // What a rule says of itself is prose: its laws are others.
    const prose =
      inText || (type === 'Property' && keyOf(node) === 'describe') || type === 'TemplateLiteral';
    if (type.startsWith('TS') || type === 'ImportDeclaration') return;
    if (!prose) {
      if (/^(Binary|Logical|Assignment)Expression$/.test(type)) {
        const operator = String(node.operator);
        const left = node.left as Node;
        const right = node.right as Node;
        const changed = OPERATORS[operator];
        const at = text.indexOf(operator, left.end);
        if (changed !== undefined && at >= 0 && at < right.start) {
          add(at, at + operator.length, changed);
        }
      }
      if (type === 'ConditionalExpression') {
        const [yes, no] = [node.consequent as Node, node.alternate as Node];
        const swapped = `${text.slice(no.start, no.end)} : ${text.slice(yes.start, yes.end)}`;
        add(yes.start, no.end, swapped);
      }
      if (type === 'Literal' && typeof node.value === 'boolean')
        add(start, end, String(!node.value));
      if (type === 'IfStatement') {
        const test = node.test as Node;
        add(test.start, test.end, `!(${text.slice(test.start, test.end)})`);
      }
    }
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) {
        if (isNode(child)) visit(child, prose);
      }
    }
  };
  visit(parseSync(file, text).program as unknown as Node, false);
  return found;
}

function keyOf(node: Node): string {
  return String((node.key as { readonly name?: string } | undefined)?.name);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

/** A fixed shuffle of a seed (xorshift), then the first so many. */
function sampled(all: Mutant[], size: number, seed: number): Mutant[] {
  let state = seed || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  return all
    .map((mutant) => ({ mutant, order: next() }))
    .sort((one, other) => one.order - other.order)
    .slice(0, size)
    .map(({ mutant }) => mutant);
}
