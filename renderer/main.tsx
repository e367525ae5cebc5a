import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { openClient } from './desk/client.ts';
import { startNames } from './store/names.ts';
import { startProposals } from './store/proposals.ts';
import { startSession } from './store/session.ts';
import './styles/tokens.css';
import './styles/app.css';

const root = document.getElementById('root');
if (root) {
  const client = openClient();
  startSession(client);
  startNames(client);
  startProposals(client);
  createRoot(root).render(
    <StrictMode>
      <App client={client} />
    </StrictMode>,
  );
}
