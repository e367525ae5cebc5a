import { createBridgeClient } from '../client/client.ts';
import { openJournal } from '../client/journal.ts';
import type { ProgramOffer } from '#core/accounts/offer.ts';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACCOUNTS, toldAccount, toldRecord, TOLD_INSTRUMENT } from './told.ts';

/*
 * A plugin in a process of its own, to be killed: tells records 1 to N, each once in its journal,
 * wherever it was stopped. It ends when all of it is acknowledged.
 */
const [folder = '', url = '', key = '', count = '0'] = process.argv.slice(2);
const records = Number(count);
const AHEAD_MAX = 4_000;
const PER_TURN = 200;
const journal = openJournal(folder, 'main');
const client = createBridgeClient({
  url,
  bridge: 'bridge',
  key: Buffer.from(key, 'hex'),
  stream: 'main',
  journal,
  software: { name: 'teller', version: '1' },
  snapshot: (offers) => {
    const [offer] = offers as ProgramOffer[];
    if (offer === undefined) return [];
    const accounts = Array.from({ length: ACCOUNTS }, (_, at) => toldAccount(at, offer));
    return [TOLD_INSTRUMENT, ...accounts];
  },
  act: async (action, actionId) => {
    appendFileSync(join(folder, 'acted'), `${actionId} ${action.type}\n`);
    return { result: 'done', reason: '' };
  },
  refused: (seq, reason) => appendFileSync(join(folder, 'refused'), `${seq} ${reason}\n`),
});
let told = lastTold();
const timer = setInterval(() => {
  if (!client.isConnected && told === 0) return;
  for (let turn = 0; turn < PER_TURN && told < records; turn += 1) {
    if (client.waiting > AHEAD_MAX) break;
    told += 1;
    client.tell(toldRecord(told));
  }
  if (told === records && client.waiting === 0) {
    clearInterval(timer);
    client.close();
    process.stdout.write('all told\n');
    process.exit(0);
  }
}, 1);

/** Counted in the journal and kept beside it, because what is acknowledged leaves the journal. */
function lastTold(): number {
  let last = 0;
  for (let seq = journal.first; seq < journal.next; seq += 1) {
    const at = numberOf(journal.line(seq));
    if (at !== null) last = Math.max(last, at);
  }
  return last;
}

function numberOf(line: string): number | null {
  const { record } = JSON.parse(line) as {
    record?: { type: string; at?: number; deal?: { at: number } };
  };
  if (record?.type !== 'mark' && record?.type !== 'deal') return null;
  const at = record.deal?.at ?? record.at ?? 0;
  return (at - Date.UTC(2026, 0, 5, 12)) / 10;
}
