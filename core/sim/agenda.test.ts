import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAgenda, type Agenda, type Due } from './agenda.ts';

const FUZZ = { seed: 20_261_121, numRuns: 60 };
const wake = (trader: number, note: number) => ({ trader, spell: 0, does: 'wake', note }) as const;

const step = fc.oneof(
  fc.record({ do: fc.constant('look' as const), trader: fc.nat(5), at: fc.nat(500) }),
  fc.record({ do: fc.constant('add' as const), trader: fc.nat(5), at: fc.nat(500) }),
  fc.record({
    do: fc.constant('wait' as const),
    trader: fc.nat(5),
    when: fc.constantFrom('below' as const, 'above' as const),
    price: fc.nat(40),
  }),
  fc.record({ do: fc.constant('price' as const), price: fc.nat(40), at: fc.nat(500) }),
  fc.record({ do: fc.constant('pop' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

function take(agenda: Agenda, one: Step, note: number): Due | null {
  if (one.do === 'look') agenda.look(one.trader, one.at);
  else if (one.do === 'add') agenda.add(one.at, wake(one.trader, note));
  else if (one.do === 'wait') {
    agenda.addAt({ when: one.when, symbol: 0, price: one.price }, wake(one.trader, note));
  } else if (one.do === 'price') agenda.quoted(0, one.price, one.price + 1, one.at);
  else if (agenda.firstAt() < Infinity) return agenda.pop();
  return null;
}

describe('an agenda', () => {
  it(`goes on from its state as if it had never stopped (seed ${FUZZ.seed})`, () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.nat(120), (steps, cut) => {
        const whole = createAgenda(1);
        let resumed = createAgenda(1);
        for (const [at, one] of steps.entries()) {
          if (at === cut) {
            const state = JSON.parse(JSON.stringify(resumed.state())) as ReturnType<
              Agenda['state']
            >;
            resumed = createAgenda(1, state);
          }
          expect(take(resumed, one, at)).toEqual(take(whole, one, at));
        }
        expect(resumed.state()).toEqual(whole.state());
      }),
      FUZZ,
    );
  });

  it('wakes who waits for a price once it is there, and only the last that one asked for', () => {
    const agenda = createAgenda(1);
    agenda.addAt({ when: 'below', symbol: 0, price: 90 }, wake(1, 1));
    agenda.addAt({ when: 'below', symbol: 0, price: 80 }, wake(1, 2));
    agenda.addAt({ when: 'above', symbol: 0, price: 120 }, wake(1, 3));
    agenda.quoted(0, 88, 89, 10);
    expect(agenda.firstAt()).toBe(Infinity);
    agenda.quoted(0, 79, 80, 20);
    expect(agenda.pop()).toEqual({ does: 'errand', errand: wake(1, 2), at: 20 });
    agenda.quoted(0, 120, 121, 30);
    expect(agenda.pop()).toEqual({ does: 'errand', errand: wake(1, 3), at: 30 });
  });
});
