import { describe, expect, it } from 'vitest';
import { READ_HERE_MAX, readBankFile } from './bank-file-reader.ts';
import { importBankFile } from './bank-files.ts';
import { statementOf } from './files/testing/messages.ts';

const entry =
  '<Ntry><Amt Ccy="EUR">40.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>' +
  '<BookgDt><Dt>2026-01-21</Dt></BookgDt></Ntry>';
const large = statementOf({ parts: entry.repeat(1_000) });

describe('a large bank file', () => {
  it('is read by a thread of its own, to the same result', async () => {
    expect(large.length).toBeGreaterThan(READ_HERE_MAX);
    const read = await readBankFile('large.xml', large);
    expect(read).toEqual(importBankFile('large.xml', large));
    expect(read.ok && read.value.entries.length).toBe(1_000);
  });

  it('that cannot be read says why', async () => {
    const read = await readBankFile('half.xml', large.slice(0, -30));
    expect(read).toEqual(importBankFile('half.xml', large.slice(0, -30)));
    expect(read.ok).toBe(false);
  });

  it('is given up when it takes too long', async () => {
    const read = await readBankFile('slow.xml', large, {}, 1);
    expect(read).toEqual({ ok: false, error: 'reading the file took too long' });
  });

  it('waits its turn: others may be as large', async () => {
    const reads = await Promise.all([1, 2, 3].map(() => readBankFile('large.xml', large)));
    expect(reads.map(({ ok }) => ok)).toEqual([true, true, false]);
    expect((await readBankFile('large.xml', large)).ok).toBe(true);
  });
});
