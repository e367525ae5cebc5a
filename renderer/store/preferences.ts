import { create } from 'zustand';

const KEY = 'propdesk.preferences';

/** What a person set for this desk; kept in the browser, worth nothing to anybody else. */
interface Saved {
  readonly theme: 'system' | 'dark' | 'light';
  readonly sound: boolean;
  /** The least severity that sounds. */
  readonly soundFrom: 'warning' | 'soft' | 'hard';
  /** In percent. */
  readonly volume: number;
  readonly notifications: boolean;
  readonly hiddenColumns: readonly string[];
  readonly feedWidth: number;
  readonly detailHeight: number;
  readonly cases: CasePreferences;
}

/** How a person works through cases. */
export interface CasePreferences {
  /** Named filters, as they were kept: read with care. */
  readonly views: unknown;
  readonly view: string;
  /** Pixels of the page of a case, beside the list. */
  readonly pageWidth: number;
  readonly listHidden: boolean;
  /** After a decision the next free case is taken. */
  readonly goOn: boolean;
  /** Reasons given lately, by reason code, the latest first. */
  readonly reasons: Readonly<Record<string, readonly string[]>>;
}
export interface Preferences extends Saved {
  set(over: Partial<Saved>): void;
}

const defaults: Saved = {
  theme: 'system',
  sound: false,
  soundFrom: 'warning',
  volume: 50,
  notifications: false,
  hiddenColumns: [],
  feedWidth: 380,
  detailHeight: 420,
  cases: {
    views: [],
    view: 'waiting',
    pageWidth: 900,
    listHidden: false,
    goOn: true,
    reasons: {},
  },
};

export const usePreferences = create<Preferences>((set, get) => ({
  ...defaults,
  ...read(),
  set: (over) => {
    set(over);
    const { set: _set, ...saved } = get();
    localStorage.setItem(KEY, JSON.stringify(saved));
  },
}));

function read(): Partial<Saved> {
  try {
    const saved = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Saved>;
    return { ...saved, cases: { ...defaults.cases, ...saved.cases } };
  } catch {
    return {};
  }
}
