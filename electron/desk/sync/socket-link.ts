import { io } from 'socket.io-client';
import { PROTOCOL_VERSION, welcomeSchema } from '#core/sync/protocol.ts';
import type { Link, LinkListener } from '../host.ts';

const RECONNECT_MS_MIN = 300;
const RECONNECT_MS_MAX = 5_000;
const ANSWER_MS_MAX = 15_000;

export interface SocketLinkOptions {
  readonly url: string;
  /** Asked for at every attempt: the server may write its token after this desk started. */
  readonly token: () => string;
  readonly deskId: string;
  /** Of the person who is signed in here; null while nobody is. */
  readonly session: () => string | null;
}

/** The wire over socket.io: websocket only, reconnecting for ever with a growing pause. */
export function openSocketLink(options: SocketLinkOptions, listener: LinkListener): Link {
  const { url, token, deskId, session } = options;
  const socket = io(url, {
    transports: ['websocket'],
    auth: (send) => send({ token: token(), deskId, session: session() }),
    reconnectionDelay: RECONNECT_MS_MIN,
    reconnectionDelayMax: RECONNECT_MS_MAX,
  });
  // The library gives up when a server refuses the handshake, or ends the connection itself.
  let again: ReturnType<typeof setTimeout> | undefined;
  const keepTrying = (reason: string): void => {
    listener.disconnected(reason);
    if (socket.active) return;
    clearTimeout(again);
    again = setTimeout(() => socket.connect(), RECONNECT_MS_MAX);
  };
  socket.on('connect', listener.connected);
  socket.on('disconnect', keepTrying);
  socket.on('connect_error', (error) => keepTrying(error.message));
  const acknowledged = (name: string, handle: (input: unknown) => void): void => {
    socket.on(name, (input: unknown, acknowledge?: () => void) => {
      handle(input);
      acknowledge?.();
    });
  };
  acknowledged('governed', listener.governed);
  acknowledged('accounts', listener.accounts);
  acknowledged('facts', listener.facts);
  acknowledged('rows', (bytes) => listener.rows(new Uint8Array(bytes as ArrayBuffer)));
  socket.on('pulse', listener.pulse);
  socket.on('presence', listener.presence);
  socket.on('exposure', listener.exposure);
  socket.on('signedOut', listener.signedOut);
  return {
    // A callback, not a promise: what follows the welcome may arrive in the same turn.
    hello: (logId, cursor, answered) => {
      const hello = { protocolVersion: PROTOCOL_VERSION, logId, cursor };
      const take = (error: Error | null, reply: unknown): void => {
        const welcome = welcomeSchema.safeParse(reply);
        answered(error === null && welcome.success ? welcome.data : null);
      };
      socket.timeout(ANSWER_MS_MAX).emit('hello', hello, take);
    },
    ask: async (name, input) => {
      if (!socket.connected) return null;
      try {
        return (await socket.timeout(ANSWER_MS_MAX).emitWithAck(name, input)) as unknown;
      } catch {
        return null;
      }
    },
    look: (accounts) => void socket.volatile.emit('look', { accounts }),
    close: () => {
      clearTimeout(again);
      socket.removeAllListeners();
      socket.close();
    },
  };
}
