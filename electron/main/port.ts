import type { Port, PortMessage } from '#core/desk-api/port.ts';

export const CHANNEL = 'propdesk:port';
export const ORIGIN = 'app://propdesk';

/** The little of Electron's `ipcMain` and `webContents` that a port needs. */
export interface IpcReceiver {
  on(channel: string, listener: (event: IpcEvent, message: unknown) => void): unknown;
  removeListener(channel: string, listener: (event: IpcEvent, message: unknown) => void): unknown;
}
export interface IpcEvent {
  readonly sender: unknown;
  readonly senderFrame: { readonly url: string; readonly parent: unknown } | null;
}
export interface IpcSender {
  send(channel: string, message: unknown): void;
  isDestroyed(): boolean;
}

/**
 * The port to one window. Only its own main frame, showing our own page, is heard: a frame inside
 * it, another window, or a page from elsewhere is not.
 */
export function createWindowPort(receiver: IpcReceiver, window: IpcSender): Port {
  return {
    send: (message) => {
      if (!window.isDestroyed()) window.send(CHANNEL, message);
    },
    onMessage: (listener) => {
      const hear = (event: IpcEvent, message: unknown): void => {
        if (isTrusted(event, window) && isFromRenderer(message)) listener(message);
      };
      receiver.on(CHANNEL, hear);
      return () => void receiver.removeListener(CHANNEL, hear);
    },
  };
}

function isTrusted({ sender, senderFrame }: IpcEvent, window: unknown): boolean {
  if (sender !== window || senderFrame === null || senderFrame.parent !== null) return false;
  return senderFrame.url.startsWith(`${ORIGIN}/`);
}

function isFromRenderer(message: unknown): message is PortMessage {
  const { type, id, name } = (message ?? {}) as { type?: unknown; id?: unknown; name?: unknown };
  if (typeof name !== 'string') return false;
  return type === 'received' || (type === 'call' && Number.isInteger(id));
}
