import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { openClient } from './desk/client.ts';
import { startAlerts } from './store/alerts.ts';
import { startCases } from './store/cases.ts';
import { startNames } from './store/names.ts';
import { followPreferences } from './store/preferences.ts';
import { startProposals } from './store/proposals.ts';
import { startSession } from './store/session.ts';
import { startKeys } from './workspace/keys.ts';
import { startPlaces } from './workspace/start.ts';
import { startWindows } from './workspace/windows.ts';
import 'dockview-react/dist/styles/dockview.css';
import './styles/tokens.css';
import './styles/app.css';
import './styles/cases.css';
import './styles/kpis.css';
import './styles/work.css';
import './styles/orders.css';
import './styles/support.css';
import './styles/workspace.css';

const root = document.getElementById('root');
if (root) {
  const client = openClient();
  followPreferences();
  startPlaces();
  startKeys();
  startWindows();
  startSession(client);
  startNames(client);
  startProposals(client);
  startCases(client);
  startAlerts(client);
  createRoot(root).render(
    <StrictMode>
      <App client={client} />
    </StrictMode>,
  );
}
