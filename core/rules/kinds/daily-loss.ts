import { limitKind } from '../limit.ts';
import { dailyFloor, describeAllowance } from './daily-floor.ts';

/** Maximum daily loss (catalogue R01): breaching it ends the account. */
export const dailyLoss = limitKind({
  ...dailyFloor,
  kind: 'dailyLoss',
  title: 'Daily loss',
  consequence: () => 'fail',
  describe: (params, terms) =>
    `You fail when ${params.measured === 'balance' ? 'your balance' : 'your equity'} ` +
    `${params.breachedWhen === 'below' ? 'falls below' : 'reaches or falls below'} the daily floor: ` +
    describeAllowance(params, terms),
});
