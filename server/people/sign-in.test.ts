import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ATTEMPTS_PER_ADDRESS_MAX,
  createAddressLimits,
  createLoginLimits,
  LOCK_FIRST_MS,
  LOCK_MAX_MS,
  networkOf,
  WRONG_KEPT_MS,
  WRONG_UNTIL_LOCKED,
} from './limits.ts';
import { openDatabase } from '../store/open.ts';
import { migrations } from './migrations.ts';
import { HASHES_AT_ONCE_MAX } from './passwords.ts';
import {
  DAY_MS,
  HOUR_MS,
  LOW_COST,
  MINUTE_MS,
  openWorld,
  PASSWORD,
  SECOND_MS,
  valueOf,
  type World,
} from './testing/people.ts';

let world: World;
beforeEach(async () => {
  world = openWorld();
  await world.join('ada');
});
afterEach(() => world.close());

const wrong = { password: 'not the right password' };

async function guess(times: number, over: object = {}): Promise<string[]> {
  const answers: string[] = [];
  for (let at = 0; at < times; at += 1) {
    // One address for each attempt: an attacker has many.
    answers.push(await world.answer({ ...wrong, address: `198.51.100.${at}`, ...over }));
  }
  return answers;
}

describe('signing in', () => {
  it('gives a token to who has the password', async () => {
    const session = valueOf(await world.attempt());
    expect(session.personId).toBe('p-ada');
    expect(Buffer.from(session.token, 'base64url')).toHaveLength(32);
    expect(world.store.session(session.token, 'desk-1')?.sessionId).toBe(session.sessionId);
  });

  it('takes a login in any case and with spaces around it', async () => {
    expect(await world.answer({ login: ' Ada ' })).toBe('ok');
  });

  it('takes a password typed in another Unicode form', async () => {
    await world.join('umlaut', 'gr\u00FC\u00DFe aus der ferne');
    expect(
      await world.answer({ login: 'umlaut', password: 'gru\u0308\u00DFe aus der ferne' }),
    ).toBe('ok');
  });

  it('answers a wrong password, an unknown login, one without a password and one who left alike', async () => {
    valueOf(world.store.add({ personId: 'p-new', name: 'Somebody New', login: 'new' }));
    await world.join('gone');
    valueOf(world.store.deactivate('p-gone'));
    const answers = [
      await world.attempt(wrong),
      await world.attempt({ login: 'nobody' }),
      await world.attempt({ login: 'new' }),
      await world.attempt({ login: 'gone' }),
      await world.attempt({ password: 'x'.repeat(300) }),
    ];
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ ok: false, error: { code: 'wrong' } });
  });

  it('works as hard for an unknown login as for a known one', async () => {
    const costly = world.reopen({ log2N: 14, r: 8, p: 1 });
    await world.join('eve');
    const time = async (login: string): Promise<number> => {
      const start = performance.now();
      await costly.signIn({ login, ...wrong, deskId: 'desk-1', address: login });
      return performance.now() - start;
    };
    const times = async (login: string) => [
      await time(login),
      await time(login),
      await time(login),
    ];
    const known = Math.min(...(await times('eve')));
    // A tenth is far above what skipping the work takes; a busy machine only makes either slower.
    expect(Math.max(...(await times('nobody')))).toBeGreaterThan(known / 10);
  });

  it('refuses texts too long to be looked at', async () => {
    expect(await world.answer({ deskId: 'd'.repeat(257) })).toBe('wrong');
    expect(await world.answer({ login: 'l'.repeat(257) })).toBe('wrong');
  });
});

