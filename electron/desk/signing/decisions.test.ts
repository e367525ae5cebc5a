import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fact } from '#core/facts/registry.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { writeSnapshot } from '#core/payouts/snapshot.ts';
import { openEnvelope, pae } from '#core/signing/dsse.ts';
import { OUTBOX_MAX } from '../store/store.ts';
import { DWELL_MS_MIN } from './decisions.ts';
import { newPrivateKey, signingKeyOf, verifyStrictly } from './ed25519.ts';
import {
  bytesOf,
  decisionIn,
  errorOf,
  openSigningWorld,
  SIGNER,
  valueOf,
  type SigningWorld,
} from './testing/signing-world.ts';

const MINUTE_MS = 60_000;
const NOT_HELD = /does not hold the bytes/;
const CHANGED = /changed while it was on screen/;
let world: SigningWorld;
beforeEach(() => {
  world = openSigningWorld();
});
afterEach(() => world.close());

const revise = (): number =>
  world.firm.as('dario', {
    type: 'revisePayout',
    payoutId: world.payoutId,
    deductions: null,
    reason: 'looked at it again',
  });
const withdraw = (): string =>
  world.firm.system({
    type: 'withdrawPayout',
    payoutId: world.payoutId,
    reason: 'the trader did not want it',
  });

describe('what is signed', () => {
  it('is exactly what was shown', () => {
    const { display } = valueOf(world.prepare());
    const decision = decisionIn(world.sign());
    expect(decision.display).toBe(digestOfText(display.text));
    expect(decision.snapshot).toBe(digestOfText(bytesOf(world, world.payoutId)));
    expect([decision.money, decision.payee]).toEqual([display.money, display.payee]);
  });

  it('names who, on which desk, with which key, for which log', () => {
    const { actor, aud, subject, auth } = decisionIn(world.sign());
    const keyId = world.state.governance.people.keys.keys().next().value;
    expect(actor).toEqual({ person: SIGNER, device: 'desk-of-cleo', key: keyId });
    expect(aud).toEqual(world.at.audience);
    expect(subject).toEqual({ id: world.payoutId, action: 'payPayout', ver: 1 });
    expect(auth).toBe('passphrase');
  });

  it('carries the decision, the reason and the grounds that were prepared', () => {
    const grounds = { type: 'discretion', reviewOn: '2026-03-01' } as const;
    const given = { decision: 'reject', reason: 'not today', grounds } as const;
    const { type, reason, grounds: signed } = decisionIn(world.sign(given));
    expect({ type, reason, grounds: signed }).toEqual({
      type: 'reject',
      reason: 'not today',
      grounds,
    });
  });

  it('rests on the newest checkpoint that this desk has checked', () => {
    const size = world.firm.partition.ingest.lastSeq;
    const tree = world.firm.store.tree(0);
    const root = Buffer.from(tree.root(size)).toString('hex');
    withdraw();
    expect(decisionIn(world.sign()).base).toEqual({ size, root });
  });

  it('is canonical, and the signature of the key is over those bytes', () => {
    const { intent } = world.sign();
    const envelope = intent.type === 'decide' ? valueOf(openEnvelope(intent.envelope)) : null;
    const { payload, payloadType, signature } = envelope ?? {
      payload: new Uint8Array(),
      payloadType: '',
      signature: new Uint8Array(),
    };
    const text = new TextDecoder().decode(payload);
    expect(canonicalText(JSON.parse(text))).toBe(text);
    expect(verifyStrictly(world.key.publicKey, pae(payloadType, payload), signature)).toBe(true);
  });

  it('counts at the server', () => {
    expect(world.deliver(world.sign())).toBe('counted');
  });

  it.each(['approve', 'hold', 'reject', 'release'] as const)('counts as %s', (decision) => {
    const grounds = decision === 'reject' ? { type: 'discretion', reviewOn: '2026-03-01' } : null;
    const given = { decision, reason: 'as the test says', grounds } as const;
    expect(world.deliver(world.sign(given as Parameters<SigningWorld['sign']>[0]))).toBe('counted');
  });
});

