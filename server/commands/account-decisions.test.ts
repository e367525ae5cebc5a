import { describe, expect, it } from 'vitest';
import { present } from '#core/kernel/assert.ts';
import type { Fact, FactKind } from '#core/facts/registry.ts';
import { summaryOf } from '#core/impact/impact.ts';
import { compileProgram } from '#core/programs/compile.ts';
import type { CommandResult, Intent } from '#core/sync/protocol.ts';
import { runImpact } from '../impact/run.ts';
import { openDemoFirm, type DemoFirm } from '../partition/testing/demo-firm.ts';
import { loadPrograms } from '../programs.ts';
import type { Store } from '../store/store.ts';
import { verifyLog } from '../verify/verify.ts';
import { PROPOSER, withTwoPersons, type TwoPersons } from './testing/second-person.ts';

const [twoStep] = loadPrograms().filter(({ program }) => program.programId === 'two-step-100k');
/** The program with resets of its first phase, and with another daily loss. */
const resettable = {
  ...present(twoStep, 'the program').input,
  reset: { phases: ['evaluation-1'], withinHours: 24, times: 2 },
};
const withDailyLoss = (percent: string): typeof resettable =>
  JSON.parse(
    JSON.stringify(resettable).replaceAll('"percent":"5"', `"percent":"${percent}"`),
  ) as typeof resettable;
const easier = withDailyLoss('6');
const tighter = withDailyLoss('4');
const compiled = compileProgram(resettable, 1);
if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
const programs = [compiled.value];

type Firm = DemoFirm & { readonly people: TwoPersons };
const reopened = (store: Store): DemoFirm => openDemoFirm(programs, { store });
function openFirm(): Firm {
  const firm = openDemoFirm(programs);
  return { ...firm, people: withTwoPersons(firm) };
}
const say = ({ people }: Firm, intent: Intent): CommandResult => people.say(intent);

function factsOf<Kind extends FactKind>(
  { store }: Firm,
  kind: Kind,
): readonly Extract<Fact, { kind: Kind }>[] {
  const all = [...store.facts(0, 1, Number.MAX_SAFE_INTEGER)];
  return all.filter((fact): fact is Extract<Fact, { kind: Kind }> => fact.kind === kind);
}

/** An account that is what is asked for, found by running on. */
function find(firm: Firm, matches: (account: number) => boolean): string {
  const { book } = firm.partition.ingest;
  for (let tries = 0; tries < 60; tries += 1) {
    for (let account = 0; account < book.accounts; account += 1) {
      if (matches(account)) return book.terms(account).accountId;
    }
    firm.run(4_000);
  }
  throw new Error('no such account came about');
}

/** Proposed by one person, approved by another: what came of it. */
function publish(
  firm: Firm,
  content: unknown,
  over: Partial<Extract<Intent, { type: 'publishProgram' }>> = {},
): string {
  const draft = compileProgram(content, 2);
  if (!draft.ok) throw new Error(JSON.stringify(draft.error));
  const summary = summaryOf(present(runImpact(firm.store, 0, draft.value), 'a result'));
  firm.previews.set(summary.hash, summary);
  return firm.people.agree({
    type: 'publishProgram',
    content: content as never,
    effectiveFrom: null,
    migration: 'newPurchasesOnly',
    confirmedHurt: summary.failedOnlyDraft,
    previewHash: summary.hash,
    reason: 'a test',
    ...over,
  });
}

/** The log says the same when its source is executed again, and when it is derived again. */
function expectSound(firm: Firm): void {
  const again = reopened(firm.store);
  expect(again.partition.ingest.lastSeq).toBe(firm.partition.ingest.lastSeq);
  expect(again.partition.ingest.state().book).toEqual(firm.partition.ingest.state().book);
  expect(verifyLog(firm.store, 0).differences).toEqual([]);
}

const restrict = (accountId: string): Intent => ({
  type: 'directAccount',
  accountId,
  directive: { type: 'restrict' },
  reason: 'asked for by compliance',
});

