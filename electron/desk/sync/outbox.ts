import { commandResultSchema, type Command, type CommandResult } from '#core/sync/protocol.ts';
import type { Link } from '../host.ts';
import type { DeskStore } from '../store/store.ts';

/** Sends what waits, in order, each until the server has decided it; never twice at a time. */
export interface Outbox {
  /** Resolves when nothing more can be sent now. Commands of another log stay where they are. */
  send(logId: string): Promise<void>;
}

export function createOutbox(
  store: DeskStore,
  link: Link,
  decided: (command: Command, result: CommandResult) => void,
  log: (text: string) => void,
): Outbox {
  let running = Promise.resolve();
  const sendAll = async (logId: string): Promise<void> => {
    for (const command of store.queued(logId)) {
      const input = await link.ask('command', command);
      if (input === null || isBusy(input)) return; // Undecided: asked again later.
      const reply = commandResultSchema.safeParse(input);
      if (!reply.success) {
        // It stays queued, and the ones behind it are not held up by it.
        log(`the server's answer to ${command.commandId} cannot be read`);
        continue;
      }
      // A decision before it has not arrived: it stays, and so does all behind it.
      if (reply.data.type === 'rejected' && reply.data.code === 'needSequence') return;
      const result = { ...reply.data, commandId: command.commandId };
      store.settled(result);
      decided(command, result);
    }
  };
  return {
    send: (logId) => {
      const turn = running.then(() => sendAll(logId));
      // One that failed is the caller's to hear of; the next one is sent all the same.
      running = turn.catch(() => {});
      return turn;
    },
  };
}

function isBusy(input: unknown): boolean {
  return (input as { type?: unknown } | null)?.type === 'busy';
}
