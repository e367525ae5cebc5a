import { z } from 'zod';
import type { DeskApi } from '#core/desk-api/contract.ts';
import { DeskRefusal } from '#core/desk-api/rpc.ts';
import { parseFact, type Fact } from '#core/facts/registry.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { verdictSentence } from '#core/rules/sentence.ts';
import type { DecideDispute } from '#core/support/act.ts';
import type { Dispute } from '#core/support/disputes.ts';
import { disputeLetter } from '#core/support/letter.ts';
import { fillTemplate, TEMPLATES, type Template } from '#core/support/templates.ts';
import type { Ticket } from '#core/support/tickets.ts';
import { supportSetupSchema, type SupportSetup } from '#core/sync/support-questions.ts';
import { contentReplySchema, type AccountDetail, type Command } from '#core/sync/protocol.ts';
import type { Question } from './host.ts';
import type { LiveRows } from './live-rows.ts';
import type { LocalState } from './local-state.ts';
import type { DeskStore } from './store/store.ts';
import { createSupportViews, type AccountSeen, type SeenVerdict } from './support-view.ts';

/** Words fetched in one go, of the tickets that wait: so that they can be read without a server. */
const WORDS_PER_FETCH_MAX = 100;
/** A page waits so long for an account’s verdicts, and shows the rest without them. */
const BESIDE_MS = 250;
/** Accounts whose verdicts are remembered between two looks. */
const SEEN_MAX = 100;
/** Drafts that a person may leave on one desk; the one saved longest ago makes room. */
const DRAFTS_MAX = 200;

type Sent = { commandId: string; state: 'queued' | 'accepted' };
type SupportApi = Pick<DeskApi, Extract<keyof DeskApi, `support.${string}` | `disputes.${string}`>>;

export interface SupportPorts {
  readonly store: DeskStore;
  readonly state: LocalState;
  readonly rows: Pick<LiveRows, 'value'>;
  personId(): string | null;
  nameOf(personId: string): string;
  isFollowing(): boolean;
  send(intent: Command['intent']): Promise<Sent>;
  /** Null when the server cannot be asked. */
  tryAsk<Schema extends z.ZodType>(
    name: Question,
    input: unknown,
    schema: Schema,
  ): Promise<z.output<Schema> | null>;
  /** An account's page, from the server or as it was last seen here. */
  detailOf(
    accountId: string,
  ): Promise<{ readonly source: 'live' | 'cache'; readonly detail: AccountDetail }>;
  /** The server's clock, as well as this desk knows it. */
  now(): number;
  /** Words came that lists show: whoever shows them reads again. */
  changed(): void;
}

const NOWHERE: AccountSeen = { from: 'nowhere', verdicts: [], clauses: [] };

