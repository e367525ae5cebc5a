import type { CommandResult } from '#core/sync/protocol.ts';

/** Why something was not done: a code for programs, a sentence that says what to do. */
export interface ApiError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** The field that is wrong, "payee.iban". */
  readonly path?: string;
  /** Beside the answer, for programs between us and the client. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a route answers; anything from 400 on is an error. */
export type Answer =
  { readonly status: 200 | 201; readonly body: object } | { readonly error: ApiError };

export function refuse(status: number, code: string, message: string, path?: string): Answer {
  return { error: { status, code, message, ...(path === undefined ? {} : { path }) } };
}

const STATUS_OF_CODE: ReadonlyMap<string, number> = new Map([
  ['notFound', 404],
  ['invalid', 422],
  ['forbidden', 403],
  ['conflict', 409],
  ['busy', 503],
]);

/** What the server said to a command, in the words of HTTP. */
export function refusalOf(result: Extract<CommandResult, { type: 'rejected' }>): Answer {
  const { code, message } = result;
  return refuse(STATUS_OF_CODE.get(code) ?? 409, code, message);
}
