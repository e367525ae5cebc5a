import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '#core/kernel/random.ts';
import { createDisk, type Loss } from './disk.ts';
import { killPoints, runPoints, thinned } from './kill.ts';
import { cutPower, cutPowerWhenWeaker } from './power.ts';
import { closingLine, measure, violationsOf } from './run.ts';
import { SCENARIOS, survey, type Scenario } from './scenario.ts';
import { whyNotHere } from './strace.ts';
import { readTrace } from './trace.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

/** `npm run durability` does all of it; this is enough to see that it still sees. */
const notHere = whyNotHere();
/** Every point is a process that starts: on a busy machine that takes its time. */
const PROCESSES_MS = 300_000;
const because = notHere === null ? '' : `, not here: ${notHere}`;

function scenario(operation: string): Scenario {
  const found = SCENARIOS.find((one) => one.operation === operation);
  if (!found) throw new Error(`no scenario ${operation}`);
  return { ...found, drawn: Math.min(found.drawn, 10), everyPoint: 1 };
}

describe.skipIf(notHere !== null)(
  `what was acknowledged${because}`,
  { timeout: PROCESSES_MS },
  () => {
    let workshop: Workshop;
    beforeAll(async () => {
      workshop = await openWorkshop();
    });
    afterAll(() => workshop.close());

    it('survives in the desk, and a store that loses is found out', async () => {
      const plan = { scenarios: [scenario('queue')], everyPoint: 200, everyImage: 16 };
      const measured = await measure(workshop, plan);
      expect(violationsOf(measured)).toEqual([]);
      expect(closingLine(measured)).toMatch(
        /^durability: \d+ kill points, \d+ error points, \d+ images: 0 acknowledged lost, 0 corrupt;/,
      );
    });

    it.each([
      ['decision', 30],
      ['lostDatabase', 200],
    ])('survives when signed, in both copies: %s', async (name, every) => {
      const surveyed = await survey(workshop, scenario(name));
      const writes = killPoints(surveyed.calls).filter(({ call }) => call === 'write');
      const [row] = await runPoints(surveyed, thinned(writes, 6));
      expect(row).toMatchObject({ lost: 0, corrupt: 0, unclear: 0 });
      expect(await cutPower(surveyed, 200)).toMatchObject({ lost: 0, corrupt: 0 });
      expect((await cutPowerWhenWeaker(surveyed, every)).lost).toBeGreaterThan(0);
    });

    it('survives in the server, and with synchronous=NORMAL it does not', async () => {
      const surveyed = await survey(workshop, scenario('command'));
      const writes = killPoints(surveyed.calls).filter(({ call }) => call === 'pwrite64');
      const [row] = await runPoints(surveyed, thinned(writes, 120));
      expect(row).toMatchObject({ lost: 0, corrupt: 0, unclear: 0 });
      expect((await cutPowerWhenWeaker(surveyed, 60)).lost).toBeGreaterThan(0);
    });
  },
);

const hex = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');

describe('the model of a disk', () => {
  const traced = (call: string, name: string, rest: string, result = 0): string =>
    `7  ${call}(3<${hex(`/data/${name}`)}>${rest}) = ${result}`;
  const created = `7 openat(AT_FDCWD<${hex('/')}>, "${hex('/data/log')}", O_RDWR|O_CREAT, 0644) = 3`;
  const synced = [traced('fsync', 'log', ''), `7 fsync(4<${hex('/data')}>) = 0`];
  const written = (text: string, offset: number): string =>
    traced('pwrite64', 'log', `, "${hex(text)}", ${text.length}, ${offset}`, text.length);
  const after = (lines: readonly string[], dropsFailed = false): string | null => {
    const disk = createDisk({ dropsFailed });
    for (const event of readTrace(lines.join('\n'), '/data', '/said')) disk.apply(event);
    const nothing: Loss = { namesKept: 0, sizesKept: false, fate: () => 'lost' };
    const bytes = disk.after(nothing, createRandom(1)).get('log');
    return bytes ? Buffer.from(bytes).toString() : null;
  };

  it('keeps what was synchronised, and nothing else', () => {
    expect(after([created, written('one', 0)])).toBeNull();
    expect(after([created, written('one', 0), ...synced])).toBe('one');
    expect(after([created, written('one', 0), ...synced, written('two', 3)])).toBe('one');
    expect(after([created, written('one', 0), ...synced, written('two', 3), ...synced])).toBe(
      'onetwo',
    );
  });

  it('never gets what a failed synchronisation was about', () => {
    const failed = traced('fsync', 'log', '', -1);
    expect(after([created, written('one', 0), failed, ...synced], true)).toBe('');
    expect(after([created, written('one', 0), failed, ...synced], false)).toBe('one');
  });

  it('refuses a trace with a call that it does not know', () => {
    expect(() => after([created, traced('fallocate', 'log', ', 0, 0, 9')])).toThrow('fallocate');
  });
});
