import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { canonicalText } from '#core/kernel/canonical.ts';
import type { Random } from '#core/kernel/random.ts';
import type { Detector } from './detector.ts';
import type { Directory, Observation } from './observation.ts';
import { findingSchema, type Finding } from './signal.ts';
import { adversarial } from './testing/adversarial.ts';
import { honestWorld, type HonestWorld } from './testing/honest.ts';
import {
  accountOf,
  atOf,
  createStream,
  findingsOf,
  observed,
  randomFor,
  type Stream,
} from './testing/stream.ts';

/** What a detector has to find, for its laws to be tried on more than silence. */
export interface DetectorSample {
  readonly detector: Detector;
  /** Adds what it looks for to a world of honest traders. */
  readonly add: (stream: Stream, random: Random) => void;
}

const ADVERSARIAL_COUNT = 120_000;
/** Made once for all detectors: most of the time goes into making it. */
const honest = remembered((seed: number) => {
  const stream = honestWorld({ seed, traders: 120, days: 5 });
  return { directory: stream.directory, observations: stream.observations() };
});
const hostile = remembered((seed: number) => adversarial(seed, ADVERSARIAL_COUNT));
const small: HonestWorld = { seed: 7, traders: 60, days: 5, wholeSeconds: true };

/** The laws that every detector keeps. A new one is greeted by this suite. */
export function describeDetector({ detector, add }: DetectorSample): void {
  const abusive = (seed: number): Stream => {
    const stream = honestWorld({ ...small, seed });
    add(stream, randomFor(seed, 'abuse'));
    return stream;
  };

  describe(`detector ${detector.id}`, () => {
    it('says what it looks for, who looks the same, and what a person checks', () => {
      expect(detector.title).toMatch(/^[A-Z].{3,59}$/);
      expect(detector.describes).toMatch(/^[A-Z][^]{40,}\.$/);
      expect(detector.honestReasons).toMatch(/^[A-Z][^]{40,}\.$/);
      expect(detector.checklist.length).toBeGreaterThanOrEqual(3);
      expect(detector.needs.length).toBe(new Set(detector.needs).size);
    });

    it('has a default for every parameter and refuses unknown ones', () => {
      const defaults = detector.defaults as object;
      expect(detector.params.parse(defaults)).toEqual(defaults);
      expect(Object.keys(schemaShape(detector)).sort()).toEqual(Object.keys(defaults).sort());
      expect(detector.params.safeParse({ ...defaults, unheardOf: 1 }).success).toBe(false);
    });

    it('finds what it is for, and explains it with numbers, trades or a picture', () => {
      const stream = abusive(11);
      const findings = findingsOf(detector, stream);
      expect(findings.length).toBeGreaterThan(0);
      for (const finding of findings) expectExplained(finding);
    });

    it.each([1, 2, 3])('is silent among honest traders (seed %i)', (seed) => {
      const { directory, observations } = honest(seed);
      const findings = run(detector, directory, observations);
      expect(findings.map(({ sentence }) => sentence)).toEqual([]);
    });

    it('holds no more than it says, whatever it is told, and says only what is valid', () => {
      const { directory } = createStream(1);
      const detecting = detector.start(detector.defaults, directory);
      let most = 0;
      for (const observation of relevant(detector, hostile(3))) {
        detecting.observe(observation, (finding) => void findingSchema.parse(finding));
        most = Math.max(most, detecting.held());
      }
      expect(most).toBeLessThanOrEqual(detector.heldMax);
    });

    it('finds the same again, and in whatever order accounts are heard at one instant', () => {
      const stream = abusive(12);
      const observations = stream.observations();
      const found = run(detector, stream.directory, observations);
      expect(run(detector, stream.directory, observations)).toEqual(found);
      for (const seed of [1, 2, 3]) {
        const shuffled = shuffledWithinInstants(observations, randomFor(seed, 'order'));
        expect(setOf(run(detector, stream.directory, shuffled))).toEqual(setOf(found));
      }
    });

    it('goes on from its state, wherever it was stopped, as if it had not been', () => {
      const stream = abusive(13);
      const observations = relevant(detector, stream.observations());
      const found = run(detector, stream.directory, observations);
      const random = randomFor(13, 'stops');
      const stops = Array.from({ length: 6 }, () => random.below(observations.length));
      const pieces = [0, ...stops.sort((one, other) => one - other), observations.length];
      let detecting = detector.start(detector.defaults, stream.directory);
      const resumed: Finding[] = [];
      for (const [at, from] of pieces.entries()) {
        resumed.push(
          ...observed(detecting, detector, observations.slice(from, pieces[at + 1] ?? from)),
        );
        const state: unknown = JSON.parse(JSON.stringify(structuredClone(detecting.state())));
        const before = detecting.held();
        detecting = detector.start(detector.defaults, stream.directory, state);
        expect(detecting.held()).toBe(before);
      }
      expect(resumed).toEqual(found);
    });
  });
}

