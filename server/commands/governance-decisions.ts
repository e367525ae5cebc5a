import { ENROLMENT_PAYLOAD, enrolmentSchema } from '#core/approvals/decision.ts';
import { payable } from '#core/governance/advance.ts';
import { authoriseExecution } from '#core/governance/authorise.ts';
import type { FormContent } from '#core/governance/actions/action-kind.ts';
import { openPayout, reportPayment, revisePayout } from '#core/governance/payouts.ts';
import type { PayoutCase } from '#core/governance/payout-case.ts';
import { propose, withdraw, type Decided } from '#core/governance/propose.ts';
import { receiveDecision } from '#core/governance/receive-decision.ts';
import { reconcile } from '#core/governance/reconcile.ts';
import type { GovernedWorld } from '#core/governance/world.ts';
import type { FactDraft } from '#core/facts/registry.ts';
import { bytesOfBase64 } from '#core/kernel/base64.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { EVERYWHERE } from '#core/people/roles.ts';
import { readSnapshot, writeSnapshot } from '#core/payouts/snapshot.ts';
import { openEnvelope, pae } from '#core/signing/dsse.ts';
import { fingerprintOf, fingerprintText, publicKeyProblem } from '#core/signing/public-key.ts';
import { readStrictJson } from '#core/signing/strict-json.ts';
import type { Intent } from '#core/sync/protocol.ts';
import type { Rejection } from './decide.ts';
import type { ServerCommand, ServerIntent } from './server-command.ts';

/** An enrolment must rest on a checkpoint no older than this. */
const ENROLMENT_AGE_MAX_MS = 10 * 60_000;

/** What governing rests on beside the facts: see GovernedWorld. */
export interface GovernedState {
  readonly world: GovernedWorld;
  /** 32 random bytes in hexadecimal digits, another time others. */
  salt(): string;
  /** What a payout of an account is assessed from; null when there is no such account. */
  payoutSource(
    accountId: string,
  ): Omit<PayoutCase, 'request' | 'version' | 'deductions' | 'payeeName' | 'salt'> | null;
}

type Answer = Result<Decided, Rejection>;
const invalid = (message: string): Answer => err({ code: 'invalid', message });
const just = (...drafts: readonly FactDraft[]): Answer => ok({ drafts, contents: [] });

/** People, proposals and payouts: every wish that concerns them, one function each below. */
export function decideGovernance(
  command: ServerCommand & { readonly intent: GovernanceIntent },
  state: GovernedState,
): Answer {
  const { intent, actor, commandId } = command;
  const { world, salt } = state;
  const { at } = world;
  switch (intent.type) {
    case 'enrolKey':
      return enrolKey(intent.envelope, actor.id, commandId, state);
    case 'decide': {
      const received = receiveDecision(intent.envelope, world);
      return received.ok ? just(...received.value) : received;
    }
    case 'propose': {
      const { action, params, reason } = intent;
      const proposalId = `p-${commandId}`.slice(0, 80);
      return propose({ proposalId, action, params, reason, maker: actor.id, salt: salt() }, world);
    }
    case 'withdraw':
      return withdraw(intent.proposalId, { personId: actor.id, reason: intent.reason }, world);
    case 'withdrawPayout':
      return withdraw(intent.payoutId, { personId: null, reason: intent.reason }, world);
    case 'openPayout':
      return open(intent, state);
    case 'revisePayout':
      return revise(intent, actor.id, state);
    case 'askInformation': {
      const { payoutId, question } = intent;
      if (!world.governance.payout(payoutId)) return invalid(`there is no payout ${payoutId}`);
      return just({
        kind: 'informationAsked',
        data: { payoutId, personId: actor.id, question, at },
      });
    }
    case 'recordCheck': {
      const { traderId, check, result } = intent;
      return just({ kind: 'traderChecked', data: { traderId, check, result, at } });
    }
    case 'runPayments':
      return runPayments(world);
    case 'reportPayment':
      return reportPayment({ ...intent.report, at }, world);
    case 'settlePayment':
      return settlePayment(intent, actor.id, commandId, world);
    case 'bookEntries':
      return just(
        ...reconcile(
          intent.entries.map((entry) => ({ ...entry, at })),
          world.governance,
        ),
      );
    case 'settleException': {
      const { exceptionId, reason } = intent;
      const known = [...world.governance.exceptions()].find(
        (one) => one.exceptionId === exceptionId,
      );
      if (!known) return invalid(`there is no exception ${exceptionId}`);
      if (known.settled) return invalid(`${known.settled.personId} settled it already`);
      return just({
        kind: 'exceptionSettled',
        data: { exceptionId, personId: actor.id, reason, at },
      });
    }
    case 'issueLetter': {
      const { payoutId, letter, text } = intent;
      const drafts: FactDraft[] = [{ kind: 'letterIssued', data: { payoutId, letter, at } }];
      return ok({ drafts, contents: [{ digest: letter, text }] });
    }
    case 'addPerson':
      return just({ kind: 'personAdded', data: { personId: intent.personId, at } });
    case 'signedIn':
      return just({
        kind: 'personSignedIn',
        data: { personId: intent.personId, deskId: intent.deskId, at },
      });
    case 'signedOut': {
      const { personId, deskId, everywhere } = intent;
      return just({ kind: 'personSignedOut', data: { personId, deskId, everywhere, at } });
    }
    case 'found':
      return found(intent, world);
  }
}

