import { describe, expect, it } from 'vitest';
import { present } from '#core/kernel/assert.ts';
import type { Signal } from '#core/fraud/signal.ts';
import type { CaseVerb } from './act.ts';
import type { CaseFile } from './cases.ts';
import { departsFrom, majorityOf, precedentsFor, similarityOf } from './precedents.ts';
import { aSignal } from './testing/a-signal.ts';
import { openCaseLog, type CaseLog } from './testing/case-log.ts';

const dismiss = { verb: 'dismiss', code: 'household', reason: 'x', departure: 'x' } as const;
const warn = { verb: 'warn', code: 'copiedTrades', reason: 'x', departure: 'x' } as const;
const duplicate = { ...dismiss, code: 'duplicate' } as const;

let people = 0;
/** A case about somebody of its own. */
function newCase(log: CaseLog, over: Partial<Signal> = {}): CaseFile {
  people += 1;
  const known = new Set(log.cases.all());
  log.raise(aSignal({ key: `k${people}`, traders: [`P${people}`], ...over }));
  return present(
    [...log.cases.all()].find((file) => !known.has(file)),
    'a case',
  );
}
function decided(log: CaseLog, verb: CaseVerb, over: Partial<Signal> = {}): CaseFile {
  const file = newCase(log, over);
  log.act('ada', file.caseId, verb);
  return file;
}
const trade = (profit: number): Signal['trades'][number] => ({
  accountId: 'A1',
  positionId: 'P',
  symbol: 'EURUSD',
  side: 'buy',
  lots: 1,
  openedAt: 0,
  closedAt: 1,
  openPrice: 1,
  closePrice: 1,
  profit,
  match: 0,
});

describe('how alike two cases are', () => {
  it('is everything for the same facts about other people, and symmetric', () => {
    const log = openCaseLog();
    const [one, other] = [newCase(log), newCase(log, { detector: 'latency', strength: 750 })];
    expect(similarityOf(one, newCase(log)).similarity).toBe(1_000);
    expect(similarityOf(one, other).similarity).toBe(similarityOf(other, one).similarity);
  });

  it('falls with each fact that differs, by what it weighs, and says so', () => {
    const log = openCaseLog();
    const one = newCase(log, { trades: [trade(500_0000)] });
    const to = (over: Partial<Signal>) =>
      similarityOf(one, newCase(log, { trades: [trade(500_0000)], ...over }));
    expect(to({ detector: 'ring' })).toMatchObject({ similarity: 700 });
    expect(to({ detector: 'latency' })).toMatchObject({ similarity: 400 });
    expect(to({ strength: 960 })).toMatchObject({ similarity: 925 });
    expect(to({ strength: 700 })).toMatchObject({ similarity: 925 });
    expect(to({ programs: ['other'] })).toMatchObject({ similarity: 900 });
    expect(to({ trades: [trade(50_000_0000)] })).toMatchObject({ similarity: 850 });
    expect(to({ strength: 960 }).why).toContain('that one was stronger');
    expect(to({ trades: [trade(-5)] }).why).toContain('that one was about less money');
  });
});

describe('precedents', () => {
  it('are decided cases, the most alike first, then the newest; duplicates are none', () => {
    const log = openCaseLog();
    const [far, old, fresh] = [
      decided(log, dismiss, { detector: 'ring' }),
      decided(log, dismiss),
      decided(log, warn),
    ];
    decided(log, duplicate);
    newCase(log);
    const mine = newCase(log);
    const found = precedentsFor(mine, log.cases, 10).map(({ file }) => file.caseId);
    expect(found).toEqual([fresh.caseId, old.caseId, far.caseId]);
    expect(precedentsFor(mine, log.cases, 1)).toHaveLength(1);
  });

  it('speak clearly from three on, four of five of one mind, and only those that are close', () => {
    const log = openCaseLog();
    const mine = newCase(log);
    const majority = () => majorityOf(precedentsFor(mine, log.cases, 20));
    decided(log, dismiss);
    decided(log, dismiss);
    for (let far = 0; far < 5; far += 1) decided(log, dismiss, { detector: 'latency' });
    expect(majority()).toBeNull();
    decided(log, dismiss);
    expect(majority()).toEqual({ outcome: 'dismiss', share: 1_000, of: 3 });
    decided(log, warn);
    expect(majority()).toBeNull();
    decided(log, dismiss);
    expect(majority()).toEqual({ outcome: 'dismiss', share: 800, of: 5 });
  });

  it('are departed from by another outcome alone, and never by a hold for the time being', () => {
    const log = openCaseLog();
    const mine = newCase(log);
    for (let number = 0; number < 3; number += 1) decided(log, dismiss);
    expect(departsFrom('dismiss', mine, log.cases)).toBeNull();
    expect(departsFrom('payoutHold', mine, log.cases)).toBeNull();
    expect(departsFrom('restrict', mine, log.cases)).toMatchObject({ outcome: 'dismiss' });
  });
});
