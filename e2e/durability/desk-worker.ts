import { join } from 'node:path';
import type { Command } from '#core/sync/protocol.ts';
import { openDeskStore } from '#desk/store/store.ts';
import { decision, lostDatabase } from './decisions.ts';
import type { Opened, Operation } from './operation.ts';
import { runWorker } from './worker.ts';

const LOG_ID = 'a-log';
const ISSUED_AT = Date.UTC(2014, 4, 2, 9);

/** A command waits in the outbox: what a desk shows as queued stays queued. */
const queue: Operation = {
  acts: 8,
  afterFailure: 'goOn',
  pagesPerCheckpoint: 4,
  id: (index) => `command-${index}`,
  open: openOutbox,
  inspect: openOutbox,
};

runWorker({ queue, decision, lostDatabase });

function openOutbox(folder: string): Opened {
  const store = openDeskStore(join(folder, 'desk.sqlite'));
  return {
    act: (index) => {
      if (!store.queue(commandOf(index), LOG_ID)) throw new Error('the outbox is full');
    },
    present: () => store.queued(LOG_ID).map(({ commandId }) => commandId),
    problems: () => [],
    close: () => store.close(),
  };
}

function commandOf(index: number): Command {
  return {
    commandId: queue.id(index),
    operatorId: 'manager',
    issuedAt: ISSUED_AT + index,
    intent: { type: 'acknowledgeAlert', alertSeq: index + 1, note: 'seen' },
  };
}
