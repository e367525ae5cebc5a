import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Command, CommandResult } from '#core/sync/protocol.ts';
import type { Link } from '../host.ts';
import { openDeskStore, type DeskStore } from '../store/store.ts';
import { createOutbox, type Outbox } from './outbox.ts';

const LOG = 'log';
let store: DeskStore;
let outbox: Outbox;
let sent: string[];
let decided: string[];
let answers: Map<string, unknown>;

beforeEach(() => {
  store = openDeskStore(':memory:');
  sent = [];
  decided = [];
  answers = new Map();
  const link: Link = {
    hello: () => {},
    ask: (_name, input) => {
      const { commandId } = input as Command;
      sent.push(commandId);
      const usual = { type: 'accepted', commandId, seq: 1 };
      return Promise.resolve(answers.has(commandId) ? answers.get(commandId) : usual);
    },
    look: () => {},
    close: () => {},
  };
  const note = ({ commandId }: Command, { type }: CommandResult): void =>
    void decided.push(`${commandId} ${type}`);
  outbox = createOutbox(store, link, note, () => {});
  for (const commandId of ['a', 'b', 'c']) queue(commandId);
});
afterEach(() => store.close());

function queue(commandId: string): void {
  const intent = { type: 'acknowledgeAlert', alertSeq: 1, note: '' } as const;
  store.queue({ commandId, operatorId: 'cleo', issuedAt: 1, intent }, LOG);
}
const rejected = (code: string): unknown => ({
  type: 'rejected',
  commandId: '?',
  code,
  message: 'no',
});
const waiting = (): string[] => store.queued(LOG).map(({ commandId }) => commandId);

describe('the outbox', () => {
  it('sends in order, each once', async () => {
    await outbox.send(LOG);
    await outbox.send(LOG);
    expect([sent, waiting()]).toEqual([['a', 'b', 'c'], []]);
  });

  it('keeps what a gap stands before, and all behind it', async () => {
    answers.set('b', rejected('needSequence'));
    await outbox.send(LOG);
    expect([sent, waiting(), decided]).toEqual([['a', 'b'], ['b', 'c'], ['a accepted']]);
  });

  it('sends them in the same order once the gap is closed', async () => {
    answers.set('b', rejected('needSequence'));
    await outbox.send(LOG);
    answers.clear();
    sent.length = 0;
    await outbox.send(LOG);
    expect([sent, waiting()]).toEqual([['b', 'c'], []]);
  });

  it.each([
    ['busy', { type: 'busy' }],
    ['silent', null],
  ])('keeps what a server that is %s has not decided, and all behind it', async (_name, reply) => {
    answers.set('b', reply);
    await outbox.send(LOG);
    expect([sent, waiting(), decided]).toEqual([['a', 'b'], ['b', 'c'], ['a accepted']]);
  });

  it('goes on behind what is rejected for another reason', async () => {
    answers.set('b', rejected('forbidden'));
    await outbox.send(LOG);
    expect([sent, waiting()]).toEqual([['a', 'b', 'c'], []]);
    expect(decided).toEqual(['a accepted', 'b rejected', 'c accepted']);
  });

  it('goes on after a turn that failed', async () => {
    const { settled } = store;
    store.settled = () => {
      throw new Error('the disk is full');
    };
    await expect(outbox.send(LOG)).rejects.toThrow('the disk is full');
    store.settled = settled;
    await outbox.send(LOG);
    expect(waiting()).toEqual([]);
  });

  it('settles what was sent, whatever id the answer has', async () => {
    answers.set('a', { type: 'accepted', commandId: 'c', seq: 1 });
    answers.set('b', { type: 'busy' });
    await outbox.send(LOG);
    expect(waiting()).toEqual(['b', 'c']);
  });
});
