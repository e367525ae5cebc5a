import { DEFAULT_POLICIES, type ApprovalPolicy } from '#core/approvals/policy.ts';
import { createRandom, seedFor, type Random } from '#core/kernel/random.ts';
import { HOUR_MS } from './kernel.ts';

const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365 * DAY_MS;

/** What a rail does wrong, each at its own rate. */
export interface RailFaults {
  readonly worksThenTimesOut: number;
  readonly declines: number;
  readonly declinesThenPays: number;
  readonly paysThenReturns: number;
  readonly saysUnknown: number;
  /** An order never arrives, or only after its sender has given up. */
  readonly losesOrder: number;
  readonly takesLate: number;
  readonly repeatsWebhook: number;
  readonly losesWebhook: number;
  readonly answersLateMs: number;
  /** How long the rail knows an idempotency key; beyond it the same key is a new payment. */
  readonly forgetsKeyAfterMs: number;
}

/** Which faults a seed has, and how often: drawn before anything else. */
export interface Swarm {
  /** Most firms are small, live for a day, and have one kind of admin trouble less: they cost little. */
  readonly isSmall: boolean;
  readonly desks: number;
  readonly accounts: number;
  readonly days: number;
  readonly actionsPerDay: number;
  readonly loss: number;
  readonly duplication: number;
  readonly delayMs: number;
  readonly partition: number;
  readonly partitionMs: number;
  readonly deskCrash: number;
  /** What was being committed when a machine stopped is there, or is not. */
  readonly keepsCommitInFlight: boolean;
  readonly losesDatabase: number;
  readonly serverCrashBefore: number;
  readonly serverCrashAfter: number;
  readonly clockSkewMs: number;
  readonly clone: number;
  readonly moved: number;
  readonly forgery: number;
  readonly breach: number;
  readonly peopleChange: number;
  readonly policyChange: number;
  readonly revision: number;
  readonly opposition: number;
  /** People go through what is open in order, so that words of many meet on one payout. */
  readonly isFocused: boolean;
  readonly payeeChange: number;
  readonly paymentEveryMs: number;
  readonly rail: RailFaults;
  readonly policies: readonly ApprovalPolicy[];
}

export function drawSwarm(seed: number): Swarm {
  const random = createRandom(seedFor(seed, 'swarm'));
  const isOn = (): boolean => random.below(2) === 0;
  const rate = (most: number): number => (isOn() ? random.fraction() * most : 0);
  const isNetworkCalm = random.below(4) === 0;
  const isSmall = random.below(4) > 0;
  return {
    isSmall,
    desks: isSmall ? 1 + random.below(3) : 1 + random.below(6),
    accounts: isSmall ? 2 : 2 + random.below(3),
    days: isSmall ? 1 : 1 + random.below(random.below(5) === 0 ? 10 : 3),
    actionsPerDay: 8 + random.below(24),
    loss: isNetworkCalm ? 0 : rate(0.3),
    duplication: isNetworkCalm ? 0 : rate(0.3),
    delayMs: isNetworkCalm ? 1_000 : random.pick([2_000, 60_000, 10 * 60_000, 3 * HOUR_MS]),
    partition: rate(0.15),
    partitionMs: random.pick([HOUR_MS, 8 * HOUR_MS, DAY_MS, 3 * DAY_MS]),
    deskCrash: rate(0.15),
    keepsCommitInFlight: isOn(),
    losesDatabase: rate(0.1),
    serverCrashBefore: rate(0.04),
    serverCrashAfter: rate(0.04),
    clockSkewMs: isOn() ? random.pick([HOUR_MS, DAY_MS, YEAR_MS, 10 * YEAR_MS]) : 0,
    clone: rate(0.06),
    moved: rate(0.06),
    forgery: rate(0.08),
    breach: rate(0.1),
    peopleChange: rate(isSmall ? 0 : 0.3),
    policyChange: rate(isSmall ? 0 : 0.2),
    revision: rate(0.12),
    opposition: rate(0.5),
    isFocused: isOn(),
    payeeChange: rate(0.8),
    paymentEveryMs: random.pick([HOUR_MS, 4 * HOUR_MS, 12 * HOUR_MS, DAY_MS]),
    rail: drawRail(random, rate),
    policies: drawPolicies(random, isOn),
  };
}

