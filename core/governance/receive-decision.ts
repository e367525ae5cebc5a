import { z } from 'zod';
import { PERMITS } from '#core/approvals/action-types.ts';
import {
  DECISION_PAYLOAD,
  decisionSchema,
  type Decision,
  type DecisionVerdict,
  type NotCounted,
} from '#core/approvals/decision.ts';
import { approversOf, countedOn, standsAgainst, type Proposal } from '#core/approvals/proposal.ts';
import type { FactDraft } from '#core/facts/registry.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { DeviceKey } from '#core/people/people.ts';
import type { Action } from '#core/people/roles.ts';
import { openEnvelope, pae } from '#core/signing/dsse.ts';
import { readStrictJson } from '#core/signing/strict-json.ts';
import { actionKinds } from './actions/index.ts';
import { asItStands, blockAgainst } from './authorise.ts';
import type { Drafts, GovernedWorld, Refusal } from './world.ts';

const DAY_MS = 86_400_000;

/**
 * Takes in a signed decision: the rules in order, closed at the first that fails. What is not well
 * signed by an enrolled key leaves no trace in the log. What is, is kept for ever with the reason
 * why it counts or does not; and when it makes enough agree, that follows in the same transaction.
 */
export function receiveDecision(input: unknown, world: GovernedWorld): Drafts {
  const signed = readSigned(input, world);
  if (!signed.ok) return signed;
  const { decision, key, digest } = signed.value;
  const { governance, at } = world;
  // What was signed for another log stands in another chain: here it would take the place of this
  // device's own next decision, and freeze its key.
  const foreign = audience({ decision, world });
  if (foreign) return err({ code: 'forbidden', message: foreign[1] });
  const known = governance.decision(decision.id);
  if (known) {
    // The same bytes get the same answer; other bytes under the same name are somebody's mischief.
    return known.data.chain.digest === digest
      ? ok([])
      : err({ code: 'conflict', message: 'another decision has this id' });
  }
  const place = chainProblem(decision, key, world);
  if (place) return place;
  const proposal = governance.proposal(decision.subject.id);
  if (!proposal)
    return err({ code: 'notFound', message: `there is no proposal ${decision.subject.id}` });
  const verdict = verdictOn(decision, key, proposal, world);
  const received: FactDraft = {
    kind: 'decisionReceived',
    data: {
      decisionId: decision.id,
      proposalId: proposal.proposalId,
      version: decision.subject.ver,
      decision: decision.type,
      personId: key.personId,
      keyId: key.keyId,
      grounds: decision.grounds,
      reason: decision.reason,
      chain: { seq: decision.chain.seq, digest },
      envelope: canonicalText(input),
      verdict,
      at,
    },
  };
  return ok([received]);
}

interface Signed {
  readonly decision: Decision;
  readonly key: DeviceKey;
  /** Of the signed payload. */
  readonly digest: string;
}

/** Envelope, key, signature, canonical bytes, schema: in this order, before anything is believed. */
function readSigned(
  input: unknown,
  { governance, verify }: GovernedWorld,
): Result<Signed, Refusal> {
  const invalid = (message: string): Result<Signed, Refusal> => err({ code: 'invalid', message });
  const envelope = openEnvelope(input);
  if (!envelope.ok) return invalid(envelope.error);
  const { payloadType, payload, keyId, signature } = envelope.value;
  if (payloadType !== DECISION_PAYLOAD) return invalid(`"${payloadType}" is no decision`);
  // The key id only finds the record: whose key it is stands in the log.
  const key = governance.people.key(keyId);
  if (!key) return err({ code: 'forbidden', message: 'this key is not enrolled' });
  if (!verify(key.publicKey, pae(payloadType, payload), signature)) {
    return err({ code: 'forbidden', message: 'the signature is not of this key' });
  }
  const read = readStrictJson(payload);
  if (!read.ok) return invalid(read.error);
  const parsed = decisionSchema.safeParse(read.value);
  if (!parsed.success) return invalid(z.prettifyError(parsed.error));
  return ok({ decision: parsed.data, key, digest: digestOfText(canonicalText(read.value)) });
}

