import { z } from 'zod';
import { defineDetector, type Detector } from '#core/fraud/detector.ts';
import type { Directory, Observation, ObservationType } from '#core/fraud/observation.ts';
import type { Finding } from '#core/fraud/signal.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { seedFor } from '#core/kernel/random.ts';

const EVERYTHING: readonly ObservationType[] = [
  ...(['account', 'status', 'fill', 'trade', 'markOut', 'payout', 'protection', 'news'] as const),
  ...(['session', 'identity', 'activity', 'quote', 'clock'] as const),
];

/** What every fake shares: only how it observes differs. */
const plain = {
  version: 1,
  pattern: 'style',
  describes: 'Nothing that means anything.',
  honestReasons: 'Everybody.',
  checklist: [],
  params: z.strictObject({ every: z.int().min(1) }),
  defaults: { every: 3 },
  needs: EVERYTHING,
  heldMax: 10,
} as const;

/**
 * Finds something at every few observations, and says in it a digest of all that it has observed
 * and of what the directory knew then: equal findings mean that everything before was equal.
 */
export const echo: Detector = defineDetector({
  ...plain,
  id: 'echo',
  title: 'Echo',
  start: ({ every }, directory, resume) => {
    const saved = resume as { readonly seen: number; readonly count: number } | undefined;
    let { seen, count } = saved ?? { seen: 0, count: 0 };
    return {
      observe: (observation, found) => {
        count += 1;
        seen = seedFor(seen, canonicalText({ observation, knew: knownTo(directory, observation) }));
        const accountId = accountOf(observation);
        if (accountId === null || count % every !== 0) return;
        found(findingOf(`${accountId} ${count}`, accountId, observation.at, String(seen)));
      },
      held: () => 1,
      state: () => ({ seen, count }),
    };
  },
});

/** Keeps every observation: for tests of what is observed. */
export function createWitness(): { readonly detector: Detector; readonly seen: Observation[] } {
  const seen: Observation[] = [];
  const detector = defineDetector({
    ...plain,
    id: 'witness',
    title: 'Witness',
    start: () => ({
      observe: (observation) => void seen.push(observation),
      held: () => 0,
      state: () => null,
    }),
  });
  return { detector, seen };
}

/** Finds the same matter at every fill of an account, as strong as it is told. */
export function createInsister(
  strengthOf: (fills: number) => number,
  over: Partial<Finding> = {},
): Detector {
  return defineDetector({
    ...plain,
    id: 'insister',
    title: 'Insister',
    needs: ['fill'],
    start: () => {
      let fills = 0;
      return {
        observe: (observation, found) => {
          fills += 1;
          const accountId = accountOf(observation) ?? '';
          const finding = findingOf(accountId, accountId, observation.at, 'again');
          found({ ...finding, strength: strengthOf(fills), ...over });
        },
        held: () => 0,
        state: () => null,
      };
    },
  });
}

/** Stops at its first fill. */
export const faulty: Detector = defineDetector({
  ...plain,
  id: 'faulty',
  title: 'Faulty',
  needs: ['fill'],
  start: () => ({
    observe: () => {
      throw new Error('it cannot count');
    },
    held: () => 0,
    state: () => null,
  }),
});

function accountOf(observation: Observation): string | null {
  if ('accountId' in observation) return observation.accountId;
  return observation.type === 'markOut' ? observation.fill.accountId : null;
}

function knownTo(directory: Directory, observation: Observation): string {
  const account = directory.account(accountOf(observation) ?? '');
  const accounts = account ? directory.accountsOf(account.traderId) : [];
  return canonicalText({ account, accounts, quote: directory.quote('EURUSD') });
}

function findingOf(key: string, accountId: string, at: number, sentence: string): Finding {
  return {
    key,
    at,
    fromAt: at,
    accounts: [accountId],
    strength: 500,
    oneIn: null,
    sentence,
    figures: [],
    trades: [],
    picture: { type: 'trades' },
  };
}
