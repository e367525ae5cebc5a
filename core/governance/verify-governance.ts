import { PERMITS, type ActionType } from '#core/approvals/action-types.ts';
import type { ProposalAbout } from '#core/approvals/approvals.events.ts';
import {
  DECISION_PAYLOAD,
  decisionSchema,
  ENROLMENT_PAYLOAD,
  enrolmentSchema,
  type Decision,
  type NotCounted,
} from '#core/approvals/decision.ts';
import { DEFAULT_POLICIES, type ApprovalPolicy } from '#core/approvals/policy.ts';
import type { ExposureLimits } from '#core/exposure/limits.ts';
import type { Fact, FactKind } from '#core/facts/registry.ts';
import { bytesOfBase64 } from '#core/kernel/base64.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import type { Envelope } from '#core/kernel/event.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { moneyText, MONEY_DECIMALS } from '#core/money/money.ts';
import type { BankEntry, PaymentData, PayoutRequest } from '#core/payouts/payouts.events.ts';
import { displayPayout } from '#core/payouts/display.ts';
import { recompute } from '#core/payouts/recompute.ts';
import { readSnapshot, type PayoutSnapshot } from '#core/payouts/snapshot.ts';
import { MATRIX, type Action, type Role, type Scope } from '#core/people/roles.ts';
import { compileProgram } from '#core/programs/compile.ts';
import type { AccountState } from '#core/rules/account-state.ts';
import { openEnvelope, pae, type OpenedEnvelope } from '#core/signing/dsse.ts';
import { fingerprintOf, publicKeyProblem, type VerifyBytes } from '#core/signing/public-key.ts';
import { readStrictJson } from '#core/signing/strict-json.ts';
import { utcText } from '#core/time/time.ts';
import { DIRECTED_FROM } from '#core/rules/directive.ts';
import type { AccountStatus } from '#core/accounts/account.ts';
import { actionKinds } from './actions/index.ts';
import type { Display } from './actions/action-kind.ts';
import { auditSharing, type SharingAudit } from './verify-sharing.ts';
import { auditCases, forgottenDeductions, type CaseAudit } from './verify-cases.ts';
import { auditInsight, type InsightAudit } from './verify-insight.ts';
import { auditOrders, type OrderAudit } from './verify-orders.ts';
import { auditSupport, type JudgedProposal, type SupportAudit } from './verify-support.ts';
import { auditWork, type WorkAudit } from './verify-work.ts';

/*
 * Judges, from the log alone, whether everything that needed other people's consent had it. It is
 * written a second time on purpose: it shares forms, displays and cryptography with the code that
 * decided, and none of its decisions, so that a mistake there is a finding here.
 */

/** What there is to judge by beside the facts. */
export interface Evidence {
  /** The log's name, as its checkpoint says it: what was signed for another counts for nothing. */
  readonly origin: string;
  /** The bytes kept under a digest, whether or not they have it; null when there are none. */
  content(digest: string): string | null;
  readonly verify: VerifyBytes;
  /** The root over the first so many entries, in hexadecimal digits; null beyond the end. */
  rootAt(size: number): string | null;
  /** What the reference evaluator makes of an account at this entry; null where it was not asked. */
  account?(accountId: string): AccountNow | null;
}

/** What of an account a payout's bytes claim, and trades and rules alone decide. */
export type AccountNow = Pick<
  AccountState,
  'status' | 'balance' | 'positions' | 'states' | 'latches' | 'exceptions'
>;

export type FindingRule =
  | 'decision'
  | 'chain'
  | 'counted'
  | 'notCounted'
  | 'proposal'
  | 'amounts'
  | 'approval'
  | 'payment'
  | 'power'
  | 'closing'
  | 'key'
  | 'case'
  | 'support'
  | 'order'
  | 'work'
  | 'bank';

/** A rule that an entry of the log broke. */
export interface Finding {
  readonly seq: number;
  readonly rule: FindingRule;
  readonly sentence: string;
  /** The payout that it concerns, where it concerns one. */
  readonly payoutId: string | null;
}

export interface GovernanceAudit {
  /** The next fact, in order. */
  take(fact: Fact): void;
  /** Nothing follows any more. */
  end(): void;
  readonly findings: readonly Finding[];
  /** What an auditor should know and no rule forbids. */
  readonly notes: readonly string[];
  /** Digests of bytes that facts name and nobody keeps any more, with the entry that names them. */
  readonly missing: readonly { readonly digest: string; readonly seq: number }[];
  readonly counts: Readonly<Record<'decisions' | 'payouts' | 'payments' | 'proposals', number>>;
  /** All that happened to a payout or another proposal, a line each; null when there is none. */
  story(proposalId: string): readonly string[] | null;
  /** A payout of an account that was instructed after an entry: what a wrong verdict may have led to. */
  paidAfter(accountId: string, seq: number): string | null;
}

const DAY_MS = 86_400_000;
/** Facts of one transaction are recorded this long after one another at the most. */
const TRANSACTION_MS = 60_000;
const PERSONS_TO_LIFT = 2;
const PERSONS_TO_REFUSE = 2;
const VERDICTS_SHOWN_MAX = 200;

interface HeldRole {
  readonly role: Role;
  readonly scope: Scope;
  readonly from: number;
  to: number | null;
}

interface Person {
  active: boolean;
  readonly roles: HeldRole[];
}

interface Key {
  readonly keyId: string;
  readonly personId: string;
  readonly deviceId: string;
  readonly publicKey: Uint8Array;
  granted: number | null;
  revoked: number | null;
  frozen: boolean;
  chain: { readonly seq: number; readonly digest: string } | null;
}

/** A decision that was signed, and whether it deserved to count. */
interface Word {
  readonly seq: number;
  readonly at: number;
  readonly personId: string;
  readonly keyId: string;
  readonly decision: Decision;
  readonly counts: boolean;
}

/** One proposal. */
interface Case {
  readonly proposalId: string;
  readonly action: ActionType;
  readonly about: ProposalAbout;
  readonly openedAt: number;
  readonly expiresAt: number;
  readonly reason: string;
  readonly makers: string[];
  version: number;
  versionSeq: number;
  params: unknown;
  snapshot: string;
  amount: number;
  coolingUntil: number | null;
  /** The bytes of this version; null when they are not kept, or cannot be read. */
  bytes: string | null;
  /** What persons saw of them. */
  shown: Display | null;
  payout: PayoutSnapshot | null;
  clean: boolean;
  readonly words: Word[];
  approved: { readonly version: number; readonly executableFrom: number } | null;
  deed: { readonly seq: number; readonly cause: string } | null;
  closed: { readonly outcome: string; readonly seq: number; readonly at: number } | null;
}

interface Account {
  readonly traderId: string;
  readonly programId: string;
  status: string;
  history: PayoutSnapshot['history'];
  /** The last thing that no payment may pass over. */
  block: { readonly seq: number; readonly sentence: string } | null;
  readonly verdicts: { readonly seq: number; readonly kind: string; readonly at: number }[];
  readonly reviews: { readonly seq: number; readonly at: number; readonly sentence: string }[];
}

interface Paid {
  readonly payment: PaymentData;
  readonly seq: number;
  booked: boolean;
  matched: boolean;
}

interface State {
  readonly evidence: Evidence;
  readonly findings: Finding[];
  readonly notes: string[];
  readonly missing: { digest: string; seq: number }[];
  readonly stories: Map<string, string[]>;
  readonly persons: Map<string, Person>;
  readonly keys: Map<string, Key>;
  readonly policies: Map<ActionType, ApprovalPolicy>;
  /** The limits on exposure in force; null before the first. */
  exposure: ExposureLimits | null;
  readonly surveyed: CaseAudit;
  readonly sharing: SharingAudit;
  readonly support: SupportAudit;
  readonly orders: OrderAudit;
  readonly work: WorkAudit;
  readonly insight: InsightAudit;
  /** The version of the scoring policy in force: the first stands in no log. */
  scoring: number;
  /** The consequence that was carried out last: what it does to accounts follows at once. */
  consequence: {
    readonly cause: string;
    readonly outcome: string;
    readonly accounts: Set<string>;
  } | null;
  readonly cases: Map<string, Case>;
  readonly openCases: Map<ActionType, Set<Case>>;
  /** By action and trader: what counts together. */
  readonly casesOf: Map<string, Case[]>;
  /** By action and person, in order: what was approved. */
  readonly approvedBy: Map<string, { readonly one: Case; readonly at: number }[]>;
  readonly decisionIds: Set<string>;
  readonly requests: Map<string, PayoutRequest>;
  readonly requestKeys: Set<string>;
  readonly payments: Map<string, Paid>;
  readonly instructions: Map<string, Paid>;
  readonly reports: Set<string>;
  readonly entries: Map<string, { entry: BankEntry; seq: number; settled: boolean }>;
  readonly identities: Map<string, string>;
  readonly accounts: Map<string, Account>;
  readonly acknowledged: Set<number>;
  readonly published: Map<string, number>;
  /** When each entry was recorded: entry n at place n - 1. */
  readonly recordedAt: number[];
  readonly deedsOpen: Set<Case>;
  /** Firm and environment, as the first device that enrolled here named them. */
  audience: { readonly org: string; readonly env: string } | null;
  /** The one command by which the first people and policies came; null before and after it. */
  founding: string | null;
  founded: boolean;
  /** What nobody approved, because nobody was there before. */
  readonly founders: string[];
  seq: number;
  decisions: number;
}

export function auditGovernance(evidence: Evidence): GovernanceAudit {
  const state = freshState(evidence);
  return {
    take: (fact) => take(fact, state),
    end: () => end(state),
    findings: state.findings,
    notes: state.notes,
    missing: state.missing,
    get counts() {
      const { decisions, requests, payments, cases } = state;
      return {
        decisions,
        payouts: requests.size,
        payments: payments.size,
        proposals: cases.size,
      };
    },
    story: (proposalId) => state.stories.get(proposalId) ?? null,
    paidAfter: (accountId, seq) => {
      const paid = [...state.payments.values()].find(
        (one) => one.payment.accountId === accountId && one.seq > seq,
      );
      return paid?.payment.payoutId ?? null;
    },
  };
}

