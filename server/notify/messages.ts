import type { Fact } from '#core/facts/registry.ts';
import type { CommandResult, Pulse } from '#core/sync/protocol.ts';
import type { ServerCommand } from '../commands/server-command.ts';
import type { AlertQuestion } from './questions.ts';

/** How the thread that tells people is started. */
export interface NotifyOptions {
  /** Where settings, secrets and what it keeps are. */
  readonly folder: string;
  /** The log. */
  readonly file: string;
  readonly demo: boolean;
}

export type ToNotify =
  /** What was said of feeds. Everything else is read from the log. */
  | { readonly type: 'facts'; readonly feeds: readonly Fact[] }
  | { readonly type: 'pulse'; readonly pulse: Pick<Pulse, 'feeds' | 'marketAt' | 'marksPerSecond'> }
  | {
      readonly type: 'ask';
      readonly id: number;
      readonly name: AlertQuestion;
      readonly input: unknown;
      readonly personId: string;
    }
  | { readonly type: 'result'; readonly id: number; readonly result: CommandResult }
  | { readonly type: 'stop' };

export type FromNotify =
  | { readonly type: 'command'; readonly id: number; readonly command: ServerCommand }
  | { readonly type: 'reply'; readonly id: number; readonly reply: unknown }
  | {
      readonly type: 'log';
      readonly level: 'info' | 'warn' | 'error';
      readonly fields: object;
      readonly message: string;
    }
  | { readonly type: 'stopped' };
