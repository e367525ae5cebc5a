import { PER_MILLE } from '#core/fraud/signal.ts';
import { MONEY_UNIT } from '#core/money/money.ts';
import type { CaseFile, Cases, DecidedCase } from './cases.ts';
import { isInterim } from './cases.ts';
import type { CaseOutcome } from './outcomes.ts';

/** From here on two cases are alike enough for one to speak for the other. */
export const CLOSE_FROM = 700;
export const CLOSE_COUNTED_MAX = 20;
/** Fewer speak for nothing. */
export const CLOSE_MIN = 3;
/** So many of a thousand have to agree for their outcome to be expected. */
export const CLEAR_FROM = 800;

const STRENGTH_BANDS = [500, 700, 850, 950] as const;
/** In whole units of money. */
const AMOUNT_BANDS = [1, 1_000, 10_000, 100_000] as const;
const WEIGHT = {
  patterns: 300,
  detectors: 300,
  strength: 150,
  amount: 150,
  programs: 100,
} as const;

export interface Precedent {
  readonly file: CaseFile;
  readonly decided: DecidedCase;
  readonly similarity: number;
  readonly why: readonly string[];
}

export interface Majority {
  readonly outcome: CaseOutcome;
  /** Of those that are close, in thousandths. */
  readonly share: number;
  readonly of: number;
}

/** What is alike in two cases, by facts of the log alone: the same on every machine. */
export function similarityOf(
  one: CaseFile,
  other: CaseFile,
): { similarity: number; why: string[] } {
  const patterns = overlap(one.patterns, other.patterns);
  const detectors = overlap(one.detectors, other.detectors);
  const strength = bandsApart(one.score, other.score, STRENGTH_BANDS);
  const amount = bandsApart(amountSeen(one), amountSeen(other), AMOUNT_BANDS);
  const programs = [...one.programs].some((programId) => other.programs.has(programId));
  const similarity =
    Math.floor((patterns * WEIGHT.patterns + detectors * WEIGHT.detectors) / PER_MILLE) +
    nearness(strength, WEIGHT.strength) +
    nearness(amount, WEIGHT.amount) +
    (programs ? WEIGHT.programs : 0);
  const why = [
    wordsOf(patterns, 'pattern'),
    wordsOf(detectors, 'detectors'),
    strength === 0 ? 'as strong' : strength > 0 ? 'that one was stronger' : 'that one was weaker',
    amount === 0
      ? 'about as much money'
      : amount > 0
        ? 'that one was about more money'
        : 'that one was about less money',
    programs ? 'the same program' : 'another program',
  ];
  return { similarity, why };
}

/** In thousandths: what both have of what either has. */
function overlap(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  let both = 0;
  for (const member of one) both += other.has(member) ? 1 : 0;
  const either = one.size + other.size - both;
  return either === 0 ? 0 : Math.floor((both * PER_MILLE) / either);
}

function bandsApart(one: number, other: number, bands: readonly number[]): number {
  const bandOf = (value: number): number => bands.filter((from) => value >= from).length;
  return bandOf(other) - bandOf(one);
}

function nearness(apart: number, weight: number): number {
  if (apart === 0) return weight;
  return Math.abs(apart) === 1 ? Math.floor(weight / 2) : 0;
}

function wordsOf(share: number, what: string): string {
  if (share === PER_MILLE) return `the same ${what}`;
  return share === 0 ? `other ${what}` : `partly the same ${what}`;
}

/** The gains of the trades that its signals show, of the one that shows most, in whole units. */
function amountSeen({ signals }: CaseFile): number {
  let most = 0;
  for (const { seen } of signals.values()) most = Math.max(most, seen.profit);
  return Math.floor(most / MONEY_UNIT);
}

/** Decided cases by how alike they are, then newest first. Duplicates say nothing of their own. */
export function precedentsFor(file: CaseFile, cases: Cases, max: number): Precedent[] {
  const found: Precedent[] = [];
  for (const other of cases.all()) {
    const { decided } = other;
    if (!decided || other.caseId === file.caseId || decided.code === 'duplicate') continue;
    const { similarity, why } = similarityOf(file, other);
    if (similarity > 0) found.push({ file: other, decided, similarity, why });
  }
  return found
    .sort((one, other) => other.similarity - one.similarity || other.decided.seq - one.decided.seq)
    .slice(0, max);
}

/** What nearly all close precedents came to; null when they are too few, or differ. */
export function majorityOf(precedents: readonly Precedent[]): Majority | null {
  const close = precedents.filter(({ similarity }) => similarity >= CLOSE_FROM);
  if (close.length < CLOSE_MIN) return null;
  const counts = new Map<CaseOutcome, number>();
  for (const { decided } of close) {
    counts.set(decided.outcome, (counts.get(decided.outcome) ?? 0) + 1);
  }
  for (const [outcome, count] of counts) {
    const share = Math.floor((count * PER_MILLE) / close.length);
    if (share >= CLEAR_FROM) return { outcome, share, of: close.length };
  }
  return null;
}

/** The majority that an outcome would depart from; null when it departs from none. */
export function departsFrom(outcome: CaseOutcome, file: CaseFile, cases: Cases): Majority | null {
  if (isInterim(outcome)) return null;
  const majority = majorityOf(precedentsFor(file, cases, CLOSE_COUNTED_MAX));
  return majority && majority.outcome !== outcome ? majority : null;
}
