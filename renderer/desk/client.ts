import { connectDesk, type DeskClient } from '#core/desk-api/rpc.ts';
import { openPort } from './port.ts';

export interface RendererClient extends DeskClient {
  /** Hears whether the page reaches its desk at all, now and on every change. */
  onLink(listener: (connected: boolean) => void): void;
}

export function openClient(): RendererClient {
  const listeners: ((connected: boolean) => void)[] = [];
  let linked = false;
  const port = openPort((connected) => {
    linked = connected;
    for (const listener of listeners) listener(connected);
  });
  const client = connectDesk(port, (milliseconds, done) => void setTimeout(done, milliseconds));
  return {
    ...client,
    onLink: (listener) => {
      listeners.push(listener);
      listener(linked);
    },
  };
}