describe('deciding about an account', () => {
  it('restricts it: it trades no more until that is lifted, and the log says who and why', () => {
    const firm = openFirm();
    firm.run(6_000);
    const { book } = firm.partition.ingest;
    const accountId = find(
      firm,
      (account) => book.status(account) === 0 && book.positions(account).length > 0,
    );
    const number = present(book.numberOf(accountId), 'number');
    expect(say(firm, restrict(accountId))).toMatchObject({ type: 'accepted' });
    expect(book.status(number)).toBe(4);
    expect(say(firm, restrict(accountId))).toMatchObject({ code: 'invalid' });
    const opened = (): number =>
      factsOf(firm, 'dealBooked').filter(
        ({ data }) => data.accountId === accountId && data.entry === 'in',
      ).length;
    const before = opened();
    firm.run(20_000);
    expect(opened()).toBe(before);
    const lift = { ...restrict(accountId), directive: { type: 'lift' } } as Intent;
    expect(say(firm, lift)).toMatchObject({ type: 'accepted' });
    firm.run(5_000);
    const said = factsOf(firm, 'accountDirected').map(({ data }) => [data.operatorId, data.reason]);
    expect(said[0]).toEqual([PROPOSER, 'asked for by compliance']);
    expectSound(firm);
  });

  it('closes it, and nothing happens to it afterwards', () => {
    const firm = openFirm();
    firm.run(6_000);
    const { book } = firm.partition.ingest;
    const accountId = find(firm, (account) => book.status(account) === 0);
    const close = { ...restrict(accountId), directive: { type: 'close' } } as Intent;
    expect(say(firm, close)).toMatchObject({ type: 'accepted' });
    const seq = firm.partition.ingest.lastSeq;
    firm.run(10_000);
    const later = factsOf(firm, 'accountStatusChanged').filter(
      ({ data, envelope }) => data.accountId === accountId && envelope.seq > seq,
    );
    expect(later).toEqual([]);
    expect(say(firm, close)).toMatchObject({ code: 'invalid' });
    expectSound(firm);
  });

  it('excepts a rule, but no unknown rule, no objective, and not into the past', () => {
    const firm = openFirm();
    firm.run(6_000);
    const { book, marketAt } = firm.partition.ingest;
    const accountId = find(firm, (account) => book.status(account) === 0);
    const until = present(marketAt, 'market time') + 3_600_000;
    const except = (ruleId: string, end = until): CommandResult =>
      say(firm, {
        type: 'directAccount',
        accountId,
        directive: { type: 'except', ruleId, until: end },
        reason: 'agreed',
      });
    const { rules } = present(programs[0]?.ruleSets[0], 'rule set');
    const limit = present(
      rules.find(({ kind }) => kind.role === 'limit'),
      'a limit',
    ).ruleId;
    const target = present(
      rules.find(({ kind }) => kind.role === 'objective'),
      'a target',
    ).ruleId;
    expect(except('nothing')).toMatchObject({ code: 'invalid' });
    expect(except(target)).toMatchObject({ code: 'invalid' });
    expect(except(limit, until - 7_200_000)).toMatchObject({ code: 'invalid' });
    expect(except(limit)).toMatchObject({ type: 'accepted' });
    firm.run(20_000);
    expectSound(firm);
  });

  it('lets a failed account begin again under the same version, as its program allows', () => {
    const firm = openFirm();
    const { book } = firm.partition.ingest;
    const reset = (accountId: string): CommandResult =>
      say(firm, { type: 'requestSuccessor', accountId, successor: 'reset', reason: 'paid for' });
    firm.run(6_000);
    const running = find(firm, (account) => book.status(account) === 0);
    expect(reset(running)).toMatchObject({ code: 'invalid' });
    const failed = find(
      firm,
      (account) =>
        book.status(account) === 2 && book.terms(account).phase.phaseId === 'evaluation-1',
    );
    expect(reset(failed)).toMatchObject({ type: 'accepted' });
    expect(reset(failed)).toMatchObject({ code: 'invalid' });
    firm.run(2_000);
    const next = factsOf(firm, 'accountOpened').find(
      ({ data }) => data.previousAccountId === failed,
    );
    const before = book.terms(present(book.numberOf(failed), 'number'));
    expect(next?.data).toMatchObject({
      origin: 'reset',
      traderId: before.traderId,
      phase: before.phase,
      ruleSet: before.ruleSet,
      startBalance: before.startBalance,
    });
    expectSound(firm);
  });

  it('does not scale an account whose program does not scale its phase', () => {
    const firm = openFirm();
    firm.run(6_000);
    const { book } = firm.partition.ingest;
    const accountId = find(firm, (account) => book.terms(account).phase.phaseId === 'evaluation-1');
    const said = say(firm, {
      type: 'requestSuccessor',
      accountId,
      successor: 'scaledUp',
      reason: 'asked',
    });
    expect(said).toMatchObject({ code: 'invalid' });
  });
});