function drawRail(random: Random, rate: (most: number) => number): RailFaults {
  return {
    worksThenTimesOut: rate(0.5),
    declines: rate(0.2),
    declinesThenPays: rate(0.2),
    paysThenReturns: rate(0.1),
    saysUnknown: rate(0.5),
    losesOrder: rate(0.3),
    takesLate: rate(0.4),
    repeatsWebhook: rate(0.6),
    losesWebhook: rate(0.5),
    answersLateMs: random.pick([1_000, 30_000, 10 * 60_000, 5 * HOUR_MS]),
    forgetsKeyAfterMs: random.pick([6 * HOUR_MS, DAY_MS, 30 * DAY_MS]),
  };
}

/** Limits near the amounts of the run, so that thresholds are crossed often. */
function drawPolicies(random: Random, isOn: () => boolean): readonly ApprovalPolicy[] {
  return DEFAULT_POLICIES.map((policy) => {
    switch (policy.action) {
      case 'payPayout':
        return {
          ...policy,
          steps: [
            {
              above: random.pick([5_000_0000, 9_000_0000, 25_000_0000]),
              approvals: 2 + random.below(2),
              oneOf: isOn() ? ['manager' as const] : [],
            },
          ],
          windowDays: random.pick([1, 2, 7]),
          approverPerDay: random.pick([null, 9_000_0000, 30_000_0000]),
          autoUpTo: isOn() ? random.pick([1_000_0000, 4_000_0000]) : null,
          expiresAfterMs: random.pick([DAY_MS, 5 * DAY_MS, 14 * DAY_MS]),
          coolOffMs: isOn() ? 2 * HOUR_MS : 0,
          payeeCoolOffMs: random.pick([6 * HOUR_MS, DAY_MS]),
          receiptAgeMaxMs: random.pick([2 * HOUR_MS, 8 * HOUR_MS, 3 * DAY_MS]),
          decideWithinMs: random.pick([4 * HOUR_MS, DAY_MS]),
        };
      case 'changeRole':
      case 'revokeKey':
      case 'changePolicy':
        return {
          ...policy,
          approvals: 1,
          coolOffMs: isOn() ? 3 * HOUR_MS : 0,
          receiptAgeMaxMs: 3 * DAY_MS,
        };
      // The first keys count at once; a change of this very policy makes later ones wait for two admins.
      case 'grantKey':
        return { ...policy, approvals: 0, coolOffMs: 0, receiptAgeMaxMs: 3 * DAY_MS };
      default:
        return policy;
    }
  });
}

/** A seed without any fault: what every run is once its faults have ended. */
export function calm(swarm: Swarm): Swarm {
  const never = {
    partition: 0,
    deskCrash: 0,
    losesDatabase: 0,
    serverCrashBefore: 0,
    serverCrashAfter: 0,
  };
  const honest = {
    clone: 0,
    moved: 0,
    forgery: 0,
    breach: 0,
    peopleChange: 0,
    policyChange: 0,
    revision: 0,
  };
  const rail: RailFaults = {
    worksThenTimesOut: 0,
    declines: 0,
    declinesThenPays: 0,
    paysThenReturns: 0,
    saysUnknown: 0,
    losesOrder: 0,
    takesLate: 0,
    repeatsWebhook: 0,
    losesWebhook: 0,
    answersLateMs: 1_000,
    forgetsKeyAfterMs: swarm.rail.forgetsKeyAfterMs,
  };
  return {
    ...swarm,
    ...never,
    ...honest,
    loss: 0,
    duplication: 0,
    delayMs: 1_000,
    opposition: 0,
    rail,
  };
}
