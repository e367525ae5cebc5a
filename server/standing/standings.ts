import type { Fact } from '#core/facts/registry.ts';
import { payoutNow } from '#core/governance/payout-case.ts';
import type { PayoutPolicy } from '#core/payouts/policy.ts';
import type { AccountState } from '#core/rules/account-state.ts';
import { standingOf, type Standing, type StandingVerdict } from '#core/standing/standing.ts';
import type { StateReply } from '../partition/messages.ts';

/** Numbers this old are shown again; the market is asked at most so often about one account. */
export const STANDING_FRESH_MS = 1_500;
/** What needs the account's facts is read again after this. */
const FACTS_FRESH_MS = 15_000;
/** Accounts whose standing is kept; the one asked for longest ago leaves first. */
const KEPT_MAX = 1_000;

export interface StandingPorts {
  state(accountId: string): Promise<StateReply | null>;
  accountFacts(accountId: string): readonly Fact[];
  policyOf(state: AccountState): PayoutPolicy | null;
  now(): number;
}

export interface Standings {
  of(accountId: string): Promise<Standing | null>;
}

interface Kept {
  readonly at: number;
  readonly standing: Promise<Standing | null>;
}

interface FromFacts {
  readonly at: number;
  readonly facts: readonly Fact[];
  readonly verdict: StandingVerdict | null;
}

/** Where accounts stand, however many look: one question to the market per account and while. */
export function createStandings(ports: StandingPorts): Standings {
  const kept = new Map<string, Kept>();
  const fromFacts = new Map<string, FromFacts>();
  const factsOf = (accountId: string): FromFacts => {
    const known = fromFacts.get(accountId);
    if (known && ports.now() - known.at < FACTS_FRESH_MS) return known;
    const facts = ports.accountFacts(accountId);
    const read = { at: ports.now(), facts, verdict: latestVerdict(facts) };
    keep(fromFacts, accountId, read);
    return read;
  };
  const look = async (accountId: string): Promise<Standing | null> => {
    const reply = await ports.state(accountId);
    if (reply === null) return null;
    const { state, rules, marketAt } = reply;
    const { facts, verdict } = factsOf(accountId);
    const policy = ports.policyOf(state);
    const payout = policy && payoutNow(state, policy, facts);
    return standingOf({ state, rules, marketAt, payout, verdict });
  };
  return {
    of: (accountId) => {
      const known = kept.get(accountId);
      if (known && ports.now() - known.at < STANDING_FRESH_MS) return known.standing;
      const standing = look(accountId);
      keep(kept, accountId, { at: ports.now(), standing });
      return standing;
    },
  };
}

function keep<Value>(map: Map<string, Value>, accountId: string, value: Value): void {
  map.delete(accountId);
  map.set(accountId, value);
  const [oldest] = map.keys();
  if (map.size > KEPT_MAX && oldest !== undefined) map.delete(oldest);
}

/** The latest that rules said of an account and that its trader should know. */
export function latestVerdict(facts: readonly Fact[]): StandingVerdict | null {
  for (const fact of facts.toReversed()) {
    const { kind } = fact;
    if (
      kind === 'breachDetected' ||
      kind === 'warningRaised' ||
      kind === 'conductFlagged' ||
      kind === 'objectiveMet'
    ) {
      const { ruleKind, at } = fact.data;
      return { seq: fact.envelope.seq, kind, ruleKind, at };
    }
  }
  return null;
}
