import { z } from 'zod';
import { readCheckpoint } from '#core/audit/checkpoint.ts';
import { ENROLMENT_PAYLOAD, type Audience, type DecisionType } from '#core/approvals/decision.ts';
import type { DeskApi } from '#core/desk-api/contract.ts';
import { DeskRefusal } from '#core/desk-api/rpc.ts';
import { base64Of } from '#core/kernel/base64.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import type { Result } from '#core/kernel/result.ts';
import { shownText } from '#core/payouts/display.ts';
import { pae, sealEnvelope } from '#core/signing/dsse.ts';
import { fingerprintOf, fingerprintText } from '#core/signing/public-key.ts';
import {
  auditProofSchema,
  auditReplySchema,
  bankFileReplySchema,
  contentReplySchema,
  ledgerReplySchema,
  newPersonReplySchema,
  peopleReplySchema,
  type Command,
  type Profile,
} from '#core/sync/protocol.ts';
import type { DeskHost, Question } from './host.ts';
import type { LocalState } from './local-state.ts';
import { createProposalViews } from './proposals-view.ts';
import { signedDecisions } from './signed-decisions.ts';
import { createDecisions, DWELL_MS_MIN, type PreparedDecision } from './signing/decisions.ts';
import { restoreFromTwin } from './signing/restore.ts';
import { openTwin } from './signing/twin.ts';
import type { SigningKey } from './signing/vault.ts';
import type { DeskStore } from './store/store.ts';
import { walkProof } from './sync/audit-proof.ts';

/** Decisions on screen at once; the oldest must be prepared again. */
const PREPARED_MAX = 20;

type Sent = { commandId: string; state: 'queued' | 'accepted' };

export interface GovernedPorts {
  readonly host: DeskHost;
  readonly store: DeskStore;
  readonly state: LocalState;
  person(): Profile | null;
  /** Whom a signature must name; null before this desk has met its server. */
  audience(): { readonly audience: Audience; readonly logId: string } | null;
  send(intent: Command['intent']): Promise<Sent>;
  /** Sends what waits, without waiting for the answers. */
  flush(): void;
  ask<Schema extends z.ZodType>(
    name: Question,
    input: unknown,
    schema: Schema,
  ): Promise<z.output<Schema>>;
  /** As `ask`, but null when the server cannot be asked. */
  tryAsk<Schema extends z.ZodType>(
    name: Question,
    input: unknown,
    schema: Schema,
  ): Promise<z.output<Schema> | null>;
  changed(): void;
  /** Looks at the newest checkpoint, where the server can be asked: what is signed rests on it. */
  witness(): Promise<void>;
}

type GovernedApi = Pick<
  DeskApi,
  Extract<
    keyof DeskApi,
    | `key.${string}`
    | `people.${string}`
    | `proposals.${string}`
    | `decision.${string}`
    | `payout.${string}`
    | `exception.${string}`
    | `payments.${string}`
    | `letter.${string}`
    | `audit.${string}`
  >
>;

