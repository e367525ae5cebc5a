import { contextBridge, ipcRenderer } from 'electron';
import type { Port, PortMessage } from '../core/desk-api/port.ts';

/** The one channel there is: electron/main/port.ts answers on it. */
const CHANNEL = 'propdesk:port';

// The page gets two functions and nothing of Electron: what crosses is cloned, never shared.
const deskPort: Port = {
  send: (message) => ipcRenderer.send(CHANNEL, message),
  onMessage: (listener) => {
    const hear = (_event: unknown, message: PortMessage): void => listener(message);
    ipcRenderer.on(CHANNEL, hear);
    return () => void ipcRenderer.off(CHANNEL, hear);
  },
};
contextBridge.exposeInMainWorld('deskPort', deskPort);
