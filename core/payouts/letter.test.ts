import { parse } from 'node-html-parser';
import { describe, expect, it } from 'vitest';
import { payoutLetter, type LetterInput, type LetterOutcome } from './letter.ts';
import { writeSnapshot, type PayoutSnapshot } from './snapshot.ts';
import { sampleSnapshot } from './testing/sample-snapshot.ts';

const DECIDED_AT = Date.UTC(2026, 10, 20, 9, 30, 5);
const PAID_AT = Date.UTC(2026, 10, 21, 14, 0, 0);
const CLAUSE = {
  type: 'clause',
  ruleId: 'short-holding',
  facts: [17_003, 17_020],
  trades: ['T-80', 'T-81'],
  quantity: '4 trades under 120 s, 31 % of the profit',
} as const;

describe('the answer to a trader', () => {
  it.each([
    ['paid', 'Your payout has been paid', 'We paid you 1,250.00 USD on 21 November 2026.'],
    ['partlyPaid', 'Your payout has been paid in part', 'It is less than you asked for or earned'],
    ['approved', 'Your payout is approved', 'We approved 1,250.00 USD on 20 November 2026.'],
    ['rejected', 'Your payout is refused', 'We refused this payout on 20 November 2026.'],
    ['held', 'Your payout is on hold', 'It is not decided yet.'],
    ['expired', 'Your payout request has expired', 'That is not a refusal'],
  ] as const)('says that it is %s', (outcome, title, sentence) => {
    const { html, text } = payoutLetter(inputOf(outcome));
    expect(parse(html).querySelector('h1')?.text).toBe(title);
    expect(parse(html).querySelector('title')?.text).toBe(title);
    for (const written of [html, text]) {
      expect(written).toContain(title);
      expect(written).toContain(sentence);
      expect(written).toContain('1,250.00 USD');
      expect(written).toContain('one thousand two hundred and fifty US dollars and 00/100');
    }
  });

  it('promises no amount that is not paid', () => {
    for (const outcome of ['rejected', 'held', 'expired'] as const) {
      const { text } = payoutLetter(inputOf(outcome));
      expect(text).not.toMatch(/Paid to you|To be paid to you|We paid|You receive/);
    }
  });

  it('gives a denial its rule, its quantity, its trades and its entries', () => {
    const { html, text } = payoutLetter(inputOf('rejected'));
    for (const part of ['short-holding', CLAUSE.quantity, 'T-80, T-81', '17003, 17020']) {
      expect(text).toContain(part);
      expect(parse(html).text).toContain(part);
    }
  });

  it('says of discretion that it is, and when it is looked at again', () => {
    const grounds = { type: 'discretion', reviewOn: '2026-12-20' } as const;
    const { text } = payoutLetter({
      ...inputOf('rejected'),
      outcome: 'rejected',
      grounds,
    } as LetterInput);
    expect(text).toContain('at their discretion');
    expect(text).toContain('reviewed on 2026-12-20');
  });

  it('is not written for a denial that rests on nothing', () => {
    // @ts-expect-error a denial has grounds
    const bare: LetterInput = {
      ...basis(),
      outcome: 'rejected',
      grounds: null,
      paidAt: null,
      instructionId: null,
    };
    expect(() => payoutLetter(bare)).toThrow('a denial rests on something');
    // @ts-expect-error a payment has a day
    const undated: LetterInput = { ...inputOf('approved'), outcome: 'paid' };
    expect(() => payoutLetter(undated)).toThrow('has a day of payment');
    // @ts-expect-error a refusal has none
    const dated: LetterInput = { ...inputOf('rejected'), paidAt: PAID_AT };
    expect(() => payoutLetter(dated)).toThrow('has a day of payment');
  });

  it('lists each deduction with its trades and not with who made it', () => {
    const { text } = payoutLetter(inputOf('partlyPaid'));
    expect(text).toContain(
      '- 125.00 USD of trades T-77, T-78 (rule news-window): Opened within two minutes of a release',
    );
    expect(text).not.toContain('person-7');
  });

  it('keeps from the trader whatever the desk alone should know', () => {
    const snapshot = sampleSnapshot({ against: ['shares a device with TR-4'] });
    const { html, text } = payoutLetter(inputOf('rejected', snapshot));
    for (const secret of ['TR-4', 'person-7', snapshot.salt, snapshot.payee.digest, 'PO-640']) {
      expect(html + text).not.toContain(secret);
    }
  });

  it('says what the rules say in numbers, unless everything was paid', () => {
    const assessment = {
      ...sampleSnapshot().assessment,
      reasons: ['3 positions are open', '200.00 is less than the smallest payout 250.00'],
    };
    const snapshot = sampleSnapshot({ assessment });
    for (const outcome of ['rejected', 'held', 'partlyPaid'] as const) {
      const { text } = payoutLetter(inputOf(outcome, snapshot));
      for (const one of assessment.reasons) expect(text).toContain(`- ${one}\n`);
    }
  });

  it('names everything by which it can be checked', () => {
    const snapshot = sampleSnapshot();
    const { html, text } = payoutLetter(inputOf('paid', snapshot));
    const { ruleSet } = snapshot.state.terms;
    const evidence = [
      writeSnapshot(snapshot).digest,
      ruleSet.hash,
      'two-step-funded, version 14',
      'acme.example/console/2026',
      'Entry of the decision: 18299',
      'Assessed at entry: 18211',
      'PD0123456789ABCDEF',
      'Decided: 20 November 2026, 09:30:05 UTC',
      'Paid: 21 November 2026, 14:00:00 UTC',
    ];
    for (const one of evidence) expect(text).toContain(one);
    for (const one of evidence) expect(parse(html).text).toContain(one.split(': ').at(-1));
  });

  it('takes running text as paragraphs', () => {
    const { html, text } = payoutLetter(
      inputOf('held', sampleSnapshot(), 'First  line\r\n\r\nSecond\u00a0line\n'),
    );
    expect(html).toContain('<p>First line</p>\n<p>Second line</p>');
    expect(text).toContain('First line\nSecond line\nWhen you write to us, name the payout PO-812');
  });

  it('is the same letter every time', () => {
    expect(payoutLetter(inputOf('paid'))).toEqual(payoutLetter(inputOf('paid')));
  });

  it('says the same as a page and as a text', () => {
    for (const outcome of OUTCOMES) {
      const { html, text } = payoutLetter(inputOf(outcome));
      const page = parse(html);
      const texts = page.querySelectorAll('p, h1, h2, dt, dd, li').map((one) => one.text);
      expect(texts.length).toBeGreaterThan(30);
      for (const one of texts) expect(text).toContain(one);
    }
  });
});

