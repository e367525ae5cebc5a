import { Engine } from 'json-rules-engine';
import { startBalance } from '../workload.ts';

/**
 * The usual rule library, given the equity for free: it answers asynchronously, so it is measured
 * in checks of one account per second beside the contenders.
 */
export function createJsonRules(): { check(count: number): Promise<number> } {
  const engine = new Engine();
  const add = (name: string, operator: string, value: number): void => {
    engine.addRule({
      conditions: { all: [{ fact: 'equity', operator, value }] },
      event: { type: name },
    });
  };
  add('daily', 'lessThan', startBalance * 0.95);
  add('overall', 'lessThan', startBalance * 0.9);
  add('warned', 'lessThanInclusive', startBalance * 0.975);
  add('warned-again', 'lessThanInclusive', startBalance * 0.9625);
  add('target', 'greaterThanInclusive', startBalance * 1.1);
  return {
    check: async (count) => {
      let verdicts = 0;
      for (let at = 0; at < count; at += 1) {
        const { events } = await engine.run({ equity: startBalance - (at % 100) * 10_000_000 });
        verdicts += events.length;
      }
      return verdicts;
    },
  };
}
