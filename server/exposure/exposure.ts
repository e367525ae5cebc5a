import { judgeLimits, readLimits } from '#core/exposure/limits.ts';
import { measureBook } from '#core/exposure/slices.ts';
import {
  largestGross,
  viewOf,
  type ExposureHolder,
  type ExposureHoldersRequest,
  type ExposureSample,
  type ExposureView,
} from '#core/exposure/view.ts';
import type { Governance } from '#core/governance/governance.ts';
import type { CommandResult } from '#core/sync/protocol.ts';
import type { ServerIntent } from '../commands/server-command.ts';
import type { BookLook } from './live-book.ts';
import { openSamples } from './samples.ts';

/**
 * Exposure in the thread that serves desks: what the partition has added up becomes slices, is held
 * against the limits, sampled once a minute, and shown to whoever looks.
 */
export interface ExposureService {
  /** Takes a look at the book in; the view of it is what desks are told. */
  take(look: BookLook, marketAt: number | null): ExposureView;
  /** The latest; null before the first. */
  view(): ExposureView | null;
  series(symbol: string | null): ExposureSample[];
  /** Null when the partition has no time for it. */
  holders(request: ExposureHoldersRequest): Promise<readonly ExposureHolder[] | null>;
  /** When everything it has begun is done. */
  close(): Promise<void>;
}

export interface ExposurePorts {
  readonly governance: Pick<Governance, 'exposure'>;
  /** Answers once the facts that it leads to are part of `governance`. */
  note(intent: Extract<ServerIntent, { type: 'noteExposure' }>): Promise<CommandResult>;
  holders(request: ExposureHoldersRequest): Promise<readonly ExposureHolder[] | null>;
  /** Where the samples of the last day are kept; null for nowhere. */
  readonly samplesFile: string | null;
  now(): number;
  failed(problem: string): void;
}

export function openExposure(ports: ExposurePorts): ExposureService {
  const { governance, note, now, failed } = ports;
  const samples = openSamples({ file: ports.samplesFile, now: now(), failed });
  let latest: ExposureView | null = null;
  /** One note at a time: the next look is judged by what this one has led to. */
  let noting: Promise<void> | null = null;
  return {
    take: ({ cells, costMs, everyMs }, marketAt) => {
      const book = measureBook(cells);
      const at = now();
      const { exposure } = governance;
      const measured = { ...book, largestAccount: largestGross(cells) };
      const readings = readLimits(exposure, measured);
      const changes = judgeLimits(exposure, readings, marketAt ?? at);
      if (changes.length > 0 && noting === null) {
        const changed = readings.filter(({ limitId, key }) =>
          changes.some(({ data }) => data.limitId === limitId && data.slice.key === key),
        );
        noting = note({ type: 'noteExposure', readings: changed, marketAt: marketAt ?? at })
          .then((result) => {
            if (result.type === 'rejected') failed(`a limit was not told of: ${result.message}`);
          })
          .catch((error: unknown) => failed(`a limit was not told of: ${String(error)}`))
          .finally(() => (noting = null));
      }
      samples.take(book, at);
      const look = { serverAt: at, marketAt, costMs, everyMs, sampledAt: samples.latestAt };
      latest = viewOf(cells, book, exposure, readings, look);
      return latest;
    },
    view: () => latest,
    series: samples.series,
    holders: ports.holders,
    close: async () => {
      await noting;
      await samples.saved();
    },
  };
}