describe('the page of a letter', () => {
  it('stands alone: no script, no address of anything, one style', () => {
    const { html } = payoutLetter(inputOf('paid'));
    expect(html).not.toMatch(/<script|<img|<link|<iframe|src=|href=|url\(|@import|\son[a-z]+=/i);
    expect(parse(html).querySelectorAll('style')).toHaveLength(1);
    expect(html.startsWith('<!doctype html>\n<html lang="en">')).toBe(true);
    expect(html).toContain("default-src 'none'");
    expect(html).toContain('@page { size: A4');
    expect(html).toContain('width=device-width, initial-scale=1');
  });

  it('has one heading of the first level and those of the second below it', () => {
    const page = parse(payoutLetter(inputOf('partlyPaid')).html);
    expect(page.querySelectorAll('h1')).toHaveLength(1);
    expect(page.querySelectorAll('section > h2').map((one) => one.text)).toEqual([
      'Your request',
      'The amount',
      'Why',
      'Deductions',
      'What you can do',
      'Dates',
      'Evidence',
    ]);
    expect(page.querySelectorAll('main')).toHaveLength(1);
    expect(page.querySelectorAll('dl > div > dt').length).toBe(
      page.querySelectorAll('dl > div > dd').length,
    );
  });
});

/** Ways into a page that are known from collections of such strings. */
const ATTACKS = [
  '<script>alert(1)</script>',
  '</script><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<IMG SRC="javascript:alert(1)">',
  '<img """><script>alert(1)</script>">',
  '<svg onload=alert(1)>',
  '<svg/onload=alert(1)//',
  '<svg><script>alert&#40;1)</script></svg>',
  '<math><mi xlink:href="javascript:alert(1)">x</mi></math>',
  '<iframe src="javascript:alert(1)"></iframe>',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '<body onload=alert(1)>',
  '<details open ontoggle=alert(1)>',
  '<video><source onerror="alert(1)">',
  '<audio src=x onerror=alert(1)>',
  '<input autofocus onfocus=alert(1)>',
  '<select onfocus=alert(1) autofocus>',
  '<marquee onstart=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="jav&#x09;ascript:alert(1)">x</a>',
  '<form action="javascript:alert(1)"><button>x</button></form>',
  '<object data="javascript:alert(1)">',
  '<embed src="data:text/html,<script>alert(1)</script>">',
  '<link rel=stylesheet href="//example.org/x.css">',
  '<style>@import "//example.org/x.css";</style>',
  '</style><script>alert(1)</script>',
  '<meta http-equiv="refresh" content="0;url=//example.org">',
  '<base href="//example.org/">',
  '<template><script>alert(1)</script></template>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '</title><script>alert(1)</script>',
  '</textarea><script>alert(1)</script>',
  '--><script>alert(1)</script>',
  '<!--<img src="--><img src=x onerror=alert(1)//">',
  '<![CDATA[<script>alert(1)</script>]]>',
  '<?xml version="1.0"?><x onclick="alert(1)">',
  '"><script>alert(1)</script>',
  "'><script>alert(1)</script>",
  '" onmouseover="alert(1)',
  "' onmouseover='alert(1)",
  '`onmouseover=alert(1)`',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '&#60;script&#62;alert(1)&#60;/script&#62;',
  '%3Cscript%3Ealert(1)%3C/script%3E',
  '\\u003cscript\\u003ealert(1)\\u003c/script\\u003e',
  '<scr<script>ipt>alert(1)</scr</script>ipt>',
  '<\u0000script>alert(1)</script>',
  '<script\u2028>alert(1)</script>',
  '\u202e<script>alert(1)</script>',
  '＜script＞alert(1)＜/script＞',
  '{{constructor.constructor("alert(1)")()}}',
  '${alert(1)}',
  '<p style="background:url(javascript:alert(1))">',
  '</main></body></html><script>alert(1)</script>',
];

describe('texts of others in a letter', () => {
  it(`are ${ATTACKS.length} attacks, of which none changes the page`, () => {
    expect(ATTACKS.length).toBeGreaterThanOrEqual(50);
    expect(new Set(ATTACKS).size).toBe(ATTACKS.length);
  });

  it.each(ATTACKS.map((attack) => [attack]))('%j is text', (attack) => {
    for (const outcome of ['paid', 'rejected'] as const) {
      const plain = payoutLetter(hostileInput(outcome, 'plain')).html;
      const { html } = payoutLetter(hostileInput(outcome, attack));
      // The same tags with the same attributes in the same order: whatever was added is text.
      expect(tagsOf(html)).toEqual(tagsOf(plain));
      expect(html.replaceAll(/<[^>]*>/g, '')).not.toMatch(/[<>]/);
      expect(html.match(/&(?!(amp|lt|gt|quot|#39|#96);)/g)).toBeNull();
      expect(html).not.toMatch(/[\0\u2028\u202e]/);
    }
  });

  it('can be read as they were written', () => {
    const name = `O'Brien & <Sons> "Ltd" \`x\` &amp;`;
    const { html, text } = payoutLetter(inputOf('paid', sampleSnapshot({ payeeName: name })));
    expect(
      parse(html)
        .querySelectorAll('dd')
        .some((one) => one.text === name),
    ).toBe(true);
    expect(text).toContain(`Payee: ${name}\n`);
  });
});

const OUTCOMES: readonly LetterOutcome[] = [
  'paid',
  'partlyPaid',
  'approved',
  'rejected',
  'held',
  'expired',
];

function basis(
  snapshot = sampleSnapshot(),
  disputeText = 'Write to disputes@acme.example within 30 days.',
) {
  return {
    snapshot,
    reason: 'Looked at by two people.',
    decidedAt: DECIDED_AT,
    firmName: 'Acme Trading',
    logOrigin: 'acme.example/console/2026',
    entry: 18_299,
    disputeText,
  };
}

function inputOf(
  outcome: LetterOutcome,
  snapshot?: PayoutSnapshot,
  disputeText?: string,
): LetterInput {
  const common = basis(snapshot, disputeText);
  if (outcome === 'paid' || outcome === 'partlyPaid') {
    const instructionId = 'PD0123456789ABCDEF';
    return { ...common, outcome, grounds: null, paidAt: PAID_AT, instructionId };
  }
  if (outcome === 'rejected') {
    return { ...common, outcome, grounds: CLAUSE, paidAt: null, instructionId: null };
  }
  return { ...common, outcome, grounds: null, paidAt: null, instructionId: null };
}

/** Everything that is a text is this one. */
function hostileInput(outcome: 'paid' | 'rejected', text: string): LetterInput {
  const plain = sampleSnapshot();
  const { terms } = plain.state;
  const id = text.slice(0, 80);
  const snapshot: PayoutSnapshot = {
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
        program: { programId: id, name: text },
        phase: { phaseId: id, name: text },
        ruleSet: { ...terms.ruleSet, ruleSetId: id },
      },
    },
    assessment: { ...plain.assessment, reasons: [text] },
    deductions: plain.deductions.map((one) => ({
      ...one,
      dealIds: [id],
      ruleId: id,
      reason: text,
    })),
  };
  const oneLine = text.replaceAll(/[\n\r\u2028\u2029]/g, ' ');
  const common = { ...basis(snapshot, oneLine), reason: oneLine, firmName: text, logOrigin: text };
  if (outcome === 'paid') {
    const grounds = { type: 'discretion', reviewOn: text } as const;
    return { ...common, outcome, grounds, paidAt: PAID_AT, instructionId: text };
  }
  const grounds = { type: 'clause', ruleId: id, facts: [1], trades: [id], quantity: text } as const;
  return { ...common, outcome, grounds, paidAt: null, instructionId: null };
}

function tagsOf(html: string): string[] {
  return html.match(/<[^>]*>/g) ?? [];
}
