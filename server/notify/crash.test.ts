import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { TELLS_NOBODY } from '#core/alerts/alert-rules.ts';
import type { NotifyStore } from './notify-store.ts';
import { mailRule, openNotifyFirm, rulesOf, type NotifyFirm } from './testing/notify-firm.ts';

const RULES = rulesOf(
  mailRule({
    tell: { ...TELLS_NOBODY, mailboxes: ['risk'], hooks: ['pager'] },
    acknowledgeWithinMinutes: 5,
    steps: [{ afterMinutes: 5, tell: { ...TELLS_NOBODY, mailboxes: ['senior'] } }],
  }),
);
const MINUTE_MS = 60_000;

/** Everything that a notifier does to its store; reading changes nothing, so nothing is lost there. */
const WRITES = [
  'together',
  'saveProgress',
  'addNotice',
  'addDelivery',
  'addMessage',
  'attempt',
  'became',
  'reached',
  'watch',
  'watchFrom',
  'unwatch',
  'seen',
] as const satisfies readonly (keyof NotifyStore)[];

/** A store whose machine loses its power before, or right after, its nth write. */
function dyingAt(
  store: NotifyStore,
  at: { readonly write: number; readonly when: 'before' | 'after' },
  died: () => void,
): NotifyStore {
  let writes = 0;
  let dead = false;
  const die = (): never => {
    dead = true;
    died();
    throw new Error('the power is gone');
  };
  const wrapped = { ...store };
  for (const name of Object.keys(store) as (keyof NotifyStore)[]) {
    const call = store[name];
    if (typeof call !== 'function' || name === 'close') continue;
    const isWrite = (WRITES as readonly string[]).includes(name);
    Object.assign(wrapped, {
      [name]: (...args: unknown[]): unknown => {
        if (dead) throw new Error('the power is gone');
        const mine = isWrite ? (writes += 1) : 0;
        if (mine === at.write && at.when === 'before') die();
        const result = (call as (...given: unknown[]) => unknown)(...args);
        if (mine === at.write && at.when === 'after') die();
        return result;
      },
    });
  }
  return wrapped;
}

/** Two accounts fail, and nobody looks for ten minutes. */
async function play(world: NotifyFirm): Promise<void> {
  for (let step = 0; step < 12; step += 1) await world.pass(MINUTE_MS);
}
const leftOnce = ({ left }: NotifyFirm): string[] =>
  [...new Set(left.map(({ messageId, target }) => `${messageId} ${target}`))].map(
    (name) => name.split(' ')[1] ?? '',
  );

describe('a machine that loses its power', () => {
  it('at whatever write, before or after it, loses no message, and sends none more than twice', async () => {
    let crashes = 0;
    let repeated = 0;
    for (const when of ['before', 'after'] as const) {
      for (let write = 1; ; write += 1) {
        const world = openNotifyFirm(RULES);
        let died = false;
        world.wrap = (store) => dyingAt(store, { write, when }, () => (died = true));
        world.restart();
        world.ruin('A1', 'A2');
        await world.pass(1_000);
        await play(world);
        if (died) {
          world.wrap = (store) => store;
          world.restart();
          await play(world);
        }
        const place = `${when} write ${write}`;
        expect([place, leftOnce(world).sort()]).toEqual([
          place,
          ['hook:pager', 'mailbox:risk', 'mailbox:senior'],
        ]);
        const counts = Map.groupBy(world.left, ({ messageId }) => messageId);
        const most = Math.max(...[...counts.values()].map((copies) => copies.length));
        expect([place, most <= 2]).toEqual([place, true]);
        repeated += Number(most === 2);
        // Whoever gets it twice gets the same bytes under the same name.
        for (const copies of counts.values()) {
          expect(new Set(copies.map(({ body, text }) => body + text)).size).toBe(1);
        }
        world.close();
        if (!died) break;
        crashes += 1;
      }
    }
    // It did crash, and some crashes lay between sending and noting it.
    expect(crashes).toBeGreaterThan(40);
    expect(repeated).toBeGreaterThan(2);
  }, 300_000);

  it('while another machine has the message and has not answered, sends the same one again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'propdesk-kill-'));
    const got: { key: string; body: string }[] = [];
    let child: ChildProcess | null = null;
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        got.push({ key: String(request.headers['idempotency-key']), body });
        // The first time the sender is killed before it hears anything.
        if (got.length === 1) child?.kill('SIGKILL');
        else response.writeHead(204).end();
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const script = fileURLToPath(new URL('./testing/sender.ts', import.meta.url));
    const run = (): Promise<number | null> =>
      new Promise((done) => {
        child = spawn(
          process.execPath,
          [
            '--disable-warning=ExperimentalWarning',
            script,
            join(folder, 'notify.sqlite'),
            String(port),
          ],
          { stdio: ['ignore', 'inherit', 'inherit'] },
        );
        child.on('exit', (code) => done(code));
      });
    expect(await run()).toBe(null);
    expect(await run()).toBe(0);
    expect(await run()).toBe(0);
    expect(got).toHaveLength(2);
    expect(got[1]).toEqual(got[0]);
    server.close();
    rmSync(folder, { recursive: true });
  });
});
