import { parentPort, workerData } from 'node:worker_threads';
import { present } from '#core/kernel/assert.ts';
import {
  DEALS_PER_DETAIL_MAX,
  VERDICTS_PER_DETAIL_MAX,
  type AccountDetail,
} from '#core/sync/protocol.ts';
import { openStore } from '../store/store.ts';
import { seriesOf } from './series.ts';

/** Reads one account's past from the log, beside the threads that must not wait for it. */
export interface PastRequest {
  readonly id: number;
  readonly accountId: string;
}
export interface PastReply {
  readonly id: number;
  readonly past: Pick<AccountDetail, 'deals' | 'verdicts' | 'series'>;
}

const { file } = workerData as { readonly file: string };
const port = present(parentPort, 'the port of this worker');
const store = openStore(file, 'read');

port.on('message', ({ id, accountId }: PastRequest) => {
  const facts = store.stream(0, `account:${accountId}`);
  const verdicts = facts.filter(
    ({ kind }) =>
      !['dealBooked', 'balanceOperationBooked', 'protectionSet', 'accountOpened'].includes(kind),
  );
  const reply: PastReply = {
    id,
    past: {
      deals: facts
        .flatMap((fact) => (fact.kind === 'dealBooked' ? [fact.data] : []))
        .slice(-DEALS_PER_DETAIL_MAX),
      verdicts: verdicts.slice(-VERDICTS_PER_DETAIL_MAX).toReversed(),
      series: seriesOf(store, 0, accountId),
    },
  };
  port.postMessage(reply);
});
