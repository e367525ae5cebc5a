import { describe, expect, it } from 'vitest';
import { platformRecordSchema } from '#core/accounts/record.ts';
import type { PlatformAdapter, RecordSource } from './platform-adapter.ts';

const RECORDS_TRIED = 3_000;

/** The laws of an adapter. Each implementation's test runs them over itself. */
export function describePlatformAdapter(name: string, open: () => PlatformAdapter): void {
  describe(`adapter ${name}`, () => {
    const take = (source: RecordSource, count: number): unknown[] => {
      const records: unknown[] = [];
      while (records.length < count) {
        const record = source.next();
        if (record === null) break;
        records.push(record);
      }
      return records;
    };

    it('speaks only records that intake accepts', () => {
      for (const record of take(open().open(null), RECORDS_TRIED)) {
        expect(platformRecordSchema.safeParse(record).success).toBe(true);
      }
    });

    it('says the time of the next record before giving it, never backwards', () => {
      const source = open().open(null);
      const times: number[] = [];
      for (let count = 0; count < RECORDS_TRIED; count += 1) {
        const at = source.nextAt();
        if (at !== null && Number.isFinite(at)) times.push(at);
        if (source.next() === null) break;
      }
      expect(times.length).toBeGreaterThan(0);
      expect(times).toEqual(times.toSorted((one, other) => one - other));
    });

    it('resumes from a cursor, as plain data, with the records that were left', () => {
      const whole = take(open().open(null), RECORDS_TRIED);
      for (const cut of [0, 1, Math.floor(whole.length / 2)]) {
        const source = open().open(null);
        take(source, cut);
        const cursor = JSON.parse(JSON.stringify(source.cursor())) as unknown;
        const rest = take(open().open(cursor), whole.length - cut);
        expect(JSON.stringify(rest)).toBe(JSON.stringify(whole.slice(cut)));
      }
    });

    it('survives an action on an account that it does not know', () => {
      const source = open().open(null);
      source.execute({ type: 'closePositions', accountId: 'nobody', reason: 'failed' });
      expect(source.next()).not.toBeNull();
    });
  });
}
