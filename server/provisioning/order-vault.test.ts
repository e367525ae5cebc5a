import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EARLY_MAX, openOrderVault, type OrderVault } from './order-vault.ts';

const NOW = 1_700_000_000_000;
const keys = { digestKey: Buffer.alloc(32, 1), sealKey: Buffer.alloc(32, 2) };
let folder: string;
let file: string;
let vault: OrderVault;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'propdesk-orders-'));
  file = join(folder, 'orders.sqlite');
  vault = openOrderVault(file, keys);
});
afterEach(() => {
  vault.close();
  rmSync(folder, { recursive: true });
});
/** All that lies on the disk, in every file of the database. */
const onDisk = (): string =>
  readdirSync(folder)
    .map((name) => readFileSync(join(folder, name)).toString('latin1'))
    .join('');
const ready = (orderId = 'or-1'): string => {
  vault.prepare(orderId, 'B1');
  return vault.link(orderId, NOW + 1_000) ?? '';
};

describe('credentials', () => {
  it('are given once, then wiped, also by those who ask at the same time', () => {
    const token = ready();
    const password = vault.credentials('or-1')?.password ?? '';
    expect(password).toMatch(/^[a-zA-Z2-9]{18}$/);
    expect(vault.open(token, NOW)).toEqual({ ok: true, value: { accountId: 'B1', password } });
    expect(vault.open(token, NOW)).toEqual({ ok: false, error: 'read' });
    expect([vault.credentials('or-1'), vault.standing('or-1')]).toEqual([null, 'read']);
  });

  it('are kept sealed: neither password nor link stands on the disk', () => {
    const token = ready();
    const password = vault.credentials('or-1')?.password ?? '';
    expect(onDisk().includes(password)).toBe(false);
    expect(onDisk().includes(token)).toBe(false);
    const other = openOrderVault(file, { ...keys, sealKey: Buffer.alloc(32, 3) });
    expect(() => other.credentials('or-1')).toThrow('unable to authenticate');
    other.close();
  });

  it('run out at their time, are wiped then, and are used up by nobody who only looks', () => {
    const token = ready();
    for (let times = 0; times < 3; times += 1) expect(vault.look(token).state).toBe('ready');
    vault.expire(NOW + 999);
    expect(vault.standing('or-1')).toBe('ready');
    expect(vault.open(token, NOW + 1_000)).toEqual({ ok: false, error: 'expired' });
    expect([vault.standing('or-1'), vault.credentials('or-1')]).toEqual(['expired', null]);
    ready('or-2');
    vault.expire(NOW + 1_000);
    expect([vault.standing('or-2'), vault.credentials('or-2')]).toEqual(['expired', null]);
  });

  it('have the same link for as long as they are the same, and another when made anew', () => {
    const token = ready();
    vault.prepare('or-1', 'B1');
    expect(vault.link('or-1', NOW + 9_000)).toBe(token);
    vault.open(token, NOW);
    expect(vault.link('or-1', NOW + 9_000)).toBeNull();
    const fresh = ready();
    expect(fresh).not.toBe(token);
    expect(vault.look(token).state).toBe('none');
    vault.close();
    vault = openOrderVault(file, keys);
    expect(vault.look(fresh).state).toBe('ready');
  });

  it('belong to one order: what was sealed for another is not opened', () => {
    const one = ready('or-1');
    const other = ready('or-2');
    expect(one).not.toBe(other);
    expect(vault.credentials('or-1')?.password).not.toBe(vault.credentials('or-2')?.password);
    expect(vault.look('x'.repeat(43)).state).toBe('none');
  });
});

describe('buyers', () => {
  it('are one trader for one address, are found by digest, and leave nothing behind when erased', () => {
    const one = vault.keepBuyer({ address: 'Bea@Buyers.example ', name: 'Bea Buyer' });
    expect(vault.keepBuyer({ address: 'bea@buyers.example', name: null })).toEqual(one);
    expect(vault.buyer(one.digest)).toEqual({ address: 'bea@buyers.example', name: 'Bea Buyer' });
    expect(one.traderId).toMatch(/^TB-[0-9a-f]{12}$/);
    expect(vault.erase(one.digest)).toBe(true);
    expect([vault.erase(one.digest), vault.buyer(one.digest)]).toEqual([false, null]);
    expect(onDisk().includes('buyers.example')).toBe(false);
  });

  it('have other digests in another firm', () => {
    const other = openOrderVault(':memory:', { ...keys, digestKey: Buffer.alloc(32, 9) });
    const buyer = { address: 'bea@buyers.example', name: null };
    expect(other.keepBuyer(buyer).digest).not.toBe(vault.keepBuyer(buyer).digest);
    other.close();
  });
});

describe('the file', () => {
  it('is readable by its owner alone', () => {
    ready();
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('keeps what came too early once, and no more than so much', () => {
    const early = { type: 'refund', externalId: 'r-1', amount: 1, currency: 'USD' } as const;
    vault.keepEarly('or-1', early);
    vault.keepEarly('or-1', early);
    expect(vault.early('or-1')).toEqual([early]);
    vault.dropEarly('or-1');
    expect(vault.early('or-1')).toEqual([]);
    expect(EARLY_MAX).toBeLessThanOrEqual(10_000);
  });
});
