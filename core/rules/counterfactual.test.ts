import { describe, expect, it } from 'vitest';
import { counterfactualOf } from './counterfactual.ts';
import type { BreachData } from './rules.events.ts';
import { trial } from './testing/trial.ts';

function breachAt(points: number, closed = 0): BreachData {
  const account = trial('staticLoss', { breachedWhen: 'below', distance: { fixed: '1000' } });
  if (closed !== 0) account.earn(closed);
  account.open('a', { lots: 10 });
  account.price('A', points);
  const breach = account.said.find(({ kind }) => kind === 'breachDetected');
  if (breach?.kind !== 'breachDetected') throw new Error('no breach');
  return breach.data;
}

describe('what would have avoided a breach', () => {
  it('is what was missing, and by how much smaller positions would have done', () => {
    // Ten lots lose 0.1 a point: 12,500 points are 1,250, 250 beyond the floor.
    const { missing, smaller } = counterfactualOf(breachAt(-12_500)) ?? {};
    expect([missing, smaller]).toEqual([250_0000, 200_000]);
  });

  it('is true: the account stands when it trades so much smaller', () => {
    const account = trial('staticLoss', { breachedWhen: 'below', distance: { fixed: '1000' } });
    account.open('a', { lots: 8 });
    account.price('A', -12_500);
    expect(account.status()).toBe('active');
  });

  it('says so when closed losses alone were too large', () => {
    const account = trial('staticLoss', { breachedWhen: 'below', distance: { fixed: '1000' } });
    account.earn(-1_001);
    const breach = account.said.find(({ kind }) => kind === 'breachDetected');
    const found = breach?.kind === 'breachDetected' ? counterfactualOf(breach.data) : null;
    expect(found).toMatchObject({ missing: 1_0000, smaller: null });
  });
});