/** What is decided here. */
export const GOVERNANCE_INTENTS = [
  'enrolKey',
  'decide',
  'propose',
  'withdraw',
  'withdrawPayout',
  'openPayout',
  'revisePayout',
  'askInformation',
  'recordCheck',
  'runPayments',
  'reportPayment',
  'settlePayment',
  'bookEntries',
  'settleException',
  'issueLetter',
  'addPerson',
  'signedIn',
  'signedOut',
  'found',
] as const;
export type GovernanceIntent = Extract<
  Intent | ServerIntent,
  { readonly type: (typeof GOVERNANCE_INTENTS)[number] }
>;
type Wish<Type extends GovernanceIntent['type']> = Extract<GovernanceIntent, { type: Type }>;

/** The first people and policies: only into a firm that has none. */
function found(
  { people, policies, exposure }: Wish<'found'>,
  { governance, at }: GovernedWorld,
): Answer {
  if (governance.people.persons.size > 0) return invalid('the firm has people already');
  return just(
    ...people.flatMap(({ personId, roles }): FactDraft[] => [
      { kind: 'personAdded', data: { personId, at } },
      ...roles.map((role) => ({
        kind: 'roleGranted' as const,
        data: { personId, role, scope: EVERYWHERE, at },
      })),
    ]),
    ...policies.map((policy) => ({ kind: 'policyChanged' as const, data: { policy, at } })),
    ...(exposure
      ? [{ kind: 'exposureLimitsChanged' as const, data: { limits: exposure, at } }]
      : []),
  );
}

/**
 * A device's key: shown by signing a statement with it, over a checkpoint of this log that is no
 * older than minutes. It counts for nothing until two admins have compared its fingerprint.
 */
function enrolKey(
  input: unknown,
  personId: string,
  commandId: string,
  { world, salt }: GovernedState,
): Answer {
  const envelope = openEnvelope(input);
  if (!envelope.ok) return invalid(envelope.error);
  const { payloadType, payload, signature } = envelope.value;
  if (payloadType !== ENROLMENT_PAYLOAD) return invalid(`"${payloadType}" is no enrolment`);
  const read = readStrictJson(payload);
  if (!read.ok) return invalid(read.error);
  const parsed = enrolmentSchema.safeParse(read.value);
  if (!parsed.success) return invalid('the enrolment is malformed');
  const { person, device, publicKey: written, challenge, aud } = parsed.data;
  const publicKey = bytesOfBase64(written);
  if (!publicKey.ok) return invalid('the public key is no base64');
  const problem = publicKeyProblem(publicKey.value);
  if (problem !== null) return invalid(`this key proves nothing: ${problem}`);
  if (!world.verify(publicKey.value, pae(payloadType, payload), signature)) {
    return invalid('the statement is not signed with the key that it names');
  }
  if (person !== personId) return err({ code: 'forbidden', message: 'it enrols another person' });
  if (canonicalText(aud) !== canonicalText(world.audience))
    return invalid('it was made for another firm or log');
  const stale = challengeProblem(challenge, world);
  if (stale !== null) return invalid(stale);
  const keyId = fingerprintOf(publicKey.value);
  if (world.governance.people.key(keyId)) return invalid('this key is enrolled already');
  const { at } = world;
  const enrolled: FactDraft = {
    kind: 'keyEnrolled',
    data: {
      keyId,
      personId,
      deviceId: device,
      publicKey: written,
      envelope: canonicalText(input),
      at,
    },
  };
  const fingerprint = fingerprintText(publicKey.value);
  const params = { keyId, personId, deviceId: device, fingerprint };
  return ok(keyProposal(enrolled, params, `p-${commandId}`.slice(0, 80), world, salt()));
}

