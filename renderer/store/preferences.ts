import { create } from 'zustand';

const KEY = 'propdesk.preferences';

/** What a person set for this desk; kept in the browser, worth nothing to anybody else. */
interface Saved {
  readonly theme: 'system' | 'dark' | 'light';
  readonly sound: boolean;
  readonly notifications: boolean;
  readonly hiddenColumns: readonly string[];
  readonly feedWidth: number;
  readonly detailHeight: number;
}
export interface Preferences extends Saved {
  set(over: Partial<Saved>): void;
}

const defaults: Saved = {
  theme: 'system',
  sound: false,
  notifications: false,
  hiddenColumns: [],
  feedWidth: 380,
  detailHeight: 420,
};

export const usePreferences = create<Preferences>((set, get) => ({
  ...defaults,
  ...read(),
  set: (over) => {
    set(over);
    const { theme, sound, notifications, hiddenColumns, feedWidth, detailHeight } = get();
    const saved: Saved = { theme, sound, notifications, hiddenColumns, feedWidth, detailHeight };
    localStorage.setItem(KEY, JSON.stringify(saved));
  },
}));

function read(): Partial<Saved> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Saved>;
  } catch {
    return {};
  }
}
