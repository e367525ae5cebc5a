import { parentPort, workerData } from 'node:worker_threads';
import { present } from '#core/kernel/assert.ts';
import {
  DEALS_PER_DETAIL_MAX,
  VERDICTS_PER_DETAIL_MAX,
  type AccountDetail,
} from '#core/sync/protocol.ts';
import { payoutNow } from '#core/governance/payout-case.ts';
import type { AccountState } from '#core/rules/account-state.ts';
import { openStore } from '../store/store.ts';
import { lifeViewOf } from './life-view.ts';
import { seriesOf } from './series.ts';
import { openVersions } from './versions.ts';

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

const { policyOf, versionsOf } = openVersions(store);

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
