import { parentPort, workerData } from 'node:worker_threads';
import { present } from '#core/kernel/assert.ts';
import {
  DEALS_PER_DETAIL_MAX,
  VERDICTS_PER_DETAIL_MAX,
  type AccountDetail,
} from '#core/sync/protocol.ts';
import { compileProgram, type CompiledProgram } from '#core/programs/compile.ts';
import { payoutNow } from '#core/governance/payout-case.ts';
import type { PayoutPolicy } from '#core/payouts/policy.ts';
import type { AccountState } from '#core/rules/account-state.ts';
import { loadPrograms } from '../programs.ts';
import { openStore } from '../store/store.ts';
import { lifeViewOf } from './life-view.ts';
import { seriesOf } from './series.ts';

/** Reads one account's past from the log, beside the threads that must not wait for it. */
export interface PastRequest {
  readonly id: number;
  readonly accountId: string;
  readonly state: AccountState;
}
export interface PastReply {
  readonly id: number;
  readonly past: Pick<AccountDetail, 'deals' | 'verdicts' | 'series' | 'payout' | 'life'>;
}

const { file } = workerData as { readonly file: string };
const port = present(parentPort, 'the port of this worker');
const store = openStore(file, 'read');

/** The payout policy under which an account was bought; versions never change, so it is kept. */
const policies = new Map<string, PayoutPolicy | null>();
function policyOf({ terms }: AccountState): PayoutPolicy | null {
  const { program, ruleSet, phase } = terms;
  const key = `${program.programId}/${ruleSet.version}/${phase.phaseId}`;
  const known = policies.get(key);
  if (known !== undefined) return known;
  const phases = versionsOf(program.programId, Infinity).get(ruleSet.version)?.program.phases ?? [];
  const policy = phases.find(({ phaseId }) => phaseId === phase.phaseId)?.payout ?? null;
  policies.set(key, policy);
  return policy;
}

/** Versions that have taken effect by an instant. */
function versionsOf(programId: string, at: number): Map<number, CompiledProgram> {
  const found = new Map<number, CompiledProgram>();
  for (const shipped of loadPrograms()) {
    if (shipped.program.programId === programId) found.set(shipped.version, shipped);
  }
  for (const fact of store.stream(0, 'firm')) {
    if (fact.kind !== 'programPublished' || fact.data.programId !== programId) continue;
    if (fact.data.effectiveFrom > at) continue;
    const compiled = compileProgram(fact.data.content, fact.data.version);
    if (compiled.ok) found.set(fact.data.version, compiled.value);
  }
  return found;
}

port.on('message', ({ id, accountId, state }: PastRequest) => {
  const facts = store.stream(0, `account:${accountId}`);
  const policy = policyOf(state);
  const verdicts = facts.filter(({ kind }) =>
    [
      'warningRaised',
      'breachDetected',
      'conductFlagged',
      'objectiveMet',
      'objectiveLost',
      'accountStatusChanged',
      'alertAcknowledged',
    ].includes(kind),
  );
  const reply: PastReply = {
    id,
    past: {
      deals: facts
        .flatMap((fact) => (fact.kind === 'dealBooked' ? [fact.data] : []))
        .slice(-DEALS_PER_DETAIL_MAX),
      verdicts: verdicts.slice(-VERDICTS_PER_DETAIL_MAX).toReversed(),
      series: seriesOf(store, 0, accountId),
      payout: policy && payoutNow(state, policy, facts),
      life: lifeViewOf(facts, {
        version: (programId, version) => versionsOf(programId, Infinity).get(version),
        later: (programId, version) =>
          [...versionsOf(programId, state.at).values()].filter((one) => one.version > version),
        accountFacts: (id) => store.stream(0, `account:${id}`),
        at: state.at,
      }),
    },
  };
  port.postMessage(reply);
});
