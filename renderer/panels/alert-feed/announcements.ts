import { useEffect } from 'react';
import type { RendererClient } from '#renderer/desk/client.ts';
import { usePreferences } from '#renderer/store/preferences.ts';
import { beep, SIGNALS } from '#renderer/ui/sound.ts';

/** Notifications of this page that are on screen, by name. */
const POPUPS_MAX = 20;

/**
 * Sound and notifications as the rules and the person want them: the desk decides what is announced, this page
 * only makes it heard and seen.
 */
export function useAnnouncements(client: RendererClient): void {
  useEffect(() => {
    const shown = new Map<string, Notification>();
    return client.onStream('announcement', ({ sound: signal, popups }) => {
      const { sound: wanted, soundFrom, volume } = usePreferences.getState();
      const isLoudEnough = signal !== null && SIGNALS.indexOf(signal) >= SIGNALS.indexOf(soundFrom);
      if (wanted && signal !== null && isLoudEnough) beep(signal, volume);
      if (!('Notification' in window) || Notification.permission !== 'granted') return;
      for (const { tag, title, text } of popups) {
        // A browser puts it in the place of the one of the same tag.
        shown.set(tag, new Notification(title, { body: text, tag }));
        const [oldest] = shown;
        if (!oldest || shown.size <= POPUPS_MAX) continue;
        oldest[1].close();
        shown.delete(oldest[0]);
      }
    });
  }, [client]);
}
