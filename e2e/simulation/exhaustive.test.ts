import { describe, expect, it } from 'vitest';
import { explore } from './exhaustive.ts';

/** SIM_DEPTH=5 takes most of a minute. */
const LENGTH = Number(process.env.SIM_DEPTH ?? 4);

describe('every short sequence of what can happen to a payout', () => {
  it('pays none without authority', { timeout: 600_000 }, () => {
    const { length, sequences, states, runs, paid, offences } = explore(LENGTH);
    process.stdout.write(
      `${sequences} sequences of up to ${length} steps (${states} states): ${runs} payment runs, ` +
        `${paid} paid, ${offences.length} without authority\n`,
    );
    expect(offences).toEqual([]);
    expect(paid).toBeGreaterThan(0);
  });

  it('notices when breaches are passed over', { timeout: 600_000 }, () => {
    const { offences } = explore(4, (world) => ({ ...world, blockedSince: () => null }));
    expect(offences.join('\n')).toContain('I4 paid after breach');
  });

  it('notices when keys are never revoked', { timeout: 600_000 }, () => {
    const { offences } = explore(4, (world) => {
      for (const key of world.governance.people.keys.values()) key.revokedSeq = null;
      return world;
    });
    expect(offences.join('\n')).toContain('I3');
  });
});
