import { describe, expect, it } from 'vitest';
import { SHOP_WEBHOOK_TEMPLATE } from '../provisioning/webhook-description.ts';
import { OPENAPI_PATH, openapiOf, WEBHOOK_PATH } from './openapi.ts';
import { routes } from './routes.ts';

type Node = Readonly<Record<string, unknown>>;
const document = JSON.parse(JSON.stringify(openapiOf(routes))) as Node & {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Node>>>>;
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

/** Every object in the document, with its place. */
function* nodesIn(value: unknown, place = '#'): Generator<readonly [string, Node]> {
  if (typeof value !== 'object' || value === null) return;
  yield [place, value as Node];
  for (const [key, inner] of Object.entries(value)) yield* nodesIn(inner, `${place}/${key}`);
}

function at(pointer: string): unknown {
  return pointer
    .slice(2)
    .split('/')
    .reduce<unknown>((node, key) => (node as Node | undefined)?.[key], document);
}

/** What is asked where no client of the API comes. */
const SECURITY: Readonly<Record<string, readonly object[]>> = {
  [OPENAPI_PATH]: [],
  [WEBHOOK_PATH]: [{ rail: [] }],
  [SHOP_WEBHOOK_TEMPLATE]: [{ shop: [] }, { stripe: [] }, { wooCommerce: [] }],
};

describe('the description of the API', () => {
  it('lists every route, and no other', () => {
    const listed = operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    const wanted = [
      ...routes.map(({ path, method }) => `${method} ${path}`),
      `POST ${WEBHOOK_PATH}`,
      `POST ${SHOP_WEBHOOK_TEMPLATE}`,
      `GET ${OPENAPI_PATH}`,
    ];
    expect(listed.toSorted()).toEqual(wanted.toSorted());
    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Propdesk', version: '1' } });
  });

  it('names every operation once, with what it answers', () => {
    const names = operations.map(({ operation }) => operation['operationId']);
    expect(new Set(names).size).toBe(names.length);
    for (const { operation, path } of operations) {
      expect([path, typeof operation['summary']]).toEqual([path, 'string']);
      const responses = operation['responses'] as Record<string, Node>;
      expect(Object.keys(responses).some((status) => /^20[01]$/.test(status))).toBe(true);
      for (const response of Object.values(responses)) {
        expect(typeof response['description']).toBe('string');
        expect(response['content']).toHaveProperty(['application/json', 'schema']);
      }
    }
  });

  it('asks for a signature everywhere but at its own page, and for a key where something changes', () => {
    for (const { path, method, operation } of operations) {
      const wanted = SECURITY[path] ?? [{ client: [] }];
      expect(operation['security']).toEqual(wanted);
      const parameters = (operation['parameters'] ?? []) as Node[];
      const hasKey = parameters.some(({ name }) => name === 'Idempotency-Key');
      expect([path, hasKey]).toEqual([path, method === 'post' && SECURITY[path] === undefined]);
    }
  });

  it('declares every name in a path, and no other', () => {
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = ((operation['parameters'] ?? []) as Node[])
        .filter((parameter) => parameter['in'] === 'path')
        .map(({ name, required }) => (required === true ? name : 'not required'));
      expect(declared).toEqual(inPath);
    }
  });

  it('refers only to what it holds', () => {
    const schemes = Object.keys(at('#/components/securitySchemes') as object);
    const nodes = [...nodesIn(document)];
    const refs = nodes.flatMap(([, { $ref }]) => (typeof $ref === 'string' ? [$ref] : []));
    expect(refs.length).toBeGreaterThan(5);
    expect(refs.filter((ref) => at(ref) === undefined)).toEqual([]);
    const asked = nodes.flatMap(([, { security }]) => (Array.isArray(security) ? security : []));
    expect(schemes).toEqual(expect.arrayContaining(asked.flatMap((one) => Object.keys(one))));
  });

  it('lets nothing unknown into a request, at any depth', () => {
    const bodies = operations.flatMap(({ operation }) => operation['requestBody'] ?? []);
    expect(bodies.length).toBe(operations.filter(({ method }) => method === 'post').length);
    for (const [place, node] of nodesIn(bodies)) {
      if (node['type'] !== 'object') continue;
      expect([place, node['additionalProperties']]).toEqual([place, false]);
    }
  });

  it('has types that JSON Schema knows, and required fields that exist', () => {
    const types = ['object', 'array', 'string', 'integer', 'number', 'boolean', 'null'];
    const schemas = [...nodesIn(document)].filter(
      ([place, { type }]) => typeof type === 'string' && !place.includes('securitySchemes'),
    );
    expect(schemas.filter(([, { type }]) => !types.includes(String(type)))).toEqual([]);
    for (const [place, { required = [], properties = {}, pattern = '' }] of schemas) {
      expect(() => new RegExp(String(pattern))).not.toThrow();
      const missing = (required as string[]).filter(
        (name) => !Object.hasOwn(properties as Node, name),
      );
      expect([place, missing]).toEqual([place, []]);
    }
  });
});
