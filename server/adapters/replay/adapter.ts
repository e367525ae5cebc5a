import type { Mixture, MixtureName } from '#core/sim/cast.ts';
import { createMarketModel } from '#core/sim/market-model.ts';
import type { TickSource } from '#core/sim/tick-source.ts';
import type { ProgramOffer } from '#core/accounts/offer.ts';
import { createWorld, type WorldState } from '#core/sim/world.ts';
import type { PlatformAdapter } from '../platform-adapter.ts';

export interface ReplayOptions {
  readonly seed: number;
  readonly accounts: number;
  readonly activityPercent: number;
  readonly programs: readonly ProgramOffer[];
  /** Where the modelled market begins, and how much later in the day it plays. */
  readonly startAt: number;
  readonly hoursAhead?: number;
  /** Which traders there are; those of the demo when left out. */
  readonly mixture?: MixtureName | Mixture | undefined;
  /** Recorded ticks, opened at a place; null for the market model. */
  readonly recorded: ((resume: unknown) => TickSource) | null;
}

/**
 * The demo firm as a platform: its traders on modelled prices, or on recorded ones. Deterministic
 * per seed; it enters through the same port as any platform.
 */
export function createReplayAdapter(options: ReplayOptions): PlatformAdapter {
  const { seed, accounts, activityPercent, programs, startAt, recorded } = options;
  const { hoursAhead = 0, mixture } = options;
  return {
    id: 'demo',
    capabilities: {
      deterministic: true,
      actions: [
        'closePositions',
        'disableTrading',
        'resumeTrading',
        'offerProgram',
        'openAccount',
        'createAccount',
        'bookOperation',
      ],
      delivers: ['protection', 'calendar'],
      orderMessages: false,
      margin: false,
    },
    open: (cursor) => {
      const state = cursor as WorldState | null;
      const ticks = recorded
        ? recorded(state?.ticks)
        : createMarketModel({
            seed,
            startAt,
            hoursAhead,
            ...(state ? { resume: state.ticks } : {}),
          });
      const world = createWorld(
        { seed, accounts, programs, activityPercent, platform: 'demo', mixture },
        ticks,
        state ?? undefined,
      );
      let ended = false;
      return {
        next: () => {
          const record = world.next();
          if (record === null) ended = true;
          return record;
        },
        get ended() {
          return ended;
        },
        nextAt: world.nextAt,
        execute: world.execute,
        cursor: world.state,
        close: () => {},
      };
    },
  };
}