function freshState(evidence: Evidence): State {
  return {
    evidence,
    findings: [],
    notes: [],
    missing: [],
    stories: new Map(),
    persons: new Map(),
    keys: new Map(),
    policies: new Map(DEFAULT_POLICIES.map((policy) => [policy.action, policy])),
    exposure: null,
    surveyed: auditCases(),
    sharing: auditSharing(),
    support: auditSupport(),
    orders: auditOrders(),
    work: auditWork(),
    insight: auditInsight(),
    scoring: 1,
    consequence: null,
    cases: new Map(),
    openCases: new Map(),
    casesOf: new Map(),
    approvedBy: new Map(),
    decisionIds: new Set(),
    requests: new Map(),
    requestKeys: new Set(),
    payments: new Map(),
    instructions: new Map(),
    reports: new Set(),
    entries: new Map(),
    identities: new Map(),
    accounts: new Map(),
    acknowledged: new Set(),
    published: new Map(),
    recordedAt: [],
    deedsOpen: new Set(),
    audience: null,
    founding: null,
    founded: false,
    founders: [],
    seq: 0,
    decisions: 0,
  };
}

type FactOf<Kind extends FactKind> = Extract<Fact, { kind: Kind }>;
type Handlers = { readonly [Kind in FactKind]?: (fact: FactOf<Kind>, state: State) => void };

/** What the first command of a firm may hold. */
const FOUNDING_KINDS: ReadonlySet<string> = new Set<FactKind>([
  'personAdded',
  'roleGranted',
  'policyChanged',
  'exposureLimitsChanged',
]);

function take(fact: Fact, state: State): void {
  const { envelope } = fact;
  state.seq = envelope.seq;
  state.recordedAt[envelope.seq - 1] = envelope.recordedAt;
  const goesOn = FOUNDING_KINDS.has(fact.kind) && causeOf(envelope) === state.founding;
  if (state.founding !== null && !goesOn) state.founding = null;
  const handle = HANDLERS[fact.kind] as ((fact: Fact, state: State) => void) | undefined;
  handle?.(fact, state);
  for (const sentence of judgeOrders(fact, state)) report(state, 'order', sentence);
  for (const sentence of judgeWork(fact, state)) report(state, 'work', sentence);
  for (const sentence of judgeSupport(fact, state)) report(state, 'support', sentence);
  for (const sentence of judgeSharing(fact, state)) report(state, 'power', sentence);
  for (const sentence of judgeInsight(fact, state)) report(state, 'power', sentence);
}

function judgeWork(fact: Fact, state: State): string[] {
  return state.work.take(fact, { may: (personId, action) => may(personId, action, {}, state) });
}

function judgeInsight(fact: Fact, state: State): string[] {
  return state.insight.take(fact, (personId, action) => may(personId, action, {}, state));
}

function judgeSharing(fact: Fact, state: State): string[] {
  return state.sharing.take(fact, {
    may: (personId, action, about) => may(personId, action, about, state),
    account: (accountId) => state.accounts.get(accountId),
  });
}

function judgeOrders(fact: Fact, state: State): string[] {
  return state.orders.take(fact, {
    may: (personId, action, about) => may(personId, action, about, state),
  });
}

function judgeSupport(fact: Fact, state: State): string[] {
  const { accounts, cases, requests } = state;
  return state.support.take(fact, {
    may: (personId, action, about) => may(personId, action, about, state),
    account: (accountId) => accounts.get(accountId),
    proposal: (proposalId) => {
      const one = cases.get(proposalId);
      return one ? judgedOf(one) : null;
    },
    proposals: () => [...cases.values()].map(judgedOf),
    accountOfPayout: (payoutId) => requests.get(payoutId)?.accountId ?? null,
  });
}

function judgedOf(one: Case): JudgedProposal {
  const { action, makers, words, closed, version } = one;
  const counted = words.filter(
    ({ counts, decision }) => counts && decision.subject.ver === version,
  );
  return {
    action,
    params: paramsOf(one),
    makers,
    words: counted.map(({ personId }) => personId),
    outcome: closed?.outcome ?? null,
  };
}

function end(state: State): void {
  const { founders, notes } = state;
  if (founders.length > 0) notes.push(`Founded, approved by nobody, with: ${founders.join(', ')}`);
  for (const one of state.deedsOpen) {
    state.seq = one.deed?.seq ?? state.seq;
    report(state, 'closing', 'it was carried out, and its proposal never closed', one.proposalId);
  }
  for (const { entry, seq, settled } of state.entries.values()) {
    if (settled || entry.fee) continue;
    state.seq = seq;
    report(state, 'bank', `bank entry ${entry.entryId} was neither matched nor named an exception`);
  }
  for (const { payment, matched } of state.payments.values()) {
    if (!matched) state.notes.push(`payout ${payment.payoutId}: no bank entry is matched with it`);
  }
}

function report(state: State, rule: FindingRule, sentence: string, proposalId?: string): void {
  const payoutId = proposalId !== undefined && state.requests.has(proposalId) ? proposalId : null;
  const named = proposalId === undefined ? sentence : `${nameOf(proposalId, state)}: ${sentence}`;
  state.findings.push({ seq: state.seq, rule, sentence: named, payoutId });
  if (proposalId !== undefined) tell(state, proposalId, `NOT IN ORDER (${rule}): ${sentence}`);
}

function nameOf(proposalId: string, { requests }: State): string {
  return `${requests.has(proposalId) ? 'payout' : 'proposal'} ${proposalId}`;
}

/** One line of a story. */
function tell(state: State, proposalId: string, what: string): void {
  const at = state.recordedAt.at(-1) ?? 0;
  const line = `#${state.seq}  ${utcText(at)}  ${what}`;
  const known = state.stories.get(proposalId);
  if (known) known.push(line);
  else state.stories.set(proposalId, [line]);
}

function causeOf({ causation }: Envelope): string {
  return canonicalText(causation);
}

// People, keys and policies: who is who, and since which entry.

/** Whether a person may: at this entry, or when the log had `size` entries. */
function may(
  personId: string,
  action: Action,
  about: Partial<ProposalAbout> & { readonly amount?: number },
  state: State,
  size: number | null = null,
): boolean {
  const person = state.persons.get(personId);
  if (!person || (size === null && !person.active)) return false;
  return person.roles.some(
    (held) =>
      MATRIX[held.role].includes(action) &&
      reaches(held.scope, about) &&
      (size === null
        ? held.to === null
        : held.from <= size && (held.to === null || held.to > size)),
  );
}

function reaches(
  { programs, regions, upTo }: Scope,
  about: Partial<ProposalAbout> & { readonly amount?: number },
): boolean {
  const { programId, region, amount = 0 } = about;
  const inProgram =
    programs === null ||
    programId === undefined ||
    (programId !== null && programs.includes(programId));
  const inRegion =
    regions === null || region === undefined || (region !== null && regions.includes(region));
  return inProgram && inRegion && (upTo === null || amount <= upTo);
}

function policyOf(action: ActionType, { policies }: State): ApprovalPolicy {
  const policy = policies.get(action);
  if (!policy) throw new Error(`no policy for ${action}`);
  return policy;
}

function takePerson({ data, envelope }: FactOf<'personAdded'>, state: State): void {
  if (!state.founded && envelope.actor.type === 'system') state.founding = causeOf(envelope);
  state.founded = true;
  const known = state.persons.get(data.personId);
  if (known) known.active = true;
  else state.persons.set(data.personId, { active: true, roles: [] });
}

function takeDeactivation({ data }: FactOf<'personDeactivated'>, state: State): void {
  const person = state.persons.get(data.personId);
  if (!person) return;
  person.active = false;
  for (const role of person.roles) role.to ??= state.seq;
}

function takeRole(fact: FactOf<'roleGranted'>, state: State): void {
  const { personId, role, scope } = fact.data;
  if (state.founding === null) {
    carriedOut(fact, 'changeRole', state, (params) =>
      isSame(params, { change: 'grant', personId, role, scope }),
    );
  } else state.founders.push(`${personId} ${role}`);
  const person = state.persons.get(personId);
  if (!person) return report(state, 'power', `${personId}, who gets a role, was never added`);
  person.roles.push({ role, scope, from: state.seq, to: null });
}

function takeRoleAway(fact: FactOf<'roleRevoked'>, state: State): void {
  const { personId, role } = fact.data;
  carriedOut(
    fact,
    'changeRole',
    state,
    (params) =>
      params['change'] === 'revoke' && params['personId'] === personId && params['role'] === role,
  );
  for (const held of state.persons.get(personId)?.roles ?? []) {
    if (held.role === role) held.to ??= state.seq;
  }
}

/** A device's word that it holds its key: signed with it, over a root of this very log. */
function takeEnrolment({ data }: FactOf<'keyEnrolled'>, state: State): void {
  const { keyId, personId, deviceId } = data;
  const publicKey = bytesOfBase64(data.publicKey);
  if (!publicKey.ok || publicKeyProblem(publicKey.value) !== null) {
    return report(state, 'key', `key ${keyId} is none that proves anything`);
  }
  if (state.keys.has(keyId)) return report(state, 'key', `key ${keyId} was enrolled before`);
  if (fingerprintOf(publicKey.value) !== keyId) {
    report(state, 'key', `key ${keyId} is not called by its own fingerprint`);
  }
  const problem = enrolmentProblem(data, publicKey.value, state);
  if (problem !== null) report(state, 'key', `key ${keyId}: ${problem}`);
  const fresh = { granted: null, revoked: null, frozen: false, chain: null };
  state.keys.set(keyId, { keyId, personId, deviceId, publicKey: publicKey.value, ...fresh });
}

function enrolmentProblem(
  { envelope, personId, deviceId, publicKey }: FactOf<'keyEnrolled'>['data'],
  key: Uint8Array,
  state: State,
): string | null {
  const opened = openSigned(envelopeIn(envelope), ENROLMENT_PAYLOAD, key, state);
  if (!opened.ok) return opened.error;
  const parsed = enrolmentSchema.safeParse(opened.value.value);
  if (!parsed.success) return 'its enrolment is malformed';
  const { person, device, publicKey: named, challenge, aud } = parsed.data;
  if (person !== personId || device !== deviceId || named !== publicKey) {
    return 'it was signed for another person, device or key than it is enrolled for';
  }
  if (aud.log !== state.evidence.origin) return `it was made for the log ${aud.log}`;
  state.audience ??= { org: aud.org, env: aud.env };
  const [size = '', root] = challenge.split(':');
  return root !== undefined && rootBefore(Number(size), state) === root
    ? null
    : 'it rests on another log than this one';
}

