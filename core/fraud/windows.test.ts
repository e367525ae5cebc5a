import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketOf, createExpiringMap, createSlotCounts } from './windows.ts';

const throughText = <Value>(value: Value): Value =>
  JSON.parse(JSON.stringify(structuredClone(value))) as Value;

describe('a map that expires', () => {
  const step = fc.record({
    act: fc.constantFrom('set', 'set', 'set', 'delete', 'expire', 'resume', 'dropOldest'),
    key: fc.integer({ min: 0, max: 12 }).map(String),
    later: fc.nat(20),
  });

  it('keeps what was set last, as many and as long as it says, whatever happens in between', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const limits = { entriesMax: 5, keepMs: 30 };
        let left: string[] = [];
        const drop = (key: string): void => void left.push(key);
        let map = createExpiringMap<number>(limits, [], drop);
        let model: { key: string; at: number; value: number }[] = [];
        let at = 0;
        for (const [value, { act, key, later }] of steps.entries()) {
          at += later;
          left = [];
          const before = model;
          let answered = true;
          if (act === 'set') {
            model = [...model.filter((one) => one.key !== key), { key, at, value }].slice(-5);
            map.set(key, value, at);
          } else if (act === 'delete') {
            model = model.filter((one) => one.key !== key);
            answered = map.delete(key) === model.length < before.length;
          } else if (act === 'expire') {
            model = model.filter((one) => one.at >= at - 30);
            map.expire(at);
          } else if (act === 'dropOldest') {
            model = model.slice(1);
            answered = map.dropOldest() === before.length > 0;
          } else {
            map = createExpiringMap(limits, throughText(map.state()), drop);
          }
          expect(answered, `${act} says what it did`).toBe(true);
          expect([...map.entries()]).toEqual(model.map((one) => [one.key, one.value]));
          expect(map.size()).toBe(model.length);
          for (const one of model) expect(map.get(one.key)).toBe(one.value);
          const gone = before.filter((one) => !map.has(one.key) && one.key !== key);
          expect(left.filter((one) => one !== key).sort()).toEqual(
            gone.map((one) => one.key).sort(),
          );
        }
      }),
    );
  });
});

describe('counts by slots of time', () => {
  const limits = { slotMs: 10, stretchSlots: 6, stretchesKept: 3, countsMax: 1_000 };
  const act = fc.record({ name: fc.constantFrom('one', 'other'), later: fc.nat(25) });

  it('are what a list of all would count, of the slots around and of the stretch', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 80 }), fc.nat(3), (acts, slots) => {
        let counts = createSlotCounts(limits);
        const all: { name: string; at: number }[] = [];
        let at = 0;
        for (const { name, later } of acts) {
          at += later;
          counts.add(name, at);
          counts.expire(at);
          all.push({ name, at });
          if (later === 7) counts = createSlotCounts(limits, throughText(counts.state()));
        }
        const slotOf = (when: number): number => Math.floor(when / 10);
        for (const { name, at: when } of all) {
          const known = (one: { name: string; at: number }): boolean =>
            one.name === name && counts.knows(one.at);
          const near = all.filter(
            (one) => known(one) && Math.abs(slotOf(one.at) - slotOf(when)) <= slots,
          );
          expect(counts.around(name, when, slots)).toBe(near.length);
          const same = all.filter(
            (one) => known(one) && Math.floor(one.at / 60) === Math.floor(when / 60),
          );
          expect(counts.inStretch(name, when)).toBe(same.length);
        }
      }),
    );
  });

  it('forget whole stretches when there are too many, and say so', () => {
    const counts = createSlotCounts({ ...limits, countsMax: 20 });
    for (let at = 0; at < 300; at += 1) counts.add(`name ${at % 3}`, at);
    expect(counts.size()).toBeLessThanOrEqual(20);
    expect(counts.knows(0)).toBe(false);
    expect(counts.inStretch('name 0', 0)).toBe(0);
  });
});

it('a bucket begins at its edge', () => {
  expect([0, 4, 5, 9, 10].map((value) => bucketOf([5, 10], value))).toEqual([0, 0, 1, 1, 2]);
});
