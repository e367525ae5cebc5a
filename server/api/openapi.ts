import { z } from 'zod';
import { RAIL_SIGNATURE } from '../payments/rail-messages.ts';
import {
  genericEventInput,
  SHOP_SECURITY,
  SHOP_WEBHOOK_TEMPLATE,
} from '../provisioning/webhook-description.ts';
import { CLIENT_SIGNATURE, SIGNATURE_TEXT } from './client-signature.ts';
import type { Route } from './route.ts';
import { errorSchema, railEventSchema, receivedSchema } from './schemas.ts';

export const OPENAPI_PATH = '/openapi.json';
export const WEBHOOK_PATH = '/v1/webhooks/rail';
export const IDEMPOTENCY_PATTERN = '^[A-Za-z0-9._:-]{8,80}$';

/** The API's description, made of the schemas that requests are checked with. */
export function openapiOf(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const { path, method } = route;
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(route) };
  }
  paths[WEBHOOK_PATH] = { post: webhookOperation() };
  paths[SHOP_WEBHOOK_TEMPLATE] = { post: shopOperation() };
  paths[OPENAPI_PATH] = { get: ownOperation() };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Propdesk',
      version: '1',
      description:
        'For the firm’s own systems. Money is a decimal in quotes. Nothing is paid through this ' +
        'API: people decide payouts at their desks, and sign what they decide.',
    },
    paths,
    components: {
      schemas: { Error: schemaOf(errorSchema) },
      securitySchemes: {
        ...SHOP_SECURITY,
        client: {
          type: 'apiKey',
          in: 'header',
          name: headerName(CLIENT_SIGNATURE),
          description: SIGNATURE_TEXT,
        },
        rail: {
          type: 'apiKey',
          in: 'header',
          name: headerName(RAIL_SIGNATURE),
          description: 'The payment rail’s signature over the bytes of the event.',
        },
      },
    },
  };
}

function headerName(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

function schemaOf(schema: z.ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}

function operationOf(route: Route): object {
  const { operationId, summary, reply, replyStatus, path } = route;
  const name = /\{(\w+)\}/.exec(path)?.[1];
  const named = name === undefined ? [] : [pathParameter(name)];
  return {
    operationId,
    summary,
    security: [{ client: [] }],
    parameters: route.method === 'POST' ? [...named, idempotencyKey()] : named,
    ...(route.method === 'POST' ? { requestBody: bodyOf(route.body) } : {}),
    responses: { [replyStatus]: replyOf('Done', reply), default: errorReply() },
  };
}

function pathParameter(name: string): object {
  return { name, in: 'path', required: true, schema: { type: 'string', maxLength: 80 } };
}

function idempotencyKey(): object {
  return {
    name: 'Idempotency-Key',
    in: 'header',
    required: true,
    description:
      'The same key with the same body gets the same answer, for ever, and is done once. Another ' +
      'body needs another key.',
    schema: { type: 'string', pattern: IDEMPOTENCY_PATTERN },
  };
}

function bodyOf(schema: z.ZodType): object {
  return { required: true, content: { 'application/json': { schema: schemaOf(schema) } } };
}

function replyOf(description: string, schema: z.ZodType): object {
  return { description, content: { 'application/json': { schema: schemaOf(schema) } } };
}

function errorReply(): object {
  return {
    description: 'Nothing was done. The code is for programs, the message says what to do.',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  };
}

function webhookOperation(): object {
  return {
    operationId: 'receiveRailEvent',
    summary: 'Hears from a payment rail that something happened; the rail is then asked what.',
    security: [{ rail: [] }],
    requestBody: bodyOf(railEventSchema),
    responses: { 200: replyOf('Taken, or known before', receivedSchema), default: errorReply() },
  };
}

function shopOperation(): object {
  return {
    operationId: 'receiveShopEvent',
    summary:
      'Hears from a shop that something was bought, given back or disputed. Described is the firm’s ' +
      'own kind; Stripe and WooCommerce send what they send. Events of other types are answered, and ' +
      'not kept.',
    // Which of them it is follows from the shop’s name.
    security: [{ shop: [] }, { stripe: [] }, { wooCommerce: [] }],
    parameters: [pathParameter('shop')],
    requestBody: bodyOf(genericEventInput),
    responses: { 200: replyOf('Taken, or known before', receivedSchema), default: errorReply() },
  };
}

function ownOperation(): object {
  return {
    operationId: 'getDescription',
    summary: 'Gives this description.',
    security: [],
    responses: {
      200: {
        description: 'OpenAPI 3.1',
        content: { 'application/json': { schema: { type: 'object' } } },
      },
    },
  };
}