describe('a lock', () => {
  it.each(['ada', 'nobody'])('comes after five wrong attempts on %s', async (login) => {
    expect(await guess(WRONG_UNTIL_LOCKED + 1, { login })).toEqual([
      ...Array.from({ length: WRONG_UNTIL_LOCKED }, () => 'wrong'),
      'locked',
    ]);
  });

  it('refuses the right password too, and ends after 15 minutes', async () => {
    await guess(WRONG_UNTIL_LOCKED);
    expect(world.store.list()[0]?.lockedUntil).toBe(world.now + LOCK_FIRST_MS);
    world.now += LOCK_FIRST_MS - 1;
    expect(await world.attempt()).toMatchObject({
      error: { code: 'locked', message: expect.stringContaining('in 1 minute,') },
    });
    world.now += 1;
    expect(world.store.list()[0]?.lockedUntil).toBeNull();
    expect(await world.answer()).toBe('ok');
  });

  it('is as long again with every five more, up to a day', async () => {
    const lengths: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      await guess(WRONG_UNTIL_LOCKED);
      lengths.push((world.store.list()[0]?.lockedUntil ?? 0) - world.now);
      world.now += lengths.at(-1) ?? 0;
    }
    const minutes = [15, 30, 60, 120, 240, 480, 960, 1440, 1440];
    expect(lengths).toEqual(minutes.map((count) => count * MINUTE_MS));
    expect(lengths.at(-1)).toBe(LOCK_MAX_MS);
  });

  it('is of one login, from every address', async () => {
    await world.join('bram');
    await guess(WRONG_UNTIL_LOCKED, { address: '192.0.2.1' });
    expect(await world.answer({ address: '203.0.113.7' })).toBe('locked');
    expect(await world.answer({ login: 'bram', address: '192.0.2.1' })).toBe('ok');
  });

  it('survives reopening', async () => {
    await guess(WRONG_UNTIL_LOCKED);
    world.reopen();
    expect(await world.answer()).toBe('locked');
  });

  it('does not come when a right sign-in lies between', async () => {
    await guess(WRONG_UNTIL_LOCKED - 1);
    expect(await world.answer()).toBe('ok');
    expect(await guess(WRONG_UNTIL_LOCKED - 1)).not.toContain('locked');
    expect(await world.answer()).toBe('ok');
  });

  it('forgets wrong attempts a day after the last', async () => {
    await guess(WRONG_UNTIL_LOCKED - 1);
    world.now += WRONG_KEPT_MS;
    world.store.removeExpired();
    expect(await guess(WRONG_UNTIL_LOCKED - 1)).not.toContain('locked');
  });

  it('counts guesses made at the same moment', async () => {
    await guess(WRONG_UNTIL_LOCKED - 1);
    const answers = await Promise.all([world.answer(wrong), world.answer(), world.answer()]);
    expect(answers).toEqual(['wrong', 'busy', 'busy']);
    expect(await world.answer()).toBe('locked');
  });

  it('is lifted by a set-up code', async () => {
    await guess(WRONG_UNTIL_LOCKED);
    await world.store.accept(valueOf(world.store.invite('p-ada')), 'another long password');
    expect(await world.answer({ password: 'another long password' })).toBe('ok');
  });

  it('holds for known logins however many invented ones are tried', () => {
    const connection = openDatabase(':memory:', migrations, 'write');
    const insert = connection.prepare(
      "INSERT INTO person (person_id, name, login, login_key) VALUES ('p', 'n', 'l', ?)",
    );
    const [known, ...invented] = Array.from({ length: 6 }, (_, at) => Buffer.from([at]));
    insert.run(known);
    const limits = createLoginLimits(connection, () => 1, 3);
    for (let at = 0; at < WRONG_UNTIL_LOCKED; at += 1) limits.wrong(known as Buffer);
    for (const login of invented) limits.wrong(login);
    expect(limits.lockedUntil(known as Buffer)).toBe(1 + LOCK_FIRST_MS);
    expect(connection.prepare('SELECT count(*) FROM wrong_attempt').pluck().get()).toBe(3);
    connection.close();
  });
});

