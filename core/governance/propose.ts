import { PERMITS, type ActionType } from '#core/approvals/action-types.ts';
import type { FactDraft } from '#core/facts/registry.ts';
import { writeSnapshot } from '#core/payouts/snapshot.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { actionKinds } from './actions/index.ts';
import type { FormContent } from './actions/action-kind.ts';
import type { GovernedWorld, Refusal } from './world.ts';

/** Facts to append, and bytes to keep beside the log in the same transaction. */
export interface Decided {
  readonly drafts: readonly FactDraft[];
  readonly contents: readonly { readonly digest: string; readonly text: string }[];
}

export interface Proposing {
  readonly proposalId: string;
  readonly action: ActionType;
  readonly params: unknown;
  readonly reason: string;
  /** Null where no person made it: a device that enrolled a key. */
  readonly maker: string | null;
  readonly salt: string;
}

/** Opens a proposal of any kind but a payout's: its form is checked, and its maker's permission. */
export function propose(wish: Proposing, world: GovernedWorld): Result<Decided, Refusal> {
  const { governance, at } = world;
  const { proposalId, action, params, reason, maker, salt } = wish;
  const prepared = actionKinds.get(action).prepare(params, world);
  if (!prepared.ok) return err({ code: 'invalid', message: prepared.error });
  const { about, amount, concerned } = prepared.value;
  if (
    maker !== null &&
    !governance.people.may(maker, PERMITS[action].propose, { ...about, amount })
  ) {
    return err({ code: 'forbidden', message: 'no role of yours may propose this' });
  }
  if (governance.proposal(proposalId))
    return err({ code: 'conflict', message: 'this proposal exists already' });
  const content: FormContent = { action, params, reason, salt };
  const { text, digest } = writeSnapshot(content);
  const policy = governance.policy(action);
  const opened: FactDraft = {
    kind: 'proposalOpened',
    data: {
      proposalId,
      action,
      about,
      version: 1,
      params: params as never,
      snapshot: digest,
      amount,
      // Who proposes it comes first.
      makers: [...new Set([...(maker === null ? [] : [maker]), ...concerned])],
      reason,
      at,
      expiresAt: at + policy.expiresAfterMs,
      decideBy: at + policy.decideWithinMs,
      coolingUntil: null,
    },
  };
  return ok({ drafts: [opened], contents: [{ digest, text }] });
}

/**
 * Who proposed it takes it back: nobody who changed it since, and nobody whom it is about. A
 * trader's payout is taken back by the client that asked, because a person would deny it that way.
 */
export function withdraw(
  proposalId: string,
  by: { readonly personId: string | null; readonly reason: string },
  { governance, at }: GovernedWorld,
): Result<Decided, Refusal> {
  const proposal = governance.proposal(proposalId);
  if (!proposal) return err({ code: 'notFound', message: `there is no proposal ${proposalId}` });
  if (proposal.closed)
    return err({ code: 'invalid', message: `it was ${proposal.closed.outcome} already` });
  const { action, makers } = proposal;
  if (by.personId !== null && (action === 'payPayout' || makers[0] !== by.personId)) {
    return err({ code: 'forbidden', message: 'only who asked for it takes it back' });
  }
  const { version } = proposal;
  const closed = { proposalId, version, outcome: 'withdrawn', reason: by.reason, at } as const;
  return ok({ drafts: [{ kind: 'proposalClosed', data: closed }], contents: [] });
}
