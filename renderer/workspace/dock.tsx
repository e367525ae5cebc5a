import {
  DockviewReact,
  type DockviewTheme,
  type IDockviewHeaderActionsProps,
  type IDockviewPanelHeaderProps,
  type IDockviewPanelProps,
} from 'dockview-react';
import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type FunctionComponent,
  type ReactElement,
} from 'react';
import type { RendererClient } from '../desk/client.ts';
import { PanelName, usePlace } from '../store/place.ts';
import { useSession } from '../store/session.ts';
import { PanelIsInFront } from '../ui/panel-keys.ts';
import { closePanel, maximisePanel, showPanel, tend, useDock } from './dock-control.ts';
import { DOCKABLE, type Dockable } from './dockable.ts';
import { ICONS } from './icons.ts';
import { Icon } from './rail.tsx';
import { popOut } from './windows.ts';

const THEME: DockviewTheme = {
  name: 'propdesk',
  className: 'dock-theme',
  dndOverlayMounting: 'relative',
  dndPanelOverlay: 'content',
  tabGroupIndicator: 'none',
};

/** One workspace: its panels, docked as its person left them. Another one is built anew. */
export function Dock({
  client,
  workspace,
}: {
  readonly client: RendererClient;
  readonly workspace: string;
}): ReactElement {
  const [panel = workspace] = usePlace();
  const stop = useRef<(() => void) | null>(null);
  const first = useRef(panel);
  const components = useMemo(() => componentsFor(client), [client]);
  // Before the dock itself goes: what has just been moved is kept.
  useLayoutEffect(() => () => stop.current?.(), []);
  // Whoever goes to a place within a panel finds that panel in front.
  useEffect(() => {
    if (panel !== workspace) showPanel(panel);
  }, [panel, workspace]);
  return (
    <DockviewReact
      className="dock"
      theme={THEME}
      components={components}
      defaultTabComponent={Tab}
      watermarkComponent={Empty}
      rightHeaderActionsComponent={GroupActions}
      disableFloatingGroups
      announcements={false}
      onReady={({ api }) => {
        stop.current?.();
        stop.current = tend(api, workspace, first.current);
        // Nothing that always stands there is an alert.
        for (const region of document.querySelectorAll('.dv-live-region-assertive'))
          region.removeAttribute('role');
        // Each panel is a landmark of its own: what holds it is none beside it, under the same name.
        const holds = ({ element }: { readonly element: HTMLElement }): void =>
          element.setAttribute('role', 'group');
        api.groups.forEach(holds);
        api.onDidAddGroup(holds);
      }}
    />
  );
}

function componentsFor(
  client: RendererClient,
): Record<string, FunctionComponent<IDockviewPanelProps>> {
  return Object.fromEntries(
    DOCKABLE.map((dockable) => [
      dockable.name,
      (props: IDockviewPanelProps) => <Frame client={client} dockable={dockable} panel={props} />,
    ]),
  );
}

/** A panel that nobody sees is not there: it reads nothing and computes nothing. */
function Frame({
  client,
  dockable,
  panel: { api, containerApi },
}: {
  readonly client: RendererClient;
  readonly dockable: Dockable;
  readonly panel: IDockviewPanelProps;
}): ReactElement | null {
  const [visible, setVisible] = useState(api.isVisible);
  useEffect(() => {
    setVisible(api.isVisible);
    const change = api.onDidVisibilityChange(({ isVisible }) => setVisible(isVisible));
    return () => change.dispose();
  }, [api]);
  const closed = useSession(({ selected }) => selected === null);
  const isInFront = useCallback(() => {
    const { activePanel, groups } = containerApi;
    const shown = groups.filter((group) => group.api.isVisible);
    return activePanel === undefined || activePanel.id === api.id || shown.length === 1;
  }, [api, containerApi]);
  const isHidden = dockable.name === 'account' && closed && containerApi.totalPanels > 1;
  if (!visible || (isHidden && api.group.panels.length === 1)) return null;
  const { show: Show } = dockable;
  return (
    <PanelName value={dockable.name}>
      <PanelIsInFront value={isInFront}>
        <div className="frame">
          <Show client={client} />
        </div>
      </PanelIsInFront>
    </PanelName>
  );
}

/** A workspace with nothing in it: an address that names none, or one whose panels are gone. */
function Empty(): ReactElement {
  return (
    <p className="empty">
      Nothing is docked here. Ctrl+K docks any panel: write “dock” and its name. Reset brings back
      what was delivered.
    </p>
  );
}

/** A panel's tab. Closing it by the keyboard is a verb of the palette, and Delete on the tab. */
function Tab({ api }: IDockviewPanelHeaderProps): ReactElement {
  return (
    <span className="dock-tab">
      {api.title}
      <span
        className="dock-close"
        aria-hidden="true"
        title="Take it out of this workspace (Delete)"
        onPointerDown={(event) => event.preventDefault()}
        onClick={(event) => {
          event.stopPropagation();
          closePanel(api.id);
        }}
      >
        ✕
      </span>
    </span>
  );
}

function GroupActions({ activePanel, api }: IDockviewHeaderActionsProps): ReactElement | null {
  const count = useDock(({ panels }) => panels.length);
  const [largest, setLargest] = useState(api.isMaximized());
  useEffect(() => {
    const change = api.onDidVisibilityChange(() => setLargest(api.isMaximized()));
    return () => change.dispose();
  }, [api]);
  if (!activePanel) return null;
  const { title = activePanel.id } = activePanel.api;
  return (
    <span className="dock-actions">
      {count > 1 && (
        <button
          type="button"
          className="quiet icon"
          aria-label={`${title} over the whole workspace, and back`}
          title="Over the whole workspace, and back (Alt+Enter)"
          onClick={() => {
            activePanel.api.setActive();
            maximisePanel();
            setLargest(api.isMaximized());
          }}
        >
          <Icon path={largest ? ICONS.restored : ICONS.largest} />
        </button>
      )}
      <button
        type="button"
        className="quiet icon"
        aria-label={`${title} in a window of its own`}
        title="In a window of its own (Alt+O)"
        onClick={() => popOut(activePanel.id)}
      >
        <Icon path={ICONS.popOut} />
      </button>
    </span>
  );
}
