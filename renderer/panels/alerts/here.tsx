import type { ReactElement } from 'react';
import type { RendererClient } from '#renderer/desk/client.ts';
import { usePreferences } from '#renderer/store/preferences.ts';
import { beep, SIGNALS } from '#renderer/ui/sound.ts';
import { SEVERITY_TEXT } from './words.ts';

/** How this desk makes itself heard: the person's own choice, within what the rules tell. */
export function Here(_props: { readonly client: RendererClient }): ReactElement {
  const preferences = usePreferences();
  const { sound, soundFrom, volume, notifications } = preferences;
  return (
    <div className="scroll here">
      <p className="quiet-text">
        The rules decide what you are told, and when. Here you decide what this desk makes of it: it
        changes nothing for anybody else, and nothing that is sent.
      </p>
      <fieldset className="decide">
        <legend>Sound</legend>
        <p className="field">
          <label htmlFor="here-sound">Signals are heard</label>
          <input
            id="here-sound"
            type="checkbox"
            checked={sound}
            onChange={(event) => preferences.set({ sound: event.target.checked })}
          />
        </p>
        <p className="field">
          <label htmlFor="here-from">From</label>
          <select
            id="here-from"
            value={soundFrom}
            onChange={(event) => {
              const chosen = SIGNALS.find((one) => one === event.target.value);
              if (chosen) preferences.set({ soundFrom: chosen });
            }}
          >
            {SIGNALS.map((severity) => (
              <option key={severity} value={severity}>
                {SEVERITY_TEXT[severity]}
              </option>
            ))}
          </select>
        </p>
        <p className="field">
          <label htmlFor="here-volume">Volume, {volume} %</label>
          <input
            id="here-volume"
            type="range"
            min={0}
            max={100}
            step={5}
            value={volume}
            onChange={(event) => preferences.set({ volume: Number(event.target.value) })}
          />
        </p>
        <p className="row">
          {SIGNALS.map((severity) => (
            <button key={severity} type="button" onClick={() => beep(severity, volume)}>
              Hear “{SEVERITY_TEXT[severity].toLowerCase()}”
            </button>
          ))}
        </p>
      </fieldset>
      <fieldset className="decide">
        <legend>Notifications of the desktop</legend>
        <p className="field">
          <label htmlFor="here-notify">Are shown, few at a time</label>
          <input
            id="here-notify"
            type="checkbox"
            checked={notifications}
            onChange={(event) => {
              const on = event.target.checked;
              if (on && 'Notification' in window) void Notification.requestPermission();
              preferences.set({ notifications: on });
            }}
          />
        </p>
      </fieldset>
    </div>
  );
}
