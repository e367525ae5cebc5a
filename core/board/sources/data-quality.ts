import { EVERY_SYMBOL, type FeedState } from '#core/alerts/alerts.events.ts';
import { ABOUT_NOTHING, type Described, type WorkSource } from '../work-source.ts';

/** Prices that do not come: what rules judge by meanwhile is old. */
export const dataQuality: WorkSource = {
  kind: 'dataQuality',
  name: 'Data quality',
  takes: ['feedStateObserved'],
  sees: 'view',
  works: 'workItems',
  settledBy: null,
  open: () => {
    /** By symbol: the silence that lasts. Each is an item of its own. */
    const silent = new Map<string, string>();
    return (fact) => {
      if (fact.kind !== 'feedStateObserved') return [];
      const { symbol, state } = fact.data;
      const lasting = silent.get(symbol);
      if (state === 'live') {
        if (lasting === undefined) return [];
        silent.delete(symbol);
        return [{ id: lasting, by: null, says: 'settled', reason: 'it delivers again' }];
      }
      if (lasting !== undefined) return [];
      const id = `${fact.envelope.seq}`;
      silent.set(symbol, id);
      return [{ id, by: null, says: 'opened', what: describe(fact.data) }];
    };
  },
};

function describe({ symbol, source }: FeedState): Described {
  const from = source === '' ? '' : ` from ${source}`;
  const isEvery = symbol === EVERY_SYMBOL;
  return {
    title: isEvery ? 'No price of any symbol comes' : `No price of ${symbol} comes${from}`,
    about: ABOUT_NOTHING,
    priority: isEvery ? 'urgent' : 'high',
    link: { page: 'feeds', id: symbol },
    notFor: [],
    alertSeqs: [],
  };
}
