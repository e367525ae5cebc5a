import { z } from 'zod';
import { backTestHash, backTestSchema, type BackTestSummary } from '#core/fraud/back-test.ts';
import { detectors } from '#core/fraud/detectors/index.ts';
import { scoringPolicySchema, type ScoringPolicy } from '#core/fraud/scoring.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { digestOf } from '#core/kernel/digest.ts';
import { err, ok } from '#core/kernel/result.ts';
import { utcText } from '#core/time/time.ts';
import { formAction, NOBODY } from './action-kind.ts';

/** Changes how findings are scored; it rests on a back-test that this server has run. */
export const changeScoring = formAction({
  type: 'changeScoring',
  title: 'Change how findings are scored',
  schema: z.strictObject({
    policy: scoringPolicySchema.refine(isWhole, 'numbers in parameters are whole'),
    backTest: backTestSchema,
  }),
  prepare: ({ policy, backTest }, { governance }) => {
    const next = governance.cases.policy.version + 1;
    if (policy.version !== next) return err(`policy: the next version is ${next}`);
    const problem = problemWith(policy);
    if (problem !== null) return err(`policy: ${problem}`);
    if (backTest.hash !== backTestHash(backTest)) {
      return err('backTest: its numbers are not those that its hash names');
    }
    if (backTest.policyDigest !== digestOf(policy)) {
      return err('policy: it is not the one that the back-test tried');
    }
    return ok({ about: NOBODY, amount: 0, concerned: [] });
  },
  lines: ({ policy, backTest }) => [...policyLines(policy), ...backTestLines(backTest)],
  blockedBy: ({ policy }, { governance }) =>
    policy.version === governance.cases.policy.version + 1
      ? null
      : 'another version has been put in force since',
  execute: ({ policy }) => ok([{ kind: 'scoringChanged', data: { policy } }]),
});

/** What is signed has one text: fractions have several. */
function isWhole(value: unknown): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(isWhole);
}

function problemWith({ detectors: uses, sensitivity, allowances }: ScoringPolicy): string | null {
  const twice = (names: readonly string[]): string | undefined =>
    names.find((name, at) => names.indexOf(name) !== at);
  const named =
    twice(uses.map(({ detector }) => detector)) ??
    twice(sensitivity.map(({ programId }) => programId)) ??
    twice(allowances.map(({ allowanceId }) => allowanceId));
  if (named !== undefined) return `${named} is named twice`;
  for (const { detector, params } of uses) {
    const known = detectors.find(detector);
    const read = known?.params.safeParse({ ...(known.defaults as object), ...params });
    if (read && !read.success) {
      const [issue] = read.error.issues;
      return `${detector}: ${issue?.path.join('.')}: ${issue?.message}`;
    }
  }
  return null;
}

function policyLines({
  version,
  openAt,
  detectors: uses,
  sensitivity,
  allowances,
}: ScoringPolicy): string[] {
  return [
    `Version ${version}: a case is opened from ${openAt} of 1,000`,
    ...uses.map(
      ({ detector, mode, weight, params }) =>
        `${detector}: ${mode}, weight ${weight}, ${canonicalText(params)}`,
    ),
    ...sensitivity.map(({ programId, factor }) => `In program ${programId}: ${factor} of 1,000`),
    ...allowances.map(
      ({ allowanceId, detector, subjects, until, reason }) =>
        `Allowed (${allowanceId}) until ${utcText(until)}: ${detector ?? 'every detector'} ` +
        `about ${subjects.join(', ')}: ${reason}`,
    ),
  ];
}

function backTestLines(backTest: BackTestSummary): string[] {
  return [
    `Tried on the time from ${utcText(backTest.fromAt)} to ${utcText(backTest.toAt)}`,
    `It would have opened ${backTest.cases} cases; the policy in force ${backTest.casesBefore}`,
    ...backTest.perDetector.map(
      ({ detector, signals, cases, casesBefore }) =>
        `${detector}: ${signals} signals, part of ${cases} cases; of ${casesBefore} before`,
    ),
    `Back-test ${backTest.hash} of policy ${backTest.policyDigest}`,
  ];
}
