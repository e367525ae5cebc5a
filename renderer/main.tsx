import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { openClient } from './desk/client.ts';
import { startAlerts } from './store/alerts.ts';
import { startCases } from './store/cases.ts';
import { startNames } from './store/names.ts';
import { startProposals } from './store/proposals.ts';
import { startSession } from './store/session.ts';
import './styles/tokens.css';
import './styles/app.css';
import './styles/cases.css';

const root = document.getElementById('root');
if (root) {
  const client = openClient();
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