/** The proposal to grant a key opens with its enrolment: nobody has to think of it. */
function keyProposal(
  enrolled: FactDraft,
  params: Readonly<Record<string, string>> & { personId: string },
  proposalId: string,
  { governance, at }: GovernedWorld,
  salt: string,
): Decided {
  const reason = 'enrolled on its device';
  const content: FormContent = { action: 'grantKey', params, reason, salt };
  const { text, digest } = writeSnapshot(content);
  const policy = governance.policy('grantKey');
  const { personId } = params;
  const data = {
    proposalId,
    action: 'grantKey' as const,
    about: { accountId: null, traderId: null, programId: null, region: null, personId },
    version: 1,
    params,
    snapshot: digest,
    amount: 0,
    makers: [personId],
    reason,
    at,
    expiresAt: at + policy.expiresAfterMs,
    decideBy: at + policy.decideWithinMs,
    coolingUntil: null,
  };
  return { drafts: [enrolled, { kind: 'proposalOpened', data }], contents: [{ digest, text }] };
}

/** "size:root" of a checkpoint: nobody can have signed it before that entry existed. */
function challengeProblem(challenge: string, world: GovernedWorld): string | null {
  const [size = '', root] = challenge.split(':');
  if (world.rootAt(Number(size)) !== root) return 'it rests on another log than this one';
  const seenAt = world.recordedAt(Number(size));
  const fresh = seenAt !== null && world.at - seenAt <= ENROLMENT_AGE_MAX_MS;
  return fresh ? null : 'it is too old: enrol again';
}

function open(
  { request, payeeName }: Wish<'openPayout'>,
  { world, salt, payoutSource }: GovernedState,
): Answer {
  const known = world.governance.payoutByRequest(request.requestKey);
  if (known !== undefined) return just();
  const source = payoutSource(request.accountId);
  if (!source)
    return err({ code: 'notFound', message: `there is no account ${request.accountId}` });
  const { traderId, currency } = source.state.terms;
  const full = { ...request, traderId, currency, at: world.at };
  return openPayout(full, { ...source, payeeName, salt: salt() }, world);
}

function revise(
  { payoutId, deductions, reason }: Wish<'revisePayout'>,
  personId: string,
  { world, salt, payoutSource }: GovernedState,
): Answer {
  const payout = world.governance.payout(payoutId);
  const source = payout && payoutSource(payout.request.accountId);
  if (!source) return err({ code: 'notFound', message: `there is no payout ${payoutId}` });
  const by = {
    personId,
    reason,
    deductions: deductions?.map((deduction) => ({ ...deduction, by: personId })) ?? null,
  };
  const payeeName = payeeNameOf(payoutId, world);
  return revisePayout(payoutId, by, { ...source, payeeName, salt: salt() }, world);
}

/** As the bytes of the version before say it. */
function payeeNameOf(payoutId: string, { governance, content }: GovernedWorld): string {
  const digest = governance.proposal(payoutId)?.snapshot ?? '';
  const text = content(digest);
  const snapshot = text === null ? null : readSnapshot(text, digest);
  return snapshot?.ok ? snapshot.value.payeeName : '';
}

/** One run over all that may be paid; each is authorised for itself, and one that is not stays. */
function runPayments(world: GovernedWorld): Answer {
  const drafts: FactDraft[] = [];
  for (const { proposalId } of payable(world)) {
    const authorised = authoriseExecution(proposalId, world);
    if (authorised.ok) drafts.push(...authorised.value);
  }
  return just(...drafts);
}

function settlePayment(
  { payoutId, state, reason }: Wish<'settlePayment'>,
  personId: string,
  commandId: string,
  world: GovernedWorld,
): Answer {
  const payout = world.governance.payout(payoutId);
  if (!payout?.payment) return invalid(`payout ${payoutId} was never instructed`);
  if (world.governance.paymentState(payoutId) !== 'unknown') {
    return invalid('only a payment that nobody knows of is settled by hand');
  }
  const { instructionId } = payout.payment;
  const report = {
    payoutId,
    instructionId,
    state,
    reportId: `person-${commandId}`.slice(0, 120),
    providerReference: '',
    message: `${personId}: ${reason}`.slice(0, 400),
    at: world.at,
  };
  return reportPayment(report, world);
}
