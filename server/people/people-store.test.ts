import {
  chmodSync,
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Secret } from 'otpauth';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../store/open.ts';
import { INVITE_MS } from './invites.ts';
import { migrations } from './migrations.ts';
import { passwordProblem } from './passwords.ts';
import { openPeopleStore } from './people-store.ts';
import {
  bytesIn,
  LOW_COST,
  openWorld,
  PASSWORD,
  recordingRandom,
  valueOf,
  type World,
} from './testing/people.ts';

let world: World;
beforeEach(() => {
  world = openWorld();
});
afterEach(() => world.close());

const ada = { personId: 'p-ada', name: 'Ada Merrow', login: 'ada', email: 'ada@firm.example' };

describe('people', () => {
  it('are listed with what they have', async () => {
    valueOf(world.store.add(ada));
    await world.join('bram');
    await world.enrol('p-bram');
    valueOf(world.store.add({ personId: 'p-cleo', name: 'Cleo', login: 'cleo' }));
    valueOf(world.store.deactivate('p-cleo'));
    const bram = { personId: 'p-bram', name: 'The person bram', login: 'bram' };
    const nothing = { email: null, hasPassword: false, hasTotp: false, lockedUntil: null };
    expect(world.store.list()).toEqual([
      { ...nothing, ...ada, active: true },
      { ...nothing, ...bram, active: true, hasPassword: true, hasTotp: true },
      { ...nothing, personId: 'p-cleo', name: 'Cleo', login: 'cleo', active: false },
    ]);
    expect(world.store.nameOf('p-ada')).toBe('Ada Merrow');
    expect(world.store.nameOf('p-nobody')).toBeNull();
  });

  it('have ids and logins of their own', () => {
    valueOf(world.store.add(ada));
    expect(world.store.add({ ...ada, login: 'other' })).toMatchObject({ error: { code: 'taken' } });
    expect(world.store.add({ ...ada, personId: 'p-2', login: ' ADA' })).toMatchObject({
      error: { code: 'taken' },
    });
  });

  it('who left give their login to somebody new, and not their id', () => {
    valueOf(world.store.add(ada));
    valueOf(world.store.deactivate('p-ada'));
    expect(world.store.add({ ...ada, login: 'other' })).toMatchObject({ error: { code: 'taken' } });
    valueOf(world.store.add({ ...ada, personId: 'p-2' }));
  });

  it.each([
    { personId: '' },
    { personId: 'p ada' },
    { personId: 'p'.repeat(81) },
    { name: ' ' },
    { name: 'Ada\u202Ewrong way round' },
    { name: 'A'.repeat(121) },
    { login: 'a' },
    { login: '\u0430da' },
    { login: 'ada merrow' },
    { email: 'ada' },
  ])('are not added as %o', (over) => {
    expect(world.store.add({ ...ada, ...over })).toMatchObject({ error: { code: 'invalid' } });
    expect(world.store.list()).toEqual([]);
  });

  it.each(['invite', 'beginTotp', 'removeTotp', 'deactivate'] as const)(
    'who do not exist are refused by %s',
    (call) => {
      expect(world.store[call]('p-nobody')).toMatchObject({ error: { code: 'unknownPerson' } });
    },
  );
});