/** A gap in a device's chain is asked for; a fork freezes its key, because the device was cloned. */
function chainProblem({ chain }: Decision, key: DeviceKey, { at }: GovernedWorld): Drafts | null {
  if (key.frozen)
    return err({ code: 'forbidden', message: 'this key is frozen: its device was cloned' });
  const last = key.chain;
  const wanted = (last?.seq ?? 0) + 1;
  if (chain.seq > wanted) {
    return err({
      code: 'needSequence',
      message: `decision ${wanted} of this device has not arrived`,
    });
  }
  if (chain.seq === wanted && chain.prev === (last?.digest ?? null)) return null;
  const reason = `two decisions claim place ${chain.seq} of this device`;
  return ok([{ kind: 'keyFrozen', data: { keyId: key.keyId, reason, at } }]);
}

/** Whether a decision counts, in the order of the rules; the first that fails is named. */
function verdictOn(
  decision: Decision,
  key: DeviceKey,
  proposal: Proposal,
  world: GovernedWorld,
): DecisionVerdict {
  const checks = [
    base,
    keyHolds,
    roleHolds,
    maker,
    subject,
    shown,
    cooling,
    blocked,
    limits,
    grounds,
  ];
  for (const check of checks) {
    const problem = check({ decision, key, proposal, world });
    if (problem) return { type: 'notCounted', code: problem[0], message: problem[1] };
  }
  return { type: 'counted' };
}

interface Judged {
  readonly decision: Decision;
  readonly key: DeviceKey;
  readonly proposal: Proposal;
  readonly world: GovernedWorld;
}
type Problem = readonly [NotCounted, string] | null;

function audience({ decision, world }: Pick<Judged, 'decision' | 'world'>): Problem {
  const { org, env, log } = decision.aud;
  const own = world.audience;
  if (org === own.org && env === own.env && log === own.log) return null;
  return ['otherAudience', `it was signed for ${org}, ${env}, ${log}`];
}

/** What the signer had seen must be this log, and not too old by this log's own clock. */
function base({ decision, proposal, world }: Judged): Problem {
  const { size, root } = decision.base;
  if (world.rootAt(size) !== root)
    return ['otherAudience', 'the signer had seen another log than this one'];
  const seenAt = world.recordedAt(size);
  const { receiptAgeMaxMs } = world.governance.policy(proposal.action);
  if (seenAt !== null && world.at - seenAt <= receiptAgeMaxMs) return null;
  return ['expired', 'what the signer had seen is too old: look at it again, and sign again'];
}

function keyHolds({ decision, key }: Judged): Problem {
  if (key.revokedSeq !== null) return ['revoked', 'this key was revoked'];
  const { actor, base: seen } = decision;
  if (actor.key !== key.keyId || actor.person !== key.personId || actor.device !== key.deviceId) {
    return ['notPermitted', 'it names another person or device than its key is of'];
  }
  if (key.grantedSeq !== null && key.grantedSeq <= seen.size) return null;
  return ['revoked', 'this key was not granted when it signed'];
}

/** The role must have held when it was signed, and must hold now. */
function roleHolds({ decision, proposal, world }: Judged): Problem {
  const { people } = world.governance;
  const { person } = decision.actor;
  const about = { ...proposal.about, amount: proposal.amount };
  const may = actionsFor(decision, proposal).filter((one) => people.may(person, one, about));
  if (may.length === 0) {
    const orAmount = proposal.amount > 0 ? ', or not this amount' : '';
    return ['notPermitted', `no role of this person may decide it${orAmount}`];
  }
  return may.some((one) => people.mightAt(person, decision.base.size, one, about))
    ? null
    : ['notPermitted', 'the role was granted after this was signed'];
}

/** What a decision asks of its person, one of them. Taking one's own word back approves nothing. */
function actionsFor(decision: Decision, proposal: Proposal): readonly Action[] {
  const { approve } = PERMITS[proposal.action];
  const hold = proposal.action === 'payPayout' ? 'holdPayout' : approve;
  if (decision.type === 'hold') return [hold];
  return takesBack(decision, proposal) ? [hold, approve] : [approve];
}

