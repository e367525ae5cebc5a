import type { Signal } from '#core/fraud/signal.ts';
import { digestOfText } from '#core/kernel/digest.ts';

/** A signal that only differs from others in what a test is about. Its id follows from its matter. */
export function aSignal(over: Partial<Signal>): Signal {
  const { detector = 'copyTrading', key = 'matter', revision = 1, policyVersion = 1 } = over;
  return {
    key,
    detector,
    revision,
    policyVersion,
    signalId: digestOfText(`${detector} ${key} ${revision} ${policyVersion}`).slice(0, 40),
    at: 1_790_000_000_000,
    fromAt: 1_789_900_000_000,
    accounts: ['A1'],
    traders: ['T1'],
    programs: ['program'],
    strength: 900,
    oneIn: null,
    sentence: 'Opened 31 of 40 trades within 2 seconds of another trader',
    figures: [],
    trades: [],
    picture: { type: 'trades' },
    detectorVersion: 1,
    mode: 'live',
    ...over,
  };
}
