import { useEffect, useState } from 'react';
import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import type { RendererClient } from '../desk/client.ts';
import { addressOf } from '../store/place.ts';
import { openAccount } from './open-account.ts';
import type { Item } from './palette-items.ts';

/** A pause in writing after which the desk is asked. */
const ASK_AFTER_MS = 150;
/** Fewer letters fit everything. */
const LETTERS_MIN = 2;
const FOUND_SHOWN = 20;
const NOTHING: readonly Item[] = [];

type Hit = DeskCallOutput<'search.all'>['hits'][number];

/** What the desk finds beyond what this window holds: people, tickets, cases, payouts, orders, rules. */
export function useFound(client: RendererClient, text: string): readonly Item[] {
  const [found, setFound] = useState(NOTHING);
  useEffect(() => {
    const wanted = text.trim();
    if (wanted.length < LETTERS_MIN) return setFound(NOTHING);
    let late = false;
    const timer = setTimeout(() => {
      void client.call('search.all', { text: wanted, limit: FOUND_SHOWN }).then((reply) => {
        if (!late) setFound(reply.ok ? reply.value.hits.flatMap(itemOf) : NOTHING);
      });
    }, ASK_AFTER_MS);
    return () => {
      late = true;
      clearTimeout(timer);
    };
  }, [client, text]);
  return found;
}

function itemOf({ kind, id, title, detail, link }: Hit): Item[] {
  // Accounts are found at once, from what this window holds.
  if (kind === 'account') return [];
  const accountId = kind === 'verdict' || kind === 'trader' ? accountIn(link) : null;
  const parts = kind === 'payout' ? ['approvals', 'payouts', id] : link.split('/');
  return [
    {
      id: `found ${kind} ${id}`,
      kind: 'Found',
      title: `${kind}: ${title}`,
      more: detail,
      keys: '',
      run: () => {
        if (accountId !== null) return openAccount(accountId);
        location.hash = addressOf(parts, parts[0] ?? '');
      },
    },
  ];
}

/** The account that a place on the risk desk speaks of. */
function accountIn(link: string): string | null {
  const [view, accountId] = link.split('/');
  return view === 'risk' && accountId ? accountId : null;
}
