import { err } from '#core/kernel/result.ts';

/** Why something was not done, and in a sentence what to do now. */
export interface Refusal<Code extends string> {
  readonly code: Code;
  readonly message: string;
}

export function refuse<const Code extends string>(
  code: Code,
  message: string,
): { readonly ok: false; readonly error: Refusal<Code> } {
  return err({ code, message });
}

/** The same words for somebody who never was and somebody who left. */
export function refuseUnknownPerson(): {
  readonly ok: false;
  readonly error: Refusal<'unknownPerson'>;
} {
  return refuse(
    'unknownPerson',
    'Nobody who may sign in has this id: choose a person from the list, or add one first.',
  );
}