/** The root over so many entries, all of which stand before the present one. */
function rootBefore(size: number, { evidence, seq }: State): string | null {
  return Number.isSafeInteger(size) && size >= 1 && size < seq ? evidence.rootAt(size) : null;
}

function takeGrant(fact: FactOf<'keyGranted'>, state: State): void {
  const { keyId } = fact.data;
  carriedOut(fact, 'grantKey', state, (params) => params['keyId'] === keyId);
  const key = state.keys.get(keyId);
  if (!key) return report(state, 'power', `key ${keyId}, which is granted, was never enrolled`);
  key.granted ??= state.seq;
}

function takeRevocation(fact: FactOf<'keyRevoked'>, state: State): void {
  const { keyId, compromisedSince } = fact.data;
  carriedOut(fact, 'revokeKey', state, (params) => isSame(params, { keyId, compromisedSince }));
  const key = state.keys.get(keyId);
  if (key) key.revoked ??= state.seq;
  if (compromisedSince === null) return;
  for (const { payment, seq } of state.payments.values()) {
    const words = state.cases.get(payment.payoutId)?.words ?? [];
    const rests = words.some((word) => word.keyId === keyId && word.seq >= compromisedSince);
    if (rests)
      state.notes.push(
        `payout ${payment.payoutId} (paid at #${seq}) rests on key ${keyId.slice(0, 16)}…, ` +
          `which may have been in other hands since #${compromisedSince}`,
      );
  }
}

function takeFreeze({ data }: FactOf<'keyFrozen'>, state: State): void {
  const key = state.keys.get(data.keyId);
  if (key) key.frozen = true;
}

function takePolicy(fact: FactOf<'policyChanged'>, state: State): void {
  const { policy } = fact.data;
  if (state.founding === null) {
    carriedOut(fact, 'changePolicy', state, (params) => isSame(params['policy'], policy));
  } else state.founders.push(`${policy.action} by ${policy.approvals}`);
  state.policies.set(policy.action, policy);
}

function takeExposureLimits(fact: FactOf<'exposureLimitsChanged'>, state: State): void {
  const { limits } = fact.data;
  const before = state.exposure?.version ?? 0;
  if (limits.version !== before + 1) {
    report(state, 'power', `version ${limits.version} of the limits follows version ${before}`);
  }
  if (state.founding === null) {
    carriedOut(fact, 'changeExposureLimits', state, (params) => isSame(params['limits'], limits));
  } else state.founders.push(`${limits.limits.length} limits on exposure`);
  state.exposure = limits;
}

/** A crossing is of a limit that stood in the log then, and its value lies above the share it names. */
function takeCrossing({ data }: FactOf<'exposureLimitCrossed'>, state: State): void {
  const { limitId, value, limit, share, level, measure, version } = data;
  const known = state.exposure?.limits.find((one) => one.limitId === limitId);
  const isInForce =
    state.exposure?.version === version && known?.limit === limit && known.measure === measure;
  const isShare = share === 1_000 || known?.warnAt.includes(share) === true;
  if (!isInForce || !isShare || (share === 1_000) !== (level === 'breach')) {
    return report(state, 'power', `no limit ${limitId} of that kind was in force`);
  }
  if (BigInt(value) <= (BigInt(limit) * BigInt(share)) / 1_000n) {
    report(state, 'power', `${moneyText(value)} is not above that share of the limit ${limitId}`);
  }
}

function isSame(one: unknown, other: unknown): boolean {
  return textOf(one) === textOf(other);
}

/** What cannot be written canonically is the same as nothing. */
function textOf(value: unknown): string {
  try {
    return canonicalText(value ?? null);
  } catch {
    return 'not canonical';
  }
}

// Signatures.

interface Opened {
  readonly value: unknown;
  /** Of the bytes that were signed. */
  readonly digest: string;
}

function openSigned(
  envelope: OpenedEnvelope | null,
  payloadType: string,
  key: Uint8Array,
  { evidence }: State,
): Result<Opened, string> {
  if (envelope === null) return err('its envelope is not kept as it was written');
  if (envelope.payloadType !== payloadType) return err(`it signs a "${envelope.payloadType}"`);
  if (!evidence.verify(key, pae(payloadType, envelope.payload), envelope.signature)) {
    return err('its signature is not of this key');
  }
  const read = readStrictJson(envelope.payload);
  if (!read.ok) return err(`what was signed cannot be read: ${read.error}`);
  return ok({ value: read.value, digest: digestOfText(canonicalText(read.value)) });
}

function envelopeIn(text: string): OpenedEnvelope | null {
  try {
    const value: unknown = JSON.parse(text);
    const opened = openEnvelope(value);
    return opened.ok && canonicalText(value) === text ? opened.value : null;
  } catch {
    return null;
  }
}

/** A decision from its envelope, with the key that signed it. */
function readDecision(
  text: string,
  state: State,
): Result<{ readonly decision: Decision; readonly key: Key; readonly digest: string }, string> {
  const envelope = envelopeIn(text);
  const key = state.keys.get(envelope?.keyId ?? '');
  if (!key) return err('no enrolled key signed it');
  const opened = openSigned(envelope, DECISION_PAYLOAD, key.publicKey, state);
  if (!opened.ok) return opened;
  const parsed = decisionSchema.safeParse(opened.value.value);
  if (!parsed.success) return err('what was signed is no decision');
  return ok({ decision: parsed.data, key, digest: opened.value.digest });
}

// Decisions.

function takeDecision(fact: FactOf<'decisionReceived'>, state: State): void {
  const { data } = fact;
  const { proposalId } = data;
  state.decisions += 1;
  const one = state.cases.get(proposalId);
  const said = `${data.personId} signs "${data.decision}" on version ${data.version}`;
  tell(state, proposalId, `${said}: ${data.verdict.type === 'counted' ? 'counted' : notWhy(data)}`);
  if (!one)
    return report(
      state,
      'decision',
      `it decides proposal ${proposalId}, of which nothing is known`,
    );
  const read = readDecision(data.envelope, state);
  if (!read.ok) return report(state, 'decision', read.error, proposalId);
  const { decision, key, digest } = read.value;
  const differs = fieldsThatDiffer(data, decision, key, digest);
  if (differs.length > 0) {
    report(
      state,
      'decision',
      `the entry says another ${differs.join(', ')} than was signed`,
      proposalId,
    );
  }
  if (state.decisionIds.has(decision.id)) {
    report(state, 'decision', `decision ${decision.id} was received before`, proposalId);
  }
  state.decisionIds.add(decision.id);
  checkChain(decision, key, proposalId, state);
  key.chain = { seq: decision.chain.seq, digest };
  const word = { decision, key, one, at: data.at };
  const reasons = reasonsNotToCount(word, state);
  checkVerdict(data, reasons, state);
  const counts = reasons.length === 0 && differs.length === 0;
  const { personId, keyId } = key;
  if (counts && decision.type === 'approve') {
    list(state.approvedBy, `${one.action} ${personId}`, { one, at: data.at });
  }
  one.words.push({ seq: state.seq, at: data.at, personId, keyId, decision, counts });
}

function notWhy({ verdict }: FactOf<'decisionReceived'>['data']): string {
  return verdict.type === 'counted' ? '' : `not counted (${verdict.code}: ${verdict.message})`;
}

function fieldsThatDiffer(
  data: FactOf<'decisionReceived'>['data'],
  { id, subject, type, reason, grounds, chain }: Decision,
  { keyId, personId }: Key,
  digest: string,
): string[] {
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['id', data.decisionId, id],
    ['proposal', data.proposalId, subject.id],
    ['version', data.version, subject.ver],
    ['decision', data.decision, type],
    ['reason', data.reason, reason],
    ['ground', data.grounds, grounds],
    ['person', data.personId, personId],
    ['key', data.keyId, keyId],
    ['place in the chain', data.chain, { seq: chain.seq, digest }],
  ];
  return pairs.flatMap(([name, one, other]) => (isSame(one, other) ? [] : [name]));
}

/** Each device's decisions follow one another without a gap, each naming the one before. */
function checkChain({ chain }: Decision, key: Key, proposalId: string, state: State): void {
  if (key.frozen) report(state, 'chain', 'its device was frozen before', proposalId);
  const wanted = (key.chain?.seq ?? 0) + 1;
  if (chain.seq !== wanted) {
    report(
      state,
      'chain',
      `it is decision ${chain.seq} of device ${key.deviceId}, ${wanted} was due`,
      proposalId,
    );
  } else if (chain.prev !== (key.chain?.digest ?? null)) {
    report(
      state,
      'chain',
      `it does not name the decision before it of device ${key.deviceId}`,
      proposalId,
    );
  }
}

type Reason = readonly [NotCounted, string];

function checkVerdict(
  { verdict, proposalId, personId, decision }: FactOf<'decisionReceived'>['data'],
  reasons: readonly Reason[],
  state: State,
): void {
  const whose = `"${decision}" of ${personId}`;
  const why = reasons.map(([, sentence]) => sentence).join(', and ');
  const say = (rule: 'counted' | 'notCounted', sentence: string): void =>
    report(state, rule, `${whose} was ${sentence}`, proposalId);
  if (verdict.type === 'counted') {
    if (why !== '') say('counted', `counted, though ${why}`);
  } else if (why === '') {
    say('notCounted', 'not counted, though nothing stands against it');
  } else if (!reasons.some(([code]) => code === verdict.code)) {
    say('notCounted', `not counted as "${verdict.code}"; it is that ${why}`);
  }
}

interface Judged {
  readonly decision: Decision;
  readonly key: Key;
  readonly one: Case;
  readonly at: number;
}

/** Every reason for which a well-signed decision deserves not to count. */
function reasonsNotToCount(judged: Judged, state: State): readonly Reason[] {
  return [
    ...audienceReasons(judged, state),
    ...baseReasons(judged, state),
    ...keyReasons(judged),
    ...roleReasons(judged, state),
    ...subjectReasons(judged, state),
    ...displayReasons(judged),
    ...(judged.decision.type === 'approve' ? approvalReasons(judged, state) : []),
    ...(judged.decision.type === 'reject' ? groundsReasons(judged, state) : []),
  ];
}

