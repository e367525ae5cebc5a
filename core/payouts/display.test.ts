import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText } from '#core/kernel/canonical.ts';
import { amountInDigits } from './amount-words.ts';
import { displayPayout, scriptLine, shownText } from './display.ts';
import {
  payoutSnapshotSchema,
  readSnapshot,
  writeSnapshot,
  type PayoutSnapshot,
} from './snapshot.ts';
import { sampleSnapshot } from './testing/sample-snapshot.ts';

/** One of each that a name can hide behind: bidi, zero width, fillers, blanks, controls, halves, tags. */
const HIDING = (
  '202a 202b 202d 202e 2066 2067 2069 200e 200f 061c 200b 200c 200d 2060 feff ad 34f 115f 3164 ' +
  'ffa0 a0 1680 2003 2009 202f 205f 3000 2800 2028 2029 a d 9 0 1b 85 7f fe0f e0041 d800 fff9'
)
  .split(' ')
  .map((code) => String.fromCodePoint(Number.parseInt(code, 16)));

describe('what approvers see of a payout', () => {
  it('is a whole text of plain lines', () => {
    expect(displayPayout(sampleSnapshot()).text.split('\n')).toEqual([
      'Pay a payout',
      'Payout: PO-812, version 3',
      '',
      'Amount: 1,250.00 USD',
      'In words: one thousand two hundred and fifty US dollars and 00/100',
      '',
      'Payee: Maya Lindqvist',
      'Method: bank transfer',
      'Account of the payee ends in: 4410',
      'Region: SE',
      'Payee record: ab12 ab12 ab12 ab12',
      '',
      'Trader: Maya Lindqvist (TR-9)',
      'Account: ACC-31 on metatrader5, active',
      'Program: Two Step (two-step)',
      'Phase: Funded (funded)',
      'Rules: two-step-funded, version 14, hash c0de c0de c0de c0de',
      '',
      'Requested: 1,700.00 USD',
      'Assessed: 1,687.50 USD',
      'Deducted: 125.00 USD',
      'Gross, which leaves the account: 1,562.50 USD',
      'To the trader: 1,250.00 USD',
      'To the firm: 312.50 USD',
      'Deductions:',
      '- 125.00 USD of trades T-77, T-78, rule news-window, by person-7: Opened within two minutes of a release',
      '',
      'Identity check: passed',
      'Nothing stands against it.',
      '',
      'Window: 2026-11-05 00:00:00.000 UTC to 2026-11-18 00:00:00.000 UTC',
      'Trades in it: 41, profit 2,311.03 USD',
      'Verdicts in it: 1 flag of conduct, 2 warnings',
      'Payouts before: 2, 4,200.12 USD to the trader',
      'Nobody has a matter left to look at.',
      '',
      'Cases like it:',
      '- PO-640, executed at 2026-11-04 00:00:00.000 UTC: Same release, same rule',
      '',
      'Assessed at entry 18211 of the log, market time 2026-11-18 00:00:00.000 UTC',
      `Fingerprint: ${fingerprintOf(sampleSnapshot())}`,
    ]);
  });

  it('names the amount and the payee once more, as they are signed', () => {
    const { money, payee } = displayPayout(sampleSnapshot());
    expect(money).toEqual({ ccy: 'USD', exp: 2, minor: '125000' });
    expect(payee).toEqual({ digest: 'ab12'.repeat(16), last4: '4410' });
  });

  it.each([
    ['JPY', 12_500_000, { ccy: 'JPY', exp: 0, minor: '1250' }, '1,250 JPY'],
    ['KWD', 12_500_500, { ccy: 'KWD', exp: 3, minor: '1250050' }, '1,250.050 KWD'],
    ['USDT', 12_500_000, { ccy: 'USDT', exp: 2, minor: '125000' }, '1,250.00 USDT'],
  ])('counts the smallest units of %s', (currency, trader, money, digits) => {
    const shown = displayPayout(sampleSnapshot({ currency, amounts: sums(trader) }));
    expect(shown.money).toEqual(money);
    expect(shown.text).toContain(`Amount: ${digits}\n`);
    expect(shown.text).toContain(`the account is in USD, the payout in ${currency}.`);
  });

  it('never rounds: an amount that cannot be paid is shown as it is, and said to be so', () => {
    const shown = displayPayout(sampleSnapshot({ amounts: sums(12_345_678) }));
    expect(shown.money).toEqual({ ccy: 'USD', exp: 4, minor: '12345678' });
    expect(shown.text).toContain('Amount: 1,234.5678 USD\n');
    expect(shown.text).toContain('two hundred and thirty-four US dollars and 5678/10000\n');
    expect(shown.text).toContain('Look closely: this is finer than USD can be paid in.');
  });

  it('says when there is nothing to pay, and when sums do not add up', () => {
    expect(displayPayout(sampleSnapshot({ amounts: sums(0) })).text).toContain('nothing to pay');
    const amounts = { gross: 15_625_000, deducted: 1_250_000, trader: 12_500_001, firm: 3_125_000 };
    expect(displayPayout(sampleSnapshot({ amounts })).text).toContain('do not add up');
    expect(displayPayout(sampleSnapshot()).text).not.toContain('Look closely');
  });

  it('lists whatever stands against it, and what nobody has looked at', () => {
    const against = ['3 positions are open', "the trader's identity check failed"];
    const window = { ...sampleSnapshot().window, openReviews: ['Two accounts share a device'] };
    const { text } = displayPayout(
      sampleSnapshot({ against, window, identity: 'failed', requested: null }),
    );
    expect(text).toContain(
      `Identity check: failed\nStands against it:\n- ${against[0]}\n- ${against[1]}\n`,
    );
    expect(text).toContain('Nobody has looked at yet:\n- Two accounts share a device\n');
    expect(text).toContain('Requested: as much as there is\n');
    expect(text).not.toContain('Nothing stands against it');
  });

  it('is the same for the same bytes, whatever order they were built in', () => {
    const snapshot = sampleSnapshot();
    const { text, digest } = writeSnapshot(snapshot);
    const read = readSnapshot(text, digest);
    const reversed = payoutSnapshotSchema.parse(reversedKeys(snapshot));
    expect(displayPayout(reversed)).toEqual(displayPayout(snapshot));
    expect(read.ok && displayPayout(read.value)).toEqual(displayPayout(snapshot));
  });

  it('mentions every amount in full, and differs when any of them does', () => {
    const amount = fc.integer({ min: 0, max: 2 ** 50 });
    const five = fc.tuple(amount, amount, amount, amount, amount);
    const build = ([trader, firm, deducted, paidToTrader, profit]: number[]): PayoutSnapshot => {
      const plain = sampleSnapshot();
      const [one = 0, two = 0, three = 0] = [trader, firm, deducted];
      return sampleSnapshot({
        requested: three,
        amounts: { gross: one + two, deducted: three, trader: one, firm: two },
        assessment: { ...plain.assessment, gross: one + two + three },
        history: { ...plain.history, paidToTrader: paidToTrader ?? 0 },
        window: { ...plain.window, profit: profit ?? 0 },
      });
    };
    fc.assert(
      fc.property(five, five, (one, other) => {
        const { text } = displayPayout(build(one));
        for (const value of one) expect(text).toContain(amountInDigits(value, 'USD'));
        const same = text === displayPayout(build(other)).text;
        expect(same).toBe(one.join() === other.join());
      }),
      { seed: 20_261_211, numRuns: 300 },
    );
  });

  it('stays one line a field, whatever people and platforms are called', () => {
    const hostile = fc
      .array(fc.constantFrom(...HIDING, 'a', 'е', ' ', '1', '⟨U+202E⟩', '\nAmount: 9.00 USD'), {
        minLength: 1,
        maxLength: 7,
      })
      .map((parts) => parts.join(''));
    const lines = displayPayout(sampleSnapshot()).text.split('\n').length;
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = displayPayout(hostileSnapshot(text)).text;
        const scripts = scriptLine(text) === null ? 0 : 1;
        expect(shown.split('\n').length).toBe(lines + scripts);
        expect(shown.split('\n').filter((line) => line.startsWith('Amount:'))).toHaveLength(1);
        for (const hiding of HIDING.filter((one) => one !== '\n'))
          expect(shown.includes(hiding)).toBe(false);
      }),
      { seed: 20_261_212, numRuns: 300 },
    );
  });

  it('cuts nothing off: the longest names and lists stand there in full', () => {
    const long = 'W'.repeat(399);
    const against = Array.from({ length: 120 }, (_, at) => `${at} ${long.slice(0, 390)}`);
    const { text } = displayPayout(
      sampleSnapshot({ against, payeeName: 'P'.repeat(140), traderName: 'T'.repeat(120) }),
    );
    for (const one of against) expect(text).toContain(`- ${one}\n`);
    expect(text).toContain(`Payee: ${'P'.repeat(140)}\n`);
    expect(text).not.toMatch(/…|\.\.\./);
  });
});

