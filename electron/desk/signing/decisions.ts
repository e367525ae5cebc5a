import { readCheckpoint } from '#core/audit/checkpoint.ts';
import {
  DECISION_PAYLOAD,
  type Audience,
  type Decision,
  type DecisionType,
  type Grounds,
} from '#core/approvals/decision.ts';
import type { Proposal } from '#core/approvals/proposal.ts';
import { actionKinds } from '#core/governance/actions/index.ts';
import type { Display } from '#core/governance/actions/action-kind.ts';
import type { Governance } from '#core/governance/governance.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { recompute } from '#core/payouts/recompute.ts';
import { readSnapshot } from '#core/payouts/snapshot.ts';
import { pae, sealEnvelope } from '#core/signing/dsse.ts';
import { fingerprintOf } from '#core/signing/public-key.ts';
import type { Command } from '#core/sync/protocol.ts';
import type { DeskStore } from '../store/store.ts';
import type { Twin } from './twin.ts';
import type { SigningKey, Vault } from './vault.ts';

/** What is shown stays on screen so long before it can be signed. */
export const DWELL_MS_MIN = 1_500;
/** What was prepared longer ago than this must be prepared again. */
const PREPARED_MS_MAX = 10 * 60_000;

/** What a renderer may name: never an amount, a payee or a text. */
export interface DecisionWish {
  readonly proposalId: string;
  readonly version: number;
  readonly decision: DecisionType;
  readonly reason: string;
  readonly grounds: Grounds | null;
}

/** What a person looks at before signing, made here from the bytes that will be signed. */
export interface PreparedDecision extends DecisionWish {
  readonly preparedAt: number;
  readonly personId: string;
  readonly snapshot: string;
  readonly display: Display;
}

export interface DecisionPorts {
  readonly store: DeskStore;
  readonly twin: Twin;
  readonly governance: () => Governance;
  readonly deskId: string;
  readonly presence: Vault['presence'];
  now(): number;
  random(bytes: number): Uint8Array;
  log(text: string): void;
}

/** Signing on a desk: what is seen is what is signed, and what is signed is kept before it is said. */
export interface Decisions {
  /** Renders the bytes again, and assesses the payout again: nothing that differs can be signed. */
  prepare(wish: DecisionWish, personId: string): Result<PreparedDecision, string>;
  /** Signs exactly what was prepared. Durable, with its twin, when it returns. */
  sign(
    prepared: PreparedDecision,
    key: SigningKey,
    at: { readonly audience: Audience; readonly logId: string },
  ): Result<Command, string>;
}

