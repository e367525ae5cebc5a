import type { ReactElement } from 'react';
import type { RendererClient } from '#renderer/desk/client.ts';
import { Learning } from './learning.tsx';
import { Scoring } from './scoring-editor.tsx';

/** How well detectors and people judge, and how what detectors say is counted. */
export function Detectors({
  client,
  tab,
}: {
  readonly client: RendererClient;
  readonly tab: 'learning' | 'scoring';
}): ReactElement {
  return tab === 'learning' ? <Learning client={client} /> : <Scoring client={client} />;
}