describe('a version that reaches into running phases', () => {
  const versionsOf = ({ partition }: Firm): Set<number> => {
    const { book } = partition.ingest;
    const running = Array.from({ length: book.accounts }, (_unused, account) => account).filter(
      (account) => [0, 1, 4].includes(book.status(account)),
    );
    return new Set(running.map((account) => book.terms(account).ruleSet.version));
  };

  it('needs the number of accounts that it would hurt to be confirmed', () => {
    const firm = openFirm();
    firm.run(6_000);
    const wrong = { migration: 'fromDate', confirmedHurt: 7_777 } as const;
    expect(publish(firm, easier, wrong)).toMatch(/^notConfirmed: /);
    const none = { migration: 'fromDate', confirmedHurt: null } as const;
    expect(publish(firm, easier, none)).toMatch(/^notConfirmed: /);
  });

  it('moves accounts for which nothing gets harder, at once or on its day', () => {
    const firm = openFirm();
    firm.run(6_000);
    const { ingest } = firm.partition;
    const day = present(ingest.marketAt, 'market time') + 600_000;
    const later = { migration: 'fromDate', effectiveFrom: day } as const;
    expect(publish(firm, easier, later)).toBe('executed');
    expect(versionsOf(firm)).toEqual(new Set([1]));
    while (present(ingest.marketAt, 'market time') < day) firm.run(500);
    firm.run(500);
    expect(versionsOf(firm)).toEqual(new Set([2]));
    const moved = factsOf(firm, 'rulesChanged');
    expect(moved.length).toBeGreaterThan(5);
    expect(new Set(moved.map(({ data }) => data.basis))).toEqual(new Set(['favourable']));
    firm.run(20_000);
    expectSound(firm);
  });

  it('goes on sale on its day, not before', () => {
    const firm = openFirm();
    firm.run(6_000);
    const { ingest } = firm.partition;
    const day = present(ingest.marketAt, 'market time') + 3_600_000;
    expect(publish(firm, tighter, { effectiveFrom: day })).toBe('executed');
    const bought = (): readonly [number, number][] =>
      factsOf(firm, 'accountOpened').map(({ data, envelope }) => [
        envelope.occurredAt,
        data.ruleSet.version,
      ]);
    while (present(ingest.marketAt, 'market time') < day + 3_600_000) firm.run(2_000);
    const seen = bought();
    expect(seen.filter(([at, version]) => version !== (at < day ? 1 : 2))).toEqual([]);
    expect(seen.some(([, version]) => version === 2)).toBe(true);
    expectSound(firm);
  });

  it('is accepted by nobody before its day', () => {
    const firm = openFirm();
    firm.run(6_000);
    const { book, marketAt } = firm.partition.ingest;
    const day = present(marketAt, 'market time') + 3_600_000;
    expect(publish(firm, tighter, { effectiveFrom: day })).toBe('executed');
    const { partition } = firm;
    while (present(partition.ingest.marketAt, 'market time') < day - 600_000) firm.run(500);
    const accountId = find(
      firm,
      (account) => book.status(account) === 0 && book.terms(account).ruleSet.version === 1,
    );
    const accept = (): CommandResult =>
      say(firm, { type: 'acceptChange', accountId, version: 2, evidence: 'by e-mail' });
    expect(present(partition.ingest.marketAt, 'market time')).toBeLessThan(day);
    expect(accept()).toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('not taken effect') as string,
    });
    while (present(partition.ingest.marketAt, 'market time') <= day) firm.run(500);
    expect(accept()).toMatchObject({ type: 'accepted' });
    expectSound(firm);
  });

  it('leaves the others alone until their traders accept', () => {
    const firm = openFirm();
    firm.run(6_000);
    expect(publish(firm, tighter, { migration: 'fromDate' })).toBe('executed');
    expect(factsOf(firm, 'rulesChanged')).toEqual([]);
    const { book } = firm.partition.ingest;
    const accountId = find(
      firm,
      (account) => book.status(account) === 0 && book.terms(account).ruleSet.version === 1,
    );
    const accept = (version: number): CommandResult =>
      say(firm, { type: 'acceptChange', accountId, version, evidence: 'by e-mail' });
    expect(accept(1)).toMatchObject({ code: 'invalid' });
    expect(accept(9)).toMatchObject({ code: 'invalid' });
    expect(accept(2)).toMatchObject({ type: 'accepted' });
    const [moved] = factsOf(firm, 'rulesChanged');
    expect(moved?.data).toMatchObject({ accountId, basis: 'accepted' });
    firm.run(10_000);
    expectSound(firm);
  });
});