describe('nothing is shown for signing', () => {
  it('of a proposal that this desk does not know', () => {
    expect(errorOf(world.prepare({ proposalId: 'po-0' }))).toMatch(/knows no proposal po-0/);
  });

  it('of another version than the one that stands', () => {
    revise();
    world.follow();
    expect(errorOf(world.prepare())).toMatch(/version 2 stands now/);
    expect(errorOf(world.prepare({ version: 3 }))).toMatch(/version 2 stands now/);
  });

  it('of a proposal that is closed, with how it ended', () => {
    withdraw();
    world.follow();
    expect(errorOf(world.prepare())).toMatch(/it was withdrawn: the trader did not want it/);
  });

  it('while its bytes are not held here', () => {
    const other = openSigningWorld();
    other.loseDatabase();
    const lastSeq = other.firm.partition.ingest.lastSeq;
    const facts = other.firm.store.deskFacts(0, 1, lastSeq, 10_000);
    other.state.apply(facts, { logId: other.at.logId, seq: lastSeq });
    expect(errorOf(other.prepare())).toMatch(NOT_HELD);
    other.close();
  });

  it('when the bytes are not those of their digest', () => {
    const bytes = bytesOf(world, world.payoutId);
    spoilContent(bytes.replace('Tess Trader', 'Tess Traitor'));
    expect(errorOf(world.prepare())).toMatch(NOT_HELD);
  });

  it('when the amounts do not follow from the bytes', () => {
    world.loseDatabase();
    world.follow(withAmounts({ trader: 4_500_0000, firm: 500_0000 }));
    world.check();
    expect(errorOf(world.prepare())).toMatch(/Recomputed here, the result differs/);
  });

  /** Bytes in the desk's own database that somebody has changed there. */
  function spoilContent(text: string): void {
    const database = new Database(world.file);
    const { changes } = database.prepare('UPDATE content SET text = ?').run(text);
    database.close();
    expect(changes).toBe(1);
  }

  /** A server that proposes bytes of its own with other amounts, under their right digest. */
  function withAmounts(over: object): (fact: Fact) => Fact {
    return (fact) => {
      if (fact.kind !== 'proposalOpened' || fact.data.action !== 'payPayout') return fact;
      const { amounts, ...rest } = JSON.parse(bytesOf(world, world.payoutId)) as {
        amounts: object;
      };
      const { text, digest } = writeSnapshot({ ...rest, amounts: { ...amounts, ...over } });
      world.store.saveContent(digest, text);
      return { ...fact, data: { ...fact.data, snapshot: digest } };
    };
  }
});

describe('nothing is signed', () => {
  const signAfter = (ms: number, meanwhile = (): void => {}): string => {
    const prepared = valueOf(world.prepare());
    world.clock += ms;
    meanwhile();
    return errorOf(world.decisions.sign(prepared, world.key, world.at));
  };

  it('before it was on screen long enough to be read', () => {
    expect(signAfter(DWELL_MS_MIN - 1)).toMatch(/Read it first/);
    expect(signAfter(DWELL_MS_MIN)).toBe('not refused');
  });

  it('when the desk’s clock was put back meanwhile', () => {
    expect(signAfter(-60 * MINUTE_MS)).toMatch(/Read it first/);
  });

  it('after it has been on screen for too long', () => {
    expect(signAfter(10 * MINUTE_MS + 1)).toMatch(/on screen for too long/);
  });

  it('that changed while it was on screen', () => {
    const meanwhile = (): void => {
      revise();
      world.follow();
    };
    expect(signAfter(DWELL_MS_MIN, meanwhile)).toMatch(CHANGED);
  });

  it('that was closed while it was on screen', () => {
    const meanwhile = (): void => {
      withdraw();
      world.follow();
    };
    expect(signAfter(DWELL_MS_MIN, meanwhile)).toMatch(/was withdrawn while it was on screen/);
  });

  it('that this desk has forgotten meanwhile', () => {
    expect(signAfter(DWELL_MS_MIN, () => world.state.startOver())).toMatch(CHANGED);
  });

  it('before this desk has checked the log', () => {
    world.loseDatabase();
    world.follow();
    expect(signAfter(DWELL_MS_MIN)).toMatch(/not yet checked the server’s log/);
  });

  it('with a key that the log does not know', () => {
    const prepared = valueOf(world.prepare());
    world.clock += DWELL_MS_MIN;
    const stranger = signingKeyOf(newPrivateKey());
    const refused = errorOf(world.decisions.sign(prepared, stranger, world.at));
    expect(refused).toMatch(/key is not in the log yet/);
  });

  it('while the outbox is full, and then nothing is kept of it', () => {
    const intent = { type: 'acknowledgeAlert', alertSeq: 1, note: '' } as const;
    for (let number = 0; number < OUTBOX_MAX; number += 1) {
      const command = { commandId: `c${number}`, operatorId: SIGNER, issuedAt: 1, intent };
      world.store.queue(command, world.at.logId);
    }
    expect(signAfter(DWELL_MS_MIN)).toMatch(/Too many decisions wait/);
    expect([world.store.signed(world.at.logId), world.twin.lines()]).toEqual([[], []]);
  });
});

