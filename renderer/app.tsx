import type { ReactElement } from 'react';
import type { RendererClient } from './desk/client.ts';
import { Feeds, SignIn } from './panels/index.ts';
import { ALONE, useWorkspace } from './store/place.ts';
import { usePreferences } from './store/preferences.ts';
import { useSession } from './store/session.ts';
import { TopBar, TruthBanner } from './top-bar.tsx';
import { useLook } from './ui/look.ts';
import { useAnnouncements, useTitle } from './workspace/announcements.ts';
import { Dock } from './workspace/dock.tsx';
import { useDock } from './workspace/dock-control.ts';
import { KeysSheet } from './workspace/keys-sheet.tsx';
import { openOverlay, useOverlay } from './store/overlay.ts';
import { Notices } from './workspace/notices.tsx';
import { Palette } from './workspace/palette.tsx';
import { Rail } from './workspace/rail.tsx';
import { Settings } from './workspace/settings.tsx';
import { Tour, TourOffer } from './workspace/tour.tsx';

/** The window: what is true on top, every view at the side, one workspace, and what lies over it. */
export function App({ client }: { readonly client: RendererClient }): ReactElement {
  const person = useSession((session) => session.person);
  const live = useSession((session) => session.linked && session.connection?.state === 'live');
  const workspace = useWorkspace();
  useLook(usePreferences());
  if (person === null || person === undefined) {
    return (
      <div className="app">
        <TopBar client={client} />
        {person === undefined && <TruthBanner client={client} />}
        {person === null && (
          <main>
            <SignIn client={client} />
          </main>
        )}
      </div>
    );
  }
  const alone = workspace === ALONE;
  return (
    <div className={`app${live ? '' : ' not-live'}${alone ? ' alone' : ''}`}>
      <TopBar client={client} />
      <TruthBanner client={client} />
      {!alone && <TourOffer />}
      {!alone && <Rail />}
      <main className="workspace">
        <Dock key={`${person.personId} ${workspace}`} client={client} workspace={workspace} />
      </main>
      <Said />
      <Announcing client={client} />
      <Over client={client} />
    </div>
  );
}

/** What was done to the workspace, for those who hear it and those who look. */
function Said(): ReactElement {
  const said = useDock((dock) => dock.said);
  return (
    <p className="unseen" role="status">
      {said}
    </p>
  );
}

/** Sounds, notifications and the window's name, whichever panels are on screen. */
function Announcing({ client }: { readonly client: RendererClient }): null {
  useAnnouncements(client);
  useTitle();
  return null;
}

function Over({ client }: { readonly client: RendererClient }): ReactElement | null {
  const overlay = useOverlay((over) => over.overlay);
  if (overlay === 'palette') return <Palette client={client} />;
  if (overlay === 'keys') return <KeysSheet />;
  if (overlay === 'feeds') return <Feeds client={client} onClose={() => openOverlay(null)} />;
  if (overlay === 'settings') return <Settings />;
  if (overlay === 'notices') return <Notices client={client} />;
  if (overlay === 'tour') return <Tour />;
  return null;
}
