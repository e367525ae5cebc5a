import type { Audience } from '#core/approvals/decision.ts';
import type { ExposureHolder, ExposureHoldersRequest } from '#core/exposure/view.ts';
import type { Fact } from '#core/facts/registry.ts';
import type { BackTestSummary } from '#core/fraud/back-test.ts';
import type { PreviewSummary } from '#core/programs/programs.events.ts';
import type { AccountState } from '#core/rules/account-state.ts';
import type { Need } from '#core/rules/rule-kind.ts';
import type { ServerCommand } from '../commands/server-command.ts';
import type { BookLook } from '../exposure/live-book.ts';
import type { AccountDetail, CommandResult, Pulse } from '#core/sync/protocol.ts';

/** A live platform, as the configuration names it. */
export interface BridgeSettings {
  readonly bridge: string;
  readonly host: string;
  readonly port: number;
  /** PEM files. */
  readonly tls: { readonly certificate: string; readonly key: string } | null;
  readonly delivers: readonly Need[];
}

/** How the partition's worker is started. */
export interface WorkerOptions {
  readonly dataFolder: string;
  readonly market: string | null;
  /** Null for the demo world. */
  readonly bridge: BridgeSettings | null;
  readonly accounts: number;
  readonly seed: number;
  readonly speed: number;
  readonly activityPercent: number;
  /** Where a new modelled market begins; recordings bring their own time. */
  readonly startAt: number;
  readonly audience: Omit<Audience, 'log'>;
}

/** What the server asks of its partition. */
export type ToPartition =
  | { readonly type: 'command'; readonly id: number; readonly command: ServerCommand }
  | { readonly type: 'state'; readonly id: number; readonly accountId: string }
  | { readonly type: 'slice'; readonly id: number }
  | {
      readonly type: 'exposureHolders';
      readonly id: number;
      readonly request: ExposureHoldersRequest;
    }
  | { readonly type: 'preview'; readonly summary: PreviewSummary }
  | { readonly type: 'backTest'; readonly summary: BackTestSummary }
  | { readonly type: 'stop' };

export interface StateReply {
  readonly number: number;
  readonly asOfSeq: number;
  readonly marketAt: number | null;
  readonly state: AccountState;
  readonly rules: AccountDetail['rules'];
}

/** What the partition tells: facts only once they are durable. */
export type FromPartition =
  | {
      readonly type: 'ready';
      readonly lastSeq: number;
      readonly accounts: number;
      readonly logId: string;
    }
  | { readonly type: 'progress'; readonly line: string }
  | {
      readonly type: 'facts';
      readonly fromSeq: number;
      readonly toSeq: number;
      readonly facts: readonly Fact[];
    }
  | {
      readonly type: 'rows';
      readonly rows: number;
      readonly values: Float64Array;
      readonly marketAt: number;
    }
  | {
      readonly type: 'pulse';
      readonly pulse: Omit<Pulse, 'serverAt'>;
      readonly commitMs: number;
      readonly ended: boolean;
    }
  | { readonly type: 'commandResult'; readonly id: number; readonly result: CommandResult }
  | { readonly type: 'state'; readonly id: number; readonly reply: StateReply | null }
  | { readonly type: 'slice'; readonly id: number; readonly bytes: Uint8Array }
  | {
      readonly type: 'exposureHolders';
      readonly id: number;
      /** Null: too much was asked, it has other things to do. */
      readonly holders: readonly ExposureHolder[] | null;
    }
  /** What is open, looked at as often as enforcing allows. */
  | {
      readonly type: 'exposure';
      readonly look: BookLook;
      readonly marketAt: number | null;
    }
  | { readonly type: 'stopped' };