function audienceReasons({ decision }: Judged, { evidence, audience }: State): readonly Reason[] {
  const { org, env, log } = decision.aud;
  const isOurs =
    log === evidence.origin &&
    (audience === null || (org === audience.org && env === audience.env));
  return isOurs ? [] : [['otherAudience', `it was signed for ${org}, ${env}, ${log}`]];
}

function baseReasons({ decision, one, at }: Judged, state: State): readonly Reason[] {
  const { size, root } = decision.base;
  if (rootBefore(size, state) !== root) {
    return [['otherAudience', 'its signer had seen another log than this one']];
  }
  const seenAt = state.recordedAt[size - 1] ?? -Infinity;
  return at - seenAt <= policyOf(one.action, state).receiptAgeMaxMs
    ? []
    : [['expired', 'what its signer had seen was too old']];
}

function keyReasons({ decision, key }: Judged): readonly Reason[] {
  const { actor, base } = decision;
  const reasons: Reason[] = [];
  if (key.revoked !== null) reasons.push(['revoked', 'its key was revoked']);
  if (key.granted === null || key.granted > base.size) {
    reasons.push(['revoked', 'its key was not granted when it signed']);
  }
  if (actor.key !== key.keyId || actor.person !== key.personId || actor.device !== key.deviceId) {
    reasons.push(['notPermitted', 'it names another person or device than its key is of']);
  }
  return reasons;
}

function roleReasons({ decision, one }: Judged, state: State): readonly Reason[] {
  const { person } = decision.actor;
  const about = { ...one.about, amount: one.amount };
  const { approve } = PERMITS[one.action];
  const hold = one.action === 'payPayout' ? 'holdPayout' : approve;
  const own = takesBack(decision, one);
  const wanted = decision.type === 'hold' ? [hold] : own ? [hold, approve] : [approve];
  const now = wanted.filter((action) => may(person, action, about, state));
  if (now.length === 0) return [['notPermitted', `no role of ${person} reaches it`]];
  return now.some((action) => may(person, action, about, state, decision.base.size))
    ? []
    : [['notPermitted', `${person} got the role after signing`]];
}

/** Letting go of one's own hold or rejection. */
function takesBack({ type, actor }: Decision, one: Case): boolean {
  if (type !== 'release') return false;
  const { holders, rejecters } = against(one);
  return holders.has(actor.person) || rejecters.has(actor.person);
}

function subjectReasons({ decision, one }: Judged, state: State): readonly Reason[] {
  const { subject, actor, type, snapshot } = decision;
  const reasons: Reason[] = [];
  const makes = type === 'approve' || (type === 'release' && !takesBack(decision, one));
  if (makes && one.makers.includes(actor.person)) {
    reasons.push(['maker', `${actor.person} made or changed it`]);
  }
  if (one.closed) reasons.push(['moot', `it was ${one.closed.outcome} before`]);
  if (subject.action !== one.action || subject.ver !== one.version) {
    reasons.push(['stale', `version ${subject.ver} was signed, version ${one.version} stood`]);
  } else if (snapshot !== one.snapshot) {
    reasons.push(['stale', 'other bytes were signed than stood']);
  }
  if (type === 'approve' && approversNow(one, state).includes(actor.person)) {
    reasons.push(['duplicatePerson', `${actor.person} had approved it already`]);
  }
  return reasons;
}

/** Shows the bytes again: the text must be the one that was signed, and so the sum and the payee. */
function displayReasons({ decision, one }: Judged): readonly Reason[] {
  // Bytes that were erased since cannot be shown again: their digest is all that is left to compare.
  if (one.bytes === null) return [];
  const { shown } = one;
  if (shown === null || digestOfText(shown.text) !== decision.display) {
    return [['displayDiffers', 'what was signed is not what these bytes say']];
  }
  const { money, payee } = decision;
  return isSame([shown.money, shown.payee], [money, payee])
    ? []
    : [['amountDiffers', 'the sum or the payee that was signed is not the one proposed']];
}

function approvalReasons({ decision, one, at }: Judged, state: State): readonly Reason[] {
  const reasons: Reason[] = [];
  if (one.coolingUntil !== null && at < one.coolingUntil) {
    reasons.push(['coolingOff', 'who is paid had just changed']);
  }
  for (const sentence of blocksAgainst(one, at, state)) reasons.push(['blocked', sentence]);
  const { approverPerDay } = policyOf(one.action, state);
  const { person } = decision.actor;
  if (
    approverPerDay !== null &&
    approvedSince(person, one.action, at - DAY_MS, state) + one.amount > approverPerDay
  ) {
    reasons.push(['limit', `${person} would have approved more in 24 hours than the limit allows`]);
  }
  return reasons;
}

/** What a person approved since, and has neither taken back nor seen rejected. */
function approvedSince(personId: string, action: ActionType, since: number, state: State): number {
  const words = state.approvedBy.get(`${action} ${personId}`) ?? [];
  const found = new Set<Case>();
  // A clock that was put back a little leaves words out of order: look a day further.
  for (let at = words.length - 1; at >= 0; at -= 1) {
    const word = words[at];
    if (!word || word.at < since - DAY_MS) break;
    found.add(word.one);
  }
  let sum = 0;
  for (const one of found) {
    if (one.closed?.outcome === 'rejected') continue;
    const last = lastWords(one, () => true).get(personId);
    if (last?.decision.type === 'approve' && last.at >= since) sum += one.amount;
  }
  return sum;
}

function groundsReasons({ decision, one }: Judged, { seq }: State): readonly Reason[] {
  if (decision.reason.trim() === '') return [['grounds', 'a rejection needs a reason']];
  if (one.action !== 'payPayout') return [];
  const { grounds } = decision;
  if (grounds === null) return [['grounds', 'a denial needs what it rests on']];
  const missing = grounds.type === 'clause' ? grounds.facts.find((fact) => fact >= seq) : undefined;
  return missing === undefined ? [] : [['grounds', `entry ${missing} did not exist`]];
}

// What decisions come to.

/** Each person's last word for or against this version, of those words that count. */
function lastWords(one: Case, stands: (word: Word) => boolean): ReadonlyMap<string, Word> {
  const last = new Map<string, Word>();
  for (const word of one.words) {
    const { type, subject } = word.decision;
    if (!word.counts || subject.ver !== one.version || !stands(word)) continue;
    if (type === 'approve' || type === 'reject') last.set(word.personId, word);
  }
  return last;
}

/** Distinct persons who approve, with keys and roles that hold at this entry, none of them a maker. */
function approversNow(one: Case, state: State): string[] {
  const about = { ...one.about, amount: one.amount };
  const stands = ({ decision, personId, keyId }: Word): boolean => {
    if (decision.type !== 'approve') return true;
    const key = state.keys.get(keyId);
    const holds = key && key.granted !== null && key.revoked === null && !key.frozen;
    return (
      holds === true &&
      may(personId, PERMITS[one.action].approve, about, state) &&
      !one.makers.includes(personId)
    );
  };
  return [...lastWords(one, stands)].flatMap(([personId, { decision }]) =>
    decision.type === 'approve' ? [personId] : [],
  );
}

interface Against {
  readonly holders: ReadonlySet<string>;
  readonly rejecters: ReadonlyMap<string, Decision>;
  readonly approvers: ReadonlySet<string>;
}

/** Whose word stands against it: holds of any version, rejections of this one. */
function against(one: Case): Against {
  const holders = new Set<string>();
  const rejecters = new Map<string, Decision>();
  const approvers = new Set<string>();
  const lifting = new Set<string>();
  let version = 0;
  const begin = (other: number): void => {
    if (other === version) return;
    rejecters.clear();
    approvers.clear();
    version = other;
  };
  for (const { counts, personId, decision } of one.words) {
    if (!counts) continue;
    begin(decision.subject.ver);
    if (decision.type === 'approve') approvers.add(personId);
    else if (decision.type === 'release') {
      const own = [holders.delete(personId), rejecters.delete(personId)].includes(true);
      if (own || (rejecters.size > 0 && approvers.has(personId))) continue;
      lifting.add(personId);
      if (lifting.size < PERSONS_TO_LIFT) continue;
      for (const words of [holders, rejecters, lifting]) words.clear();
    } else {
      lifting.clear();
      if (decision.type === 'hold') holders.add(personId);
      else {
        rejecters.set(personId, decision);
        approvers.delete(personId);
      }
    }
  }
  begin(one.version);
  return { holders, rejecters, approvers };
}

/** Refused: by two persons, or by one who names a clause while nobody else approves. */
function isRefused(one: Case): boolean {
  const { rejecters, approvers } = against(one);
  if (rejecters.size >= PERSONS_TO_REFUSE) return true;
  const byClause = [...rejecters.values()].some(({ grounds }) => grounds?.type === 'clause');
  return byClause && ![...approvers].some((personId) => !rejecters.has(personId));
}

interface Wanted {
  readonly approvals: number;
  readonly oneOf: readonly (readonly string[])[];
}

/** What the policy in force at this entry asks for, the amounts that count together with it summed. */
function wantedFor(one: Case, state: State): Wanted {
  const policy = policyOf(one.action, state);
  const sum = summedAmount(one, policy, state);
  if (isCleanNow(one, state) && policy.autoUpTo !== null && sum <= policy.autoUpTo) {
    return { approvals: 0, oneOf: [] };
  }
  const steps = policy.steps.filter(({ above }) => sum > above);
  return {
    approvals: Math.max(policy.approvals, ...steps.map(({ approvals }) => approvals)),
    oneOf: steps.flatMap(({ oneOf }) => (oneOf.length > 0 ? [oneOf] : [])),
  };
}

/** Nothing stands against it, and no case about its trader waits; or it is but a hold. */
function isCleanNow({ action, clean, about, params }: Case, { surveyed }: State): boolean {
  if (action === 'applyConsequence') {
    return (params as { consequence?: unknown }).consequence === 'payoutHold';
  }
  return clean && (about.traderId === null || surveyed.undecidedAbout(about.traderId) === null);
}

