import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fact } from '#core/facts/registry.ts';
import type { AccountSummary, Command } from '#core/sync/protocol.ts';
import { openDeskStore, type DeskChange, type DeskStore, type SignedHere } from './store.ts';

let store: DeskStore;
beforeEach(() => {
  store = openDeskStore(':memory:');
});
afterEach(() => store.close());

const factAt = (seq: unknown): Fact => ({ envelope: { seq } }) as Fact;
const account = (number: number): AccountSummary =>
  ({ number, terms: { accountId: `A${number}` } }) as AccountSummary;
const change = (seq: number, over: Partial<DeskChange> = {}): DeskChange => ({
  cursor: { logId: 'log', seq },
  accounts: [account(seq)],
  alerts: [],
  governed: [factAt(seq)],
  ...over,
});
const kept = (): unknown => [store.cursor().seq, store.accounts(), store.governed()];
const command = (commandId: string): Command => ({
  commandId,
  operatorId: 'cleo',
  issuedAt: 1,
  intent: { type: 'acknowledgeAlert', alertSeq: 1, note: '' },
});
const signed = (decisionId: string, chainSeq: number): SignedHere => ({
  decisionId,
  personId: 'cleo',
  keyId: 'k',
  chainSeq,
  digest: `digest-${chainSeq}`,
  decision: '{}',
  signedAt: 1,
});

describe('the store of a desk', () => {
  it('replaces all or nothing, what is governed with the accounts', () => {
    store.apply(change(1));
    const before = kept();
    // It fails at the last of what it writes.
    const broken = change(2, { governed: [factAt(2), factAt('no number')] });
    expect(() => store.replace(broken)).toThrow('datatype mismatch');
    expect(kept()).toEqual(before);
    store.replace(change(2));
    expect(kept()).toEqual([2, [account(2)], [factAt(2)]]);
  });

  it('keeps facts with the cursor behind them, or neither', () => {
    store.apply(change(1));
    const before = kept();
    expect(() => store.apply(change(2, { governed: [factAt('no number')] }))).toThrow(
      'datatype mismatch',
    );
    expect(kept()).toEqual(before);
  });

  it('keeps a signature with its command, or neither', () => {
    store.keepSigned(signed('d1', 1), command('d1'), 'log');
    // The same place of the chain a second time.
    expect(() => store.keepSigned(signed('d2', 1), command('d2'), 'log')).toThrow(/UNIQUE/);
    expect(store.signed('log').map(({ decisionId }) => decisionId)).toEqual(['d1']);
    expect(store.queued('log').map(({ commandId }) => commandId)).toEqual(['d1']);
  });

  it('keeps what was signed and its bytes over a snapshot and over another log', () => {
    store.saveContent('digest', 'bytes');
    store.keepSigned(signed('d1', 1), command('d1'), 'log');
    store.replace(change(2));
    store.startOver();
    expect(store.chainOf('k')).toEqual({ seq: 1, digest: 'digest-1' });
    expect([store.content('digest'), store.signed('log').length]).toEqual(['bytes', 1]);
  });

  it('heals bytes that were damaged by what is fetched again', () => {
    store.saveContent('digest', 'damaged');
    store.saveContent('digest', 'bytes');
    expect(store.content('digest')).toBe('bytes');
  });

  it('knows why a command was rejected, and that others were not', () => {
    const rejected = { type: 'rejected', code: 'invalid', message: 'because' } as const;
    for (const id of ['c1', 'c2', 'c3']) store.queue(command(id), 'log');
    store.settled({ ...rejected, commandId: 'c1' });
    store.settled({ type: 'accepted', commandId: 'c2', seq: 1 });
    expect(['c1', 'c2', 'c3', 'c4'].map(store.rejection)).toEqual(['because', null, null, null]);
  });
});
