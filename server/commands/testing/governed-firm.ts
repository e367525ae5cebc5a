import { DEFAULT_POLICIES, type ApprovalPolicy } from '#core/approvals/policy.ts';
import { present } from '#core/kernel/assert.ts';
import type { Role } from '#core/people/roles.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import type { Intent } from '#core/sync/protocol.ts';
import {
  EURUSD,
  fundedAccount,
  openScriptedFirm,
  PAYOUT_DUE,
  type ScriptedFirm,
  type ScriptedFirmOptions,
} from '#server/partition/testing/scripted-firm.ts';
import type { ServerIntent } from '../server-command.ts';
import { createSigningDesk, verifyInTests, type SigningDesk } from './signing-desk.ts';

/** People of the firm that tests use: two of each kind that has to be two. */
const STAFF: Readonly<Record<string, readonly Role[]>> = {
  ada: ['admin'],
  bram: ['admin'],
  cleo: ['payoutApprover'],
  dario: ['payoutApprover'],
  ezra: ['payoutApprover'],
  jona: ['manager'],
  finn: ['riskOfficer'],
  gia: ['seniorRiskOfficer'],
  hana: ['seniorRiskOfficer'],
  edda: ['finance'],
};

export interface GovernedFirm extends ScriptedFirm {
  /** The server's clock; a test moves it. */
  clock: number;
  /** Decides an intent of a person; throws what the server says when it is rejected. */
  as(personId: string, intent: Intent): number;
  /** What the server answers, accepted or not. */
  ask(personId: string, intent: Intent): string;
  system(intent: ServerIntent): string;
  /** The person's device, its key granted. */
  desk(personId: string): SigningDesk;
  /** Asks for a payout of an account; its id. */
  request(accountId: string, requested?: number | null, over?: Partial<{ last4: string }>): string;
  /** What the latest decision on a proposal was judged. */
  verdictOn(proposalId: string): string;
  reopen(): GovernedFirm;
}

/** A firm with staff, keys and funded accounts, on the real partition. */
export function openGovernedFirm(
  over: {
    readonly policies?: readonly Partial<ApprovalPolicy>[];
    readonly accounts?: number;
    readonly backTest?: ScriptedFirmOptions['backTest'];
  } = {},
  before?: {
    readonly firm: ScriptedFirm;
    readonly clock: number;
    readonly desks: Map<string, SigningDesk>;
  },
): GovernedFirm {
  const state = { clock: before?.clock ?? PAYOUT_DUE };
  const now = (): number => state.clock;
  const scripted = openScriptedFirm({
    ...(before ? { store: before.firm.store, platform: before.firm.platform } : {}),
    now,
    verify: verifyInTests,
    backTest: over.backTest,
  });
  const { partition, platform } = scripted;
  const desks = before?.desks ?? new Map<string, SigningDesk>();
  let counter = Math.max(1, partition.ingest.lastSeq) * 1_000;
  const send = (
    actor: { type: 'operator' | 'system'; id: string },
    intent: Intent | ServerIntent,
  ): string => {
    counter += 1;
    const { result } = partition.command({ commandId: `c-${counter}`, actor, intent });
    partition.advance();
    return result.type === 'accepted' ? 'accepted' : `${result.code}: ${result.message}`;
  };
  const firm: GovernedFirm = {
    ...scripted,
    get clock() {
      return state.clock;
    },
    set clock(at) {
      state.clock = at;
    },
    ask: (personId, intent) => send({ type: 'operator', id: personId }, intent),
    as: (personId, intent) => {
      const said = firm.ask(personId, intent);
      if (said !== 'accepted') throw new Error(said);
      return partition.ingest.lastSeq;
    },
    system: (intent) => send({ type: 'system', id: 'test' }, intent),
    desk: (personId) => {
      const known = desks.get(personId);
      if (known) return known;
      const desk = createSigningDesk(personId, `desk-${personId}`, firm);
      desks.set(personId, desk);
      firm.as(personId, desk.enrolment());
      return desk;
    },
    request: (accountId, requested = null, { last4 = '4410' } = {}) => {
      counter += 1;
      const payoutId = `po-${counter}`;
      const said = firm.system({
        type: 'openPayout',
        payeeName: 'Tess Trader',
        request: {
          payoutId,
          accountId,
          requested,
          requestKey: `request-${counter}`,
          payee: { digest: digestOfText(last4), last4, method: 'testRail', region: 'CZ' },
        },
      });
      if (said !== 'accepted') throw new Error(said);
      return payoutId;
    },
    verdictOn: (proposalId) => {
      const { verdict } = present(
        partition.governance.proposal(proposalId)?.received.at(-1),
        'a decision',
      );
      return verdict.type === 'counted' ? 'counted' : `${verdict.code}: ${verdict.message}`;
    },
    reopen: () => openGovernedFirm(over, { firm: scripted, clock: state.clock, desks }),
  };
  if (before) return firm;
  platform.tell(EURUSD);
  for (let number = 1; number <= (over.accounts ?? 3); number += 1) {
    platform.tell(...fundedAccount(`A${number}`, `T${number}`, 5_000_0000));
  }
  platform.tell({ type: 'time', at: PAYOUT_DUE });
  scripted.run();
  found(firm, over.policies ?? []);
  return firm;
}

/** Keys are granted at once here; tests of keys themselves say otherwise. */
function found(firm: GovernedFirm, over: readonly Partial<ApprovalPolicy>[]): void {
  const policies = DEFAULT_POLICIES.map((policy) => ({
    ...policy,
    ...(policy.action === 'grantKey' ? { approvals: 0, coolOffMs: 0 } : {}),
    ...over.find(({ action }) => action === policy.action),
  }));
  const people = Object.entries(STAFF).map(([personId, roles]) => ({ personId, roles }));
  firm.system({ type: 'found', people, policies });
  for (let number = 1; number <= 3; number += 1) {
    firm.system({
      type: 'recordCheck',
      traderId: `T${number}`,
      check: 'identity',
      result: 'passed',
    });
  }
}