function summedAmount(one: Case, { windowDays }: ApprovalPolicy, { casesOf }: State): number {
  const { traderId } = one.about;
  if (windowDays === 0 || traderId === null) return one.amount;
  const since = one.openedAt - windowDays * DAY_MS;
  let sum = one.amount;
  for (const other of casesOf.get(`${one.action} ${traderId}`) ?? []) {
    const { closed } = other;
    const counts = closed === null || (closed.outcome === 'executed' && closed.at >= since);
    if (other !== one && counts) sum += other.amount;
  }
  return sum;
}

/** What is missing for enough persons to agree; empty when nothing is. */
function agreementProblems(one: Case, state: State): string[] {
  const { holders, rejecters } = against(one);
  const problems: string[] = [];
  if (holders.size > 0) problems.push(`${[...holders].join(', ')} held it`);
  if (rejecters.size > 0) problems.push(`${[...rejecters.keys()].join(', ')} rejected it`);
  const { approvals, oneOf } = wantedFor(one, state);
  const approvers = approversNow(one, state);
  if (approvers.length < approvals) {
    const who = approvers.length === 0 ? '' : ` (${approvers.join(', ')})`;
    problems.push(`${approvers.length} persons${who} approve it, ${approvals} had to`);
  }
  for (const roles of oneOf) {
    const isThere = approvers.some((personId) => rolesReaching(personId, one, state, roles));
    if (!isThere) problems.push(`none of those who approve is ${roles.join(' or ')}`);
  }
  return problems;
}

function rolesReaching(
  personId: string,
  one: Case,
  { persons }: State,
  roles: readonly string[],
): boolean {
  const about = { ...one.about, amount: one.amount };
  return (persons.get(personId)?.roles ?? []).some(
    ({ role, scope, to }) => to === null && roles.includes(role) && reaches(scope, about),
  );
}

/** What stands against a proposal at this entry, beyond what persons say. */
function blocksAgainst(one: Case, at: number, state: State): string[] {
  const blocks: string[] = [];
  if (one.closed) blocks.push(`it was ${one.closed.outcome} before (#${one.closed.seq})`);
  if (at >= one.expiresAt) blocks.push('it had expired');
  if (one.action === 'payPayout') blocks.push(...payoutBlocks(one, state));
  const params = paramsOf(one);
  const status = state.accounts.get(String(params['accountId']))?.status;
  if (one.action === 'overrideVerdict' && status !== 'failed')
    blocks.push('the account was not failed');
  if (one.action === 'grantKey') {
    const key = state.keys.get(String(params['keyId']));
    if (!key || key.revoked !== null || key.frozen) blocks.push('its key was revoked or frozen');
  }
  if (one.action === 'applyConsequence') blocks.push(...consequenceBlocks(params, state));
  if (one.action === 'changeScoring' && scoringIn(params) !== state.scoring + 1) {
    blocks.push('another way of scoring was put in force');
  }
  if (one.action === 'publishProgram' && !isNextVersion(params, state)) {
    blocks.push('another version of its program had been published');
  }
  return blocks;
}

function paramsOf({ params }: Case): Readonly<Record<string, unknown>> {
  return typeof params === 'object' && params !== null ? (params as Record<string, unknown>) : {};
}

/** What came with the server is version 1, and stands in no log. */
function isNextVersion(params: Readonly<Record<string, unknown>>, { published }: State): boolean {
  const before = published.get(String(params['programId']));
  const version = Number(params['version']);
  return before === undefined ? version === 1 || version === 2 : version === before + 1;
}

function payoutBlocks(one: Case, state: State): string[] {
  const blocks: string[] = [];
  const request = state.requests.get(one.proposalId);
  const account = state.accounts.get(one.about.accountId ?? '');
  const paid = state.payments.get(one.proposalId);
  if (!request || !account) return ['nobody asked for it'];
  if (paid) blocks.push(`it was instructed before (#${paid.seq})`);
  const { status, block } = account;
  if (status === 'failed' || status === 'restricted') blocks.push(`the account was ${status}`);
  if (block && block.seq > one.versionSeq) blocks.push(block.sentence);
  if (state.identities.get(request.traderId) === 'failed') {
    blocks.push('the identity check of its trader had failed');
  }
  const [first] = one.payout?.against ?? [];
  if (first !== undefined) blocks.push(`its own bytes say: ${first}`);
  const { surveyed } = state;
  const held = surveyed.holding(request.accountId);
  if (held) blocks.push(`case ${held.caseId} held it`);
  const wanted = surveyed.deducted(request.accountId);
  for (const { caseId } of forgottenDeductions(wanted, one.payout?.deductions ?? [])) {
    // Bytes that are not kept cannot be asked.
    if (one.payout) blocks.push(`what case ${caseId} deducts of it is not left out`);
  }
  return blocks;
}

function scoringIn(params: Readonly<Record<string, unknown>>): unknown {
  return (params['policy'] as { version?: unknown } | undefined)?.version;
}

/** What of a case or its accounts keeps a consequence from being drawn. */
function consequenceBlocks(params: Readonly<Record<string, unknown>>, state: State): string[] {
  const one = state.surveyed.find(String(params['caseId']));
  if (!one) return ['there is no such case'];
  const { ended, mergedInto, held } = one;
  const accountIds = namesIn(params['accountIds']);
  const consequence = params['consequence'];
  const blocks: string[] = [];
  if (mergedInto !== null) blocks.push('its case was merged into another');
  if (ended?.outcome === 'dismiss' || ended?.outcome === 'warn') {
    blocks.push('its case was decided otherwise');
  }
  if (consequence === 'payoutHold' && ended) blocks.push('its case was decided');
  if (consequence === 'releaseHold' && !accountIds.every((accountId) => held.has(accountId))) {
    blocks.push('its case does not hold all of that');
  }
  if (consequence === 'restrict' || consequence === 'close') {
    const from: readonly AccountStatus[] = DIRECTED_FROM[consequence];
    const reached = accountIds.some((accountId) =>
      from.includes(state.accounts.get(accountId)?.status as AccountStatus),
    );
    if (!reached) blocks.push(`no account of it could be made to ${consequence}`);
  }
  return blocks;
}

function namesIn(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

// Proposals.

function takeOpening(fact: FactOf<'proposalOpened'>, state: State): void {
  const { data, envelope } = fact;
  const { proposalId, action, about, at, reason } = data;
  const policy = policyOf(action, state);
  if (state.cases.has(proposalId)) report(state, 'proposal', 'it was opened before', proposalId);
  const one: Case = {
    ...pick(data),
    proposalId,
    action,
    about,
    reason,
    openedAt: at,
    expiresAt: data.expiresAt,
    coolingUntil: data.coolingUntil,
    makers: [...data.makers],
    versionSeq: state.seq,
    bytes: null,
    shown: null,
    payout: null,
    clean: false,
    words: [],
    approved: null,
    deed: null,
    closed: null,
  };
  state.cases.set(proposalId, one);
  const open = state.openCases.get(action);
  if (open) open.add(one);
  else state.openCases.set(action, new Set([one]));
  if (about.traderId !== null) list(state.casesOf, `${action} ${about.traderId}`, one);
  const whose = data.makers[0] ?? 'nobody of the firm';
  tell(state, proposalId, `opened (${action}, ${moneyText(data.amount)}), made by ${whose}`);
  if (data.version !== 1)
    report(state, 'proposal', `it begins as version ${data.version}`, proposalId);
  if (data.expiresAt !== at + policy.expiresAfterMs) {
    report(state, 'proposal', 'it expires at another time than the policy says', proposalId);
  }
  checkMaker(one, envelope, data.makers[0] ?? null, state);
  checkConcerned(one, state);
  checkVersion(one, state);
}

function pick({
  version,
  params,
  snapshot,
  amount,
}: FactOf<'proposalOpened' | 'proposalRevised'>['data']) {
  return { version, params: params as unknown, snapshot, amount };
}

function list<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
}

/** Who sent it made it: otherwise a maker could approve it later. */
function checkMaker(one: Case, { actor }: Envelope, maker: string | null, state: State): void {
  const { proposalId, action } = one;
  if (actor.type === 'operator' && !one.makers.includes(actor.id)) {
    report(state, 'proposal', `${actor.id} sent it and is not named as its maker`, proposalId);
  }
  if (actor.type !== 'operator' || maker === null) return;
  const about = { ...one.about, amount: one.amount };
  if (!may(maker, PERMITS[action].propose, about, state)) {
    report(state, 'proposal', `no role of ${maker} allowed to propose it`, proposalId);
  }
}

/** A proposal about a person or an account says truly whom it concerns. */
function checkConcerned(one: Case, state: State): void {
  const { action, makers, proposalId, about } = one;
  const params = paramsOf(one);
  const say = (sentence: string): void => report(state, 'proposal', sentence, proposalId);
  const personId = String(params['personId']);
  if (action === 'changeRole' || action === 'grantKey') {
    if (!makers.includes(personId)) say(`it concerns ${personId}, who could approve it`);
    if (about.personId !== personId) say('it names another person than its parameters');
  }
  if (action === 'grantKey' && state.keys.get(String(params['keyId']))?.personId !== personId) {
    say('the key that it would grant is of somebody else');
  }
  if (action === 'applyConsequence') checkConsequence(one, say, state);
  if (action !== 'adjustBalance' && action !== 'overrideVerdict') return;
  const account = state.accounts.get(String(params['accountId']));
  if (about.accountId !== params['accountId'] || about.programId !== account?.programId) {
    say('it names another account or program than it concerns');
  }
  if (action !== 'adjustBalance') return;
  if (about.traderId !== account?.traderId) say('it names another trader than the account has');
  if (one.amount !== Math.abs(Number(params['amount']))) say('it counts as another amount');
}