describe('what was signed', () => {
  it('is on the disk twice when it is said to be signed', () => {
    const command = world.sign();
    const database = new Database(world.file, { readonly: true });
    const rows = database.prepare('SELECT decision_id FROM signed').pluck().all();
    const waiting = database.prepare("SELECT command FROM outbox WHERE state = 'queued'").pluck();
    expect(rows).toEqual([command.commandId]);
    expect(waiting.all()).toEqual([JSON.stringify(command)]);
    database.close();
    const { logId } = world.at;
    expect(world.twin.lines()).toEqual([canonicalText({ logId, command })]);
  });

  it('has every decision in its second copy', () => {
    const signed = [world.sign({ decision: 'hold' }), world.sign({ decision: 'release' })];
    world.restart();
    signed.push(world.sign());
    const kept = world.twin
      .lines()
      .map((line) => (JSON.parse(line) as { command: unknown }).command);
    expect(kept).toEqual(signed);
  });

  it('is one chain, link by link, also after a restart', () => {
    const first = decisionIn(world.sign({ decision: 'hold' }));
    world.restart();
    const second = decisionIn(world.sign({ decision: 'release' }));
    const third = decisionIn(world.sign());
    expect(first.chain).toEqual({ prev: null, seq: 1 });
    expect(second.chain).toEqual({ prev: digestOfText(canonicalText(first)), seq: 2 });
    expect(third.chain).toEqual({ prev: digestOfText(canonicalText(second)), seq: 3 });
  });

  it('counts in the order of its chain when all of it arrives late', () => {
    const commands = [world.sign({ decision: 'hold' }), world.sign({ decision: 'release' })];
    commands.push(world.sign());
    expect(commands.map((command) => world.deliver(command))).toEqual(
      Array.from({ length: 3 }, () => 'counted'),
    );
  });

  it('is asked for in order: what follows a gap waits', () => {
    const [first, second] = [world.sign({ decision: 'hold' }), world.sign({ decision: 'release' })];
    expect(world.deliver(second)).toMatch(/^needSequence: decision 1 of this device/);
    expect(world.deliver(first)).toBe('counted');
    expect(world.deliver(second)).toBe('counted');
  });

  it('goes on where the log says the chain ends, once the database was lost', () => {
    const first = world.sign({ decision: 'hold' });
    expect(world.deliver(first)).toBe('counted');
    world.loseDatabase();
    world.follow();
    world.check();
    const second = world.sign({ decision: 'release' });
    expect(decisionIn(second).chain).toEqual({
      prev: digestOfText(canonicalText(decisionIn(first))),
      seq: 2,
    });
    expect(world.deliver(second)).toBe('counted');
  });

  it('goes on from its own last word while the log has not heard of it', () => {
    world.deliver(world.sign({ decision: 'hold' }));
    world.sign({ decision: 'release' });
    world.follow();
    expect(decisionIn(world.sign()).chain.seq).toBe(3);
  });

  it('gets the same answer when it is sent twice', () => {
    const command = world.sign();
    expect([world.deliver(command), world.deliver(command)]).toEqual(['counted', 'counted']);
    const proposal = world.firm.partition.governance.proposal(world.payoutId);
    expect(proposal?.received).toHaveLength(1);
  });

  it('does not count when the version changed while the desk was offline', () => {
    const command = world.sign();
    revise();
    expect(world.deliver(command)).toBe(
      'stale: it changed: version 1 was signed, version 2 stands',
    );
  });
});
