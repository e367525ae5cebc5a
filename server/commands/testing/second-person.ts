import { DEFAULT_POLICIES } from '#core/approvals/policy.ts';
import { present } from '#core/kernel/assert.ts';
import type { CommandResult, Intent } from '#core/sync/protocol.ts';
import type { Partition } from '#server/partition/partition.ts';
import type { Store } from '#server/store/store.ts';
import type { ServerIntent } from '../server-command.ts';
import { createSigningDesk, type SigningDesk } from './signing-desk.ts';

/** Who proposes, and who has to agree: a firm of two, for tests that are about something else. */
export const PROPOSER = 'gia';
const APPROVER = 'jona';

export interface TwoPersons {
  /** What the first person wishes, and what the server says. */
  say(intent: Intent): CommandResult;
  /** The first person proposes, the second signs: what the proposal came to. */
  agree(intent: Intent): string;
}

let commands = 0;

/** Founds the firm's people; `desk` is the second person's, where it was opened before. */
export function withTwoPersons(firm: {
  readonly partition: Partition;
  readonly store: Store;
}): TwoPersons {
  const { partition } = firm;
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
  let desk: SigningDesk | null = null;
  const opened = (): string =>
    present([...partition.governance.proposals()].at(-1), 'one').proposalId;
  return {
    say: (intent) => send(PROPOSER, intent),
    agree: (intent) => {
      const proposed = send(PROPOSER, intent);
      if (proposed.type === 'rejected') return `${proposed.code}: ${proposed.message}`;
      const proposalId = opened();
      if (!desk) {
        desk = createSigningDesk(APPROVER, `desk-${APPROVER}`, firm);
        send(APPROVER, desk.enrolment());
      }
      send(APPROVER, desk.decide(proposalId, 'approve'));
      const { closed, received } = present(partition.governance.proposal(proposalId), proposalId);
      return closed?.outcome ?? JSON.stringify(received.at(-1)?.verdict);
    },
  };
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
