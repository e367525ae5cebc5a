import { useEffect } from 'react';
import type { Preferences } from '../store/preferences.ts';
import { setLocalNumbers } from './format.ts';

/** Puts what a person chose about looks where the style sheets read it. */
export function useLook({ theme, density, still, localNumbers }: Preferences): void {
  setLocalNumbers(localNumbers);
  useEffect(() => {
    const light = matchMedia('(prefers-color-scheme: light)');
    const more = matchMedia('(prefers-contrast: more)');
    const { dataset } = document.documentElement;
    const apply = (): void => {
      const asSystem = more.matches ? 'contrast' : light.matches ? 'light' : 'dark';
      const shown = theme === 'system' ? asSystem : theme;
      dataset.theme = shown;
      dataset.agThemeMode = shown === 'light' ? 'light' : 'dark';
    };
    apply();
    light.addEventListener('change', apply);
    more.addEventListener('change', apply);
    return () => {
      light.removeEventListener('change', apply);
      more.removeEventListener('change', apply);
    };
  }, [theme]);
  useEffect(() => {
    const { dataset } = document.documentElement;
    dataset.density = density;
    dataset.still = still ? 'yes' : 'no';
  }, [density, still]);
}
