import { DEFAULT_POLICIES } from '#core/approvals/policy.ts';
import { present } from '#core/kernel/assert.ts';
import type { CommandResult, Intent } from '#core/sync/protocol.ts';
import type { Partition } from '#server/partition/partition.ts';
import type { Store } from '#server/store/store.ts';
import type { ServerIntent } from '../server-command.ts';
import { createSigningDesk, type SigningDesk } from './signing-desk.ts';

/** Who proposes, and who has to agree: a firm of two, for tests that are about something else. */
export const PROPOSER = 'gia';
export const APPROVER = 'jona';

export interface TwoPersons {
  /** What the first person wishes, and what the server says. */
  say(intent: Intent): CommandResult;
  /** The first person proposes: the id of what was opened, or what the server says against it. */
  propose(intent: Intent): string;
  /** A person signs: what the signature was judged. */
  approve(personId: string, proposalId: string): string;
  /** The first person proposes, the second signs: what the proposal came to. */
  agree(intent: Intent): string;
}

let commands = 0;

/** Founds the firm's people. */
export function withTwoPersons(firm: {
  readonly partition: Partition;
  readonly store: Store;
}): TwoPersons {
  const { partition } = firm;
  const { governance } = partition;
  const send = (actorId: string | null, intent: Intent | ServerIntent): CommandResult => {
    commands += 1;
    const actor = {
      type: actorId === null ? 'system' : 'operator',
      id: actorId ?? 'test',
    } as const;
    const { result } = partition.command({ commandId: `command-${commands}`, actor, intent });
    partition.advance();
    return result;
  };
  found(send);
  const desks = new Map<string, SigningDesk>();
  const deskOf = (personId: string): SigningDesk => {
    const known = desks.get(personId);
    if (known) return known;
    const desk = createSigningDesk(personId, `desk-${personId}`, firm);
    desks.set(personId, desk);
    send(personId, desk.enrolment());
    return desk;
  };
  const two: TwoPersons = {
    say: (intent) => send(PROPOSER, intent),
    propose: (intent) => {
      const proposed = send(PROPOSER, intent);
      if (proposed.type === 'rejected') return `${proposed.code}: ${proposed.message}`;
      return present([...governance.proposals()].at(-1), 'a proposal').proposalId;
    },
    approve: (personId, proposalId) => {
      send(personId, deskOf(personId).decide(proposalId, 'approve'));
      const last = present(governance.proposal(proposalId), proposalId).received.at(-1);
      const { verdict } = present(last, 'a decision');
      return verdict.type === 'counted' ? 'counted' : `${verdict.code}: ${verdict.message}`;
    },
    agree: (intent) => {
      const proposalId = two.propose(intent);
      if (!governance.proposal(proposalId)) return proposalId;
      const verdict = two.approve(APPROVER, proposalId);
      return governance.proposal(proposalId)?.closed?.outcome ?? verdict;
    },
  };
  return two;
}

/** Keys count at once here: how they come to is not what these tests are about. */
function found(send: (actorId: null, intent: ServerIntent) => CommandResult): void {
  const policies = DEFAULT_POLICIES.map((policy) =>
    policy.action === 'grantKey' ? { ...policy, approvals: 0, coolOffMs: 0 } : policy,
  );
  const people = [
    { personId: PROPOSER, roles: ['seniorRiskOfficer'] as const },
    { personId: APPROVER, roles: ['manager'] as const },
  ];
  send(null, { type: 'found', people, policies });
}
