import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../store/open.ts';
import { openPayeeVault, type PayeeVault } from './payee-vault.ts';
import { IBANS } from './files/testing/messages.ts';

const details = {
  name: 'Tess Trader',
  method: 'bankTransfer',
  iban: IBANS.czech,
  bic: 'GIBACZPX',
  region: 'CZ',
} as const;

let folder: string;
let vault: PayeeVault;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'propdesk-vault-'));
  vault = openPayeeVault(join(folder, 'payees.sqlite'));
});
afterEach(() => {
  vault.close();
  rmSync(folder, { recursive: true });
});

const keep = (traderId: string, input: unknown = details) => {
  const kept = vault.keep(traderId, input);
  if (!kept.ok) throw new Error(`${kept.error.path}: ${kept.error.message}`);
  return kept.value;
};
const problem = (input: unknown): string => {
  const kept = vault.keep('T1', input);
  return kept.ok ? 'kept' : `${kept.error.path}: ${kept.error.message}`;
};

describe('the payee vault', () => {
  it('gives the log what people recognise a payee by, and a digest', () => {
    const ref = keep('T1');
    expect(ref).toEqual({
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      last4: '5399',
      method: 'bankTransfer',
      region: 'CZ',
    });
    expect(vault.find(ref.digest)).toEqual({ ok: true, value: details });
  });

  it('gives the same digest for the same details of the same trader, and for nothing else', () => {
    const { digest } = keep('T1');
    expect(keep('T1').digest).toBe(digest);
    vault.close();
    vault = openPayeeVault(join(folder, 'payees.sqlite'));
    expect(keep('T1').digest).toBe(digest);
    const others = [
      keep('T2'),
      keep('T1', { ...details, name: 'Tess  Trader'.replace('  ', ' T ') }),
      keep('T1', { ...details, iban: IBANS.swiss }),
      keep('T1', { ...details, region: null }),
    ].map((one) => one.digest);
    expect(new Set([digest, ...others]).size).toBe(5);
  });

  it('forgets a trader for good, and nobody else', () => {
    const [one, other] = [keep('T1'), keep('T2')];
    keep('T1', { ...details, iban: IBANS.swiss });
    expect(vault.erase('T1')).toBe(2);
    expect(vault.erase('T1')).toBe(0);
    expect(vault.find(one.digest).ok).toBe(false);
    expect(vault.find(other.digest).ok).toBe(true);
    // The salt is gone too: not even the same details lead back to the digest in the log.
    expect(keep('T1').digest).not.toBe(one.digest);
  });

  it('leaves nothing of an erased payee on the disk', () => {
    keep('T1', { ...details, name: 'Erased Person', iban: IBANS.swiss });
    keep('T2');
    vault.erase('T1');
    const file = join(folder, 'payees.sqlite');
    const bytes = [file, `${file}-wal`].map((one) => readFileSync(one, 'latin1')).join('');
    expect(bytes).not.toContain('Erased Person');
    expect(bytes).not.toContain(IBANS.swiss);
  });

  it('finds nobody whose details were changed from outside', () => {
    const { digest } = keep('T1');
    const connection = openDatabase(
      join(folder, 'payees.sqlite'),
      [{ number: 10, sql: '' }],
      'write',
    );
    const swap = connection.prepare('UPDATE payee SET details = replace(details, ?, ?)');
    swap.run(IBANS.czech, IBANS.british);
    connection.close();
    expect(vault.find(digest)).toEqual({
      ok: false,
      error: 'the payee’s details were changed after they were approved',
    });
  });

  it('is readable by its owner alone', () => {
    keep('T1');
    const file = join(folder, 'payees.sqlite');
    for (const one of [file, `${file}-wal`]) expect(statSync(one).mode & 0o077).toBe(0);
  });

  it.each([
    ['a control character', { name: 'Tess\u0007Trader' }, 'name: the name has U+0007'],
    ['a mark of direction', { name: 'Tess\u202ETrader' }, 'name: the name has U+202E'],
    ['a character without width', { name: 'Tess\u200BTrader' }, 'name: the name has U+200B'],
    ['letters that are put together', { name: 'Zoe\u0308' }, 'name: the name is not in composed'],
    ['a blank at its end', { name: 'Tess ' }, 'name: the name begins or ends with a blank'],
    ['blanks in a row', { name: 'Tess   Trader' }, 'name: the name has two blanks'],
    ['no name', { name: '' }, 'name: '],
    ['a name that no bank passes on', { name: 'Zoë' }, 'name: the name holds "ë"'],
    ['a wrong check digit', { iban: 'CZ6508000000192000145398' }, 'iban: the iban "CZ65'],
    ['an IBAN with blanks', { iban: 'CZ65 0800 0000 1920 0014 5399' }, 'iban: the iban "CZ65'],
    ['a wrong BIC', { bic: 'gibaczpx' }, 'bic: the bic "gibaczpx"'],
    ['two accounts', { account: '000123' }, 'iban: send either'],
    ['no account', { iban: undefined }, 'iban: send either'],
    ['another method', { method: 'cash' }, 'method: '],
    ['a region in words', { region: 'Czechia' }, 'region: '],
    ['a field of nobody', { amount: '1.00' }, ': '],
  ])('refuses %s', (_what, change, says) => {
    expect(problem({ ...details, ...change })).toContain(says);
    expect(vault.find(JSON.stringify(change)).ok).toBe(false);
  });

  it('finds what it kept, whatever is plain text', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 .,'-]{0,40}[A-Za-z0-9]$/),
        fc.stringMatching(/^[A-Z0-9-]{4,34}$/),
        (name, account) => {
          fc.pre(!name.includes('  '));
          const given = { name, account, method: 'testRail', region: null };
          const ref = keep('T9', given);
          expect(vault.find(ref.digest)).toEqual({ ok: true, value: given });
          expect(account.endsWith(ref.last4)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});