/** Tickets and disputes, as a desk offers them to its window. */
export function createSupportApi(ports: SupportPorts): {
  readonly calls: SupportApi;
  /** What was written and is not here yet, of tickets that wait. */
  fetchWords(): Promise<void>;
} {
  const { store, state, rows, nameOf } = ports;
  let setup: SupportSetup | null = null;
  let fetching: Promise<void> | null = null;
  /** By account, as the pages of this desk saw it last. */
  const lastSeen = new Map<string, AccountSeen>();
  const views = createSupportViews({
    governance: () => state.governance,
    account: state.account,
    accounts: state.accounts,
    equityOf: (number) => rows.value(number, 'equity'),
    content: store.content,
    nameOf,
    personId: ports.personId,
    queued: () => {
      const { logId } = state.cursor;
      return logId === null ? [] : store.queued(logId);
    },
    now: ports.now,
  });
  const me = (): string => ports.personId() ?? '';
  const drafts = draftsIn(store, me);
  const known = (ticketId: string): Ticket => {
    const ticket = state.governance.tickets.ticket(ticketId);
    if (ticket) return ticket;
    throw refusal(`This desk knows no ticket ${ticketId}.`);
  };
  const knownDispute = (disputeId: string): Dispute => {
    const dispute = state.governance.disputes.dispute(disputeId);
    if (dispute) return dispute;
    throw refusal(`This desk knows no dispute ${disputeId}.`);
  };
  /** Bytes beside the log, kept here once they were asked for. */
  const contentOf = async (digest: string): Promise<string | null> => {
    const held = store.content(digest);
    if (held !== null && digestOfText(held) === digest) return held;
    const reply = await ports.tryAsk('content', { digest }, contentReplySchema);
    const text = reply?.text ?? null;
    if (text === null || digestOfText(text) !== digest) return null;
    store.saveContent(digest, text);
    return text;
  };
  /** A page does not wait long for what stands beside it: it is told when that has come. */
  const seenOf = async (accountId: string | null): Promise<AccountSeen> => {
    if (accountId === null) return NOWHERE;
    const asked = ports.detailOf(accountId).then(
      ({ source, detail }) => seenIn(source, detail),
      () => NOWHERE,
    );
    const soon = await Promise.race([asked, later(BESIDE_MS)]);
    if (soon && soon.from !== 'nowhere') return keepSeen(accountId, soon);
    if (soon) return lastSeen.get(accountId) ?? fromAlerts(accountId);
    void asked.then((seen) => {
      if (seen.from === 'nowhere') return;
      keepSeen(accountId, seen);
      ports.changed();
    });
    return lastSeen.get(accountId) ?? fromAlerts(accountId);
  };
  /** What this desk was told of the account, until its page is here: sentences without their rules. */
  const fromAlerts = (accountId: string): AccountSeen => {
    const told = state.alerts.all().flatMap((alert): SeenVerdict[] => {
      const kind = VERDICT_OF_ALERT[alert.kind];
      if (kind === undefined || alert.accountId !== accountId) return [];
      const { seq, at, sentence } = alert;
      return [{ seq, at, kind, ruleId: '', sentence }];
    });
    return told.length === 0 ? NOWHERE : { ...NOWHERE, from: 'cache', verdicts: told.toReversed() };
  };
  const keepSeen = (accountId: string, seen: AccountSeen): AccountSeen => {
    lastSeen.delete(accountId);
    lastSeen.set(accountId, seen);
    const [oldest] = lastSeen.keys();
    if (lastSeen.size > SEEN_MAX && oldest !== undefined) lastSeen.delete(oldest);
    return seen;
  };
  const fetchMissing = async (): Promise<void> => {
    if (!views.mayView() || !ports.isFollowing()) return;
    const { tickets } = state.governance;
    const newest = [...tickets.live()].toSorted((one, other) => other.changedAt - one.changedAt);
    const missing = newest
      .flatMap(({ ticketId }) => tickets.conversation(ticketId))
      .filter(({ content }) => store.content(content) === null)
      .slice(0, WORDS_PER_FETCH_MAX);
    await Promise.all(missing.map(({ content }) => contentOf(content)));
    if (missing.length > 0) ports.changed();
  };
  const fetchWords = (): Promise<void> => {
    fetching ??= fetchMissing().finally(() => (fetching = null));
    return fetching;
  };
  const templates = async (): Promise<readonly Template[]> => {
    setup = (await ports.tryAsk('supportSetup', {}, supportSetupSchema)) ?? setup;
    return setup?.templates ?? TEMPLATES;
  };
  const letterOf = async (dispute: Dispute): Promise<string | null> => {
    const digest = dispute.decision?.letter ?? null;
    return digest === null ? null : contentOf(digest);
  };

  const calls: SupportApi = {
    'support.list': async ({ ended, limit }) => ({
      asOf: ports.now(),
      tickets: limit === 0 ? [] : views.rows(ended, limit),
      counts: { ...views.counts() },
    }),
    'support.get': async ({ ticketId }) => {
      const ticket = known(ticketId);
      const { tickets } = state.governance;
      for (const { content } of tickets.conversation(ticketId)) await contentOf(content);
      return views.detail(ticket, await seenOf(ticket.accountId));
    },
    'support.act': (input) => ports.send({ type: 'actOnTicket', ...input }),
    'support.open': (input) => ports.send({ type: 'openTicket', ...input }),
    'support.setup': async () => ({
      templates: [...(await templates())],
      address: setup?.address ?? null,
      reads: setup?.reads ?? '',
      sends: setup?.sends ?? '',
      waiting: setup?.waiting ?? 0,
      refused: setup?.refused.reduce((sum, { count }) => sum + count, 0) ?? 0,
    }),
    'support.fill': async ({ ticketId, templateId }) => {
      const ticket = known(ticketId);
      const template = (await templates()).find((one) => one.templateId === templateId);
      if (!template) throw refusal('There is no such template any more.');
      const filling = views.filling(ticket, await seenOf(ticket.accountId));
      const filled = fillTemplate(template.text, filling);
      return filled.ok ? { text: filled.value, problem: '' } : { text: '', problem: filled.error };
    },
    'support.draft': ({ ticketId }) => Promise.resolve({ text: drafts.read().get(ticketId) ?? '' }),
    'support.saveDraft': ({ ticketId, text }) => {
      drafts.save(ticketId, text);
      return Promise.resolve({});
    },
    'support.file': async ({ ticketId, digest }) => {
      const { tickets } = state.governance;
      known(ticketId);
      const files = tickets.conversation(ticketId).flatMap((message) => message.files);
      const content = files.find((file) => file.digest === digest)?.content ?? null;
      return { bytes: content === null ? null : await contentOf(content) };
    },
    'support.why': () => Promise.resolve({ rows: views.why() }),
    'disputes.list': ({ limit }) =>
      Promise.resolve({ asOf: ports.now(), disputes: views.disputes(limit) }),
    'disputes.get': async ({ disputeId }) => {
      const dispute = knownDispute(disputeId);
      return views.dispute(dispute, await seenOf(dispute.accountId), await letterOf(dispute));
    },
    'disputes.open': (input) => ports.send({ type: 'openDispute', ...input }),
    'disputes.decide': (input) => ports.send({ type: 'decideDispute', ...input }),
    'disputes.withdraw': (input) => ports.send({ type: 'withdrawDispute', ...input }),
    'disputes.letter': (wish) =>
      Promise.resolve({ text: letterFor(knownDispute(wish.disputeId), wish) }),
  };
  return { calls: forSeers(calls, views.mayView), fetchWords };
}

