import { z } from 'zod';
import { conductKind, conductShape } from '../conduct.ts';
import { lotsInput, lotsText } from '../parameters.ts';

const params = z.strictObject({
  ...conductShape,
  lots: lotsInput,
});

/**
 * Lots with open risk (catalogue R24): a position leaves the count once its stop is at break-even
 * or better. Judged on every deal that opens or adds and whenever a stop moves.
 */
export const lotsAtRisk = conductKind<z.output<typeof params>>({
  kind: 'lotsAtRisk',
  title: 'Lots with open risk',
  params,
  easier: { lots: 'more' },
  needs: () => ['protection'],
  violation: (params, _state, moment) => {
    if (moment.deal?.entry !== 'in' && moment.cause !== 'protection') return null;
    const atRisk = moment
      .positions()
      .filter(({ risk }) => risk !== 0)
      .reduce((sum, { lots }) => sum + lots, 0);
    if (atRisk <= params.lots) return null;
    return [
      { name: 'atRisk', unit: 'lots', value: atRisk },
      { name: 'limit', unit: 'lots', value: params.lots },
    ];
  },
  describe: (params) =>
    `Hold at most ${lotsText(params.lots)} lots whose stop loss is not at break-even or better.`,
});