describe('a set-up code', () => {
  beforeEach(() => void valueOf(world.store.add(ada)));
  const accept = async (code: string, password = PASSWORD): Promise<string> => {
    const result = await world.store.accept(code, password);
    return result.ok ? result.value.personId : result.error.code;
  };

  it('sets a password, once', async () => {
    const code = valueOf(world.store.invite('p-ada'));
    expect(await world.answer()).toBe('wrong');
    expect(await accept(code)).toBe('p-ada');
    expect(await world.answer()).toBe('ok');
    expect(await accept(code)).toBe('codeRefused');
  });

  it('sets a password once, even twice at the same moment', async () => {
    const code = valueOf(world.store.invite('p-ada'));
    const answers = await Promise.all([accept(code), accept(code, 'another long password')]);
    expect(answers.toSorted()).toEqual(['codeRefused', 'p-ada']);
  });

  it('sets another password, and the old one works no more', async () => {
    await accept(valueOf(world.store.invite('p-ada')));
    expect(await accept(valueOf(world.store.invite('p-ada')), 'another long password')).toBe(
      'p-ada',
    );
    expect(await world.answer()).toBe('wrong');
    expect(await world.answer({ password: 'another long password' })).toBe('ok');
  });

  it('works for 24 hours', async () => {
    const code = valueOf(world.store.invite('p-ada'));
    world.now += INVITE_MS - 1;
    expect(await accept(code, 'short')).toBe('weakPassword');
    world.now += 1;
    expect(await accept(code)).toBe('codeRefused');
  });

  it('takes the place of the one before', async () => {
    const old = valueOf(world.store.invite('p-ada'));
    const young = valueOf(world.store.invite('p-ada'));
    expect(await accept(old)).toBe('codeRefused');
    expect(await accept(young)).toBe('p-ada');
  });

  it('survives reopening, and may be typed in small letters without dashes', async () => {
    const code = valueOf(world.store.invite('p-ada'));
    expect(code).toMatch(/^([A-Z2-7]{4}-){5}[A-Z2-7]{4}$/);
    world.reopen();
    expect(await accept(code.replaceAll('-', '').toLowerCase())).toBe('p-ada');
  });

  it('is refused in the same words whatever is wrong with it', async () => {
    const used = valueOf(world.store.invite('p-ada'));
    await accept(used);
    expect(await world.store.accept(used, PASSWORD)).toEqual(
      await world.store.accept('no such code', PASSWORD),
    );
  });

  it('is not used up by a password that is refused', async () => {
    const code = valueOf(world.store.invite('p-ada'));
    expect(await accept(code, 'Ada  MERROW')).toBe('weakPassword');
    expect(await accept(code)).toBe('p-ada');
  });

  it('waits while four passwords are being hashed', async () => {
    const code = valueOf(world.store.invite('p-ada'));
    const many = Array.from({ length: 4 }, () => accept(code));
    expect(await accept(code)).toBe('busy');
    expect((await Promise.all(many)).toSorted()).toEqual([
      'codeRefused',
      'codeRefused',
      'codeRefused',
      'p-ada',
    ]);
  });
});

describe('a password', () => {
  const person = { name: 'Ada Amaryllis Merrow', login: 'ada.merrow.risk' };
  it.each([
    ['elevenchars', 'too short'],
    // Eleven letters of four bytes each.
    ['\u{1F600}'.repeat(11), 'too short'],
    ['x'.repeat(257), 'too long'],
    ['Ada.Merrow.Risk', 'name or login'],
    ['adaamaryllis merrow', 'name or login'],
    ['Password1234', 'first that anybody would try'],
    ['correct horse battery staple', 'first that anybody would try'],
  ])('%s is refused as %s', (password, reason) => {
    expect(passwordProblem(password, person)).toContain(reason);
  });

  it.each(['twelve chars', 'x'.repeat(256), '\u{1F600}'.repeat(12)])('%s is taken', (password) => {
    expect(passwordProblem(password, person)).toBeNull();
  });
});