function letterFor(dispute: Dispute, wish: DecideDispute): string {
  return disputeLetter({ ...dispute, ...wish });
}

function later(ms: number): Promise<null> {
  return new Promise((done) => setTimeout(() => done(null), ms).unref());
}

function refusal(message: string): DeskRefusal {
  return new DeskRefusal({ code: 'rejected', message });
}

/** Asks who is there before every call; whatever goes wrong in one is its answer. */
function forSeers(calls: SupportApi, mayView: () => boolean): SupportApi {
  const guarded = Object.entries(calls).map(([name, call]) => [
    name,
    (input: never) =>
      Promise.resolve().then(() => {
        if (!mayView()) throw refusal('No role of yours sees tickets.');
        return (call as (input: never) => unknown)(input);
      }),
  ]);
  return Object.fromEntries(guarded) as SupportApi;
}

/** Alerts that are verdicts, by what their facts are called. */
const VERDICT_OF_ALERT: Readonly<Record<string, string>> = {
  breach: 'breachDetected',
  conductFlag: 'conductFlagged',
  warning: 'warningRaised',
};

const VERDICTS: ReadonlySet<string> = new Set([
  'breachDetected',
  'conductFlagged',
  'warningRaised',
]);

function seenIn(from: 'live' | 'cache', { verdicts, rules }: AccountDetail): AccountSeen {
  const facts = verdicts.flatMap((input): Fact[] => {
    const parsed = parseFact(input);
    return parsed.ok && VERDICTS.has(parsed.value.kind) ? [parsed.value] : [];
  });
  return {
    from,
    verdicts: facts.flatMap(verdictOf),
    clauses: rules.map(({ title, description }) => `${title}: ${description}`.slice(0, 200)),
  };
}

function verdictOf(fact: Fact): SeenVerdict[] {
  switch (fact.kind) {
    case 'breachDetected':
    case 'conductFlagged':
    case 'warningRaised': {
      const { ruleId, at } = fact.data;
      const { seq } = fact.envelope;
      return [{ seq, at, kind: fact.kind, ruleId, sentence: verdictSentence(fact) }];
    }
    default:
      return [];
  }
}

const draftsSchema = z.array(z.tuple([z.string(), z.string()]));

/** What people have begun to write, by person: it outlives a restart, and leaves this desk never. */
function draftsIn(store: DeskStore, personId: () => string) {
  const noteName = (): string => `ticketDrafts:${personId()}`;
  const read = (): Map<string, string> => {
    const text = store.note(noteName());
    const parsed = text === null ? null : draftsSchema.safeParse(JSON.parse(text));
    return new Map(parsed?.data ?? []);
  };
  return {
    read,
    save: (ticketId: string, text: string): void => {
      const drafts = read();
      drafts.delete(ticketId);
      if (text !== '') drafts.set(ticketId, text);
      const [oldest] = drafts.keys();
      if (drafts.size > DRAFTS_MAX && oldest !== undefined) drafts.delete(oldest);
      store.saveNote(noteName(), drafts.size === 0 ? null : JSON.stringify([...drafts]));
    },
  };
}