/** People, proposals, signing and the audit log, as a desk offers them to its window. */
export function createGovernedApi(ports: GovernedPorts): GovernedApi & {
  /** Fetches the bytes of open proposals, so that they can be signed without a server. */
  fetchBytes(): Promise<void>;
  /** As the server last told; the pseudonym before that. */
  nameOf(personId: string): string;
} {
  const { host, store, state, send } = ports;
  const twin = openTwin(host.twinFile);
  const restored = restoreFromTwin(
    store,
    twin,
    (decisionId) => state.governance.decision(decisionId) !== undefined,
  );
  if (restored > 0)
    host.log('warn', `${restored} signed decisions were put back from their second copy`);
  const names = new Map<string, string>();
  const nameOf = (personId: string): string => names.get(personId) ?? personId;
  const views = createProposalViews({
    governance: () => state.governance,
    content: store.content,
    nameOf,
  });
  const decisions = createDecisions({
    store,
    twin,
    governance: () => state.governance,
    deskId: host.deskId,
    presence: host.vault.presence,
    now: host.now,
    random: host.random,
    log: (text) => host.log('error', text),
  });
  const prepared = new Map<string, PreparedDecision>();
  const signedIn = (): Profile => {
    const person = ports.person();
    if (person) return person;
    throw refusal('Sign in first.');
  };
  const serverNow = (): { audience: Audience; logId: string } => {
    const met = ports.audience();
    if (met) return met;
    throw refusal('This desk has not met a server yet.');
  };

  /** Bytes that were damaged here are fetched again. */
  const isHeld = (digest: string): boolean => {
    const text = store.content(digest);
    return text !== null && digestOfText(text) === digest;
  };
  const fetchBytes = async (): Promise<void> => {
    const people = await ports.tryAsk('people', {}, peopleReplySchema);
    for (const { personId, name } of people?.people ?? []) names.set(personId, name);
    const me = ports.person()?.personId ?? '';
    for (const { snapshot, action } of state.governance.open()) {
      // The server would refuse it, and nothing behind it would be asked for.
      const isHidden =
        action === 'applyConsequence' && !state.governance.people.may(me, 'viewCases');
      if (isHidden || isHeld(snapshot)) continue;
      const reply = await ports.tryAsk('content', { digest: snapshot }, contentReplySchema);
      if (reply === null) return;
      // Bytes that are not what their digest names are no bytes.
      if (reply.text !== null && digestOfText(reply.text) === snapshot)
        store.saveContent(snapshot, reply.text);
    }
    ports.changed();
  };

  const enrol = async (key: SigningKey, person: Profile): Promise<string> => {
    const { audience, logId } = serverNow();
    const witnessed = store.witnessed(logId);
    const checkpoint = witnessed ? readCheckpoint(witnessed.note) : null;
    if (!checkpoint?.ok)
      throw refusal('This desk has not yet checked the server’s log: try again in a moment.');
    const root = Buffer.from(checkpoint.value.root).toString('hex');
    const statement = canonicalText({
      v: 1,
      type: 'key.enrol',
      aud: audience,
      person: person.personId,
      device: host.deskId,
      publicKey: base64Of(key.publicKey),
      challenge: `${checkpoint.value.size}:${root}`,
    });
    const payload = new TextEncoder().encode(statement);
    const signature = key.sign(pae(ENROLMENT_PAYLOAD, payload));
    const envelope = sealEnvelope(
      ENROLMENT_PAYLOAD,
      payload,
      fingerprintOf(key.publicKey),
      signature,
    );
    await send({ type: 'enrolKey', envelope });
    return fingerprintText(key.publicKey);
  };

  return {
    fetchBytes,
    nameOf,
    'key.get': () => {
      const person = ports.person();
      const publicKey = person && host.vault.publicKey(person.personId);
      if (!publicKey) return Promise.resolve({ key: null });
      const keyId = fingerprintOf(publicKey);
      const fingerprint = fingerprintText(publicKey);
      return Promise.resolve({ key: { keyId, fingerprint, state: keyStateOf(keyId, state) } });
    },
    'key.enrol': async ({ secret }) => {
      const person = signedIn();
      const known = host.vault.publicKey(person.personId);
      const key = known
        ? await host.vault.open(person.personId, secret)
        : await host.vault.create(person.personId, secret);
      return { fingerprint: await enrol(unwrap(key), person) };
    },
    'people.list': async () => {
      const { people } = await ports.ask('people', {}, peopleReplySchema);
      const { persons, keys } = state.governance.people;
      for (const { personId, name } of people) names.set(personId, name);
      const keysOf = (personId: string) =>
        [...keys.values()]
          .filter((key) => key.personId === personId)
          .map(({ keyId, publicKey, deviceId }) => ({
            keyId,
            deviceId,
            fingerprint: fingerprintText(publicKey),
            state: keyStateOf(keyId, state),
          }));
      const policies = POLICY_ACTIONS.map((action) => state.governance.policy(action));
      return {
        people: people
          .filter(({ personId }) => persons.has(personId))
          .map((one) => ({ ...one, keys: keysOf(one.personId) })),
        policies,
      };
    },
    'people.add': async (wish) => {
      const reply = await ports.ask('addPerson', wish, newPersonReplySchema);
      if (reply.type === 'added') return { personId: reply.personId, code: reply.code };
      throw refusal(reply.message);
    },
    'proposals.list': () =>
      Promise.resolve({ proposals: views.list(ports.person()?.personId ?? null) }),
    'proposals.get': async ({ proposalId }) => {
      const proposal = state.governance.proposal(proposalId);
      if (proposal && !isHeld(proposal.snapshot)) {
        const reply = await ports.tryAsk(
          'content',
          { digest: proposal.snapshot },
          contentReplySchema,
        );
        const text = reply?.text ?? null;
        if (text !== null && digestOfText(text) === proposal.snapshot)
          store.saveContent(proposal.snapshot, text);
      }
      const detail = views.detail(proposalId, ports.person()?.personId ?? null);
      if (detail) return detail;
      throw refusal(`This desk knows no proposal ${proposalId}.`);
    },
    'proposals.propose': (input) => send({ type: 'propose', ...input }),
    'proposals.withdraw': (input) => send({ type: 'withdraw', ...input }),
    'decision.prepare': (wish) => {
      const person = signedIn();
      const ready = unwrap(decisions.prepare(wish, person.personId));
      const preparedId = Buffer.from(host.random(12)).toString('hex');
      const [oldest] = prepared.keys();
      if (prepared.size >= PREPARED_MAX && oldest !== undefined) prepared.delete(oldest);
      prepared.set(preparedId, ready);
      const fingerprint = digestOfText(ready.display.text)
        .slice(0, 16)
        .replace(/(.{4})(?=.)/g, '$1 ');
      return Promise.resolve({
        preparedId,
        text: ready.display.text,
        fingerprint,
        dwellMs: DWELL_MS_MIN,
        presence: host.vault.presence,
      });
    },
    'decision.sign': async ({ preparedId, secret }) => {
      const person = signedIn();
      const ready = prepared.get(preparedId);
      if (ready?.personId !== person.personId)
        throw refusal('Open it again: it is not prepared any more.');
      const key = unwrap(await host.vault.open(person.personId, secret));
      if (!(await host.confirm(confirmationOf(ready)))) throw refusal('It was not signed.');
      await ports.witness();
      // All of this took a while: the person may have left, or signed it by another click.
      if (ports.person()?.personId !== person.personId) throw refusal('Sign in first.');
      if (prepared.get(preparedId) !== ready) throw refusal('It was signed already.');
      const command = unwrap(decisions.sign(ready, key, serverNow()));
      prepared.delete(preparedId);
      ports.changed();
      ports.flush();
      return { decisionId: command.commandId };
    },
    'decision.list': () => {
      const met = ports.audience();
      const signed = met ? store.signed(met.logId) : [];
      return Promise.resolve({
        decisions: signedDecisions(signed, store.rejection, state.governance),
      });
    },
    'payout.revise': (input) => send({ type: 'revisePayout', ...input }),
    'payout.ask': (input) => send({ type: 'askInformation', ...input }),
    'payout.settle': (input) => send({ type: 'settlePayment', ...input }),
    'exception.settle': (input) => send({ type: 'settleException', ...input }),
    'payments.get': async () => {
      const ledger = await ports.tryAsk('ledger', {}, ledgerReplySchema);
      const exceptions = [...state.governance.exceptions()].map((one) => ({
        exceptionId: one.exceptionId,
        type: one.type,
        payoutId: one.payoutId,
        sentence: one.sentence,
        at: one.at,
        settled: one.settled && `${nameOf(one.settled.personId)}: ${one.settled.reason}`,
      }));
      return { exceptions: exceptions.reverse(), balances: ledger?.balances ?? [] };
    },
    'payments.importFile': async (file) => {
      const reply = await ports.ask('bankFile', file, bankFileReplySchema);
      if (reply.type === 'booked') return { entries: reply.entries, problems: reply.problems };
      throw refusal(`The file was not taken: ${reply.reason}`);
    },
    'letter.get': async ({ payoutId }) => {
      const digest = state.governance.payout(payoutId)?.letter ?? null;
      if (digest === null) return { html: null };
      if (isHeld(digest)) return { html: store.content(digest) };
      const { text } = await ports.ask('content', { digest }, contentReplySchema);
      if (text === null) return { html: null };
      if (digestOfText(text) !== digest) throw refusal('The server has sent another letter.');
      store.saveContent(digest, text);
      return { html: text };
    },
    'audit.list': (wanted) => ports.ask('audit', wanted, auditReplySchema),
    'audit.proof': async ({ seq }) => {
      const proof = await ports.ask('auditProof', { seq }, auditProofSchema);
      return walkProof(seq, proof, serverNow().logId, store);
    },
  };
}