/** A consequence names the account, the trader and the program it is about, and no less than is at stake. */
function checkConsequence(one: Case, say: (sentence: string) => void, state: State): void {
  const { about, amount, params } = one;
  const { accountIds: named, amount: deducted } = paramsOf({ ...one, params });
  const accountIds = namesIn(named);
  const accounts = accountIds.map((accountId) => state.accounts.get(accountId));
  const single = (names: readonly (string | undefined)[]): string | null =>
    new Set(names).size === 1 ? (names[0] ?? null) : null;
  const wanted = {
    accountId: single(accountIds),
    traderId: single(accounts.map((account) => account?.traderId)),
    programId: single(accounts.map((account) => account?.programId)),
  };
  const { accountId, traderId, programId } = about;
  if (!isSame({ accountId, traderId, programId }, wanted)) {
    say('it names another account, trader or program than it concerns');
  }
  const survey = state.surveyed.find(String(paramsOf(one)['caseId']));
  const ofCase = survey ? state.surveyed.tradersOf(survey) : new Set<string>();
  if (accounts.some((account) => !account || !ofCase.has(account.traderId))) {
    say('it reaches an account of nobody whom its case is about');
  }
  const waiting = [...(state.openCases.get('payPayout') ?? [])].filter((payout) =>
    accountIds.includes(payout.about.accountId ?? ''),
  );
  const atStake = waiting.reduce((sum, payout) => sum + Math.max(0, payout.amount), 0);
  if (amount < Math.max(atStake, Number(deducted))) say('it counts as less than is at stake');
}

function takeRevision({ data, envelope }: FactOf<'proposalRevised'>, state: State): void {
  const { proposalId, version, maker, coolingUntil } = data;
  const one = state.cases.get(proposalId);
  if (!one)
    return report(state, 'proposal', `proposal ${proposalId}, which is changed, was never opened`);
  tell(
    state,
    proposalId,
    `becomes version ${version} (${moneyText(data.amount)}), by ${maker ?? 'nobody'}`,
  );
  if (one.closed)
    report(state, 'proposal', `it is changed after it was ${one.closed.outcome}`, proposalId);
  if (version !== one.version + 1) {
    report(state, 'proposal', `version ${version} follows version ${one.version}`, proposalId);
  }
  Object.assign(one, pick(data), { versionSeq: state.seq, approved: null });
  one.coolingUntil = coolingUntil ?? one.coolingUntil;
  if (maker !== null && !one.makers.includes(maker)) one.makers.push(maker);
  checkMaker(one, envelope, maker, state);
  checkVersion(one, state);
}

/** The bytes of a version: those that were named, and in them what the entry says. */
function checkVersion(one: Case, state: State): void {
  Object.assign(one, { bytes: null, shown: null, payout: null });
  one.clean = paramsOf(one)['clean'] === true;
  const text = contentOf(one.snapshot, one.proposalId, state);
  if (text === null) return;
  if (one.action === 'payPayout') return checkPayoutVersion(one, text, state);
  one.bytes = text;
  const { action, params, reason } = one;
  const shown = actionKinds.get(action).display(text, one);
  one.shown = shown.ok ? shown.value : null;
  const content = objectIn(text);
  const says = { action: content['action'], params: content['params'], reason: content['reason'] };
  if (!isSame(says, { action, params, reason }) || one.shown === null) {
    report(state, 'proposal', 'its bytes say something else than its entry', one.proposalId);
  }
}

/** Bytes by digest; null, and said, when there are none or others. */
function contentOf(digest: string, proposalId: string, state: State): string | null {
  const text = state.evidence.content(digest);
  if (text === null) {
    state.missing.push({ digest, seq: state.seq });
    tell(state, proposalId, `the bytes ${digest.slice(0, 16)}… are not kept any more`);
    return null;
  }
  if (digestOfText(text) === digest) return text;
  report(state, 'proposal', `the bytes kept as ${digest.slice(0, 16)}… are others`, proposalId);
  return null;
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function checkPayoutVersion(one: Case, text: string, state: State): void {
  const { proposalId } = one;
  const request = state.requests.get(proposalId);
  const read = readSnapshot(text, one.snapshot);
  if (!read.ok) return report(state, 'proposal', read.error, proposalId);
  if (!request) return report(state, 'proposal', 'nobody asked for it', proposalId);
  const snapshot = read.value;
  one.bytes = text;
  one.shown = displayPayout(snapshot);
  one.payout = snapshot;
  one.clean = isClean(snapshot);
  for (const what of differencesWithin(one, snapshot, request, state)) {
    report(state, 'proposal', `its bytes give another ${what} than the log`, proposalId);
  }
  const again = recompute(snapshot);
  if (!again.ok) report(state, 'amounts', again.error, proposalId);
  if (snapshot.against.length > 0) return;
  const silent = [
    ...snapshot.assessment.reasons,
    ...(snapshot.identity === 'passed' ? [] : [`the identity check is ${snapshot.identity}`]),
    ...(snapshot.amounts.trader > 0 ? [] : ['nothing is left to pay']),
  ];
  for (const sentence of silent) {
    report(state, 'amounts', `nothing is said to stand against it, though ${sentence}`, proposalId);
  }
}

function isClean({ against: reasons, window, deductions }: PayoutSnapshot): boolean {
  const flagged = window.verdicts.some(({ kind }) => kind !== 'warningRaised');
  return [reasons, window.openReviews, deductions].every(({ length }) => length === 0) && !flagged;
}

/** Whether a payout's bytes say what its entries, its request and the account's own facts say. */
function differencesWithin(
  one: Case,
  snapshot: PayoutSnapshot,
  request: PayoutRequest,
  state: State,
): string[] {
  const account = state.accounts.get(request.accountId);
  const { terms } = snapshot.state;
  const { window, history } = snapshot;
  const params = paramsOf(one);
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['payout', [snapshot.payoutId, params['payoutId']], [one.proposalId, one.proposalId]],
    ['version', snapshot.version, one.version],
    ['amount', snapshot.amounts.trader, one.amount],
    ['payee', snapshot.payee, request.payee],
    ['currency', [snapshot.currency, terms.currency], [request.currency, request.currency]],
    ['requested amount', snapshot.requested, request.requested],
    ['account', [terms.accountId, one.about.accountId], [request.accountId, request.accountId]],
    ['trader', [terms.traderId, one.about.traderId], [request.traderId, request.traderId]],
    ['owner', request.traderId, account?.traderId],
    [
      'program',
      [terms.program.programId, one.about.programId],
      [account?.programId, account?.programId],
    ],
    ['region', one.about.region, request.payee.region],
    ['cleanness', params['clean'], one.clean],
    ['identity', snapshot.identity, state.identities.get(request.traderId) ?? 'unknown'],
    ['history', history, account?.history],
    [
      'list of verdicts',
      window.verdicts.map(({ seq, kind }) => [seq, kind]),
      verdictsSince(account, window.fromAt),
    ],
    [
      'list of open matters',
      window.openReviews.length > 0,
      hasReviews(account, window.fromAt, state) ||
        state.surveyed.undecidedAbout(request.traderId) !== null,
    ],
    ['window', window.fromAt, history.lastPayoutAt ?? history.openedAt],
    [
      'cooling-off',
      one.version > 1 || one.coolingUntil,
      one.version > 1 || coolingFor(one, request, state),
    ],
    ...stateDifferences(snapshot.state, state.evidence.account?.(request.accountId) ?? null),
  ];
  return pairs.flatMap(([what, said, wanted]) => (isSame(said, wanted) ? [] : [what]));
}

/** What trades and rules make of the account, against what the bytes say of it. */
function stateDifferences(
  said: AccountState,
  now: AccountNow | null,
): (readonly [string, unknown, unknown])[] {
  if (now === null) return [];
  return [
    ['balance', said.balance, now.balance],
    ['status of the account', said.status, now.status],
    ['open positions', said.positions.length, now.positions.length],
    ['memory of its rules', [said.states, said.latches], [now.states, now.latches]],
    ['exceptions', said.exceptions, now.exceptions],
  ];
}

function verdictsSince(account: Account | undefined, fromAt: number): unknown {
  const since = (account?.verdicts ?? []).filter(({ at }) => at >= fromAt);
  return since.slice(-VERDICTS_SHOWN_MAX).map(({ seq, kind }) => [seq, kind]);
}

function hasReviews(
  account: Account | undefined,
  fromAt: number,
  { acknowledged }: State,
): boolean {
  return (account?.reviews ?? []).some(({ seq, at }) => at >= fromAt && !acknowledged.has(seq));
}

/** Who is paid elsewhere than the last time waits. */
function coolingFor(one: Case, { payee, traderId }: PayoutRequest, state: State): number | null {
  const before = (state.casesOf.get(`payPayout ${traderId}`) ?? []).findLast(
    (other) => other !== one && state.payments.has(other.proposalId),
  );
  const last = before && state.requests.get(before.proposalId)?.payee;
  if (!last || last.digest === payee.digest) return null;
  return one.openedAt + policyOf('payPayout', state).payeeCoolOffMs;
}

function takeApproval({ data }: FactOf<'proposalApproved'>, state: State): void {
  const { proposalId, version, by, required, executableFrom, at } = data;
  const one = state.cases.get(proposalId);
  if (!one) return report(state, 'approval', `proposal ${proposalId} was never opened`);
  tell(
    state,
    proposalId,
    `approved: ${by.join(', ') || 'nobody needed to'} (${required} required)`,
  );
  const say = (sentence: string): void => report(state, 'approval', sentence, proposalId);
  if (version !== one.version) say(`version ${version} is approved, version ${one.version} stands`);
  for (const sentence of [...agreementProblems(one, state), ...blocksAgainst(one, at, state)]) {
    say(`it was approved, though ${sentence}`);
  }
  const approvers = approversNow(one, state);
  if (!isSame([...by].sort(), [...approvers].sort()))
    say(`it names ${by.join(', ') || 'nobody'} as approvers`);
  if (required !== wantedFor(one, state).approvals)
    say(`it says that ${required} approvals were required`);
  if (executableFrom !== at + policyOf(one.action, state).coolOffMs)
    say('its cool-off is not the policy’s');
  if (one.coolingUntil !== null && at < one.coolingUntil) say('who is paid had just changed');
  one.approved = { version, executableFrom };
}

