import { defineRole, type Variant } from '../role.ts';
import { STYLES } from '../styles.ts';

interface SpamWay extends Variant {
  readonly perMinute: readonly [least: number, most: number];
  readonly modificationsPerMinute: readonly [least: number, most: number];
  /** Of a hundred stretches in which it trades so many are flooded. */
  readonly floodedPercent: number;
}

/** A program that asks the platform thousands of times a minute. */
export const apiSpammer = defineRole<SpamWay>({
  id: 'apiSpammer',
  label: 'request flooder',
  patterns: ['apiSpam'],
  share: 40,
  seats: [1, 1],
  ways: [
    {
      name: 'requests',
      perMinute: [2_000, 6_000],
      modificationsPerMinute: [0, 40],
      floodedPercent: 100,
    },
    {
      name: 'modifications',
      perMinute: [50, 300],
      modificationsPerMinute: [1_500, 5_000],
      floodedPercent: 100,
    },
    {
      name: 'bursts',
      hard: true,
      perMinute: [800, 2_500],
      modificationsPerMinute: [100, 900],
      floodedPercent: 35,
    },
  ],
  style: () => STYLES.machine,
  requests: (trader, way, floor) => {
    const flooded = floor.dice(trader, 141, 100) < way.floodedPercent;
    if (!flooded) return { perMinute: 12, modificationsPerMinute: 4 };
    trader.deeds += 1;
    const [least, most] = way.perMinute;
    const [few, many] = way.modificationsPerMinute;
    return {
      perMinute: least + floor.dice(trader, 142, most - least),
      modificationsPerMinute: few + floor.dice(trader, 143, many - few),
    };
  },
});