describe('a text of others', () => {
  it.each([
    ['Maya Lindqvist', 'Maya Lindqvist'],
    ['', '⟨empty⟩'],
    [' ', '⟨1 space⟩'],
    ['a  b', 'a⟨2 spaces⟩b'],
    ['a b ', 'a b⟨1 space⟩'],
    ['a\u202eb', 'a⟨U+202E⟩b'],
    ['a\nAmount: 1', 'a⟨U+000A⟩Amount: 1'],
    ['a\u{e0041}', 'a⟨U+E0041⟩'],
    ['\ud800', '⟨U+D800⟩'],
    ['⟨U+202E⟩', '⟨U+27E8⟩U+202E⟨U+27E9⟩'],
    ['Łukasz O’Brien 山田', 'Łukasz O’Brien 山田'],
  ])('%j is shown as %j', (text, shown) => {
    expect(shownText(text)).toBe(shown);
  });

  it.each(HIDING.map((hiding) => [hiding]))('names %j', (hiding) => {
    expect(shownText(`a${hiding}b`)).toMatch(/^a⟨U\+[0-9A-F]{4,6}⟩b$/);
  });

  it('looks like no other text', () => {
    const unit = fc.constantFrom('a', ' ', '⟨', '⟩', '2', 'spaces', '\u200b', 'U+200B');
    const text = fc.string({ unit });
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(shownText(one) === shownText(other)).toBe(one === other);
      }),
      { seed: 20_261_213, numRuns: 2_000 },
    );
  });
});

