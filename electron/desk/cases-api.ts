import { z } from 'zod';
import { NO_CASE_IS_FREE } from '#core/cases/act.ts';
import type { CaseFile } from '#core/cases/cases.ts';
import { kpisOf, learningOf } from '#core/cases/learning.ts';
import { caseLetter } from '#core/cases/letter.ts';
import { DISMISS_CODES } from '#core/cases/outcomes.ts';
import { caseDraftSchema, REVIEWS_PER_CALL_MAX } from '#core/desk-api/case-calls.ts';
import type { DeskApi } from '#core/desk-api/contract.ts';
import { DeskRefusal } from '#core/desk-api/rpc.ts';
import { useOf } from '#core/fraud/scoring.ts';
import { detectors } from '#core/fraud/detectors/index.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { contentReplySchema, type Command, type Presence } from '#core/sync/protocol.ts';
import type { LiveRows } from './live-rows.ts';
import { createCaseViews } from './cases-view.ts';
import type { Question } from './host.ts';
import type { LocalState } from './local-state.ts';
import type { DeskStore } from './store/store.ts';

const DAY_MS = 86_400_000;
/** Drafts that a person may leave on one desk; the one saved longest ago makes room. */
const DRAFTS_MAX = 200;
/** How long the entry of a case that was taken may be on its way. */
const TAKEN_WITHIN_MS = 3_000;
const LOOK_EVERY_MS = 25;

type Sent = { commandId: string; state: 'queued' | 'accepted' };
type CasesApi = Pick<DeskApi, Extract<keyof DeskApi, `cases.${string}`>>;

export interface CasesPorts {
  readonly store: DeskStore;
  readonly state: LocalState;
  readonly rows: Pick<LiveRows, 'value'>;
  personId(): string | null;
  nameOf(personId: string): string;
  /** Whether the server can be asked now. */
  isFollowing(): boolean;
  send(intent: Command['intent']): Promise<Sent>;
  /** Null when the server cannot be asked. */
  tryAsk<Schema extends z.ZodType>(
    name: Question,
    input: unknown,
    schema: Schema,
  ): Promise<z.output<Schema> | null>;
  /** The server's clock, as well as this desk knows it. */
  now(): number;
  /** Tells windows who looks at what. */
  presence(presence: Presence): void;
}