const DECISION_WORDS: Readonly<Record<DecisionType, string>> = {
  approve: 'You APPROVE this:',
  reject: 'You REJECT this:',
  hold: 'You HOLD this:',
  release: 'You RELEASE this:',
};

/** All that a signature is over, in words: what is decided, why, and the text of the bytes. */
function confirmationOf({ decision, reason, grounds, display }: PreparedDecision): string {
  return [
    DECISION_WORDS[decision],
    display.text,
    ...(reason === '' ? [] : [`Reason: ${shownText(reason)}`]),
    ...(grounds === null ? [] : [`Grounds: ${shownText(canonicalText(grounds))}`]),
  ].join('\n\n');
}

const POLICY_ACTIONS = [
  'payPayout',
  'publishProgram',
  'overrideVerdict',
  'adjustBalance',
  'changeRole',
  'grantKey',
  'revokeKey',
  'changePolicy',
  'changeExposureLimits',
  'applyConsequence',
  'changeScoring',
] as const;

function keyStateOf(
  keyId: string,
  { governance }: LocalState,
): 'local' | 'enrolled' | 'granted' | 'revoked' | 'frozen' {
  const key = governance.people.key(keyId);
  if (!key) return 'local';
  if (key.revokedSeq !== null) return 'revoked';
  if (key.frozen) return 'frozen';
  return key.grantedSeq === null ? 'enrolled' : 'granted';
}

function refusal(message: string): DeskRefusal {
  return new DeskRefusal({ code: 'rejected', message });
}

function unwrap<Value>(result: Result<Value, string>): Value {
  if (result.ok) return result.value;
  throw refusal(result.error);
}
