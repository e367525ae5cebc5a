import { limitKind } from '../limit.ts';
import { dailyFloor, describeAllowance } from './daily-floor.ts';

/** Daily pause (catalogue R02): positions are closed and trading rests until the next trading day. */
export const dailyPause = limitKind({
  ...dailyFloor,
  kind: 'dailyPause',
  title: 'Daily pause',
  consequence: () => 'pauseForDay',
  describe: (params, terms) =>
    'Your positions are closed and trading pauses until the next trading day when your equity ' +
    `${params.breachedWhen === 'below' ? 'falls below' : 'reaches or falls below'} the pause level: ` +
    describeAllowance(params, terms),
});
