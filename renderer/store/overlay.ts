import { create } from 'zustand';

/** What lies over the workspace. */
export type Overlay = 'palette' | 'keys' | 'feeds' | 'settings' | 'notices' | 'tour' | null;

export const useOverlay = create<{ readonly overlay: Overlay }>(() => ({ overlay: null }));

export function openOverlay(overlay: Overlay): void {
  useOverlay.setState({ overlay });
}
