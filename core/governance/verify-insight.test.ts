import { describe, expect, it } from 'vitest';
import type { Actor } from '#core/kernel/event.ts';
import type { Fact, FactDraft } from '#core/facts/registry.ts';
import { auditInsight } from './verify-insight.ts';

const goalsOf = (version: number, personId = 'jona'): FactDraft => ({
  kind: 'kpiGoalsChanged',
  data: {
    version,
    goals: { currency: 'USD', targets: {}, baseline: null },
    personId,
    reason: 'a test',
    at: 0,
  },
});
const endOf = (scheduleId: string): FactDraft => ({
  kind: 'reportScheduled',
  data: { scheduleId, schedule: null, personId: 'jona', reason: 'a test', at: 0 },
});
const sentOf = (periodEnd: number): FactDraft => ({
  kind: 'reportSent',
  data: {
    scheduleId: 'weekly',
    periodEnd,
    target: 'mailbox:risk-desk',
    outcome: 'sent',
    says: '',
    numbers: 'a'.repeat(64),
    seq: 1,
    at: 0,
  },
});
const server: Actor = { type: 'system', id: 'server' };
const jona: Actor = { type: 'operator', id: 'jona' };

function wrongIn(...told: readonly (readonly [FactDraft, Actor])[]): string[] {
  const audit = auditInsight();
  return told.flatMap(([draft, actor]) =>
    audit.take({ envelope: { actor }, ...draft } as Fact, (personId) => personId === 'jona'),
  );
}

describe('goals and reports in a log', () => {
  it('are nothing to speak of where everybody did what they may', () => {
    expect(wrongIn([goalsOf(1), jona], [goalsOf(2), jona], [sentOf(1), server])).toEqual([]);
  });

  it('are findings where a version is left out, or somebody had no right to', () => {
    expect(wrongIn([goalsOf(2), jona])).toEqual(['version 2 of the goals follows no other']);
    const finn: Actor = { type: 'operator', id: 'finn' };
    expect(wrongIn([goalsOf(1, 'finn'), finn])).toEqual(['no role of finn sets goals']);
    expect(wrongIn([goalsOf(1), finn])).toEqual([
      'goals were set in the name of jona by somebody else',
    ]);
  });

  it('are findings where a schedule ends that never began, or a report is told twice', () => {
    expect(wrongIn([endOf('weekly'), jona])).toEqual(['schedule weekly ended, and never began']);
    expect(wrongIn([sentOf(1), server], [sentOf(2), server], [sentOf(1), server])).toEqual([
      'report weekly 1 mailbox:risk-desk is told a second time',
    ]);
    expect(wrongIn([sentOf(1), jona])).toEqual(['a person says that report weekly was sent']);
  });
});
