import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRequestStore } from './request-store.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'propdesk-requests-'));
  file = join(folder, 'api.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

const body = Buffer.from('{"payee":"Tess Trader"}');
const answer = { status: 201, body: { payoutId: 'po-1' } } as const;

describe('the store of requests', () => {
  it('keeps what was answered under a key beyond a restart', () => {
    const store = openRequestStore(file);
    expect(store.begin('site', 'key-0001', body)).toEqual({ type: 'fresh' });
    expect(store.begin('site', 'key-0001', body)).toEqual({ type: 'fresh' });
    store.answered('site', 'key-0001', answer);
    store.close();
    const again = openRequestStore(file);
    expect(again.begin('site', 'key-0001', body)).toEqual({ type: 'answered', answer });
    expect(again.begin('site', 'key-0001', Buffer.from('{}'))).toEqual({ type: 'differs' });
    expect(again.begin('other', 'key-0001', Buffer.from('{}'))).toEqual({ type: 'fresh' });
    again.close();
  });

  it('knows another body under a key before anybody was answered', () => {
    const store = openRequestStore(file);
    store.begin('site', 'key-0001', body);
    expect(store.begin('site', 'key-0001', Buffer.from('{}'))).toEqual({ type: 'differs' });
    store.close();
  });

  it('holds no body, and is for its owner alone', () => {
    const store = openRequestStore(file);
    store.begin('site', 'key-0001', body);
    const bytes = readFileSync(file, 'latin1') + readFileSync(`${file}-wal`, 'latin1');
    expect(bytes).not.toContain('Tess');
    expect(statSync(file).mode & 0o077).toBe(0);
    store.close();
  });
});
