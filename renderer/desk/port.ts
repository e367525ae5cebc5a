import { io } from 'socket.io-client';
import type { Port, PortMessage } from '#core/desk-api/port.ts';

declare global {
  interface Window {
    /** Exposed by the preload script in Electron; absent in a browser. */
    readonly deskPort?: Port;
  }
}

/** Whichever desk this page has: the only place that looks. */
export function openPort(onLink: (connected: boolean) => void): Port {
  if (window.deskPort) {
    onLink(true);
    return window.deskPort;
  }
  return loopbackPort(onLink);
}

/** A socket to the page's own origin; it reconnects by itself when the host comes back. */
function loopbackPort(onLink: (connected: boolean) => void): Port {
  const socket = io({
    transports: ['websocket'],
    reconnectionDelay: 300,
    reconnectionDelayMax: 3_000,
  });
  socket.on('connect', () => onLink(true));
  socket.on('disconnect', () => onLink(false));
  socket.on('connect_error', () => onLink(false));
  return {
    send: (message) => void socket.emit('message', message),
    onMessage: (listener) => {
      const hear = (message: PortMessage, acknowledge?: () => void): void => {
        listener(message);
        acknowledge?.();
      };
      socket.on('message', hear);
      return () => void socket.off('message', hear);
    },
  };
}
