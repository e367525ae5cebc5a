import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importProblem, problemsOf, readSources } from '../.ci/tidy.ts';

describe('the house rules', () => {
  it('hold in every file', () => {
    const files = readSources(join(import.meta.dirname, '..'));
    expect(files.length).toBeGreaterThan(40);
    expect(problemsOf(files)).toEqual([]);
  });

  it.each([
    ['core/money/money.ts', '#core/rules/judge.ts', 'room rules is not below room money'],
    ['core/rules/judge.ts', '#core/engine/book.ts', 'room engine is not below room rules'],
    ['core/money/money.ts', 'node:fs', 'core/ may not use this package'],
    ['renderer/main.tsx', '#desk/desk.ts', 'renderer/ may not import electron/'],
    ['renderer/panels/index.ts', 'socket.io-client', 'renderer/ may not use this package'],
    ['electron/desk/desk.ts', '../main/index.ts', 'electron/desk/ may not import electron/'],
    ['electron/desk/desk.ts', 'electron', 'electron/desk/ may not use this package'],
    ['electron/loopback/index.ts', '#server/main.ts', 'electron/loopback/ may not import server/'],
    ['server/ingest/ingest.ts', 'better-sqlite3', 'server/ may not use this package'],
    ['server/main.ts', '#desk/desk.ts', 'server/ may not import electron/'],
    ['core/fraud/detectors/a.ts', '#core/sim/world.ts', 'room sim is not below room fraud'],
    ['server/main.ts', '#core/sim/labels.ts', 'only core/sim/ and server/cli/score.ts may know it'],
  ])('refuse that %s imports %s', (from, target, problem) => {
    expect(importProblem(from, target)).toBe(problem);
  });

  it('let the score tool know what the demonstration’s traders really are', () => {
    expect(importProblem('server/cli/score.ts', '#core/sim/labels.ts')).toBeNull();
  });

  it.each([
    [
      'an ambient clock',
      'core/x/a.ts',
      'export const now = Date.now();',
      'in core: time comes in with events',
    ],
    [
      'unseeded randomness',
      'core/x/a.ts',
      'export const die = Math.random();',
      'use createRandom with a seed',
    ],
    [
      'a kind that nobody registered',
      'core/rules/kinds/new-kind.ts',
      'export {};',
      'never registered',
    ],
    [
      'a detector that nobody registered',
      'core/fraud/detectors/copy-ring.ts',
      'export {};',
      'never registered; add it to core/fraud/detectors/index.ts',
    ],
    [
      'an adapter that nobody registered',
      'server/adapters/metatrader/adapter.ts',
      'export {};',
      'never registered; add it to server/adapters/index.ts',
    ],
    [
      'a panel that nobody registered',
      'renderer/panels/cases/panel.tsx',
      'export {};',
      'never registered; add it to renderer/panels/index.ts',
    ],
    ['a default export', 'server/x.ts', 'export default 1;', 'export it by name'],
    ['a file that nothing imports', 'server/x.ts', 'export {};', 'nothing imports it'],
    [
      'a leak, with its line',
      'renderer/a.ts',
      "\nimport '#server/main.ts';",
      'renderer/a.ts:2: imports #server/main.ts: renderer/ may not import server/',
    ],
    [
      'a leak by re-export',
      'renderer/a.ts',
      "export * from '#desk/desk.ts';",
      'renderer/ may not import electron/',
    ],
    [
      'a leak at run time',
      'renderer/a.ts',
      "export const load = () => import('#desk/desk.ts');",
      'renderer/ may not import electron/',
    ],
    [
      'a climb, even in a test',
      'core/money/a.test.ts',
      "import '../../server/main.ts';",
      'climbs more than one folder',
    ],
    [
      'core code in the preload bundle',
      'preload/index.ts',
      "import { contract } from '#core/desk-api/contract.ts';",
      'preload/ may import only types from core/',
    ],
    [
      'an exception without a reason',
      'core/x/a.ts',
      'export const now = Date.now(); // tidy-allow:',
      'time comes in with events',
    ],
  ])('find %s', (_what, path, text, problem) => {
    expect(problemsOf([{ path, text }]).join('\n')).toContain(problem);
  });

  it.each([
    ['a registered kind', 'core/rules/kinds/new-kind.ts', 'export {};'],
    ['types in the preload', 'preload/index.ts', "import type { A } from '#core/desk-api/a.ts';"],
    ['an exception with a reason', 'core/x/a.ts', 'Date.now(); // tidy-allow: shown as an example'],
    ['a tool configuration', 'renderer/vite.config.ts', "import 'vite';\nexport default {};"],
  ])('let %s pass', (_what, path, text) => {
    const index = { path: 'core/rules/kinds/index.ts', text: "import './new-kind.ts';" };
    const user = { path: 'server/main.ts', text: "import '#core/x/a.ts';" };
    const problems = problemsOf([{ path, text }, index, user]);
    expect(problems.filter((sentence) => sentence.startsWith(path))).toEqual([]);
  });

  it('count a file that is started as a worker as used', () => {
    const worker = { path: 'server/ingest/worker.ts', text: 'export {};' };
    const text = "new Worker(new URL('./ingest/worker.ts', import.meta.url));";
    expect(problemsOf([worker, { path: 'server/main.ts', text }])).toEqual([]);
    expect(problemsOf([worker])).toHaveLength(1);
  });
});
