import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Grounds } from '#core/approvals/decision.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { isSignedLetter, openLetterSigner, type LetterSigner } from './letter-signer.ts';
import { createLetters, type Letters } from './letters.ts';
import { openPayingFirm, type PayingFirm } from './testing/paying-firm.ts';

const DAY_MS = 86_400_000;

let folder: string;
let signer: LetterSigner;
let paying: PayingFirm;
let letters: Letters;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'propdesk-letters-'));
  signer = openLetterSigner(join(folder, 'letter-key.pem'));
  paying = await openPayingFirm();
  paying.rail.tellAt(null);
  letters = lettersOf();
});
afterEach(async () => {
  await paying.close();
  rmSync(folder, { recursive: true });
});

const lettersOf = (): Letters =>
  createLetters({
    governance: () => paying.governance,
    command: paying.command,
    content: (digest) => paying.firm.store.content(digest),
    sign: signer.sign,
    firmName: 'Example Props',
    logOrigin: `propdesk/${paying.firm.store.logId}`,
    disputeText: 'Write to disputes@props.example.',
    log: { info: () => {}, warn: () => {}, error: () => {} },
  });
const textOf = (payoutId: string): string | null => {
  const digest = paying.governance.payout(payoutId)?.letter;
  const text = digest ? paying.firm.store.content(digest) : null;
  if (text !== null) expect(digestOfText(text)).toBe(digest);
  return text;
};

describe('a letter', () => {
  it('answers a payout once it is paid, and once', async () => {
    const payoutId = paying.approved('A1');
    await letters.issue();
    expect(textOf(payoutId)).toBeNull();
    await paying.pass(0);
    await letters.issue();
    const text = textOf(payoutId) ?? '';
    expect(text).toContain('Your payout has been paid');
    expect(text).toContain('4,000.00 USD');
    const before = paying.firm.partition.ingest.lastSeq;
    await letters.issue();
    paying.restart();
    await lettersOf().issue();
    expect(paying.firm.partition.ingest.lastSeq).toBe(before);
  });

  it('answers a payout that was refused, with what that rests on', async () => {
    const payoutId = paying.request('A1');
    const grounds: Grounds = {
      type: 'clause',
      ruleId: 'news-window',
      facts: [1, 2],
      trades: ['A1-out'],
      quantity: '1 trade within 2 minutes of a release',
    };
    const decision = paying.firm.desk('cleo').decide(payoutId, 'reject', { grounds });
    paying.firm.as('cleo', decision);
    expect(paying.governance.proposal(payoutId)?.closed?.outcome).toBe('rejected');
    await letters.issue();
    const text = textOf(payoutId) ?? '';
    expect(text).toContain('Your payout is refused');
    expect(text).toContain('1 trade within 2 minutes of a release');
    expect(text).toContain('because of the test');
    expect(text).not.toContain('cleo');
  });

  it('answers a payout that nobody decided', async () => {
    const payoutId = paying.request('A1');
    paying.firm.clock += 30 * DAY_MS;
    paying.firm.partition.advance();
    await letters.issue();
    expect(textOf(payoutId)).toContain('Your payout request has expired');
  });

  it('says that less was paid than was earned', async () => {
    const payoutId = paying.request('A1');
    paying.firm.as('finn', {
      type: 'revisePayout',
      payoutId,
      deductions: [{ dealIds: ['A1-out'], amount: 1_000_0000, ruleId: null, reason: 'bad price' }],
      reason: 'bad price',
    });
    for (const person of ['cleo', 'dario'])
      paying.firm.as(person, paying.firm.desk(person).decide(payoutId, 'approve'));
    await paying.pass(0);
    await letters.issue();
    const text = textOf(payoutId) ?? '';
    expect(text).toContain('Your payout has been paid in part');
    expect(text).toContain('bad price');
  });

  it('is not written to who took the request back, or whose payment failed', async () => {
    const withdrawn = paying.request('A1');
    paying.firm.system({ type: 'withdrawPayout', payoutId: withdrawn, reason: 'later' });
    const declined = paying.approved('A2', { account: 'TEST-ACCOUNT-0003' });
    await paying.pass(0);
    await letters.issue();
    expect([textOf(withdrawn), textOf(declined)]).toEqual([null, null]);
  });

  it('can be checked by anybody with the key, and no other text can pass for it', async () => {
    const [one, other] = [paying.approved('A1'), paying.approved('A2')];
    await paying.pass(0);
    await letters.issue();
    const text = textOf(one) ?? '';
    const { publicKey } = openLetterSigner(join(folder, 'letter-key.pem'));
    expect(isSignedLetter(one, text, publicKey)).toBe(true);
    expect(isSignedLetter(other, text, publicKey)).toBe(false);
    expect(isSignedLetter(one, text.replace('4,000.00', '5,000.00'), publicKey)).toBe(false);
    expect(isSignedLetter(one, `${text} `, publicKey)).toBe(false);
    expect(isSignedLetter(one, text.split('<!--')[0] ?? '', publicKey)).toBe(false);
    const stranger = openLetterSigner(join(folder, 'another.pem'));
    expect(isSignedLetter(one, text, stranger.publicKey)).toBe(false);
    expect(statSync(join(folder, 'letter-key.pem')).mode & 0o077).toBe(0);
  });
});
