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
  ])('refuse that %s imports %s', (from, target, problem) => {
    expect(importProblem(from, target)).toBe(problem);
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
    ['a default export', 'server/x.ts', 'export default 1;', 'export it by name'],
  ])('find %s', (_what, path, text, problem) => {
    expect(problemsOf([{ path, text }]).join('\n')).toContain(problem);
  });
});
