import { join } from 'node:path';
import { present } from '#core/kernel/assert.ts';
import type { Intent } from '#core/sync/protocol.ts';
import { createReplayAdapter } from '#server/adapters/replay/adapter.ts';
import { createCatalogue } from '#server/partition/catalogue.ts';
import { openPartition, type Partition } from '#server/partition/partition.ts';
import { offersOf, programsFolder, readProgram } from '#server/programs.ts';
import { openStore, type Store } from '#server/store/store.ts';
import { verifyTree } from '#server/verify/verify-tree.ts';
import type { Inspected, Opened, Operation } from './operation.ts';
import { runWorker } from './worker.ts';

/** A Friday morning in May. */
const START = Date.UTC(2014, 4, 2, 9);
const ACCOUNTS = 6;
const OFFICER = { type: 'operator', id: 'officer' } as const;
const RECORDS_PER_BATCH = 40;

/** Batches of records and an operator's commands in turn: what a server has answered stays decided. */
const command: Operation = {
  acts: 6,
  afterFailure: 'end',
  pagesPerCheckpoint: 12,
  id: (index) =>
    index % 2 === 0 ? `records-${(index / 2 + 1) * RECORDS_PER_BATCH}` : `command-${index}`,
  open: openFirm,
  inspect: (folder) => inspect(openStore(join(folder, 'log.sqlite'))),
};

runWorker({ command });

function openFirm(folder: string): Opened {
  const programs = [readProgram(join(programsFolder, 'two-step-100k.json'))];
  const store = openStore(join(folder, 'log.sqlite'));
  const partition = openPartition({
    partition: 0,
    store,
    catalogue: createCatalogue(programs),
    now: () => START,
    adapter: createReplayAdapter({
      seed: 11,
      accounts: ACCOUNTS,
      activityPercent: 900,
      programs: offersOf(programs),
      startAt: START,
      recorded: null,
    }),
  });
  found(partition);
  return {
    ...inspect(store),
    act: (index) => (index % 2 === 0 ? takeRecords(partition, index) : decide(partition, index)),
    close: () => {
      partition.close();
      store.close();
    },
  };
}

/** Somebody who may decide, at the first start. */
function found({ governance, command: send }: Partition): void {
  if (governance.people.persons.has(OFFICER.id)) return;
  const people = [{ personId: OFFICER.id, roles: ['seniorRiskOfficer'] as const }];
  const { result } = send({
    commandId: 'founding',
    actor: { type: 'system', id: 'start' },
    intent: { type: 'found', people, policies: [] },
  });
  if (result.type !== 'accepted') throw new Error(`not founded: ${result.message}`);
}

function takeRecords(partition: Partition, index: number): void {
  const until = (index / 2 + 1) * RECORDS_PER_BATCH;
  while (partition.records < until) partition.run(Infinity, until - partition.records);
}

function decide(partition: Partition, index: number): void {
  const { result } = partition.command({
    commandId: command.id(index),
    actor: OFFICER,
    intent: restrictionOf(partition, index),
  });
  if (result.type !== 'accepted') throw new Error(`refused for its content: ${result.message}`);
}

/** Restricts accounts one after the other: an active one is there at every index. */
function restrictionOf({ ingest }: Partition, index: number): Intent {
  const { book } = ingest;
  const ACTIVE = 0;
  const numbers = Array.from({ length: book.accounts }, (_, account) => account);
  const account = present(
    numbers.find((number) => book.status(number) === ACTIVE),
    `an active account for act ${index}`,
  );
  const { accountId } = book.terms(account);
  return { type: 'directAccount', accountId, directive: { type: 'restrict' }, reason: 'a test' };
}

function inspect(store: Store): Inspected {
  return {
    present: () => [...batchesIn(store), ...commandsIn(store)],
    problems: () => [...verifyTree(store, 0).differences, ...commandProblems(store)],
    close: () => store.close(),
  };
}

function batchesIn(store: Store): string[] {
  const batches = Math.floor(store.progress(0).records / RECORDS_PER_BATCH);
  return Array.from({ length: batches }, (_, batch) => command.id(batch * 2));
}

/** From the facts; what the server would answer is compared with them. */
function commandsIn(store: Store): string[] {
  return [...store.facts(0, 1, Number.MAX_SAFE_INTEGER)].flatMap(({ envelope }) => {
    const { kind, causation } = envelope;
    return kind === 'accountDirected' && causation.type === 'command' ? [causation.id] : [];
  });
}

function commandProblems(store: Store): string[] {
  const decided = new Set(commandsIn(store));
  const ids = Array.from({ length: command.acts + 2 }, (_, index) => command.id(index));
  return ids
    .filter((id) => id.startsWith('command-'))
    .filter((id) => decided.has(id) !== (store.commandResult(id)?.type === 'accepted'))
    .map((id) => `${id}: its fact and its answer are not both there`);
}