describe('the script of a name', () => {
  it.each([
    ['Maya Lindqvist'],
    ['Łukasz O’Brien-Ñandú Jr. 2'],
    ['Nguyễn Văn Đạt'],
    ['José'],
    ['12345 ---'],
    [''],
  ])('%s is Latin alone, and nothing is said', (name) => {
    expect(scriptLine(name)).toBeNull();
  });

  it.each([
    ['Сосо', "Script of the payee's name: Cyrillic"],
    ['Νίκος', "Script of the payee's name: Greek"],
    ['山田 太郎', "Script of the payee's name: other"],
    [
      'Al\u0435x',
      "Look closely: the payee's name mixes scripts, Cyrillic and Latin: е U+0435 Cyrillic",
    ],
    [
      '\u0391lpha \u0412ank',
      "Look closely: the payee's name mixes scripts, Cyrillic and Greek and Latin: Α U+0391 Greek, В U+0412 Cyrillic",
    ],
    [
      'Сοco',
      "Look closely: the payee's name mixes scripts, Cyrillic and Greek and Latin: С U+0421 Cyrillic, ο U+03BF Greek",
    ],
    ['Ta\u13a1o', "Look closely: the payee's name mixes scripts, Latin and other: Ꭱ U+13A1 other"],
    ['\uff21lex', "Look closely: the payee's name mixes scripts, Latin and other: Ａ U+FF21 other"],
    [
      '\u{1d400}lex',
      "Look closely: the payee's name mixes scripts, Latin and other: 𝐀 U+1D400 other",
    ],
  ])('%s: %s', (name, line) => {
    expect(scriptLine(name)).toBe(line);
  });

  it('of a payee stands below the name, and whether the trader is called so', () => {
    const { text } = displayPayout(sampleSnapshot({ payeeName: 'Maya Lindqvi\u0455t' }));
    expect(text).toContain(
      'Payee: Maya Lindqvi\u0455t\n' +
        "Look closely: the payee's name mixes scripts, Cyrillic and Latin: ѕ U+0455 Cyrillic\n" +
        'Look closely: the payee is not called as the trader is.\n',
    );
  });
});

function sums(trader: number): PayoutSnapshot['amounts'] {
  return { gross: 16_875_000, deducted: 0, trader, firm: 16_875_000 - trader };
}

function fingerprintOf(snapshot: PayoutSnapshot): string {
  const { digest } = writeSnapshot(snapshot);
  return [0, 4, 8, 12].map((at) => digest.slice(at, at + 4)).join(' ');
}

function reversedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversedKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, inner]) => [key, reversedKeys(inner)]));
}

/** Every field that others name is named so. */
function hostileSnapshot(text: string): PayoutSnapshot {
  const plain = sampleSnapshot();
  const id = text.slice(0, 80);
  const { terms } = plain.state;
  return JSON.parse(
    JSON.stringify({
      ...plain,
      payoutId: id,
      traderName: text,
      payeeName: text,
      payee: { ...plain.payee, last4: text.slice(0, 8) },
      state: {
        ...plain.state,
        terms: {
          ...terms,
          accountId: id,
          traderId: id,
          platform: text.slice(0, 40),
          program: { programId: id, name: text },
          phase: { phaseId: id, name: text },
          ruleSet: { ...terms.ruleSet, ruleSetId: id },
        },
      },
      window: {
        ...plain.window,
        verdicts: plain.window.verdicts.map((one) => ({ ...one, kind: text.slice(0, 40) })),
      },
      deductions: plain.deductions.map((one) => ({
        ...one,
        dealIds: [id],
        ruleId: id,
        reason: text,
        by: id,
      })),
      precedents: plain.precedents.map((one) => ({
        ...one,
        payoutId: id,
        outcome: id,
        reason: text,
      })),
    }),
  ) as PayoutSnapshot;
}

it('writes the fingerprint of exactly these bytes', () => {
  const snapshot = sampleSnapshot();
  expect(canonicalText(snapshot)).toBe(writeSnapshot(snapshot).text);
});
