import type { Ticks } from '../workload.ts';

/** One way of doing the same job: judge every account that a tick touches. */
export interface Contender {
  readonly name: string;
  /** The largest book it is asked to run: beyond it a round would take minutes. */
  readonly accountsMax: number;
  /** Builds the book; `ticks` drive it afterwards. */
  build(accounts: number): Runner;
}

export interface Runner {
  /** Plays ticks [from, to); returns how many account checks that meant. */
  play(ticks: Ticks, from: number, to: number): number;
  /** Verdicts so far, to show that the contenders did the same work. */
  verdicts(): number;
  /** Bytes that the book itself says it uses, where it can say. */
  bytes?(): number;
}