describe('an address', () => {
  it('has thirty attempts a minute, whatever their logins', async () => {
    for (let at = 0; at < ATTEMPTS_PER_ADDRESS_MAX; at += 1) {
      expect(await world.answer({ login: `nobody-${at}` })).toBe('wrong');
      world.now += SECOND_MS;
    }
    expect(await world.answer()).toBe('tooMany');
    expect(await world.answer({ address: '203.0.113.7' })).toBe('ok');
    world.now += 30 * SECOND_MS;
    expect(await world.answer()).toBe('ok');
    expect(await world.answer()).toBe('tooMany');
    world.now += SECOND_MS;
    expect(await world.answer()).toBe('ok');
  });

  it('is forgotten when more are watched than there is room for', () => {
    const limits = createAddressLimits(() => 1, 2);
    for (let at = 0; at < ATTEMPTS_PER_ADDRESS_MAX; at += 1) limits.admit('one');
    expect(limits.admit('one')).toBe(false);
    limits.admit('two');
    limits.admit('three');
    expect(limits.admit('one')).toBe(true);
  });

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:2::9', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['64:ff9b::192.0.2.33', '64:ff9b:0:0::/64'],
    ['a name', 'a name'],
  ])('%s counts as %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('checking passwords', () => {
  it('is done for four at once, and the fifth is told so, whether or not its login exists', async () => {
    const many = Array.from({ length: HASHES_AT_ONCE_MAX }, (_, at) =>
      world.answer({ login: `nobody-${at}` }),
    );
    expect(await world.answer()).toBe('busy');
    expect(await world.answer({ login: 'nobody' })).toBe('busy');
    expect(await Promise.all(many)).toEqual(many.map(() => 'wrong'));
    expect(await world.answer()).toBe('ok');
  });

  it('counts nothing against a login that was told to wait', async () => {
    const many = Array.from({ length: HASHES_AT_ONCE_MAX }, () =>
      world.answer({ login: 'nobody' }),
    );
    for (let at = 0; at <= WRONG_UNTIL_LOCKED; at += 1) expect(await world.answer()).toBe('busy');
    await Promise.all(many);
    expect(await world.answer()).toBe('ok');
  });

  it('renews a hash of a lower cost when its owner signs in', async () => {
    const higher = { ...LOW_COST, log2N: 6 };
    world.reopen(higher);
    expect(hashOfAda()).toMatch(/^scrypt\$4\$8\$1\$/);
    expect(await world.answer(wrong)).toBe('wrong');
    expect(hashOfAda()).toMatch(/^scrypt\$4\$/);
    expect(await world.answer()).toBe('ok');
    expect(hashOfAda()).toMatch(/^scrypt\$6\$8\$1\$/);
    expect(await world.answer()).toBe('ok');
    world.reopen(LOW_COST);
    expect(await world.answer()).toBe('ok');
    expect(hashOfAda()).toMatch(/^scrypt\$6\$/);
  });

  it('lets nobody in who was deactivated meanwhile', async () => {
    const signingIn = world.answer();
    valueOf(world.store.deactivate('p-ada'));
    expect(await signingIn).not.toBe('ok');
    expect(world.store.sessions('p-ada')).toEqual([]);
  });

  it('lets nobody in with a password that was replaced meanwhile', async () => {
    const signingIn = world.answer();
    overwriteHashOfAda('scrypt$4$8$1$AAAA$AAAA');
    expect(await signingIn).toBe('busy');
  });

  it('ends without an error when the store was closed meanwhile', async () => {
    const signingIn = world.answer(wrong);
    world.store.close();
    expect(await signingIn).toBe('busy');
  });
});

describe('authenticating again', () => {
  const again = async (password: string): Promise<string> => {
    const result = await world.store.authenticateAgain('p-ada', password);
    return result.ok ? 'ok' : result.error.code;
  };

  it('needs the password', async () => {
    expect(await again(PASSWORD)).toBe('ok');
    expect(await again('something else entirely')).toBe('wrong');
    expect(await world.store.authenticateAgain('p-nobody', PASSWORD)).toMatchObject({
      error: { code: 'unknownPerson' },
    });
  });

  it('counts towards the lock of the login', async () => {
    for (let at = 0; at < WRONG_UNTIL_LOCKED; at += 1) expect(await again('a guess')).toBe('wrong');
    expect(await again(PASSWORD)).toBe('locked');
    expect(await world.answer()).toBe('locked');
  });

  it('with half of what a person can prove clears no count', async () => {
    const app = await world.enrol('p-ada');
    await guess(WRONG_UNTIL_LOCKED - 1);
    expect(await again(PASSWORD)).toBe('ok');
    expect(await world.answer({ totp: '000000' })).toBe('wrong');
    expect(await world.answer({ totp: app.generate({ timestamp: world.now }) })).toBe('locked');
  });
});

