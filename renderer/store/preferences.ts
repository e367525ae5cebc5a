import { create } from 'zustand';

const KEY = 'propdesk.preferences';

export const THEMES = ['system', 'dark', 'light', 'contrast'] as const;
export type Theme = (typeof THEMES)[number];
export const DENSITIES = ['compact', 'normal', 'roomy'] as const;
export type Density = (typeof DENSITIES)[number];

/** What a person set for this desk; kept in the browser, worth nothing to anybody else. */
interface Saved {
  readonly theme: Theme;
  readonly density: Density;
  /** Nothing moves by itself, whatever the system says. */
  readonly still: boolean;
  /** Numbers as this machine's language writes them; else with points and commas. */
  readonly localNumbers: boolean;
  readonly rail: 'narrow' | 'wide';
  /** The offer of a tour was taken or refused. */
  readonly toured: boolean;
  readonly sound: boolean;
  /** The least severity that sounds. */
  readonly soundFrom: 'warning' | 'soft' | 'hard';
  /** In percent. */
  readonly volume: number;
  readonly notifications: boolean;
  readonly hiddenColumns: readonly string[];
  readonly cases: CasePreferences;
  readonly kpis: KpiPreferences;
  readonly workspaces: WorkspacePreferences;
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

/** Which numbers a person looks at. */
export interface KpiPreferences {
  /** KPIs in order; null is all of them, by system. */
  readonly tiles: readonly string[] | null;
  /** One of PERIODS: read with care. */
  readonly period: string;
}

/** How a person has arranged panels. */
export interface WorkspacePreferences {
  /** Layouts by workspace, where they are not as delivered: read with care. */
  readonly layouts: Readonly<Record<string, unknown>>;
  /** Names by workspace, where they are not as delivered; a person's own are all named here. */
  readonly titles: Readonly<Record<string, string>>;
  /** Workspaces of the person's own, in order. */
  readonly own: readonly string[];
  /** Where the window stood last. */
  readonly last: string;
}

export interface Preferences extends Saved {
  set(over: Partial<Saved>): void;
}

const defaults: Saved = {
  theme: 'system',
  density: 'normal',
  still: false,
  localNumbers: false,
  rail: 'narrow',
  toured: false,
  sound: false,
  soundFrom: 'warning',
  volume: 50,
  notifications: false,
  hiddenColumns: [],
  cases: {
    views: [],
    view: 'waiting',
    pageWidth: 900,
    listHidden: false,
    goOn: true,
    reasons: {},
  },
  kpis: { tiles: null, period: 'week' },
  workspaces: { layouts: {}, titles: {}, own: [], last: '' },
};

/** Under which name they are kept: each person's beside the desk's own, which come before signing in. */
let key = KEY;

export const usePreferences = create<Preferences>((set, get) => ({
  ...defaults,
  ...read(KEY),
  set: (over) => {
    set(over);
    const { set: _set, ...saved } = get();
    localStorage.setItem(key, JSON.stringify(saved));
  },
}));

/** Takes up what a person set here; who has set nothing yet begins with what the desk has. */
export function openPreferences(personId: string): void {
  key = `${KEY}.${personId}`;
  const { sound, notifications, ...looks } = usePreferences.getState();
  const isNew = localStorage.getItem(key) === null;
  // How it looks is the desk's until a person says otherwise; what they arranged is theirs alone.
  const { theme, density, still, localNumbers } = looks;
  const first = { theme, density, still, localNumbers, sound, notifications };
  usePreferences.setState({ ...defaults, ...(isNew ? first : read(key)) });
}

/** Another window of this desk has changed them: called once, kept true from then on. */
export function followPreferences(): void {
  window.addEventListener('storage', (event) => {
    if (event.key === key) usePreferences.setState({ ...defaults, ...read(key) });
  });
}

function read(from: string): Partial<Saved> {
  try {
    const saved = JSON.parse(localStorage.getItem(from) ?? '{}') as Partial<Saved>;
    return {
      ...saved,
      theme: THEMES.find((theme) => theme === saved.theme) ?? defaults.theme,
      cases: { ...defaults.cases, ...saved.cases },
      kpis: { ...defaults.kpis, ...saved.kpis },
      workspaces: { ...defaults.workspaces, ...saved.workspaces },
    };
  } catch {
    return {};
  }
}
