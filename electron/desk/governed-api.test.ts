import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { deskCalls } from '#core/desk-api/contract.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import type { Command } from '#core/sync/protocol.ts';
import {
  openFirmDesk,
  openSigner,
  PASSPHRASE,
  settle,
  type FirmDesk,
} from './testing/firm-desk.ts';

const open: FirmDesk[] = [];
afterEach(() => {
  for (const world of open.splice(0)) world.close();
});

/** A desk with a key that counts, and a payout that it knows. */
async function atADesk(personId = 'cleo'): Promise<{ world: FirmDesk; payoutId: string }> {
  const world = await openSigner(personId);
  open.push(world);
  const payoutId = world.firm.request('A1');
  await world.connect();
  return { world, payoutId };
}

describe('the key of a person on a desk', () => {
  it('is none before one was enrolled', async () => {
    const world = await openFirmDesk();
    open.push(world);
    await world.signIn('cleo');
    expect(await world.desk.api['key.get']({})).toEqual({ key: null });
  });

  it('is the one that the log knows, with the same fingerprint', async () => {
    const { world } = await atADesk();
    const { key } = await world.desk.api['key.get']({});
    const { people } = await world.desk.api['people.list']({});
    const listed = people.find(({ personId }) => personId === 'cleo')?.keys;
    expect(listed).toEqual([{ ...key, deviceId: 'desk' }]);
  });

  it('is not shown to whoever signs in after', async () => {
    const { world } = await atADesk();
    await world.desk.api['session.signOut']({ everywhere: false });
    await world.signIn('dario');
    expect(await world.desk.api['key.get']({})).toEqual({ key: null });
  });
});

describe('a page at a desk', () => {
  const wish = {
    proposalId: 'po-1',
    version: 1,
    decision: 'approve',
    reason: '',
    grounds: null,
  };

  it('names what it wants decided', () => {
    expect(deskCalls['decision.prepare'].input.safeParse(wish).success).toBe(true);
  });

  it.each(['amount', 'money', 'payee', 'text', 'display', 'snapshot', 'personId', 'digest'])(
    'cannot name the %s of it',
    (field) => {
      const { success } = deskCalls['decision.prepare'].input.safeParse({ ...wish, [field]: 'x' });
      expect(success).toBe(false);
    },
  );

  it.each(['text', 'proposalId', 'decision', 'digest'])(
    'cannot name the %s when signing',
    (field) => {
      const given = { preparedId: 'p', secret: 's', [field]: 'x' };
      expect(deskCalls['decision.sign'].input.safeParse(given).success).toBe(false);
    },
  );

  it('signs nothing under a name that was not prepared', async () => {
    const { world } = await atADesk();
    const signing = world.desk.api['decision.sign']({ preparedId: 'made-up', secret: PASSPHRASE });
    await expect(signing).rejects.toThrow(/not prepared any more/);
  });
});

