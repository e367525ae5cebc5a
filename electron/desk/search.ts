import type { z } from 'zod';
import type { Alert, DeskApi } from '#core/desk-api/contract.ts';
import { reaches } from '#core/cases/work.ts';
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
import { readWords, type Words } from '#core/support/words.ts';
import {
  FOUND_KINDS,
  foundReplySchema,
  type Found,
  type FindRequest,
} from '#core/sync/support-questions.ts';
import type { AccountSummary } from '#core/sync/protocol.ts';
import type { Question } from './host.ts';
import type { LocalState } from './local-state.ts';
import { openIndex } from './store/open.ts';
import type { DeskStore } from './store/store.ts';

/** The server has so long to add what only it knows; a person who types does not wait longer. */
const SERVER_MS = 400;
/** Hits looked at for one search: what the person may not see is left out of them. */
const LOOKED_AT_MAX = 400;

export interface SearchPorts {
  readonly state: LocalState;
  readonly store: Pick<DeskStore, 'content'>;
  alerts(): readonly Alert[];
  personId(): string | null;
  tryAsk<Schema extends z.ZodType>(
    name: Question,
    input: unknown,
    schema: Schema,
  ): Promise<z.output<Schema> | null>;
}

export interface Search {
  readonly call: DeskApi['search.all'];
  /** Accounts that changed since the last search. */
  took(accounts: readonly AccountSummary[]): void;
  /** Everything was replaced. */
  forget(): void;
  close(): void;
}

/**
 * Everything that this desk holds, by its words, without a server. The index is made at the first
 * search and then follows what changes; with a server, what only the server holds is added.
 */
export function createSearch(ports: SearchPorts): Search {
  let index = createIndex();
  let isFresh = true;
  let dirty: AccountSummary[] = [];
  let lastAlert = 0;
  const update = (): void => {
    const accounts = isFresh ? ports.state.accounts() : dirty;
    isFresh = false;
    dirty = [];
    index.together(() => {
      for (const { terms, status } of accounts) index.put(accountFindables(terms, status));
      for (const one of governedOf(ports)) index.put([one]);
      for (const alert of ports.alerts()) {
        if (alert.seq <= lastAlert) continue;
        lastAlert = alert.seq;
        const { seq, accountId, sentence } = alert;
        if (accountId !== null) index.put([verdictFindable({ seq, accountId, sentence })]);
      }
    });
  };
  const own = ({ text, limit }: FindRequest): Found[] => {
    const match = matchOf(text);
    if (match === null) return [];
    update();
    return index
      .find(match, text)
      .filter((hit) => maySee(hit, ports))
      .slice(0, limit);
  };
  return {
    call: async (wish) => {
      const asked = ports.tryAsk('search', wish, foundReplySchema);
      const hits = own(wish);
      const reply = await Promise.race([asked, later(SERVER_MS)]);
      const from = reply ? 'server' : 'desk';
      return { hits: together(hits, reply?.hits ?? [], wish.limit), from };
    },
    took: (accounts) => {
      if (!isFresh) dirty.push(...accounts);
    },
    forget: () => {
      index.close();
      index = createIndex();
      isFresh = true;
      dirty = [];
      lastAlert = 0;
    },
    close: () => index.close(),
  };
}

function later(ms: number): Promise<null> {
  return new Promise((done) => setTimeout(() => done(null), ms).unref());
}

/** One hit a thing: each list is ranked by itself, so they are put together place by place. */
function together(one: readonly Found[], other: readonly Found[], limit: number): Found[] {
  const hits = new Map<string, Found>();
  for (let at = 0; at < Math.max(one.length, other.length); at += 1) {
    for (const hit of [one[at], other[at]]) {
      if (hit && !hits.has(`${hit.kind}/${hit.id}`)) hits.set(`${hit.kind}/${hit.id}`, hit);
    }
  }
  return [...hits.values()].slice(0, limit);
}

/** Who may not see a kind finds none of it, and hears of none. */
function maySee({ kind, id }: Found, { state, personId }: SearchPorts): boolean {
  const { people, cases } = state.governance;
  const me = personId() ?? '';
  if (!people.may(me, FINDABLE[kind])) return false;
  const file = kind === 'case' ? cases.file(id) : undefined;
  return file === undefined || reaches(file, me, 'viewCases', people.may);
}

function* governedOf({ state, store }: SearchPorts): Iterable<Findable> {
  const { governance } = state;
  const nameOf = (accountId: string | null): string =>
    (accountId === null ? undefined : state.account(accountId))?.terms.traderName ?? '';
  const wordsOf = (content: string): Words[] => {
    const text = store.content(content);
    const words = text === null ? null : readWords(text, content);
    return words ? [words] : [];
  };
  for (const ticket of governance.tickets.all()) {
    const words = ticket.messages.flatMap(({ content }) => wordsOf(content));
    yield ticketFindable(ticket, words, nameOf(ticket.accountId));
  }
  for (const one of governance.disputes.all()) yield disputeFindable(one, nameOf(one.accountId));
  for (const file of governance.cases.all()) yield caseFindable(file);
  for (const payout of governance.payouts()) {
    yield payoutFindable(payout, governance, nameOf(payout.request.accountId));
  }
  for (const order of governance.orders.all()) yield orderFindable(order);
}

interface Row {
  readonly kind: FindableKind;
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  readonly link: string;
  readonly score: number;
}

/** What changed alone is written again: most of what is looked at is as it was. */
function createIndex() {
  const db = openIndex();
  const insert = db.prepare(
    'INSERT INTO doc (title, detail, words, kind, id, link) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const remove = db.prepare('DELETE FROM doc WHERE rowid = ?');
  const find = db.prepare(`
    SELECT kind, id, title, detail, link, bm25(doc, 8, 3, 1) AS score
    FROM doc WHERE doc MATCH ? ORDER BY score LIMIT ?
  `);
  const places = new Map<string, { readonly row: number | bigint; readonly text: string }>();
  return {
    together: (work: () => void): void => db.transaction(work)(),
    put: (documents: readonly Findable[]): void => {
      for (const { kind, id, title, detail, link, words } of documents) {
        const key = `${kind}/${id}`;
        const text = `${title}\n${detail}\n${link}\n${words}`;
        const before = places.get(key);
        if (before?.text === text) continue;
        if (before) remove.run(before.row);
        const { lastInsertRowid: row } = insert.run(title, detail, words, kind, id, link);
        places.set(key, { row, text });
      }
    },
    find: (match: string, typed: string): Found[] => {
      const rows = find.all(match, LOOKED_AT_MAX) as Row[];
      const exact = typed.trim().toLowerCase();
      return rows
        .map(({ score, ...hit }) => ({
          ...hit,
          // An id that was typed whole is what was meant.
          rank: (hit.id.toLowerCase() === exact ? -1_000_000 : 0) + Math.round(score * 1_000),
        }))
        .toSorted(
          (one, other) =>
            one.rank - other.rank ||
            FOUND_KINDS.indexOf(one.kind) - FOUND_KINDS.indexOf(other.kind),
        );
    },
    close: (): void => void db.close(),
  };
}
