import {
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import {
  DECISION_PAYLOAD,
  ENROLMENT_PAYLOAD,
  type Audience,
  type Decision,
  type DecisionType,
  type Grounds,
} from '#core/approvals/decision.ts';
import { actionKinds } from '#core/governance/actions/index.ts';
import { base64Of } from '#core/kernel/base64.ts';
import { present } from '#core/kernel/assert.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { pae, sealEnvelope, type SignedEnvelope } from '#core/signing/dsse.ts';
import { fingerprintOf, strictVerify, type VerifyBytes } from '#core/signing/public-key.ts';
import type { Intent } from '#core/sync/protocol.ts';
import type { Partition } from '#server/partition/partition.ts';
import type { Store } from '#server/store/store.ts';

const plain: VerifyBytes = (publicKey, message, signature) => {
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, message, key, signature);
};
export const verifyInTests: VerifyBytes = strictVerify(plain);

/** A person's device as a test plays it: signs what the log holds, or what the test makes of it. */
export interface SigningDesk {
  readonly personId: string;
  readonly deviceId: string;
  readonly keyId: string;
  /** Where its chain stands; a test may set it back. */
  chain: { seq: number; digest: string } | null;
  enrolment(): Extract<Intent, { type: 'enrolKey' }>;
  /** The decision as an honest desk would sign it, with what a test changes about it. */
  decide(
    proposalId: string,
    decision: DecisionType,
    over?: Partial<Decision> & { readonly grounds?: Grounds | null },
  ): Extract<Intent, { type: 'decide' }>;
  seal(payloadType: string, value: unknown): SignedEnvelope;
}

export function createSigningDesk(
  personId: string,
  deviceId: string,
  firm: { readonly partition: Partition; readonly store: Store },
): SigningDesk {
  const { privateKey, publicKey: publicHalf } = generateKeyPairSync('ed25519');
  const publicKey = new Uint8Array(
    Buffer.from(publicHalf.export({ format: 'jwk' }).x ?? '', 'base64url'),
  );
  const keyId = fingerprintOf(publicKey);
  const audience: Audience = { org: 'test-firm', env: 'test', log: `propdesk/${firm.store.logId}` };
  const seal = (payloadType: string, value: unknown): SignedEnvelope =>
    sealed(privateKey, keyId, payloadType, value);
  const baseNow = (): Decision['base'] => {
    const tree = firm.store.tree(0);
    return { size: tree.size, root: Buffer.from(tree.root(tree.size)).toString('hex') };
  };
  const desk: SigningDesk = {
    personId,
    deviceId,
    keyId,
    chain: null,
    seal,
    enrolment: () => {
      const { size, root } = baseNow();
      const statement = {
        v: 1,
        type: 'key.enrol',
        aud: audience,
        person: personId,
        device: deviceId,
        publicKey: base64Of(publicKey),
        challenge: `${size}:${root}`,
      };
      return { type: 'enrolKey', envelope: seal(ENROLMENT_PAYLOAD, statement) };
    },
    decide: (proposalId, decision, over = {}) => {
      const proposal = present(firm.partition.governance.proposal(proposalId), proposalId);
      const bytes = present(firm.store.content(proposal.snapshot), 'the bytes');
      const display = actionKinds.get(proposal.action).display(bytes, proposal);
      if (!display.ok) throw new Error(display.error);
      const value: Decision = {
        v: 1,
        type: decision,
        aud: audience,
        id: randomBytes(16).toString('hex'),
        subject: { id: proposalId, action: proposal.action, ver: proposal.version },
        snapshot: proposal.snapshot,
        display: digestOfText(display.value.text),
        money: display.value.money,
        payee: display.value.payee,
        reason: decision === 'approve' ? '' : 'because of the test',
        grounds: null,
        actor: { person: personId, device: deviceId, key: keyId },
        chain: { prev: desk.chain?.digest ?? null, seq: (desk.chain?.seq ?? 0) + 1 },
        base: baseNow(),
        clock: 0,
        auth: 'passphrase',
        ...over,
      };
      desk.chain = { seq: value.chain.seq, digest: digestOfText(canonicalText(value)) };
      return { type: 'decide', envelope: seal(DECISION_PAYLOAD, value) };
    },
  };
  return desk;
}

function sealed(
  key: KeyObject,
  keyId: string,
  payloadType: string,
  value: unknown,
): SignedEnvelope {
  const payload = new TextEncoder().encode(canonicalText(value));
  const signature = new Uint8Array(sign(null, pae(payloadType, payload), key));
  return sealEnvelope(payloadType, payload, keyId, signature);
}