describe('signing at a desk', () => {
  it('shows outside the page what is decided, why, and the whole text', async () => {
    const { world, payoutId } = await atADesk();
    const given = { decision: 'hold', reason: 'line one\nline two' } as const;
    const { text } = await world.prepare(payoutId, given);
    await world.sign(payoutId, given);
    expect(world.confirmed).toEqual([
      `You HOLD this:\n\n${text}\n\nReason: line one⟨U+000A⟩line two`,
    ]);
  });

  it('shows a fingerprint of the text', async () => {
    const { world, payoutId } = await atADesk();
    const { text, fingerprint } = await world.prepare(payoutId);
    expect(fingerprint.replaceAll(' ', '')).toBe(digestOfText(text).slice(0, 16));
  });

  it('is left alone when the person says no there', async () => {
    const { world, payoutId } = await atADesk();
    world.confirm = false;
    await expect(world.sign(payoutId)).rejects.toThrow(/not signed/);
    expect(world.twinLines()).toEqual([]);
  });

  it('needs the passphrase', async () => {
    const { world, payoutId } = await atADesk();
    const { preparedId } = await world.prepare(payoutId);
    world.pass(2_000);
    const signing = world.desk.api['decision.sign']({ preparedId, secret: 'another passphrase' });
    await expect(signing).rejects.toThrow(/passphrase is wrong/);
    expect(world.confirmed).toEqual([]);
  });

  it('happens once, however often it is clicked', async () => {
    const { world, payoutId } = await atADesk();
    const { preparedId } = await world.prepare(payoutId);
    world.pass(2_000);
    const click = (): Promise<unknown> =>
      world.desk.api['decision.sign']({ preparedId, secret: PASSPHRASE });
    const clicks = await Promise.allSettled([click(), click(), click()]);
    expect(clicks.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(world.twinLines()).toHaveLength(1);
  });

  it('is over for what somebody else has prepared', async () => {
    const { world, payoutId } = await atADesk();
    const { preparedId } = await world.prepare(payoutId);
    await world.desk.api['session.signOut']({ everywhere: false });
    await world.signIn('dario');
    world.pass(2_000);
    const signing = world.desk.api['decision.sign']({ preparedId, secret: PASSPHRASE });
    await expect(signing).rejects.toThrow(/not prepared any more/);
  });

  it('works without a server, with bytes that were fetched while it was there', async () => {
    const { world, payoutId } = await atADesk();
    world.disconnect();
    await world.restart();
    const decisionId = await world.sign(payoutId);
    expect(await world.fate(decisionId)).toMatchObject({ state: 'signed' });
  });

  it('takes no bytes from a server that are not what their digest names', async () => {
    const world = await openSigner();
    open.push(world);
    world.instead = (name) => (name === 'content' ? { text: 'other bytes' } : undefined);
    const payoutId = world.firm.request('A1');
    await world.connect();
    await expect(world.prepare(payoutId)).rejects.toThrow(/does not hold the bytes/);
    expect((await world.desk.api['proposals.get']({ proposalId: payoutId })).text).toBeNull();
    world.instead = () => undefined;
    await world.connect();
    expect((await world.prepare(payoutId)).text).toContain(payoutId);
  });
});

describe('bytes that were damaged on this desk', () => {
  it('are fetched again when the proposal is opened', async () => {
    const { world, payoutId } = await atADesk();
    const database = new Database(world.databaseFile);
    database.exec("UPDATE content SET text = replace(text, 'Tess', 'Jess')");
    database.close();
    await expect(world.prepare(payoutId)).rejects.toThrow(/does not hold the bytes/);
    await world.desk.api['proposals.get']({ proposalId: payoutId });
    expect((await world.prepare(payoutId)).text).toContain('Tess');
  });
});

describe('the letter of a payout', () => {
  async function withLetter(): Promise<{ world: FirmDesk; payoutId: string; html: string }> {
    const { world, payoutId } = await atADesk();
    const html = '<p>We have paid you.</p>';
    world.firm.system({ type: 'issueLetter', payoutId, letter: digestOfText(html), text: html });
    await world.connect();
    return { world, payoutId, html };
  }

  it('is what the log names, and is there without a server from then on', async () => {
    const { world, payoutId, html } = await withLetter();
    expect(await world.desk.api['letter.get']({ payoutId })).toEqual({ html });
    world.disconnect();
    expect(await world.desk.api['letter.get']({ payoutId })).toEqual({ html });
  });

  it('is not shown when the server sends another', async () => {
    const { world, payoutId } = await withLetter();
    world.instead = (name) => (name === 'content' ? { text: '<p>Pay us.</p>' } : undefined);
    await expect(world.desk.api['letter.get']({ payoutId })).rejects.toThrow(/another letter/);
  });
});

describe('what became of a decision', () => {
  it('is: signed here, until the server has it', async () => {
    const { world, payoutId } = await atADesk();
    world.disconnect();
    expect(await world.fate(await world.sign(payoutId))).toEqual({
      state: 'signed',
      says: 'Signed on this desk, not yet received',
    });
  });

  it('is: signed, counted, carried out, each as the log says it', async () => {
    const { world, payoutId } = await atADesk();
    world.disconnect();
    const decisionId = await world.sign(payoutId);
    await world.connect();
    await world.connect();
    const received = world.firm.partition.governance.decision(decisionId)?.envelope.seq;
    expect(await world.fate(decisionId)).toEqual({
      state: 'counted',
      says: `Received and counted as entry ${received}`,
    });
    world.firm.as('dario', world.firm.desk('dario').decide(payoutId, 'approve'));
    world.firm.system({ type: 'runPayments' });
    await world.connect();
    expect(await world.fate(decisionId)).toEqual({
      state: 'executed',
      says: `Counted as entry ${received}; carried out`,
    });
  });

  it('is: not counted, with the sentence, for a version that was changed meanwhile', async () => {
    const { world, payoutId } = await atADesk();
    world.disconnect();
    const decisionId = await world.sign(payoutId);
    const reason = 'looked at it again';
    world.firm.as('dario', { type: 'revisePayout', payoutId, deductions: null, reason });
    await world.connect();
    await world.connect();
    const received = world.firm.partition.governance.decision(decisionId)?.envelope.seq;
    const why = 'it changed: version 1 was signed, version 2 stands';
    expect(await world.fate(decisionId)).toEqual({
      state: 'notCounted',
      says: `Received as entry ${received}, not counted: ${why}`,
    });
    const { decisions } = await world.desk.api['proposals.get']({ proposalId: payoutId });
    expect(decisions[0]).toMatchObject({ personId: 'cleo', version: 1, notCounted: why });
  });

  it('is: refused, with the reason, also after a restart', async () => {
    const { world, payoutId } = await atADesk();
    world.instead = (name, input) =>
      name === 'command'
        ? {
            type: 'rejected',
            commandId: (input as Command).commandId,
            code: 'forbidden',
            message: 'the signature is not of this key',
          }
        : undefined;
    const decisionId = await world.sign(payoutId);
    const refused = {
      state: 'refused',
      says: 'The server did not take it: the signature is not of this key',
    };
    expect(await world.fate(decisionId)).toEqual(refused);
    await world.restart();
    expect(await world.fate(decisionId)).toEqual(refused);
  });

  it('is told to the page when the server refuses it', async () => {
    const { world, payoutId } = await atADesk();
    const decisionId = await world.sign(payoutId);
    const told: string[] = [];
    world.desk.listen({ stream: (name) => told.push(name), rows: () => {} });
    world.disconnect();
    await world.sign(payoutId, { decision: 'hold' });
    told.length = 0;
    world.instead = (name, input) => (name === 'command' ? rejection(input as Command) : undefined);
    await world.connect();
    expect(told).toContain('governed');
    expect((await world.fate(decisionId)).state).toBe('counted');
  });

  function rejection({ commandId }: Command): unknown {
    return { type: 'rejected', commandId, code: 'forbidden', message: 'no' };
  }
});

describe('a desk that lost its connection for a while', () => {
  it('sends what was signed once, in order, and it counts', async () => {
    const { world, payoutId } = await atADesk();
    world.disconnect();
    const ids = [
      await world.sign(payoutId, { decision: 'hold', reason: 'wait' }),
      await world.sign(payoutId, { decision: 'release', reason: 'go on' }),
      await world.sign(payoutId),
    ];
    await world.connect();
    await settle();
    await world.connect();
    const fates = await Promise.all(ids.map((id) => world.fate(id)));
    expect(fates.map(({ state }) => state)).toEqual(['counted', 'counted', 'counted']);
    const proposal = world.firm.partition.governance.proposal(payoutId);
    expect(proposal?.received.map(({ decisionId }) => decisionId)).toEqual(ids);
  });
});