describe('the files', () => {
  it('hold no password, token, set-up code or code secret in plain text', async () => {
    const { given, random } = recordingRandom();
    world.store.close();
    const { file } = world;
    // A new folder's key was made already: this store makes all else.
    world.store = openPeopleStore(file, { now: () => world.now, passwordCost: LOW_COST, random });
    const password = 'canary of a password';
    const sealed: string[] = [password, 'canary in the login field'];
    await world.join('ada', password);
    const { secret } = valueOf(world.store.beginTotp('p-ada'));
    const app = await world.enrol('p-ada');
    const totp = app.generate({ timestamp: world.now });
    const { token } = valueOf(await world.attempt({ password, totp }));
    await world.answer({ login: 'canary in the login field' });
    const code = valueOf(world.store.invite('p-ada'));
    sealed.push(secret, app.secret.base32, token, code, code.replaceAll('-', ''));
    for (const phase of ['while open', 'after closing']) {
      if (phase === 'after closing') world.reopen();
      const bytes = bytesIn(world.folder);
      // The search finds what is there.
      expect(bytes.includes('p-ada')).toBe(true);
      const texts = sealed.filter((text) => bytes.includes(text));
      expect({ phase, texts }).toEqual({ phase, texts: [] });
      const key = readFileSync(join(world.folder, 'people.key'));
      const raw = [...given.filter(isSecret), Secret.fromBase32(secret).bytes, key];
      expect(raw.filter((one) => bytes.includes(Buffer.from(one)))).toEqual([]);
    }
  });

  it('hold no piece of a hash or a sealed secret of somebody who left', async () => {
    await world.join('ada');
    await world.enrol('p-ada');
    world.reopen();
    const pieces = secretPiecesOf('p-ada');
    const left = () => pieces.filter((piece) => bytesIn(world.folder).includes(piece)).length;
    expect(left()).toBe(pieces.length);
    valueOf(world.store.deactivate('p-ada'));
    world.reopen();
    expect(left()).toBe(0);
  });

  it.skipIf(process.platform === 'win32')('can be read by their owner alone', async () => {
    await world.join('ada');
    // Somebody meant well.
    for (const name of ['people.sqlite', 'people.key']) chmodSync(join(world.folder, name), 0o644);
    world.reopen();
    await world.join('bram');
    const modes = ['people.sqlite', 'people.sqlite-wal', 'people.key'].map(
      (name) => statSync(join(world.folder, name)).mode & 0o777,
    );
    expect(modes).toEqual([0o600, 0o600, 0o600]);
  });

  it('survive reopening', async () => {
    await world.join('ada');
    const app = await world.enrol('p-ada');
    world.reopen();
    expect(world.store.list()).toMatchObject([{ hasPassword: true, hasTotp: true }]);
    expect(await world.answer()).toBe('totpNeeded');
    expect(await world.answer({ totp: app.generate({ timestamp: world.now }) })).toBe('ok');
  });

  it('are opened only with the key that they were made with', async () => {
    await world.join('ada');
    const key = join(world.folder, 'people.key');
    copyFileSync(key, `${key}.kept`);
    for (const spoil of [
      () => rmSync(key),
      () => expect(existsSync(key)).toBe(false),
      () => writeFileSync(key, Buffer.alloc(32)),
      () => writeFileSync(key, 'short'),
    ]) {
      spoil();
      expect(() => openPeopleStore(world.file, { now: () => world.now })).toThrow(
        /people\.key is not the key .* put it back from the backup/,
      );
    }
    copyFileSync(`${key}.kept`, key);
    world.reopen();
    expect(await world.answer()).toBe('ok');
  });

  it('give no second factor of one person to another', async () => {
    await world.join('ada');
    await world.join('bram');
    await world.enrol('p-ada');
    const connection = openDatabase(world.file, migrations, 'write');
    connection.exec(
      "UPDATE person SET totp = (SELECT totp FROM person WHERE person_id = 'p-ada') WHERE person_id = 'p-bram'",
    );
    connection.close();
    await expect(world.attempt({ login: 'bram', totp: '123456' })).rejects.toThrow(
      'the code secret of p-bram was changed from outside',
    );
  });

  it('are not needed for a store in memory', () => {
    const store = openPeopleStore(':memory:', { now: () => 1, passwordCost: LOW_COST });
    valueOf(store.add(ada));
    expect(store.list()).toHaveLength(1);
    store.close();
  });
});

/** Salts, nonces and ids may be read; what is 15, 20 or 32 bytes long is a code, a secret or a token. */
function isSecret(bytes: Uint8Array): boolean {
  return [15, 20, 32].includes(bytes.length);
}

/** What is kept of a person's secrets, in pieces: a page that is written again may keep some. */
function secretPiecesOf(personId: string): Buffer[] {
  const connection = openDatabase(world.file, migrations, 'read');
  const row = connection
    .prepare('SELECT password, totp FROM person WHERE person_id = ?')
    .get(personId) as { password: string; totp: Buffer };
  connection.close();
  return [Buffer.from(row.password.slice(-44)), row.totp].flatMap((secret) =>
    Array.from({ length: Math.floor(secret.length / 8) }, (_, at) =>
      secret.subarray(8 * at, 8 * at + 8),
    ),
  );
}
