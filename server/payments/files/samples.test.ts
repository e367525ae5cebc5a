import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCamt } from './camt.ts';
import { writePain001 } from './pain001.ts';
import { readPain002 } from './pain002.ts';
import type { PaymentBatch } from './payment-batch.ts';
import { leavesOf, leavesOfCanonical, readWithLibxml, schemaErrors } from './testing/libxml.ts';
import {
  balanceOf,
  batch,
  entryOf,
  notificationOf,
  originalBatchOf,
  originalPaymentOf,
  PAID_OUT,
  statementOf,
  statusReportOf,
} from './testing/messages.ts';
import { randomBatch } from './testing/random-batch.ts';
import { samples, schemaOf, withoutSamples } from './testing/samples.ts';
import { readXml } from './xml.ts';

const found = samples();
const versionIn = (text: string): string =>
  /xmlns="[^"]*?((?:pain|camt)\.[\d.]+(?:\.ch\.\d\d)?)(?:\.xsd)?"/.exec(text)?.[1] ?? 'none';

/** A sentence that names what the file is, or what is wrong with it. */
const REFUSAL = /^(line \d+, column \d+: \S.* \S|the file \S)/;

describe.skipIf(withoutSamples)('messages that others wrote', () => {
  it('are there', () => {
    expect(found.length).toBeGreaterThan(20);
  });

  it.each(found.map(({ name, text }) => [name, text] as const))(
    '%s is read when it is ours to read, and refused by its name when it is not',
    (name, text) => {
      const version = /invalid/.test(name) ? 'none' : versionIn(text);
      const report = readCamt(text);
      const status = readPain002(text);
      const refused = { ok: false, error: expect.stringMatching(REFUSAL) };
      const read = { ok: true, value: expect.objectContaining({ version }) };
      expect([report, status]).toEqual([
        /^camt\.05[34]\./.test(version) ? read : refused,
        version.startsWith('pain.002.') ? read : refused,
      ]);
      const entries = report.ok ? report.value.accounts.flatMap((one) => one.entries) : [];
      const inText = text.replace(/<!--[^]*?-->/g, '').match(/<Ntry>/g) ?? [];
      expect(entries).toHaveLength(report.ok ? inText.length : 0);
    },
  );

  it('give the same names and texts to a parser that shares no line with ours', async () => {
    const read = found.flatMap(({ name, text }) => {
      const root = readXml(text);
      const fileName = name.replaceAll(/[^\w.]/g, '_');
      return root.ok ? [{ fileName, contents: text, leaves: leavesOf(root.value) }] : [];
    });
    const { canonical, refused } = await readWithLibxml(read);
    expect(refused).toEqual(new Set());
    expect(leavesOfCanonical(canonical)).toEqual(read.flatMap(({ leaves }) => leaves));
  });
});

/** Skipped where the schema is not there. */
function schemaTest(version: string, what: string, texts: () => readonly string[]): void {
  const schema = schemaOf(version);
  it.skipIf(schema === null)(`${what} is valid by the schema of ${version}`, async () => {
    const files = texts().map((contents, at) => ({ fileName: `${at}.xml`, contents }));
    expect(await schemaErrors(files, schema ?? '')).toEqual([]);
  });
}

function written(given: PaymentBatch): string {
  const result = writePain001(given);
  return result.ok ? result.value : result.error;
}

describe('by the published schemas', () => {
  schemaTest('pain.001.001.09', 'every batch that is written', () => {
    const random = fc.sample(randomBatch, { seed: 20_261_124, numRuns: 60 });
    return [batch, ...random].map(written);
  });

  const parts = (details: string) =>
    balanceOf('OPBD', '250') + balanceOf('CLBD', '150') + entryOf({ details });
  schemaTest('camt.053.001.08', 'the statement that these tests vary', () => [
    statementOf({ parts: parts(PAID_OUT) }),
  ]);
  schemaTest('camt.054.001.08', 'the notification that these tests vary', () => [
    notificationOf({ parts: entryOf({ details: PAID_OUT }) }),
  ]);
  schemaTest('pain.002.001.10', 'the status report that these tests vary', () => [
    statusReportOf({ batches: originalBatchOf(originalPaymentOf('PO-1', 'RJCT')) }),
  ]);

  const transfers = schemaOf('pain.001.001.09');
  it.skipIf(transfers === null)('a file that lacks something is not', async () => {
    const contents = written(batch).replace('<PmtMtd>TRF</PmtMtd>', '');
    expect(await schemaErrors([{ fileName: 'a.xml', contents }], transfers ?? '')).not.toEqual([]);
  });
});
