import { describe, expect, it } from 'vitest';
import type { Partition } from '../partition/partition.ts';
import type { RecordSource } from './platform-adapter.ts';

export interface LiveFixture {
  readonly partition: Partition;
  readonly source: RecordSource;
  /** The platform tells one record that intake takes. */
  tell(): void;
  /** The platform was told that everything it said is durable. */
  acknowledged(): boolean;
  stop(): void;
}

/** The laws of an adapter whose platform pushes. Each implementation's test runs them. */
export function describeLiveAdapter(name: string, open: () => Promise<LiveFixture>): void {
  describe(`live adapter ${name}`, () => {
    it('is live: it says when, keeps a cursor as plain data, and survives an unknown account', async () => {
      const { source, stop } = await open();
      expect(source.live).toBeDefined();
      source.execute({ type: 'closePositions', accountId: 'nobody', reason: 'failed' }, 'one/0/1');
      expect(JSON.parse(JSON.stringify(source.cursor()))).toEqual(source.cursor());
      stop();
    });

    it('acknowledges only what a commit has kept, and everything that it has', async () => {
      const fixture = await open();
      const { partition } = fixture;
      await expect.poll(fixture.acknowledged, { timeout: 15_000 }).toBe(true);
      const before = partition.records;
      fixture.tell();
      expect(fixture.acknowledged()).toBe(false);
      await expect.poll(fixture.acknowledged, { timeout: 15_000 }).toBe(true);
      expect(partition.records).toBe(before + 1);
      fixture.stop();
    });
  });
}
