import { useEffect, useState } from 'react';
import { ORDERS_PER_LIST_MAX, type OrderDetail } from '#core/desk-api/order-calls.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import type { OrderList } from './words.ts';

/** Changes that come together are read once. */
const READ_EVERY_MS = 1_000;

export interface OrdersRead {
  /** Null before the desk has answered. */
  readonly list: OrderList | null;
  /** The desk's clock minus this machine's, when it was read. */
  readonly offsetMs: number;
  /** Why it cannot be read; empty when it can. */
  readonly failure: string;
  /** Rises with every reading, for the page that reads one order. */
  readonly version: number;
  /** Reads again now: after something was done here. */
  read(): void;
}

/** Orders as this desk has them, read again whenever it says that they may have changed. */
export function useOrders(client: RendererClient): OrdersRead {
  const [state, setState] = useState<Omit<OrdersRead, 'read'>>({
    list: null,
    offsetMs: 0,
    failure: '',
    version: 0,
  });
  const [read, setRead] = useState<() => void>(() => () => {});
  useEffect(() => {
    let closed = false;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const readNow = async (): Promise<void> => {
      timer = null;
      const reply = await client.call('orders.list', { limit: ORDERS_PER_LIST_MAX });
      if (closed) return;
      setState(({ list, offsetMs, version }) => ({
        list: reply.ok ? reply.value : list,
        offsetMs: reply.ok ? reply.value.asOf - Date.now() : offsetMs,
        failure: reply.ok ? '' : reply.error.message,
        version: version + 1,
      }));
    };
    const soon = (): void => {
      timer ??= setTimeout(() => void readNow(), READ_EVERY_MS);
    };
    setRead(() => () => void readNow());
    void readNow();
    const stops = (['governed', 'person', 'reset'] as const).map((name) =>
      client.onStream(name, soon),
    );
    return () => {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [client]);
  return { ...state, read };
}

/** One order with all its steps; a sentence when it cannot be read. */
export function useOrder(
  client: RendererClient,
  orderId: string,
  version: number,
): OrderDetail | string | null {
  const [detail, setDetail] = useState<OrderDetail | string | null>(null);
  useEffect(() => {
    let closed = false;
    void client.call('orders.get', { orderId }).then((reply) => {
      if (!closed) setDetail(reply.ok ? reply.value : reply.error.message);
    });
    return () => {
      closed = true;
    };
  }, [client, orderId, version]);
  return detail;
}
