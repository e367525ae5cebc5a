import { useEffect } from 'react';
import type { RendererClient } from '../desk/client.ts';
import { useAlerts } from '../store/alerts.ts';
import { ALONE, placeNow, useWorkspace } from '../store/place.ts';
import { usePreferences } from '../store/preferences.ts';
import { beep, SIGNALS } from '../ui/sound.ts';
import { titleOf } from './dock-control.ts';

/** Notifications of this page that are on screen, by name. */
const POPUPS_MAX = 20;

/**
 * Sound and notifications as the rules and the person want them: the desk decides what is announced, this page
 * only makes it heard and seen.
 */
export function useAnnouncements(client: RendererClient): void {
  // One window of a desk is heard; a panel's own window is silent.
  const silent = useWorkspace() === ALONE;
  useEffect(() => {
    if (silent) return;
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
  }, [client, silent]);
}

/** The window's name says how many wait, also while another window is in front. */
export function useTitle(): void {
  const unacknowledged = useAlerts(({ counts }) => counts.unacknowledged);
  const workspace = useWorkspace();
  const [panel = ''] = placeNow();
  const name = workspace === ALONE ? `${titleOf(panel)} · Propdesk` : 'Propdesk';
  useEffect(() => {
    document.title = unacknowledged === 0 ? name : `(${unacknowledged}) ${name}`;
  }, [unacknowledged, name]);
}
