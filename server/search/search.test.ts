import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createAccountsView } from '#core/sync/accounts-view.ts';
import { openGovernedFirm, type GovernedFirm } from '#server/commands/testing/governed-firm.ts';
import { aSignal } from '#core/cases/testing/a-signal.ts';
import { openSearch, type ServerSearch } from './search.ts';

const folder = mkdtempSync(join(tmpdir(), 'propdesk-search-'));
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
let files = 0;

async function open(firm: GovernedFirm, file = join(folder, `${(files += 1)}.sqlite`)) {
  const view = createAccountsView();
  const { ingest } = firm.partition;
  for (const fact of firm.store.deskFacts(0, 1, ingest.lastSeq, -1)) view.apply(fact);
  const search: ServerSearch = openSearch({
    file,
    logId: firm.store.logId,
    store: firm.store,
    lastSeq: () => ingest.lastSeq,
    governance: () => firm.partition.governance,
    account: (accountId) => view.accounts[view.numberOf(accountId) ?? -1],
    failed: (error) => {
      throw error as Error;
    },
  });
  closing.push(() => search.close());
  await search.caughtUp();
  const find = (text: string, personId = 'finn') =>
    search.find({ text, limit: 50 }, personId).map(({ kind, id }) => `${kind} ${id}`);
  return { search, find, file };
}
const write = (firm: GovernedFirm, messageId: string, text: string): void => {
  firm.system({
    type: 'receiveMessage',
    message: {
      messageId,
      channel: 'email',
      ticketId: null,
      topic: 'other',
      traderId: 'T1',
      accountId: 'A1',
      sender: 'trader',
      subject: 'Señor Ünal asks',
      text,
      files: [],
      dispute: null,
    },
  });
};

describe('what can be found', () => {
  it('is found by the beginnings of its words, whatever marks stand on the letters', async () => {
    const firm = openGovernedFirm();
    write(firm, 'm-1', 'The candle of gold was wrong.');
    const payoutId = firm.request('A2');
    const { find } = await open(firm);
    const [ticket] = firm.partition.governance.tickets.all();
    expect(find('unal cand')).toEqual([`ticket ${ticket?.ticketId}`]);
    expect(find('A1')[0]).toBe('account A1');
    expect(find(payoutId)).toEqual([`payout ${payoutId}`]);
    expect(find('nothing of the kind')).toEqual([]);
  });

  it('is no language of its own: what is typed is words', async () => {
    const { find } = await open(openGovernedFirm());
    for (const text of ['"', '* OR NEAR(', 'title:A1 AND', "'; DROP TABLE doc", '(((', '']) {
      expect(() => find(text)).not.toThrow();
    }
    expect(find('"A1"')).toContain('account A1');
  });

  it('is shown to who may see it, and to nobody else', async () => {
    const firm = openGovernedFirm();
    write(firm, 'm-1', 'a secret word');
    firm.system({ type: 'raiseSignals', signals: [aSignal({ programs: ['ftmo-2-step-100k'] })] });
    const { find } = await open(firm);
    const kinds = (personId: string): string[] => [
      ...new Set(
        [...find('A1', personId), ...find('secret', personId)].map(
          (hit) => hit.split(' ')[0] ?? '',
        ),
      ),
    ];
    expect(kinds('finn').toSorted()).toEqual(['account', 'case', 'ticket']);
    expect(kinds('edda').toSorted()).toEqual(['account', 'ticket']);
    expect(kinds('ada')).toEqual(['account']);
    expect(kinds('nobody')).toEqual([]);
  });

  it('is the same when the index was lost and is made again', async () => {
    const firm = openGovernedFirm();
    write(firm, 'm-1', 'first');
    const { search, find } = await open(firm);
    write(firm, 'm-2', 'second');
    search.committed();
    await search.caughtUp();
    const words = ['first', 'second', 'A1', 'T2'];
    const fresh = await open(firm);
    for (const word of words) expect(fresh.find(word).toSorted()).toEqual(find(word).toSorted());
    expect(find('second')).toHaveLength(1);
  });

  it('of another log is forgotten', async () => {
    const one = openGovernedFirm();
    write(one, 'm-1', 'unheard');
    const { search, file } = await open(one);
    await search.close();
    closing.pop();
    const { find } = await open(openGovernedFirm(), file);
    expect(find('unheard')).toEqual([]);
    rmSync(folder, { recursive: true, force: true });
  });
});
