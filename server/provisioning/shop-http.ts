import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from '../api/body.ts';
import type { ProvisioningLog } from './provisioning-worker.ts';
import { DELIVERY_BYTES_MAX, type ShopAnswer, type ShopWebhooks } from './shop-webhooks.ts';

/** "/v1/webhooks/shops/<name>": a shop is known by its name in provisioning.json. */
export const SHOP_WEBHOOKS_PATH = '/v1/webhooks/shops/';
/** Deliveries on their way in at once, before anybody knows whether they are signed. */
const DELIVERIES_AT_ONCE_MAX = 64;

export interface ShopHttp {
  /** Answers a delivery of a shop; false for any other request, which is left as it is. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

export function createShopHttp(webhooks: ShopWebhooks, log: ProvisioningLog): ShopHttp {
  let underWay = 0;
  const answerTo = async (request: IncomingMessage, name: string): Promise<ShopAnswer> => {
    const read = await readBody(request, DELIVERY_BYTES_MAX);
    if (read.ok) return webhooks.receive(name, { raw: read.value, headers: plain(request) });
    if (read.error !== 'tooLarge') return busy('send all of the body at once');
    return { status: 413, code: 'tooLarge', message: `send at most ${DELIVERY_BYTES_MAX} bytes` };
  };
  return {
    handle: async (request, response) => {
      const { url = '', method } = request;
      if (!url.startsWith(SHOP_WEBHOOKS_PATH)) return false;
      const name = url.slice(SHOP_WEBHOOKS_PATH.length);
      if (method !== 'POST') {
        send(request, response, {
          status: 405,
          code: 'otherMethod',
          message: 'this path takes POST',
        });
        return true;
      }
      if (underWay >= DELIVERIES_AT_ONCE_MAX) {
        send(request, response, busy('try again in a second'));
        return true;
      }
      underWay += 1;
      try {
        const answer = await answerTo(request, name);
        if (answer.status !== 200)
          log.warn({ shop: name.slice(0, 40), code: answer.code }, 'a delivery was refused');
        send(request, response, answer);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        log.error({ shop: name.slice(0, 40), reason }, 'a delivery failed');
        send(request, response, busy('it could not be taken: send it again'));
      } finally {
        underWay -= 1;
      }
      return true;
    },
  };
}

function busy(message: string): ShopAnswer {
  return { status: 503, code: 'busy', message };
}

/** A header that came more than once is none: which of them was signed nobody knows. */
function plain({ headersDistinct }: IncomingMessage): Record<string, string | undefined> {
  const entries = Object.entries(headersDistinct);
  return Object.fromEntries(
    entries.map(([name, values]) => [name, values?.length === 1 ? values[0] : undefined]),
  );
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, code, message }: Omit<ShopAnswer, 'status'> & { readonly status: number },
): void {
  if (response.headersSent || response.destroyed) return;
  const body = status === 200 ? { received: code } : { error: { code, message } };
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...(status === 503 ? { 'retry-after': '1' } : {}),
    ...(status === 405 ? { allow: 'POST' } : {}),
    ...(request.complete ? {} : { connection: 'close' }),
  });
  response.end(JSON.stringify(body));
  if (!request.complete) request.resume();
}