describe('a one-time code', () => {
  const codeAt = (app: { generate(at: object): string }, offsetSeconds: number) =>
    app.generate({ timestamp: world.now + offsetSeconds * SECOND_MS });

  it('is asked for after the right password, and not after a wrong one', async () => {
    const app = await world.enrol('p-ada');
    expect(await world.answer()).toBe('totpNeeded');
    expect(await world.answer({ totp: '' })).toBe('totpNeeded');
    expect(await world.answer(wrong)).toBe('wrong');
    expect(await world.answer({ totp: codeAt(app, 0) })).toBe('ok');
  });

  it('that is wrong is answered like a wrong password', async () => {
    await world.enrol('p-ada');
    expect(await world.attempt({ totp: '000000' })).toEqual(await world.attempt(wrong));
  });

  it('works once', async () => {
    const app = await world.enrol('p-ada');
    expect(await world.answer({ totp: codeAt(app, 0) })).toBe('ok');
    expect(await world.answer({ totp: codeAt(app, 0) })).toBe('wrong');
    expect(await world.answer({ totp: codeAt(app, 30) })).toBe('ok');
    expect(await world.answer({ totp: codeAt(app, 0) })).toBe('wrong');
  });

  it('works once, even twice at the same moment', async () => {
    const app = await world.enrol('p-ada');
    const totp = codeAt(app, 0);
    const answers = await Promise.all([world.answer({ totp }), world.answer({ totp })]);
    expect(answers.toSorted()).toEqual(['ok', 'wrong']);
  });

  it('works once, also across reopening', async () => {
    const app = await world.enrol('p-ada');
    expect(await world.answer({ totp: codeAt(app, 0) })).toBe('ok');
    world.reopen();
    expect(await world.answer({ totp: codeAt(app, 0) })).toBe('wrong');
  });

  it.each([
    [-60, 'wrong'],
    [-30, 'ok'],
    [0, 'ok'],
    [30, 'ok'],
    [60, 'wrong'],
  ])('of a clock %i s off is %s', async (offset, answer) => {
    const app = await world.enrol('p-ada');
    world.now += HOUR_MS;
    expect(await world.answer({ totp: codeAt(app, offset) })).toBe(answer);
  });

  it('may be typed with a space', async () => {
    const app = await world.enrol('p-ada');
    expect(await world.answer({ totp: codeAt(app, 0).replace(/^.../, '$& ') })).toBe('ok');
  });

  it('cannot be guessed by asking in between what is needed', async () => {
    await world.enrol('p-ada');
    for (let at = 0; at < WRONG_UNTIL_LOCKED; at += 1) {
      expect(await world.answer()).toBe('totpNeeded');
      expect(await world.answer({ totp: '000000' })).toBe('wrong');
    }
    expect(await world.answer()).toBe('locked');
  });

  it('confirms the set-up, and is spent by it', async () => {
    expect(world.store.confirmTotp('p-ada', '123456')).toMatchObject({
      error: { code: 'notBegun' },
    });
    const { uri, secret } = valueOf(world.store.beginTotp('p-ada'));
    expect(uri).toMatch(/^otpauth:\/\/totp\/Propdesk:ada\?/);
    expect(uri).toContain(`secret=${secret}`);
    expect(await world.answer()).toBe('ok');
    const { Secret, TOTP } = await import('otpauth');
    const code = codeAt(new TOTP({ secret: Secret.fromBase32(secret) }), 0);
    const other = code === '000000' ? '000001' : '000000';
    expect(world.store.confirmTotp('p-ada', other)).toMatchObject({ error: { code: 'wrong' } });
    expect(world.store.list()[0]?.hasTotp).toBe(false);
    valueOf(world.store.confirmTotp('p-ada', code));
    expect(world.store.list()[0]?.hasTotp).toBe(true);
    expect(await world.answer({ totp: code })).toBe('wrong');
  });

  it('of the app in use goes on working until the next app is confirmed', async () => {
    const app = await world.enrol('p-ada');
    valueOf(world.store.beginTotp('p-ada'));
    expect(await world.answer({ totp: codeAt(app, 0) })).toBe('ok');
    world.now += DAY_MS;
    const next = await world.enrol('p-ada');
    expect(await world.answer({ totp: codeAt(app, 0) })).toBe('wrong');
    expect(await world.answer({ totp: codeAt(next, 0) })).toBe('ok');
  });

  it('is no longer asked for once its app was removed', async () => {
    await world.enrol('p-ada');
    valueOf(world.store.removeTotp('p-ada'));
    expect(await world.answer()).toBe('ok');
  });
});

function overwriteHashOfAda(stored: string): void {
  const connection = openDatabase(world.file, migrations, 'write');
  connection.prepare("UPDATE person SET password = ? WHERE person_id = 'p-ada'").run(stored);
  connection.close();
}

function hashOfAda(): string {
  const connection = openDatabase(world.file, migrations, 'read');
  const read = connection.prepare("SELECT password FROM person WHERE person_id = 'p-ada'").pluck();
  const stored = read.get() as string;
  connection.close();
  return stored;
}
