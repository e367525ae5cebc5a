import { randomUUID } from 'node:crypto';
import type { ServerCommand, ServerIntent } from '../commands/server-command.ts';

/** A command of the server's own; what it may do twice, it does once by the ids within it. */
export function systemCommand(intent: ServerIntent): ServerCommand {
  const actor = { type: 'system', id: 'payments' } as const;
  return { commandId: `payments-${randomUUID()}`, actor, intent };
}
