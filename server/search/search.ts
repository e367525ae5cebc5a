import { reaches } from '#core/cases/work.ts';
import { verdictSentence } from '#core/rules/sentence.ts';
import type { Fact } from '#core/facts/registry.ts';
import {
  accountFindables,
  caseFindable,
  disputeFindable,
  FINDABLE,
  matchOf,
  orderFindable,
  payoutFindable,
  ticketFindable,
  verdictFindable,
  type Findable,
  type FindableKind,
} from '#core/governance/findable.ts';
import type { Governance } from '#core/governance/governance.ts';
import { readWords, type Words } from '#core/support/words.ts';
import { findRequestSchema, type Found, type FindRequest } from '#core/sync/support-questions.ts';
import type { AccountSummary } from '#core/sync/protocol.ts';
import type { Questions } from '../gateway/gateway.ts';
import { openPrivateDatabase } from '../payments/private-database.ts';
import type { Migration } from '../store/open.ts';
import type { Store } from '../store/store.ts';

const PARTITION = 0;
/** Facts read in one go while an index catches up with its log; others have their turn between. */
export const FACTS_PER_STEP = 2_000;
/** Hits looked at for one search: what the person may not see is left out of them. */
const LOOKED_AT_MAX = 400;

const migrations: readonly Migration[] = [
  {
    number: 10,
    sql: `
      CREATE VIRTUAL TABLE doc USING fts5(
        title, detail, words, kind UNINDEXED, id UNINDEXED, link UNINDEXED,
        tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
      );
      CREATE TABLE place (key TEXT PRIMARY KEY, row INTEGER NOT NULL) STRICT;
      CREATE TABLE progress (log_id TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT;
    `,
  },
];

export interface SearchOptions {
  /** A file of its own: lost or removed, it is made again from the log. */
  readonly file: string;
  readonly logId: string;
  readonly store: Pick<Store, 'deskFacts' | 'content'>;
  /** How far the folds below have come: nothing beyond it is looked at. */
  lastSeq(): number;
  governance(): Governance;
  account(accountId: string): AccountSummary | undefined;
  failed(error: unknown): void;
}

export interface ServerSearch {
  readonly questions: Questions;
  /** Hears that the log went on; catches up by itself. */
  committed(): void;
  /** Resolves when everything in the log can be found. */
  caughtUp(): Promise<void>;
  find(wish: FindRequest, personId: string): Found[];
  close(): Promise<void>;
}

/** Everything in the log by its words. It follows the log, and answers nobody about the rest. */
export function openSearch(options: SearchOptions): ServerSearch {
  const { store, logId, lastSeq: lastSeqOf } = options;
  const index = openIndex(options.file, logId);
  let running: Promise<void> | null = null;
  let closed = false;
  const step = (): boolean => {
    const lastSeq = lastSeqOf();
    const fromSeq = index.seq() + 1;
    if (fromSeq > lastSeq) return false;
    const facts = store.deskFacts(PARTITION, fromSeq, lastSeq, FACTS_PER_STEP);
    // Kinds that nobody looks for are left out of what the log gives: then all of it was read.
    const toSeq = facts.length < FACTS_PER_STEP ? lastSeq : (facts.at(-1)?.envelope.seq ?? lastSeq);
    const documents = new Map<string, Findable>();
    for (const fact of facts) {
      for (const one of findablesOf(fact, options)) documents.set(`${one.kind}/${one.id}`, one);
    }
    index.write([...documents.values()], toSeq);
    return toSeq < lastSeq;
  };
  const run = async (): Promise<void> => {
    while (!closed && step()) await new Promise<void>((done) => setImmediate(done));
  };
  const follow = (): Promise<void> => {
    running ??= run()
      .catch(options.failed)
      .finally(() => (running = null));
    return running;
  };
  const find = (wish: FindRequest, personId: string): Found[] => {
    const match = matchOf(wish.text);
    if (match === null) return [];
    return index
      .find(match, wish.text)
      .filter((hit) => maySee(hit, personId, options.governance()))
      .slice(0, wish.limit);
  };
  return {
    questions: {
      search: {
        schema: findRequestSchema,
        answer: (wish: FindRequest, personId: string) => ({ hits: find(wish, personId) }),
      },
    },
    committed: () => void follow(),
    caughtUp: async () => {
      await follow();
      await follow();
    },
    find,
    close: async () => {
      closed = true;
      await running;
      index.close();
    },
  };
}

function maySee({ kind, id }: Found, personId: string, { people, cases }: Governance): boolean {
  if (!people.may(personId, FINDABLE[kind])) return false;
  const file = kind === 'case' ? cases.file(id) : undefined;
  return file === undefined || reaches(file, personId, 'viewCases', people.may);
}

