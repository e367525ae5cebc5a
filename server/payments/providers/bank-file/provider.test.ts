import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describePaymentProvider } from '#server/payments/payment-provider.contract.ts';
import { openFileRig, type FileRig } from '#server/payments/testing/file-rig.ts';
import { orderOf } from '#server/payments/testing/orders.ts';
import { createBankFile } from './provider.ts';

describePaymentProvider('bank-file', () => Promise.resolve(openFileRig(createBankFile)));

describe('a bank file', () => {
  let rig: FileRig;
  beforeEach(() => {
    rig = openFileRig(createBankFile);
  });
  afterEach(() => rig.close());
  const [one, two] = [orderOf('one'), orderOf('two')];

  it('holds all orders of a run, with their keys as end-to-end ids', async () => {
    const answers = await rig.provider.submitBatch([one, two]);
    const [file, ...more] = rig.files();
    expect(more).toEqual([]);
    expect(file?.name).toMatch(/^PF[0-9A-F]{30}\.xml$/);
    expect(file?.text).toContain('urn:iso:std:iso:20022:tech:xsd:pain.001.001.09');
    expect(file?.text).toContain('<NbOfTxs>2</NbOfTxs>');
    expect(file?.text).toContain('<CtrlSum>8000.00</CtrlSum>');
    expect(file?.text).toContain('<ReqdExctnDt>\n        <Dt>2026-01-21</Dt>');
    for (const { instruction } of [one, two]) {
      const { instructionId } = instruction;
      expect(file?.text).toContain(`<EndToEndId>${instructionId}</EndToEndId>`);
      const reference = file?.name.replace('.xml', '');
      expect(answers.get(instructionId)).toEqual({ type: 'sent', reference });
    }
  });

  it('is one for each currency', async () => {
    await rig.provider.submitBatch([one, orderOf('euro', { currency: 'EUR' }), two]);
    expect(
      rig
        .files()
        .map(({ text }) => /Ccy="(\w+)"/.exec(text)?.[1])
        .sort(),
    ).toEqual(['EUR', 'USD']);
  });

  it('leaves out an order that no bank takes, and sends the others', async () => {
    const odd = orderOf('odd', { payee: { name: 'Zoë' } });
    const answers = await rig.provider.submitBatch([one, odd, two]);
    expect(answers.get(odd.instruction.instructionId)?.type).toBe('declined');
    expect(rig.files()[0]?.text).toContain('<NbOfTxs>2</NbOfTxs>');
  });

  it('does not decide about a currency that nothing is set up for', async () => {
    const yen = orderOf('yen', { currency: 'JPY' });
    expect(await rig.provider.submit(yen)).toMatchObject({ type: 'unknown', freeze: false });
    expect(await rig.provider.query(yen.instruction, yen.payee)).toEqual({ type: 'notKnown' });
  });

  it('knows what it handed over after the bank took it away and the server restarted', async () => {
    await rig.provider.submitBatch([one, two]);
    for (const { name } of rig.files()) rmSync(join(rig.folder, 'outbox', name));
    const again = rig.reopen();
    expect((await again.query(one.instruction, null)).type).toBe('sent');
    expect((await again.submit(one)).type).toBe('sent');
    expect(rig.files()).toEqual([]);
  });

  it('is handed over once when the server stopped before it was', async () => {
    await rig.provider.submitBatch([one, two]);
    const [file] = rig.files();
    const [outbox, staging] = [join(rig.folder, 'outbox'), join(rig.folder, 'staging')];
    renameSync(join(outbox, file?.name ?? ''), join(staging, file?.name ?? ''));
    expect((await rig.reopen().query(one.instruction, null)).type).toBe('sent');
    expect(rig.files()).toEqual([file]);
    expect(readdirSync(staging)).toEqual([]);
  });

  it('is forgotten when the server stopped before it was noted', async () => {
    await rig.provider.submit(two);
    const [file] = rig.files();
    const staging = join(rig.folder, 'staging');
    mkdirSync(staging, { recursive: true });
    copyFileSync(join(rig.folder, 'outbox', file?.name ?? ''), join(staging, 'PF0000.xml'));
    writeFileSync(join(staging, 'PF0001.xml.part'), 'half');
    const again = rig.reopen();
    expect(await again.query(one.instruction, null)).toEqual({ type: 'notKnown' });
    expect(rig.files()).toEqual([file]);
    expect(readdirSync(staging)).toEqual([]);
  });
});
