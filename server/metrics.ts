import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Fact } from '#core/facts/registry.ts';
import type { Pulse } from '#core/sync/protocol.ts';
import type { SurveillanceStanding } from './surveillance/messages.ts';

/** What /metrics shows, in Prometheus' text format. */
export interface Metrics {
  facts(facts: readonly Fact[], lastSeq: number): void;
  pulse(pulse: Pulse, commitMs: number, desks: number): void;
  surveillance(standing: SurveillanceStanding): void;
  text(): Promise<string>;
}

export function createMetrics(): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const registers = [register];
  const verdicts = new Counter({
    name: 'propdesk_verdicts_total',
    help: 'Verdicts by fact kind and rule kind',
    labelNames: ['kind', 'rule'],
    registers,
  });
  const gauge = (name: string, help: string, labelNames: string[] = []): Gauge =>
    new Gauge({ name: `propdesk_${name}`, help, labelNames, registers });
  const lastSeqGauge = gauge('last_seq', 'The last durable fact');
  const marksPerSecond = gauge('marks_per_second', 'Marks evaluated in the last second');
  const desksGauge = gauge('desks', 'Desks connected');
  const quarantined = gauge('quarantined_records', 'Records refused and kept for a person');
  const feedAge = gauge('feed_age_ms', 'Market milliseconds since the last mark', ['symbol']);
  const doubts = gauge('feed_doubts', 'Doubtful prints so far', ['symbol', 'doubt']);
  const commits = new Histogram({
    name: 'propdesk_batch_ms',
    help: 'Milliseconds from the first record of a batch to its commit',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000],
    registers,
  });
  const lag = gauge('surveillance_behind', 'What surveillance has not seen yet', ['what']);
  const surveillanceBusy = gauge('surveillance_busy_per_mille', 'Its share of one core');
  const held = gauge('surveillance_held', 'Entries that detectors hold', ['detector']);
  const faults = gauge('surveillance_faults', 'Detectors that stopped or spoke wrongly');
  return {
    facts: (facts, lastSeq) => {
      lastSeqGauge.set(lastSeq);
      for (const { kind, data } of facts) {
        if ('ruleKind' in data) verdicts.inc({ kind, rule: data.ruleKind });
      }
    },
    pulse: (pulse, commitMs, desks) => {
      marksPerSecond.set(pulse.marksPerSecond);
      desksGauge.set(desks);
      quarantined.set(pulse.quarantined);
      commits.observe(commitMs);
      for (const { symbol, ageMs, crossed, backward, offMarket, gaps } of pulse.feeds) {
        feedAge.set({ symbol }, ageMs ?? 0);
        for (const [doubt, count] of Object.entries({ crossed, backward, offMarket, gaps })) {
          doubts.set({ symbol, doubt }, count);
        }
      }
    },
    surveillance: ({ factsBehind, marksBehind, busyPerMille, detectors }) => {
      lag.set({ what: 'facts' }, factsBehind);
      lag.set({ what: 'marks' }, marksBehind);
      surveillanceBusy.set(busyPerMille);
      faults.set(detectors.filter(({ fault }) => fault !== null).length);
      for (const one of detectors) held.set({ detector: one.detector }, one.held);
    },
    text: () => register.metrics(),
  };
}
