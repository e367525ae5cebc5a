import { ROWS_FRAME } from '#core/desk-api/contract.ts';
import type { Port } from '#core/desk-api/port.ts';
import { serveDesk } from '#core/desk-api/rpc.ts';
import { decodeRowFrame, ROW_WIDTH, ROWS_PER_FRAME_MAX } from '#core/sync/row-frame.ts';
import type { Desk } from './desk.ts';

/** Row frames on their way to one window; the next wait until it says that it has read one. */
export const FRAMES_IN_FLIGHT_MAX = 64;

/**
 * Everything one window gets from its desk, over whatever port its host has. A window that falls
 * behind misses frames, never numbers: what it missed is sent, as it then stands, once it reads on.
 */
export function serveWindow(desk: Desk, port: Port): () => void {
  const missed = new Set<number>();
  let inFlight = 0;
  const send = (bytes: Uint8Array): void => {
    inFlight += 1;
    port.send({ type: 'frame', name: ROWS_FRAME, bytes });
  };
  const miss = (bytes: Uint8Array): void => {
    const { rows, values } = decodeRowFrame(bytes) ?? { rows: 0, values: [] };
    for (let row = 0; row < rows; row += 1) missed.add(values[row * ROW_WIDTH] as number);
  };
  const catchUp = (): void => {
    const accounts = [...missed].slice(0, ROWS_PER_FRAME_MAX);
    for (const account of accounts) missed.delete(account);
    for (const frame of desk.rowsOf(accounts)) send(frame);
  };
  const stops = [
    serveDesk(desk.api, port),
    port.onMessage((message) => {
      if ((message as { type?: unknown } | null)?.type !== 'received' || inFlight === 0) return;
      inFlight -= 1;
      if (missed.size > 0) catchUp();
    }),
    desk.listen({
      stream: (name, item) => port.send({ type: 'stream', name, item }),
      rows: (bytes) => (inFlight < FRAMES_IN_FLIGHT_MAX ? send(bytes) : miss(bytes)),
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
