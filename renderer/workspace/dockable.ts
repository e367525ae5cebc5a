import type { ReactElement } from 'react';
import type { RendererClient } from '../desk/client.ts';
import { AccountGrid, AlertFeed } from '../panels/index.ts';
import { AccountPage } from './account-page.tsx';
import { viewKinds, type Docked } from './views.ts';

/** What can be docked: every view's panel, and the parts of the risk desk. */
export interface Dockable {
  readonly name: string;
  readonly title: string;
  readonly show: (props: { readonly client: RendererClient }) => ReactElement;
}

export const DOCKABLE: readonly Dockable[] = [
  { name: 'accounts', title: 'Accounts', show: AccountGrid },
  { name: 'feed', title: 'Alert feed', show: AlertFeed },
  { name: 'account', title: 'Account', show: AccountPage },
  ...viewKinds.flatMap(({ name, title, panel }) => (panel ? [{ name, title, show: panel }] : [])),
];

export function dockableNamed(name: string): Dockable | undefined {
  return DOCKABLE.find((one) => one.name === name);
}

/** What stands in a view before anybody has moved anything. */
export function dockedIn(workspace: string): readonly Docked[] {
  const view = viewKinds.find(({ name }) => name === workspace);
  if (view) return view.docked ?? [{ panel: view.name }];
  return dockableNamed(workspace) ? [{ panel: workspace }] : [];
}
