import { describe, expect, it } from 'vitest';
import type { QuietHours } from './alert-rules.ts';
import { breaksThrough, quietUntil } from './quiet-hours.ts';
import { aNotice, fixedZones } from './testing/notices.ts';

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
function hours(over: Partial<QuietHours> = {}): QuietHours {
  return {
    zone: 'UTC',
    from: '22:00',
    until: '07:00',
    days: EVERY_DAY,
    breaksThrough: { severity: null, escalations: false },
    ...over,
  };
}
/** 1 May 2026 is a Friday. */
const at = (day: number, hour: number, minute = 0): number => Date.UTC(2026, 4, day, hour, minute);
const until = (quiet: QuietHours[], when: number): number | null =>
  quietUntil(quiet, when, fixedZones);

describe('quiet hours', () => {
  it('hold from the first minute to the last, over midnight', () => {
    expect([
      until([hours()], at(1, 21, 59)),
      until([hours()], at(1, 22)),
      until([hours()], at(2, 6, 59)),
      until([hours()], at(2, 7)),
    ]).toEqual([null, at(2, 7), at(2, 7), null]);
  });

  it('are told by the clocks of their zone', () => {
    const prague = hours({ zone: 'UTC+2' });
    expect([until([prague], at(1, 20)), until([prague], at(1, 19, 59))]).toEqual([at(2, 5), null]);
  });

  it('belong to the day on which they begin', () => {
    const fridays = hours({ days: [5] });
    expect([
      until([fridays], at(1, 23)),
      until([fridays], at(2, 3)),
      until([fridays], at(2, 23)),
      until([fridays], at(1, 3)),
    ]).toEqual([at(2, 7), at(2, 7), null, null]);
  });

  it('last a whole day where both times are equal', () => {
    const sundays = hours({ from: '00:00', until: '00:00', days: [7] });
    expect([
      until([sundays], at(3, 0)),
      until([sundays], at(3, 23, 59)),
      until([sundays], at(4, 0)),
    ]).toEqual([at(4, 0), at(4, 0), null]);
  });

  it('that follow on each other without a gap are one', () => {
    const weekend = [
      hours({ from: '18:00', until: '00:00', days: [5] }),
      hours({ from: '00:00', until: '00:00', days: [6, 7] }),
    ];
    expect(until(weekend, at(1, 19))).toBe(at(4, 0));
  });

  it('that never end do not keep anybody looking for their end for ever', () => {
    const always = hours({ from: '00:00', until: '00:00' });
    expect(until([always], at(1, 12))).toBeGreaterThan(at(8, 0));
  });

  it('let through what they say: a severity, and what nobody acknowledged', () => {
    const quiet = hours({ breaksThrough: { severity: 'hard', escalations: false } });
    const waking = hours({ breaksThrough: { severity: null, escalations: true } });
    const soft = aNotice({ severity: 'soft' });
    const hard = aNotice({ severity: 'hard' });
    expect([
      breaksThrough(quiet, soft, 0),
      breaksThrough(quiet, hard, 0),
      breaksThrough(quiet, soft, 1),
      breaksThrough(waking, hard, 0),
      breaksThrough(waking, soft, 1),
    ]).toEqual([false, true, false, false, true]);
  });
});