function takesBack({ type, actor }: Decision, proposal: Proposal): boolean {
  return type === 'release' && standsAgainst(proposal, actor.person);
}

/** Persons count, not logins, keys or devices: one cannot approve what one has touched. */
function maker({ decision, proposal }: Judged): Problem {
  if (decision.type !== 'approve' && decision.type !== 'release') return null;
  if (takesBack(decision, proposal)) return null;
  return proposal.makers.includes(decision.actor.person)
    ? ['maker', 'who made or changed it cannot approve it']
    : null;
}

function subject({ decision, proposal, world }: Judged): Problem {
  const { ver, action } = decision.subject;
  if (proposal.closed)
    return ['moot', `it was ${proposal.closed.outcome} before: ${proposal.closed.reason}`];
  if (action !== proposal.action) return ['stale', 'it is another kind of action'];
  if (ver !== proposal.version || decision.snapshot !== proposal.snapshot) {
    return ['stale', `it changed: version ${ver} was signed, version ${proposal.version} stands`];
  }
  if (decision.type !== 'approve') return null;
  // An approval that was taken back, or whose key was lost since, may be given again.
  const approvers = approversOf(countedOn(asItStands(proposal, world.governance)));
  return approvers.includes(decision.actor.person)
    ? ['duplicatePerson', 'this person has approved it already']
    : null;
}

/** The server renders the same bytes again: the text must be the one that was signed. */
function shown({ decision, proposal, world }: Judged): Problem {
  const bytes = world.content(proposal.snapshot);
  if (bytes === null) return ['displayDiffers', 'the bytes that were shown are not kept here'];
  const shownAs = actionKinds.get(proposal.action).display(bytes, proposal);
  if (!shownAs.ok || digestOfText(shownAs.value.text) !== decision.display) {
    return ['displayDiffers', 'the text that was signed is not what these bytes say'];
  }
  const { money, payee } = shownAs.value;
  const same =
    canonicalText({ money, payee }) ===
    canonicalText({ money: decision.money, payee: decision.payee });
  return same
    ? null
    : ['amountDiffers', 'the amount or the payee is not the one that was proposed'];
}

function cooling({ decision, proposal, world }: Judged): Problem {
  if (decision.type !== 'approve') return null;
  const { coolingUntil } = proposal;
  return coolingUntil !== null && world.at < coolingUntil
    ? ['coolingOff', 'who is paid has just changed: nobody approves before the cooling-off ends']
    : null;
}

/** Holding and rejecting are always possible; approving is not, while something stands against it. */
function blocked({ decision, proposal, world }: Judged): Problem {
  if (decision.type !== 'approve') return null;
  const against = blockAgainst(proposal, world);
  return against === null ? null : ['blocked', against];
}

function limits({ decision, proposal, world }: Judged): Problem {
  if (decision.type !== 'approve') return null;
  const { approverPerDay } = world.governance.policy(proposal.action);
  if (approverPerDay === null) return null;
  const { person } = decision.actor;
  const before = world.governance.approvedBy(person, proposal.action, world.at - DAY_MS);
  return before + proposal.amount > approverPerDay
    ? ['limit', 'with it this person would approve more in 24 hours than the limit allows']
    : null;
}

/** No denial without what it rests on: a clause with facts that exist, or discretion with a day of review. */
function grounds({ decision, proposal, world }: Judged): Problem {
  if (decision.type !== 'reject') return null;
  if (decision.reason.trim() === '') return ['grounds', 'a rejection needs a reason'];
  if (proposal.action !== 'payPayout') return null;
  if (decision.grounds === null)
    return ['grounds', 'a denial needs a clause with its evidence, or names itself discretion'];
  if (decision.grounds.type === 'discretion') return null;
  const missing = decision.grounds.facts.find((seq) => world.recordedAt(seq) === null);
  return missing === undefined ? null : ['grounds', `there is no fact ${missing}`];
}
