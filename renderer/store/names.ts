import { create } from 'zustand';
import type { RendererClient } from '../desk/client.ts';

/** Names by person: the log knows pseudonyms alone. */
export const useNames = create<Readonly<Record<string, string>>>(() => ({}));

export function nameOf(names: Readonly<Record<string, string>>, personId: string): string {
  return names[personId] ?? personId;
}

/** Called once; read again when somebody comes in, and when people changed. */
export function startNames(client: RendererClient): void {
  const read = async (): Promise<void> => {
    const reply = await client.call('people.list', {});
    if (!reply.ok) return;
    useNames.setState(
      Object.fromEntries(reply.value.people.map((one) => [one.personId, one.name])),
    );
  };
  client.onLink((linked) => {
    if (linked) void read();
  });
  client.onStream('person', () => void read());
  client.onStream('connection', ({ state }) => {
    if (state === 'live') void read();
  });
}