/** Cases of surveillance, as a desk offers them to its window. */
export function createCasesApi(ports: CasesPorts): CasesApi & {
  /** The server's word on who looks at what. */
  heardPresence(presence: Presence): void;
  /** The wire was made anew: the server has forgotten what is on screen here. */
  welcomed(): Promise<void>;
} {
  const { store, state, rows, nameOf, now } = ports;
  let presence: Presence = { cases: [] };
  let viewing: string | null = null;
  const views = createCaseViews({
    governance: () => state.governance,
    account: state.account,
    accounts: state.accounts,
    moneyOf: (accountId) => {
      const account = state.account(accountId);
      if (!account) return null;
      const { nominalSize, startBalance } = account.terms;
      const equity = rows.value(account.number, 'equity');
      return { nominalSize, profit: equity === null ? 0 : equity - startBalance };
    },
    fact: store.governedFact,
    content: store.content,
    nameOf,
    personId: ports.personId,
    viewers: (caseId) => presence.cases.find((one) => one.caseId === caseId)?.people ?? [],
    queued: () => {
      const { logId } = state.cursor;
      return logId === null ? [] : store.queued(logId);
    },
    now,
  });
  const me = (): string => ports.personId() ?? '';
  const mayView = (): boolean => state.governance.people.may(me(), 'viewCases');
  const refuseStrangers = (): void => {
    if (!mayView()) throw refusal('No role of yours sees cases.');
  };
  const drafts = draftsIn(store, me);
  const send = async (intent: Command['intent']): Promise<Sent> => {
    try {
      return await ports.send(intent);
    } catch (error) {
      throw withNames(error, state, nameOf);
    }
  };
  const tellServer = async (): Promise<void> => {
    if (mayView()) await ports.tryAsk('viewing', { caseId: viewing }, z.strictObject({}));
  };
  const knownFile = (caseId: string): CaseFile => {
    const file = state.governance.cases.file(caseId);
    if (file) return file;
    throw refusal(`This desk knows no case ${caseId}.`);
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
  const calls: Calls = {
    'cases.list': ({ states, limit }) => {
      const asOf = now();
      const kpis = kpisOf(state.governance.cases, asOf);
      return { asOf, ...views.list(states, limit), kpis };
    },
    'cases.get': async ({ caseId }) => {
      const file = knownFile(caseId);
      for (const { letter, proposalId } of file.decisions) {
        if (letter !== null && proposalId === null) await contentOf(letter);
      }
      const detail = views.detail(caseId);
      if (detail) return detail;
      throw refusal('No role of yours reaches this case.');
    },
    'cases.act': (input) => send({ type: 'actOnCase', ...input }),
    'cases.takeNext': async (wanted) => {
      if (!ports.isFollowing()) {
        throw refusal('Only the server gives cases out, and it cannot be reached.', 'offline');
      }
      const before = state.governance.lastSeq;
      try {
        await send({ type: 'takeNextCase', ...wanted });
      } catch (error) {
        if (error instanceof DeskRefusal && error.failure.message.includes(NO_CASE_IS_FREE)) {
          return { caseId: null };
        }
        throw error;
      }
      return { caseId: await takenBy(me(), before, state) };
    },
    'cases.propose': ({ caseId, version, wish, reason }) => {
      knownFile(caseId);
      const { consequence: outcome, code, amount } = wish;
      const letter = caseLetter({ caseId, outcome, code, amount }) ?? '';
      const params = { caseId, caseVersion: version, ...wish, letter };
      return send({ type: 'propose', action: 'applyConsequence', params, reason });
    },
    'cases.letter': ({ caseId, outcome, code, amount }) => {
      const { hold } = knownFile(caseId);
      const text = caseLetter({ caseId, outcome, code, amount }, hold !== null);
      return { text: text ?? '' };
    },
    'cases.attachment': async ({ caseId, digest }) => {
      for (const entry of knownFile(caseId).entries) {
        if (entry.kind !== 'caseWorked' || entry.data.change.type !== 'attached') continue;
        const { change } = entry.data;
        if (change.digest === digest && change.content !== null) {
          return { bytes: await contentOf(change.content) };
        }
      }
      return { bytes: null };
    },
    'cases.draft': ({ caseId }) => ({ draft: drafts.read().get(caseId) ?? null }),
    'cases.saveDraft': ({ caseId, draft }) => {
      drafts.save(caseId, draft);
      return {};
    },
    'cases.learning': ({ days }) => {
      const { cases } = state.governance;
      const asOf = now();
      const learnt = learningOf(cases, days === null ? null : asOf - days * DAY_MS);
      const titled = <Rate extends { readonly id: string }>(rate: Rate) => ({
        ...rate,
        name: detectors.find(rate.id)?.title ?? rate.id,
      });
      return {
        asOf,
        decided: learnt.decided,
        kpis: kpisOf(cases, asOf),
        detectors: learnt.detectors.map(titled),
        versions: learnt.versions.map(titled),
        reviewers: learnt.reviewers.map((rate) => ({ ...rate, name: nameOf(rate.id) })),
        dismissed: learnt.dismissed.map((one) => ({ ...one, words: DISMISS_CODES[one.code] })),
        timeToDecide: [...learnt.timeToDecide],
        agreement: learnt.agreement,
        curves: learnt.curves.map(({ detector, points }) => ({
          detector,
          title: detectors.find(detector)?.title ?? detector,
          points: [...points],
        })),
      };
    },
    'cases.reviewSample': () => ({ cases: views.offered(REVIEWS_PER_CALL_MAX) }),
    'cases.viewing': async ({ caseId }) => {
      viewing = caseId;
      await tellServer();
      return {};
    },
    'cases.scoring': () => {
      const { policy, policies } = state.governance.cases;
      return {
        policy,
        earlier: policies.slice(1).map((one) => ({ policy: one.policy, at: one.at })),
        detectors: detectors.all.map((detector) => {
          const { mode, weight, params } = useOf(policy, detector.id);
          return {
            detector: detector.id,
            version: detector.version,
            title: detector.title,
            pattern: detector.pattern,
            describes: detector.describes,
            honestReasons: detector.honestReasons,
            mode,
            weight,
            defaults: detector.defaults as never,
            params: params as never,
          };
        }),
      };
    },
  };
  return {
    ...forSeers(calls, refuseStrangers),
    heardPresence: (heard) => {
      const others = heard.cases.flatMap(({ caseId, people }) => {
        const left = people.filter(({ personId }) => personId !== me());
        return left.length > 0 ? [{ caseId, people: left }] : [];
      });
      presence = { cases: others };
      ports.presence(presence);
    },
    welcomed: async () => {
      if (viewing !== null) await tellServer();
    },
  };
}

/** What a call answers, at once or later. */
type Calls = {
  readonly [Name in keyof CasesApi]: (
    input: Parameters<CasesApi[Name]>[0],
  ) => Awaited<ReturnType<CasesApi[Name]>> | ReturnType<CasesApi[Name]>;
};

/** Asks who is there before every call; whatever goes wrong in one is its answer. */
function forSeers(calls: Calls, refuseStrangers: () => void): CasesApi {
  const guarded = Object.entries(calls).map(([name, call]) => [
    name,
    (input: never) =>
      Promise.resolve().then(() => {
        refuseStrangers();
        return (call as (input: never) => unknown)(input);
      }),
  ]);
  return Object.fromEntries(guarded) as CasesApi;
}

function refusal(message: string, code: 'rejected' | 'offline' = 'rejected'): DeskRefusal {
  return new DeskRefusal({ code, message });
}

/** The case that the server has just given to a person: its entry comes with the next facts. */
async function takenBy(personId: string, before: number, state: LocalState): Promise<string> {
  for (let waited = 0; waited <= TAKEN_WITHIN_MS; waited += LOOK_EVERY_MS) {
    for (const file of state.governance.cases.live()) {
      const entry = file.entries.findLast(({ kind }) => kind === 'caseWorked');
      const isMine = file.lock?.personId === personId && (entry?.seq ?? 0) > before;
      if (isMine) return file.caseId;
    }
    await new Promise((done) => void setTimeout(done, LOOK_EVERY_MS));
  }
  throw refusal('A case was taken for you; it will be in the list in a moment.');
}

/** The log and the server know people by pseudonym; who reads a refusal knows them by name. */
function withNames(
  error: unknown,
  { governance }: LocalState,
  nameOf: (personId: string) => string,
): unknown {
  if (!(error instanceof DeskRefusal)) return error;
  let { message } = error.failure;
  for (const personId of governance.people.persons.keys()) {
    message = message.replaceAll(new RegExp(`(?<![\\w-])${escaped(personId)}(?![\\w-])`, 'g'), () =>
      nameOf(personId),
    );
  }
  return new DeskRefusal({ ...error.failure, message });
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

const draftsSchema = z.array(z.tuple([z.string(), caseDraftSchema]));
type Drafts = Map<string, z.output<typeof caseDraftSchema>>;

/** What people have begun to write, by person: it outlives a restart, and leaves this desk never. */
function draftsIn(store: DeskStore, personId: () => string) {
  const noteName = (): string => `caseDrafts:${personId()}`;
  const read = (): Drafts => {
    const text = store.note(noteName());
    const parsed = text === null ? null : draftsSchema.safeParse(JSON.parse(text));
    return new Map(parsed?.data ?? []);
  };
  return {
    read,
    save: (caseId: string, draft: z.output<typeof caseDraftSchema> | null): void => {
      const drafts = read();
      drafts.delete(caseId);
      if (draft) drafts.set(caseId, draft);
      const [oldest] = drafts.keys();
      if (drafts.size > DRAFTS_MAX && oldest !== undefined) drafts.delete(oldest);
      store.saveNote(noteName(), drafts.size === 0 ? null : JSON.stringify([...drafts]));
    },
  };
}