/** What a fact makes findable, as it stands now: read again, it is the same or newer. */
function findablesOf(fact: Fact, options: SearchOptions): readonly Findable[] {
  const { governance, account } = options;
  const { tickets, disputes, cases, orders } = governance();
  const nameOf = (accountId: string | null): string =>
    (accountId === null ? undefined : account(accountId))?.terms.traderName ?? '';
  const found = <Value>(value: Value | undefined, make: (value: Value) => Findable): Findable[] =>
    value === undefined ? [] : [make(value)];
  switch (fact.kind) {
    case 'accountOpened':
    case 'accountStatusChanged': {
      const summary = account(fact.data.accountId);
      return summary ? accountFindables(summary.terms, summary.status) : [];
    }
    case 'warningRaised':
    case 'breachDetected':
    case 'conductFlagged': {
      const { accountId } = fact.data;
      const { seq } = fact.envelope;
      return [verdictFindable({ seq, accountId, sentence: verdictSentence(fact) })];
    }
    case 'ticketOpened':
    case 'ticketMessaged':
    case 'ticketChanged':
      return found(tickets.ticket(fact.data.ticketId), (ticket) =>
        ticketFindable(ticket, wordsOf(ticket.messages, options), nameOf(ticket.accountId)),
      );
    case 'disputeOpened':
    case 'disputeDecided':
      return found(disputes.dispute(fact.data.disputeId), (one) =>
        disputeFindable(one, nameOf(one.accountId)),
      );
    case 'caseOpened':
    case 'caseSignalAdded':
    case 'caseMerged':
      return found(cases.file(fact.data.caseId), caseFindable);
    case 'payoutRequested':
      return found(governance().payout(fact.data.payoutId), (payout) =>
        payoutFindable(payout, governance(), nameOf(payout.request.accountId)),
      );
    case 'proposalClosed':
      return found(governance().payout(fact.data.proposalId), (payout) =>
        payoutFindable(payout, governance(), nameOf(payout.request.accountId)),
      );
    case 'orderReceived':
      return found(orders.order(fact.data.orderId), orderFindable);
    default:
      return [];
  }
}

function wordsOf(
  messages: readonly { readonly content: string }[],
  { store }: SearchOptions,
): Words[] {
  return messages.flatMap(({ content }) => {
    const text = store.content(content);
    const words = text === null ? null : readWords(text, content);
    return words ? [words] : [];
  });
}

interface Row {
  readonly kind: FindableKind;
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  readonly link: string;
  readonly score: number;
}

/** Names and words: readable by this user alone, and overwritten where they are removed. */
function openIndex(file: string, logId: string) {
  const db = openPrivateDatabase(file, migrations);
  db.pragma('secure_delete = ON');
  const known = db.prepare('SELECT seq FROM progress WHERE log_id = ?').pluck();
  // An index of another log is of no use.
  if (known.get(logId) === undefined) {
    db.exec('DELETE FROM doc; DELETE FROM place; DELETE FROM progress');
    db.prepare('INSERT INTO progress VALUES (?, 0)').run(logId);
  }
  const insert = db.prepare(
    'INSERT INTO doc (title, detail, words, kind, id, link) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const remove = db.prepare('DELETE FROM doc WHERE rowid = ?');
  const placeOf = db.prepare('SELECT row FROM place WHERE key = ?').pluck();
  const put = db.prepare('INSERT OR REPLACE INTO place VALUES (?, ?)');
  const save = db.prepare('UPDATE progress SET seq = ? WHERE log_id = ?');
  const search = db.prepare(`
    SELECT kind, id, title, detail, link, bm25(doc, 8, 3, 1) AS score
    FROM doc WHERE doc MATCH ? ORDER BY score LIMIT ?
  `);
  const write = db.transaction((documents: readonly Findable[], seq: number) => {
    for (const { kind, id, title, detail, link, words } of documents) {
      const key = `${kind}/${id}`;
      const before = placeOf.get(key) as number | undefined;
      if (before !== undefined) remove.run(before);
      const { lastInsertRowid } = insert.run(title, detail, words, kind, id, link);
      put.run(key, lastInsertRowid);
    }
    save.run(seq, logId);
  });
  return {
    seq: (): number => known.get(logId) as number,
    write: (documents: readonly Findable[], seq: number): void => write.immediate(documents, seq),
    find: (match: string, typed: string): Found[] => {
      const exact = typed.trim().toLowerCase();
      return (search.all(match, LOOKED_AT_MAX) as Row[])
        .map(({ score, ...hit }) => ({
          ...hit,
          rank: (hit.id.toLowerCase() === exact ? -1_000_000 : 0) + Math.round(score * 1_000),
        }))
        .toSorted((one, other) => one.rank - other.rank);
    },
    close: (): void => void db.close(),
  };
}