export function createDecisions(ports: DecisionPorts): Decisions {
  const { store, twin, now } = ports;
  return {
    prepare: (wish, personId) => {
      const proposal = ports.governance().proposal(wish.proposalId);
      if (!proposal) return err(`this desk knows no proposal ${wish.proposalId}`);
      if (proposal.version !== wish.version) {
        return err(`it changed: version ${proposal.version} stands now. Look at it again`);
      }
      if (proposal.closed)
        return err(`it was ${proposal.closed.outcome}: ${proposal.closed.reason}`);
      const bytes = store.content(proposal.snapshot);
      if (bytes === null || digestOfText(bytes) !== proposal.snapshot) {
        return err(
          'this desk does not hold the bytes that would be signed: open the proposal once while connected',
        );
      }
      const display = actionKinds.get(proposal.action).display(bytes, proposal);
      if (!display.ok) return err(`the bytes cannot be shown: ${display.error}`);
      const again = recomputed(proposal, bytes);
      if (again !== null) return err(`Recomputed here, the result differs: ${again}`);
      return ok({
        ...wish,
        personId,
        preparedAt: now(),
        snapshot: proposal.snapshot,
        display: display.value,
      });
    },
    sign: (prepared, key, { audience, logId }) => {
      const waited = now() - prepared.preparedAt;
      if (waited < DWELL_MS_MIN) return err('Read it first: it can be signed in a moment.');
      if (waited > PREPARED_MS_MAX)
        return err('It has been on screen for too long: open it again.');
      const proposal = ports.governance().proposal(prepared.proposalId);
      if (proposal?.version !== prepared.version || proposal.snapshot !== prepared.snapshot) {
        return err('It changed while it was on screen: look at it again.');
      }
      if (proposal.closed) return err(`It was ${proposal.closed.outcome} while it was on screen.`);
      // The server would refuse it without a trace, and then miss its place in this key's chain.
      const known = ports.governance().people.key(fingerprintOf(key.publicKey));
      if (!known)
        return err('Your key is not in the log yet: enrol it, and wait until it has arrived.');
      const base = baseOf(store, logId);
      if (!base)
        return err(
          'This desk has not yet checked the server’s log: wait a moment, and sign again.',
        );
      if (known.grantedSeq !== null && known.grantedSeq > base.size) {
        return err('The log has just let your key count: sign again in a few seconds.');
      }
      const decision = decisionOf(prepared, proposal, key, { audience, base, ports });
      const text = canonicalText(decision);
      const payload = new TextEncoder().encode(text);
      const signature = key.sign(pae(DECISION_PAYLOAD, payload));
      const envelope = sealEnvelope(DECISION_PAYLOAD, payload, decision.actor.key, signature);
      const command: Command = {
        commandId: decision.id,
        operatorId: prepared.personId,
        issuedAt: now(),
        intent: { type: 'decide', envelope },
      };
      const kept = store.keepSigned(
        {
          decisionId: decision.id,
          personId: prepared.personId,
          keyId: decision.actor.key,
          chainSeq: decision.chain.seq,
          digest: digestOfText(text),
          decision: text,
          signedAt: now(),
        },
        command,
        logId,
      );
      if (!kept) return err('Too many decisions wait for the server: connect first.');
      try {
        twin.keep(canonicalText({ logId, command }));
      } catch (error) {
        // It is signed and kept: saying that it is not would be the worse mistake.
        ports.log(`the second copy of ${decision.id} could not be written: ${String(error)}`);
      }
      return ok(command);
    },
  };
}

function decisionOf(
  prepared: PreparedDecision,
  proposal: Proposal,
  key: SigningKey,
  { audience, base, ports }: { audience: Audience; base: Decision['base']; ports: DecisionPorts },
): Decision {
  const keyId = fingerprintOf(key.publicKey);
  // A device that was set up anew goes on where the log says that its chain ends.
  const chains = [ports.store.chainOf(keyId), ports.governance().people.key(keyId)?.chain ?? null];
  const last = chains.reduce(
    (most, one) => ((one?.seq ?? 0) > (most?.seq ?? 0) ? one : most),
    null,
  );
  const { money, payee, text } = prepared.display;
  return {
    v: 1,
    type: prepared.decision,
    aud: audience,
    id: hexOf(ports.random(16)),
    subject: { id: proposal.proposalId, action: proposal.action, ver: proposal.version },
    snapshot: prepared.snapshot,
    display: digestOfText(text),
    money,
    payee,
    reason: prepared.reason,
    grounds: prepared.grounds,
    actor: { person: prepared.personId, device: ports.deskId, key: keyId },
    chain: { prev: last?.digest ?? null, seq: (last?.seq ?? 0) + 1 },
    base,
    clock: ports.now(),
    auth: ports.presence,
  };
}

/** The newest checkpoint that this desk has checked. */
function baseOf(store: DeskStore, logId: string): Decision['base'] | null {
  const witnessed = store.witnessed(logId);
  const checkpoint = witnessed ? readCheckpoint(witnessed.note) : null;
  if (!checkpoint?.ok || checkpoint.value.size < 1) return null;
  return { size: checkpoint.value.size, root: hexOf(checkpoint.value.root) };
}

/** Why the amounts of a payout do not follow from what the bytes hold; null when they do. */
function recomputed({ action, snapshot }: Proposal, bytes: string): string | null {
  if (action !== 'payPayout') return null;
  const read = readSnapshot(bytes, snapshot);
  if (!read.ok) return read.error;
  const again = recompute(read.value);
  return again.ok ? null : again.error;
}

function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
