import { z } from 'zod';
import { mulDivFloor, PPM_UNIT } from '#core/money/money.ts';
import { decimalInput } from '#core/money/schemas.ts';
import { conductKind, conductShape } from '../conduct.ts';

const RATIO_DECIMALS = 6;

const params = z.strictObject({
  ...conductShape,
  /** The stop may risk at most so many times what the target would gain: "5". */
  ratio: decimalInput(RATIO_DECIMALS, 'a ratio such as "5"'),
});

/** Stop-to-target ratio (catalogue R28), judged whenever a stop or target is set. */
export const stopToTarget = conductKind<z.output<typeof params>>({
  kind: 'stopToTarget',
  title: 'Stop to target ratio',
  params,
  easier: { ratio: 'more' },
  needs: () => ['protection'],
  violation: (params, _state, moment) => {
    if (moment.cause !== 'protection') return null;
    for (const { risk, reward } of moment.positions()) {
      if (risk === null || reward === null) continue;
      if (risk <= mulDivFloor(Math.max(0, reward), params.ratio, PPM_UNIT)) continue;
      return [
        { name: 'risk', unit: 'money', value: risk },
        { name: 'reward', unit: 'money', value: reward },
      ];
    }
    return null;
  },
  describe: (params) =>
    `A stop loss may risk at most ${params.ratio / PPM_UNIT} times what the target would gain.`,
});
