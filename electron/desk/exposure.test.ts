import { afterEach, describe, expect, it } from 'vitest';
import { sampleView } from '#core/exposure/testing/sample-view.ts';
import type { DeskStreamItem } from '#core/desk-api/contract.ts';
import { openPlayedDesk, signIn, type PlayedServer } from './desk.contract.ts';
import type { Desk } from './desk.ts';

const open: Desk[] = [];
afterEach(() => {
  for (const desk of open.splice(0)) desk.close();
});

async function openDesk(): Promise<{ desk: Desk; server: PlayedServer }> {
  const { desk, server } = openPlayedDesk();
  open.push(desk);
  await signIn(desk);
  return { desk, server };
}

describe('exposure at a desk', () => {
  it('passes on what the server tells, and gives the latest to who comes late', async () => {
    const { desk, server } = await openDesk();
    const heard: DeskStreamItem<'exposure'>[] = [];
    desk.listen({
      stream: (name, item) => {
        if (name === 'exposure') heard.push(item as DeskStreamItem<'exposure'>);
      },
      rows: () => {},
    });
    server.listener.exposure(sampleView({ serverAt: 5 }));
    server.answer = () => null;
    expect(heard).toEqual([sampleView({ serverAt: 5 })]);
    expect(await desk.api['exposure.watch']({ watches: true })).toEqual({
      view: sampleView({ serverAt: 5 }),
      source: 'kept',
      asOf: 5,
    });
  });

  it('takes no view that is malformed, and keeps the one before', async () => {
    const { desk, server } = await openDesk();
    server.listener.exposure(sampleView({ serverAt: 5 }));
    server.listener.exposure({ ...sampleView({ serverAt: 6 }), inProfit: 'many' });
    const { asOf } = await desk.api['exposure.watch']({ watches: true });
    expect(asOf).toBe(5);
  });

  it('asks its server while somebody looks, and says so when it cannot be reached', async () => {
    const { desk, server } = await openDesk();
    server.answer = (name) =>
      name === 'exposureWatch' ? { view: sampleView({ serverAt: 9 }) } : null;
    const answer = await desk.api['exposure.watch']({ watches: true });
    expect(answer).toMatchObject({ source: 'live', asOf: 9 });
    await expect(desk.api['exposure.series']({ symbol: null })).rejects.toThrow(
      /cannot be reached/,
    );
    server.answer = (name) =>
      name === 'exposureHolders' ? { type: 'rejected', reason: 'Ask again' } : null;
    const wanted = { place: { by: 'symbol', key: 'EURUSD' }, side: 'both' } as const;
    await expect(desk.api['exposure.holders'](wanted)).rejects.toThrow('Ask again.');
  });

  it('is forgotten with the person who saw it', async () => {
    const { desk, server } = await openDesk();
    server.listener.exposure(sampleView());
    server.listener.signedOut();
    await signIn(desk);
    const { view } = await desk.api['exposure.watch']({ watches: true });
    expect(view).toBeNull();
  });
});