function takeClosing({ data, envelope }: FactOf<'proposalClosed'>, state: State): void {
  const { proposalId, outcome, at, version } = data;
  const one = state.cases.get(proposalId);
  if (!one) return report(state, 'closing', `proposal ${proposalId} was never opened`);
  tell(state, proposalId, `closed: ${outcome}${data.reason === '' ? '' : ` (${data.reason})`}`);
  const say = (sentence: string): void => report(state, 'closing', sentence, proposalId);
  if (one.closed) say(`it was ${one.closed.outcome} before (#${one.closed.seq})`);
  if (version !== one.version) say(`it closes version ${version} of ${one.version}`);
  const { actor } = envelope;
  if (outcome === 'executed' && one.deed?.cause !== causeOf(envelope)) {
    say('it is said to be carried out, and nothing was');
  } else if (outcome === 'rejected' && !isRefused(one)) {
    say('it is said to be rejected, and not enough persons rejected it');
  } else if (outcome === 'expired' && at < one.expiresAt) {
    say('it is said to have expired before its time');
  } else if (outcome === 'withdrawn' && actor.type === 'operator') {
    const own = one.action !== 'payPayout' && one.makers[0] === actor.id;
    if (!own) say(`${actor.id}, who did not ask for it, took it back`);
  }
  if (outcome !== 'executed' && one.deed) say('it was carried out all the same');
  state.deedsOpen.delete(one);
  state.openCases.get(one.action)?.delete(one);
  one.closed ??= { outcome, seq: state.seq, at };
}

// Deeds: what nothing but an approved proposal carries out.

/** The proposal that a deed carries out; a finding when there is none, or it should not have been. */
function carriedOut(
  { kind, envelope }: Fact,
  action: ActionType,
  state: State,
  matches: (params: Readonly<Record<string, unknown>>, one: Case) => boolean,
): Case | null {
  const cases = [...(state.openCases.get(action) ?? [])].filter(
    (one) => one.deed === null && matches(paramsOf(one), one),
  );
  const one = cases.find(({ approved, version }) => approved?.version === version) ?? cases[0];
  if (!one) {
    report(state, 'power', `${kind} follows from no proposal that was open`);
    return null;
  }
  // A policy, a role or a program may change by their own approval alone; times of accounts are the market's.
  for (const sentence of executionProblems(one, envelope.recordedAt, state)) {
    report(state, 'power', `${kind}, though ${sentence}`, one.proposalId);
  }
  begun(one, envelope, state);
  return one;
}

function begun(one: Case, envelope: Envelope, state: State): void {
  one.deed = { seq: state.seq, cause: causeOf(envelope) };
  state.deedsOpen.add(one);
}

/** Why a proposal must not be carried out at this entry. */
function executionProblems(one: Case, recordedAt: number, state: State): string[] {
  const problems: string[] = [];
  const { approved, version, deed } = one;
  if (deed) problems.push(`it was carried out before (#${deed.seq})`);
  if (approved?.version !== version) problems.push(`version ${version} was never approved`);
  else if (recordedAt < approved.executableFrom) problems.push('its cool-off had not ended');
  return [
    ...problems,
    ...agreementProblems(one, state),
    ...blocksAgainst(one, recordedAt - TRANSACTION_MS, state),
  ];
}

function takePublication(fact: FactOf<'programPublished'>, state: State): void {
  const { hash, effectiveFrom, ...rest } = fact.data;
  carriedOut(fact, 'publishProgram', state, ({ effectiveFrom: wanted, ...params }) => {
    return isSame(params, rest) && (wanted === null || wanted === effectiveFrom);
  });
  const compiled = compileProgram(rest.content, rest.version);
  if (!compiled.ok || compiled.value.hash !== hash) {
    report(
      state,
      'power',
      `${rest.programId} version ${rest.version} does not have the hash it names`,
    );
  }
  state.published.set(rest.programId, rest.version);
}

function takeDirective(fact: FactOf<'accountDirected'>, state: State): void {
  const { accountId, directive, operatorId } = fact.data;
  const { actor } = fact.envelope;
  if (directive.type === 'reinstate') {
    const { ruleId } = directive;
    carriedOut(
      fact,
      'overrideVerdict',
      state,
      (params) => params['accountId'] === accountId && params['ruleId'] === ruleId,
    );
    return;
  }
  if (state.orders.explains(fact)) return;
  const programId = state.accounts.get(accountId)?.programId;
  const about = programId === undefined ? {} : { programId };
  if (directive.type === 'restrict' || directive.type === 'close') {
    const { consequence } = state;
    const follows =
      consequence?.cause === causeOf(fact.envelope) &&
      consequence.outcome === directive.type &&
      consequence.accounts.delete(accountId);
    if (follows) return;
    if (actor.type === 'system') {
      report(state, 'case', `account ${accountId} is directed, and nobody had decided it`);
    }
  }
  if (actor.type !== 'operator') return;
  if (actor.id !== operatorId || !may(operatorId, 'directAccount', about, state)) {
    report(
      state,
      'power',
      `no role of ${operatorId} allowed to ${directive.type} account ${accountId}`,
    );
  }
}

function takeAdjustment(fact: FactOf<'adjustmentOrdered'>, state: State): void {
  const { accountId, amount, reference } = fact.data;
  carriedOut(
    fact,
    'adjustBalance',
    state,
    (params, one) =>
      one.proposalId === reference &&
      params['accountId'] === accountId &&
      params['amount'] === amount,
  );
}

// Payouts and payments.

function takeRequest({ data }: FactOf<'payoutRequested'>, state: State): void {
  const { payoutId, requestKey } = data;
  if (state.requests.has(payoutId)) report(state, 'payment', 'it was asked for before', payoutId);
  if (state.requestKeys.has(requestKey)) {
    report(state, 'payment', `its request ${requestKey} was made before`, payoutId);
  }
  state.requests.set(payoutId, data);
  state.requestKeys.add(requestKey);
  const wanted = data.requested === null ? 'as much as there is' : moneyText(data.requested);
  tell(
    state,
    payoutId,
    `trader ${data.traderId} asks for ${wanted} ${data.currency} of account ${data.accountId}`,
  );
}

function takePayment({ data, envelope }: FactOf<'paymentInstructed'>, state: State): void {
  const { payoutId } = data;
  const say = (sentence: string): void => report(state, 'payment', sentence, payoutId);
  tell(
    state,
    payoutId,
    `PAYMENT INSTRUCTED: ${moneyText(data.amount)} ${data.currency} to …${data.payee.last4}`,
  );
  const one = state.cases.get(payoutId);
  const before = state.payments.get(payoutId);
  if (!one || one.action !== 'payPayout') say('it is paid, and nobody ever asked for it');
  else {
    for (const sentence of executionProblems(one, envelope.recordedAt, state))
      say(`it is paid, though ${sentence}`);
    for (const sentence of paymentDifferences(one, data, state)) say(sentence);
    begun(one, envelope, state);
  }
  state.surveyed.paid(data.accountId);
  const paid: Paid = { payment: data, seq: state.seq, booked: false, matched: false };
  if (!before) state.payments.set(payoutId, paid);
  if (state.instructions.has(data.instructionId))
    say(`instruction ${data.instructionId} was given before`);
  state.instructions.set(data.instructionId, paid);
}

/** What is paid must be what was signed, what the bytes say, and what was asked for. */
function paymentDifferences(one: Case, data: PaymentData, state: State): string[] {
  const { payoutId, version, amount, gross, currency, payee, accountId } = data;
  const request = state.requests.get(payoutId);
  const wanted = `PD${digestOfText(`${payoutId}/${version}`).slice(0, 30).toUpperCase()}`;
  const pairs: (readonly [string, unknown, unknown])[] = [
    ['version is paid than stands', version, one.version],
    ['amount is paid than was proposed', amount, one.amount],
    ['payee is paid than was asked for', payee, request?.payee],
    ['account is charged than was asked for', accountId, request?.accountId],
    ['currency is paid than was asked for', currency, request?.currency],
    ['instruction id is used than this version has', data.instructionId, wanted],
  ];
  if (one.payout) {
    const { amounts, payee: shown } = one.payout;
    pairs.push([
      'amount is paid than the signed bytes say',
      [amount, gross],
      [amounts.trader, amounts.gross],
    ]);
    pairs.push(['payee is paid than the signed bytes say', payee, shown]);
  }
  for (const { decision, personId, counts } of one.words) {
    if (!counts || decision.type !== 'approve' || decision.subject.ver !== version) continue;
    const { money, payee: signed } = decision;
    pairs.push([`amount is paid than ${personId} signed`, amount, unitsOf(money)]);
    pairs.push([`currency is paid than ${personId} signed`, currency, money?.ccy]);
    pairs.push([
      `payee is paid than ${personId} signed`,
      [payee.digest, payee.last4],
      [signed?.digest, signed?.last4],
    ]);
  }
  return pairs.flatMap(([what, is, should]) => (isSame(is, should) ? [] : [`another ${what}`]));
}

function unitsOf(money: Decision['money']): number | null {
  return money === null ? null : Number(money.minor) * 10 ** (MONEY_DECIMALS - money.exp);
}

function takeReport({ data }: FactOf<'paymentReported'>, state: State): void {
  const { payoutId, instructionId, reportId } = data;
  tell(state, payoutId, `the rail says: ${data.state}`);
  if (state.instructions.get(instructionId)?.payment.payoutId !== payoutId) {
    report(
      state,
      'payment',
      `a payment ${instructionId} is reported that was never instructed`,
      payoutId,
    );
  }
  const name = `${payoutId} ${reportId}`;
  if (state.reports.has(name))
    report(state, 'payment', `report ${reportId} is there twice`, payoutId);
  state.reports.add(name);
}

function takeEntry({ data }: FactOf<'bankEntryBooked'>, state: State): void {
  if (state.entries.has(data.entryId))
    report(state, 'bank', `bank entry ${data.entryId} is there twice`);
  state.entries.set(data.entryId, { entry: data, seq: state.seq, settled: false });
}

function takeMatch({ data }: FactOf<'entryMatched'>, state: State): void {
  const { entryId, payoutId } = data;
  tell(state, payoutId, `matched with bank entry ${entryId}`);
  const known = state.entries.get(entryId);
  const paid = state.payments.get(payoutId);
  const say = (sentence: string): void => report(state, 'bank', sentence, payoutId);
  if (!known || !paid)
    return say(`bank entry ${entryId} is matched with what nobody ordered or booked`);
  const { entry } = known;
  const { payment } = paid;
  if (known.settled) say(`bank entry ${entryId} is matched twice`);
  if (paid.matched) say('it is matched with a second bank entry');
  const isIt =
    entry.direction === 'out' &&
    entry.endToEndId === payment.instructionId &&
    entry.amount === payment.amount &&
    entry.currency === payment.currency &&
    (entry.payeeLast4 === null || entry.payeeLast4 === payment.payee.last4);
  if (!isIt) say(`bank entry ${entryId}, with which it is matched, is of another payment`);
  known.settled = true;
  paid.matched = true;
}