function remembered<Made>(make: (seed: number) => Made): (seed: number) => Made {
  const made = new Map<number, Made>();
  return (seed) => {
    const known = made.get(seed) ?? make(seed);
    made.set(seed, known);
    return known;
  };
}

/** Valid, about somebody, no later than now, with something to look at. */
function expectExplained(finding: Finding): void {
  expect(findingSchema.parse(finding)).toEqual(finding);
  const { accounts, sentence, trades, picture, at, fromAt, figures } = finding;
  expect(new Set(accounts).size).toBe(accounts.length);
  expect(fromAt).toBeLessThanOrEqual(at);
  expect(sentence).toMatch(/^[A-Z0-9].*\d.*\.$/);
  expect(figures.length).toBeGreaterThan(0);
  for (const { accountId } of trades) expect(accounts).toContain(accountId);
  const pictured =
    picture.type === 'histogram'
      ? picture.buckets.some(({ count }) => count > 0)
      : picture.type === 'graph'
        ? picture.edges.length > 0
        : trades.length > 0;
  expect(pictured, `nothing to look at: ${sentence}`).toBe(true);
}

function run(detector: Detector, directory: Directory, observations: readonly Observation[]) {
  return observed(detector.start(detector.defaults, directory), detector, observations);
}

function relevant({ needs }: Detector, observations: readonly Observation[]): Observation[] {
  return observations.filter(({ type }) => needs.includes(type));
}

function setOf(findings: readonly Finding[]): string[] {
  return findings.map(canonicalText).sort();
}

/** Accounts at one instant in another order; each one's own observations stay in theirs. */
function shuffledWithinInstants(
  observations: readonly Observation[],
  random: Random,
): Observation[] {
  const all: Observation[] = [];
  let from = 0;
  while (from < observations.length) {
    let to = from + 1;
    const first = observations[from] as Observation;
    const isOwn = (other: Observation | undefined): boolean =>
      other !== undefined && accountOf(other) !== '' && atOf(other) === atOf(first);
    if (accountOf(first) !== '') while (isOwn(observations[to])) to += 1;
    all.push(...shuffledAccounts(observations.slice(from, to), random));
    from = to;
  }
  return all;
}

function shuffledAccounts(instant: readonly Observation[], random: Random): Observation[] {
  const byAccount = new Map<string, Observation[]>();
  for (const observation of instant) {
    const own = byAccount.get(accountOf(observation));
    if (own) own.push(observation);
    else byAccount.set(accountOf(observation), [observation]);
  }
  const all: Observation[] = [];
  const left = [...byAccount.values()];
  while (left.length > 0) {
    const [own] = left.splice(random.below(left.length), 1);
    all.push(...(own ?? []));
  }
  return all;
}

function schemaShape({ params }: Detector): object {
  return params instanceof z.ZodObject ? (params.shape as object) : {};
}
