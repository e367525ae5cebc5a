import { describe, expect, it } from 'vitest';
import { summaryOf } from '#core/impact/impact.ts';
import { present } from '#core/kernel/assert.ts';
import { compileProgram } from '#core/programs/compile.ts';
import type { PreviewSummary } from '#core/programs/programs.events.ts';
import type { Intent } from '#core/sync/protocol.ts';
import { runImpact } from '../impact/run.ts';
import { FIRM_START, openDemoFirm, type DemoFirm } from '../partition/testing/demo-firm.ts';
import { loadPrograms } from '../programs.ts';
import { openStore } from '../store/store.ts';
import { APPROVER, PROPOSER, withTwoPersons, type TwoPersons } from './testing/second-person.ts';

const programs = loadPrograms().filter(({ program }) => program.programId === 'two-step-100k');
const [twoStep] = programs;
const content = present(twoStep, 'the two-step program').input;
/** The same program with a daily loss of 1 % instead of 5 %. */
const tighter = JSON.parse(
  JSON.stringify(content).replaceAll('"percent":"5"', '"percent":"1"'),
) as typeof content;

type Firm = DemoFirm & { readonly people: TwoPersons };
function openFirm(store = openStore(':memory:')): Firm {
  const firm = openDemoFirm(programs, { store });
  return { ...firm, people: withTwoPersons(firm) };
}

function preview({ store, previews }: Firm, draft: unknown): PreviewSummary {
  const compiled = compileProgram(draft, 2);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  const result = present(runImpact(store, 0, compiled.value), 'a result');
  const summary = summaryOf(result);
  previews.set(summary.hash, summary);
  return summary;
}

type Publish = Extract<Intent, { type: 'publishProgram' }>;
const wish = (over: Partial<Publish>): Publish => ({
  type: 'publishProgram',
  content: content as never,
  effectiveFrom: null,
  migration: 'newPurchasesOnly',
  previewHash: '',
  confirmedHurt: null,
  reason: 'a test',
  ...over,
});
/** Proposed by one person, approved by another: what came of it. */
const publish = ({ people }: Firm, over: Partial<Publish>): string => people.agree(wish(over));

describe('publishing a program', () => {
  it('rests on a preview of exactly this draft', () => {
    const firm = openFirm();
    firm.run(4_000);
    expect(publish(firm, { content: tighter as never })).toMatch(/^noPreview: /);
    const other = preview(firm, content);
    const wrong = publish(firm, { content: tighter as never, previewHash: other.hash });
    expect(wrong).toMatch(/^noPreview: /);
    const { hash } = preview(firm, tighter);
    const right = publish(firm, { content: tighter as never, previewHash: hash });
    expect(right).toBe('executed');
  });

  it('cannot reach into the past, nor publish what cannot work', () => {
    const firm = openFirm();
    firm.run(2_000);
    const { hash } = preview(firm, tighter);
    const past = {
      content: tighter as never,
      previewHash: hash,
      effectiveFrom: FIRM_START - 86_400_000,
    };
    expect(publish(firm, past)).toMatch(/^invalid: /);
    const faulty = { ...content, phases: [] };
    expect(publish(firm, { content: faulty as never })).toMatch(/^invalid: /);
  });

  it('is a proposal, and no version, until another person has approved it', () => {
    const firm = openFirm();
    firm.run(4_000);
    const { hash } = preview(firm, tighter);
    const published = (): number =>
      firm.store.stream(0, 'firm').filter(({ kind }) => kind === 'programPublished').length;
    const draft = { content: tighter as never, previewHash: hash };
    expect(firm.people.say(wish(draft))).toMatchObject({ type: 'accepted' });
    expect(published()).toBe(0);
    expect(publish(firm, draft)).toBe('executed');
    expect(published()).toBe(1);
  });

  it('cannot be approved by who proposes it, though that person may approve others', () => {
    const firm = openFirm();
    firm.run(4_000);
    const { hash } = preview(firm, tighter);
    const draft = wish({ content: tighter as never, previewHash: hash });
    const proposalId = firm.people.propose(draft);
    expect(firm.people.approve(PROPOSER, proposalId)).toMatch(/^maker/);
    expect(firm.people.approve(APPROVER, proposalId)).toBe('counted');
  });

  it('stops where another version of the program came first', () => {
    const firm = openFirm();
    firm.run(4_000);
    const { hash } = preview(firm, tighter);
    const draft = wish({ content: tighter as never, previewHash: hash });
    const [first, second] = [firm.people.propose(draft), firm.people.propose(draft)];
    expect(firm.people.approve(APPROVER, first)).toBe('counted');
    expect(firm.people.approve(APPROVER, second)).toMatch(
      /^blocked: another version of two-step-100k was published since/,
    );
  });

  it('leaves open accounts with the version they were bought under; new ones get the new one', () => {
    const firm = openFirm();
    firm.run(4_000);
    const { hash } = preview(firm, tighter);
    expect(publish(firm, { content: tighter as never, previewHash: hash })).toBe('executed');
    const { book } = firm.partition.ingest;
    const before = book.accounts;
    while (book.accounts < before + 5) firm.run(2_000);
    const versions = Array.from(
      { length: book.accounts },
      (_unused, at) => book.terms(at).ruleSet.version,
    );
    expect(new Set(versions.slice(0, before))).toEqual(new Set([1]));
    expect(new Set(versions.slice(before))).toEqual(new Set([2]));
  });

  it('stands at its place when the log is executed again', () => {
    const store = openStore(':memory:');
    const firm = openFirm(store);
    firm.run(6_000);
    const { hash } = preview(firm, tighter);
    expect(publish(firm, { content: tighter as never, previewHash: hash })).toBe('executed');
    firm.run(30_000);
    const again = openDemoFirm(programs, { store });
    expect(again.partition.ingest.lastSeq).toBe(firm.partition.ingest.lastSeq);
    expect(again.partition.ingest.book.snapshot()).toEqual(firm.partition.ingest.book.snapshot());
  });
});

describe('an impact preview', () => {
  it('of what is published finds no difference, of a tighter rule finds whom it ends', () => {
    const firm = openFirm();
    firm.run(30_000);
    expect(preview(firm, content)).toMatchObject({ failedOnlyDraft: 0, failedOnlyPublished: 0 });
    const tight = preview(firm, tighter);
    expect(tight.accounts).toBeGreaterThan(30);
    expect(tight.failedOnlyDraft).toBeGreaterThan(0);
    expect(tight.failedOnlyPublished).toBe(0);
  });

  it('has the same hash whenever it is run on the same log', () => {
    const firm = openFirm();
    firm.run(5_000);
    expect(preview(firm, tighter)).toEqual(preview(firm, tighter));
  });
});
