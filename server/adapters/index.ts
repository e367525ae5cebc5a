import { createBridgeAdapter } from './bridge/adapter.ts';
import { createReplayAdapter } from './replay/adapter.ts';
import { createStatementAdapter } from './statement/adapter.ts';

/** Every platform there is: how each is opened. Adding one is a folder and a line. */
export const adapters = {
  bridge: createBridgeAdapter,
  replay: createReplayAdapter,
  statement: createStatementAdapter,
} as const;
