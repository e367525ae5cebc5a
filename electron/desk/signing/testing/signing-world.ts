import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCheckpoint } from '#core/audit/checkpoint.ts';
import { ENROLMENT_PAYLOAD, type Audience, type Decision } from '#core/approvals/decision.ts';
import type { Fact } from '#core/facts/registry.ts';
import { present } from '#core/kernel/assert.ts';
import { base64Of } from '#core/kernel/base64.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import type { Result } from '#core/kernel/result.ts';
import { pae, sealEnvelope } from '#core/signing/dsse.ts';
import { fingerprintOf } from '#core/signing/public-key.ts';
import type { Command, Intent } from '#core/sync/protocol.ts';
import { openLogSigner, type LogSigner } from '#server/audit/log-signer.ts';
import { openGovernedFirm, type GovernedFirm } from '#server/commands/testing/governed-firm.ts';
import { createLocalState, type LocalState } from '#desk/local-state.ts';
import { openDeskStore, type DeskStore } from '#desk/store/store.ts';
import {
  createDecisions,
  DWELL_MS_MIN,
  type Decisions,
  type DecisionWish,
  type PreparedDecision,
} from '../decisions.ts';
import { newPrivateKey, signingKeyOf } from '../ed25519.ts';
import { openTwin, type Twin } from '../twin.ts';
import type { SigningKey } from '../vault.ts';

export const SIGNER = 'cleo';
const DEVICE = 'desk-of-cleo';

/** A desk's half of signing on files of its own, and a firm whose log it follows when told to. */
export interface SigningWorld {
  readonly firm: GovernedFirm;
  readonly key: SigningKey;
  readonly payoutId: string;
  readonly at: { readonly audience: Audience; readonly logId: string };
  readonly file: string;
  /** The desk's clock; a test moves it. */
  clock: number;
  store: DeskStore;
  state: LocalState;
  twin: Twin;
  decisions: Decisions;
  /** Takes the log's facts up to now, each changed as a test asks, and the bytes they name. */
  follow(changed?: (fact: Fact) => Fact): void;
  /** Checks the log as it is now. */
  check(): void;
  /** Closes the desk and opens it again on its files. */
  restart(): void;
  loseDatabase(): void;
  prepare(over?: Partial<DecisionWish>): Result<PreparedDecision, string>;
  /** Prepares, reads for long enough, and signs. */
  sign(over?: Partial<DecisionWish>): Command;
  /** Delivers it, and says what it was judged. */
  deliver(command: Command): string;
  close(): void;
}

/** A firm with one payout asked for, which the desk knows, holds and may decide. */
export function openSigningWorld(): SigningWorld {
  const folder = mkdtempSync(join(tmpdir(), 'propdesk-signing-'));
  const firm = openGovernedFirm();
  const signer = openLogSigner(folder, firm.store.logId);
  const key = signingKeyOf(newPrivateKey());
  const { logId } = firm.store;
  const audience: Audience = { org: 'test-firm', env: 'test', log: `propdesk/${logId}` };
  firm.as(SIGNER, enrolmentOf(key, audience, signer, firm));
  const file = join(folder, 'desk.sqlite');
  const world: SigningWorld = {
    ...openFiles(folder, () => world),
    firm,
    key,
    payoutId: firm.request('A1'),
    at: { audience, logId },
    file,
    clock: 1_000_000,
    follow: (changed = (fact) => fact) => {
      const { seq } = world.state.cursor;
      const lastSeq = firm.partition.ingest.lastSeq;
      const facts = firm.store.deskFacts(0, seq + 1, lastSeq, 10_000).map(changed);
      world.state.apply(facts, { logId, seq: lastSeq });
      for (const { snapshot } of world.state.governance.open()) {
        const text = firm.store.content(snapshot);
        if (text !== null) world.store.saveContent(snapshot, text);
      }
    },
    check: () => {
      const note = signer.checkpoint(firm.store.tree(0));
      world.store.saveWitnessed(logId, { note, publicKey: signer.publicKey });
    },
    restart: () => {
      world.store.close();
      Object.assign(
        world,
        openFiles(folder, () => world),
      );
    },
    loseDatabase: () => {
      world.store.close();
      for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
      Object.assign(
        world,
        openFiles(folder, () => world),
      );
    },
    prepare: (over = {}) => {
      const wish = {
        proposalId: world.payoutId,
        version: 1,
        decision: 'approve' as const,
        reason: '',
        grounds: null,
      };
      return world.decisions.prepare({ ...wish, ...over }, SIGNER);
    },
    sign: (over) => {
      const prepared = valueOf(world.prepare(over));
      world.clock += DWELL_MS_MIN;
      return valueOf(world.decisions.sign(prepared, key, world.at));
    },
    deliver: (command) => {
      const said = firm.ask(SIGNER, command.intent);
      return said === 'accepted' ? firm.verdictOn(decisionIn(command).subject.id) : said;
    },
    close: () => {
      world.store.close();
      rmSync(folder, { recursive: true });
    },
  };
  world.follow();
  world.check();
  return world;
}

function openFiles(
  folder: string,
  world: () => SigningWorld,
): Pick<SigningWorld, 'store' | 'state' | 'twin' | 'decisions'> {
  const store = openDeskStore(join(folder, 'desk.sqlite'));
  const twin = openTwin(join(folder, 'signed.log'));
  const decisions = createDecisions({
    store,
    twin,
    governance: () => world().state.governance,
    deskId: DEVICE,
    presence: 'passphrase',
    now: () => world().clock,
    random: (bytes) => new Uint8Array(randomBytes(bytes)),
    log: () => {},
  });
  return { store, state: createLocalState(store), twin, decisions };
}

function enrolmentOf(
  key: SigningKey,
  aud: Audience,
  signer: LogSigner,
  { store }: GovernedFirm,
): Extract<Intent, { type: 'enrolKey' }> {
  const { size, root } = valueOf(readCheckpoint(signer.checkpoint(store.tree(0))));
  const statement = canonicalText({
    v: 1,
    type: 'key.enrol',
    aud,
    person: SIGNER,
    device: DEVICE,
    publicKey: base64Of(key.publicKey),
    challenge: `${size}:${Buffer.from(root).toString('hex')}`,
  });
  const payload = new TextEncoder().encode(statement);
  const signature = key.sign(pae(ENROLMENT_PAYLOAD, payload));
  const keyId = fingerprintOf(key.publicKey);
  return { type: 'enrolKey', envelope: sealEnvelope(ENROLMENT_PAYLOAD, payload, keyId, signature) };
}

/** What a command's signature is over. */
export function decisionIn({ intent }: Command): Decision {
  if (intent.type !== 'decide') throw new Error(`${intent.type} is no decision`);
  return JSON.parse(Buffer.from(intent.envelope.payload, 'base64').toString('utf8')) as Decision;
}

export function valueOf<Value>(result: Result<Value, unknown>): Value {
  if (!result.ok) throw new Error(String(result.error));
  return result.value;
}

export function errorOf(result: Result<unknown, string>): string {
  return result.ok ? 'not refused' : result.error;
}

/** The bytes of a proposal, as the firm keeps them. */
export function bytesOf({ firm }: SigningWorld, proposalId: string): string {
  const proposal = present(firm.partition.governance.proposal(proposalId), proposalId);
  return present(firm.store.content(proposal.snapshot), 'the bytes');
}
