import { io } from 'socket.io-client';
import { PROTOCOL_VERSION, welcomeSchema } from '#core/sync/protocol.ts';
import type { Link, LinkListener } from '../host.ts';

const RECONNECT_MS_MIN = 300;
const RECONNECT_MS_MAX = 5_000;
const ANSWER_MS_MAX = 15_000;

export interface SocketLinkOptions {
  readonly url: string;
  readonly token: string;
  readonly operatorId: string;
  readonly deskId: string;
}

/** The wire over socket.io: websocket only, reconnecting for ever with a growing pause. */
export function openSocketLink(options: SocketLinkOptions, listener: LinkListener): Link {
  const { url, token, operatorId, deskId } = options;
  const socket = io(url, {
    transports: ['websocket'],
    auth: { token, operatorId, deskId },
    reconnectionDelay: RECONNECT_MS_MIN,
    reconnectionDelayMax: RECONNECT_MS_MAX,
  });
  socket.on('connect', listener.connected);
  socket.on('disconnect', (reason) => listener.disconnected(reason));
  socket.on('connect_error', (error) => listener.disconnected(error.message));
  const acknowledged = (name: string, handle: (input: unknown) => void): void => {
    socket.on(name, (input: unknown, acknowledge?: () => void) => {
      handle(input);
      acknowledge?.();
    });
  };
  acknowledged('accounts', listener.accounts);
  acknowledged('facts', listener.facts);
  acknowledged('rows', (bytes) => listener.rows(new Uint8Array(bytes as ArrayBuffer)));
  socket.on('pulse', listener.pulse);
  const ask = async (name: string, input: unknown): Promise<unknown> => {
    if (!socket.connected) return null;
    try {
      return (await socket.timeout(ANSWER_MS_MAX).emitWithAck(name, input)) as unknown;
    } catch {
      return null;
    }
  };
  return {
    hello: async (logId, cursor) => {
      const reply = await ask('hello', { protocolVersion: PROTOCOL_VERSION, logId, cursor });
      const welcome = welcomeSchema.safeParse(reply);
      return welcome.success ? welcome.data : null;
    },
    ask,
    look: (accounts) => void socket.volatile.emit('look', { accounts }),
    close: () => void socket.close(),
  };
}
