import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openClientKeys } from './client-keys.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'propdesk-clients-'));
  file = join(folder, 'api-clients.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the file of clients', () => {
  it('is made once, with a secret of its own, for its owner alone', () => {
    const { clients, secretOf } = openClientKeys(file);
    expect(clients).toEqual(['site']);
    expect(secretOf('site')).toHaveLength(32);
    expect(secretOf('toString')).toBeNull();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const before = readFileSync(file, 'utf8');
    expect(openClientKeys(file).secretOf('site')).toEqual(secretOf('site'));
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('is closed to others again when it was open', () => {
    openClientKeys(file);
    writeFileSync(file, readFileSync(file), { mode: 0o644 });
    openClientKeys(file);
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it.each([
    ['no JSON', 'site: secret'],
    ['no clients', '{"clients":[]}'],
    ['a short secret', '{"clients":[{"id":"site","secret":"hunter2hunter2"}]}'],
    ['a name with a slash', `{"clients":[{"id":"a/b","secret":"${'x'.repeat(43)}"}]}`],
    ['more than it says', `{"clients":[{"id":"site","secret":"${'x'.repeat(43)}","admin":true}]}`],
  ])('is refused as %s, without its secrets in the words', (_what, text) => {
    writeFileSync(file, text);
    const words = wordsOf(() => openClientKeys(file));
    expect(words).toContain(file);
    expect(words).not.toMatch(/hunter2|xxx/);
  });
});

function wordsOf(fails: () => unknown): string {
  try {
    return `nothing failed: ${String(fails())}`;
  } catch (error) {
    return String(error);
  }
}