function takeException({ data }: FactOf<'exceptionRaised'>, state: State): void {
  const known = state.entries.get(data.entryId ?? '');
  if (known) known.settled = true;
  if (data.payoutId !== null) tell(state, data.payoutId, `exception: ${data.sentence}`);
}

function takeLetter({ data }: FactOf<'letterIssued'>, state: State): void {
  tell(state, data.payoutId, `a letter is issued (${data.letter.slice(0, 16)}…)`);
  contentOf(data.letter, data.payoutId, state);
}

function takeQuestion({ data }: FactOf<'informationAsked'>, state: State): void {
  tell(state, data.payoutId, `${data.personId} asks: ${data.question}`);
}

// Cases: what surveillance saw, and what people made of it.

function reportCase(problems: readonly string[], state: State): void {
  for (const sentence of problems) report(state, 'case', sentence);
}

/** Surveillance raises signals and opens cases; people do everything else, each in their own name. */
function fromSurveillance({ kind, envelope }: Fact, state: State): void {
  if (envelope.actor.type !== 'system') report(state, 'case', `a person wrote a ${kind}`);
}

function fromPerson(
  { kind, envelope: { actor } }: Fact,
  { caseId, personId }: { readonly caseId: string; readonly personId: string },
  actions: readonly Action[],
  state: State,
): void {
  if (actor.type !== 'operator' || actor.id !== personId) {
    return report(state, 'case', `${kind} of case ${caseId} is not ${personId}’s own`);
  }
  const one = state.surveyed.find(caseId);
  const programs = one ? [...state.surveyed.programsOf(one)] : [];
  const isReached = (action: Action): boolean =>
    programs.every((programId) => may(personId, action, { programId }, state));
  if (!actions.some(isReached)) {
    report(state, 'case', `no role of ${personId} reached case ${caseId}`);
  }
}

function takeCaseDecision(fact: FactOf<'caseDecided'>, state: State): void {
  const { data, envelope } = fact;
  const { caseId, outcome, personId, proposalId } = data;
  const isSole = outcome === 'dismiss' || outcome === 'warn';
  if (proposalId === null) {
    if (!isSole) report(state, 'case', `case ${caseId}: ${outcome} follows from no proposal`);
    fromPerson(fact, data, ['workCases'], state);
  } else {
    const one = carriedOut(
      fact,
      'applyConsequence',
      state,
      (params, { proposalId: name }) => name === proposalId && saysSame(params, data),
    );
    if (isSole) report(state, 'case', `case ${caseId}: ${outcome} needs no proposal`);
    if (one && one.makers[0] !== personId) {
      report(state, 'case', `${personId} is named, who did not propose it`, proposalId);
    }
    const accounts = new Set(data.accountIds);
    state.consequence = { cause: causeOf(envelope), outcome, accounts };
  }
  reportCase(state.surveyed.decided(data), state);
}

/** Whether what was decided is what was agreed on. */
function saysSame(
  params: Readonly<Record<string, unknown>>,
  data: FactOf<'caseDecided'>['data'],
): boolean {
  const { caseId, outcome, code, accountIds, dealIds, amount, departure, letter } = data;
  return (
    isSame(
      [params['caseId'], params['consequence'], params['code'], params['departure']],
      [caseId, outcome, code, departure],
    ) &&
    isSame(
      [params['accountIds'], params['dealIds'], params['amount']],
      [accountIds, dealIds, amount],
    ) &&
    digestOfText(String(params['letter'])) === letter
  );
}

function takeReopening(fact: FactOf<'caseReopened'>, state: State): void {
  fromPerson(fact, fact.data, ['workCases'], state);
  reportCase(state.surveyed.reopened(fact.data), state);
}

function takeScoring(fact: FactOf<'scoringChanged'>, state: State): void {
  const { policy } = fact.data;
  carriedOut(fact, 'changeScoring', state, (params) => isSame(params['policy'], policy));
  if (policy.version !== state.scoring + 1) {
    report(state, 'power', `scoring version ${policy.version} follows version ${state.scoring}`);
  }
  state.scoring = policy.version;
}

// Accounts, as far as payouts rest on them.

function takeAccount({ data, envelope }: FactOf<'accountOpened'>, state: State): void {
  const history = {
    payouts: 0,
    paidToTrader: 0,
    openedAt: envelope.occurredAt,
    firstTradeAt: null,
    lastPayoutAt: null,
  };
  state.accounts.set(data.accountId, {
    traderId: data.traderId,
    programId: data.program.programId,
    status: 'active',
    history,
    block: null,
    verdicts: [],
    reviews: [],
  });
}

function takeDeal({ data }: FactOf<'dealBooked'>, state: State): void {
  const account = state.accounts.get(data.accountId);
  if (account && account.history.firstTradeAt === null) {
    account.history = { ...account.history, firstTradeAt: data.at };
  }
}

/** What leaves a trading account as a payout is what was instructed, once. */
function takeOperation({ data }: FactOf<'balanceOperationBooked'>, state: State): void {
  if (data.type !== 'payout') return;
  const { accountId, amount, traderShare = -amount, at, operationId } = data;
  const account = state.accounts.get(accountId);
  if (account) {
    const { history } = account;
    account.history = {
      ...history,
      payouts: history.payouts + 1,
      paidToTrader: history.paidToTrader + traderShare,
      lastPayoutAt: at,
    };
  }
  const paid = state.instructions.get(operationId);
  if (!paid) return;
  const { payment } = paid;
  const isIt =
    accountId === payment.accountId && amount === -payment.gross && traderShare === payment.amount;
  if (!isIt)
    report(
      state,
      'payment',
      'another amount left the account than was instructed',
      payment.payoutId,
    );
  if (paid.booked) report(state, 'payment', 'it left the account twice', payment.payoutId);
  paid.booked = true;
  tell(state, payment.payoutId, `${moneyText(-amount)} left account ${accountId}`);
}

function takeVerdict(
  fact: FactOf<'warningRaised' | 'breachDetected' | 'conductFlagged'>,
  state: State,
): void {
  const { kind, data, envelope } = fact;
  const account = state.accounts.get(data.accountId);
  if (!account) return;
  account.verdicts.push({ seq: state.seq, kind, at: envelope.occurredAt });
  if (kind !== 'breachDetected') return;
  account.block = {
    seq: state.seq,
    sentence: `"${data.ruleId}" was breached after it was assessed (#${state.seq})`,
  };
}

function takeStatus({ data }: FactOf<'accountStatusChanged'>, state: State): void {
  const account = state.accounts.get(data.accountId);
  if (!account) return;
  account.status = data.to;
  if (!['failed', 'restricted', 'closed'].includes(data.to)) return;
  account.block = {
    seq: state.seq,
    sentence: `the account became ${data.to} after it was assessed (#${state.seq})`,
  };
}

function takeReview({ data, envelope }: FactOf<'reviewRequested'>, state: State): void {
  const { sentence } = data;
  state.accounts
    .get(data.accountId)
    ?.reviews.push({ seq: state.seq, at: envelope.occurredAt, sentence });
}

const HANDLERS: Handlers = {
  personAdded: takePerson,
  personDeactivated: takeDeactivation,
  roleGranted: takeRole,
  roleRevoked: takeRoleAway,
  keyEnrolled: takeEnrolment,
  keyGranted: takeGrant,
  keyRevoked: takeRevocation,
  keyFrozen: takeFreeze,
  policyChanged: takePolicy,
  exposureLimitsChanged: takeExposureLimits,
  exposureLimitCrossed: takeCrossing,
  signalRaised: (fact, state) => {
    fromSurveillance(fact, state);
    reportCase(state.surveyed.raised(fact.data), state);
  },
  scoringChanged: takeScoring,
  caseOpened: (fact, state) => {
    fromSurveillance(fact, state);
    reportCase(state.surveyed.opened(fact.data), state);
  },
  caseSignalAdded: (fact, state) => {
    fromSurveillance(fact, state);
    reportCase(state.surveyed.joined(fact.data), state);
  },
  caseWorked: (fact, state) => fromPerson(fact, fact.data, ['workCases', 'assignCases'], state),
  caseMerged: (fact, state) => {
    fromPerson(fact, fact.data, ['workCases'], state);
    reportCase(state.surveyed.merged(fact.data), state);
  },
  caseSplit: (fact, state) => {
    fromPerson(fact, fact.data, ['workCases'], state);
    reportCase(state.surveyed.split(fact.data), state);
  },
  caseDecided: takeCaseDecision,
  caseReopened: takeReopening,
  caseReviewed: (fact, state) => fromPerson(fact, fact.data, ['reviewCases'], state),
  proposalOpened: takeOpening,
  proposalRevised: takeRevision,
  decisionReceived: takeDecision,
  proposalApproved: takeApproval,
  proposalClosed: takeClosing,
  programPublished: takePublication,
  accountDirected: takeDirective,
  adjustmentOrdered: takeAdjustment,
  payoutRequested: takeRequest,
  traderChecked: ({ data }, { identities }) => {
    if (data.check === 'identity') identities.set(data.traderId, data.result);
  },
  informationAsked: takeQuestion,
  paymentInstructed: takePayment,
  paymentReported: takeReport,
  bankEntryBooked: takeEntry,
  entryMatched: takeMatch,
  exceptionRaised: takeException,
  letterIssued: takeLetter,
  accountOpened: takeAccount,
  dealBooked: takeDeal,
  balanceOperationBooked: takeOperation,
  warningRaised: takeVerdict,
  breachDetected: takeVerdict,
  conductFlagged: takeVerdict,
  accountStatusChanged: takeStatus,
  reviewRequested: takeReview,
  alertAcknowledged: ({ data }, { acknowledged }) => void acknowledged.add(data.alertSeq),
};
