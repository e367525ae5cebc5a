import { capturing, type Connection } from './connections.ts';
import { checkImages, type ImagesReply, type ImagesRequest } from './images.ts';
import { operationOf, type Inspected, type Operation, type Operations } from './operation.ts';

/** What was found in a folder: the acts that are there, and everything that is wrong. */
export interface Found {
  readonly present: readonly string[];
  readonly problems: readonly string[];
}

export interface FolderRequest {
  readonly type: 'folder';
  readonly operation: string;
  readonly folder: string;
}

export type CheckRequest = FolderRequest | ImagesRequest;
export type CheckReply = Found | ImagesReply;

/** Answers the harness until that hangs up: a process of its own, as the next start would be. */
export function serveChecks(operations: Operations): void {
  process.on('message', (request: CheckRequest) => {
    const operation = operationOf(operations, request.operation);
    const reply: CheckReply =
      request.type === 'folder'
        ? checkFolder(operation, request.folder)
        : checkImages(request, (folder) => inspectFolder(operation, folder));
    process.send?.(reply);
  });
}

/** Looks at what a run left, then goes on with it: nobody has to mend anything first. */
function checkFolder(operation: Operation, folder: string): Found {
  const found = inspectFolder(operation, folder);
  return { ...found, problems: [...found.problems, ...goOn(operation, folder)] };
}

function inspectFolder(operation: Operation, folder: string): Found {
  return look('cannot be read', () => operation.inspect(folder), inspection);
}

/** The program itself starts on it, and does two acts more. */
function goOn(operation: Operation, folder: string): readonly string[] {
  const more = [operation.acts, operation.acts + 1];
  const { problems } = look(
    'cannot go on',
    () => operation.open(folder),
    (opened, connections) => {
      for (const index of more) opened.act(index);
      const found = inspection(opened, connections);
      const missing = more.map(operation.id).filter((id) => !found.present.includes(id));
      return { ...found, problems: [...found.problems, ...missing.map((id) => `${id} is lost`)] };
    },
  );
  return problems;
}

function look<Value extends Inspected>(
  otherwise: string,
  open: () => Value,
  inspects: (opened: Value, connections: readonly Connection[]) => Found,
): Found {
  try {
    const { value, connections } = capturing(open);
    // What a check writes itself need not survive anything.
    for (const connection of connections) connection.pragma('synchronous = OFF');
    try {
      return inspects(value, connections);
    } finally {
      value.close();
    }
  } catch (error) {
    return { present: [], problems: [`${otherwise}: ${String(error)}`] };
  }
}

function inspection(opened: Inspected, connections: readonly Connection[]): Found {
  const present = opened.present();
  return {
    present,
    problems: [
      ...connections.flatMap(quickCheck),
      ...duplicates(present).map((id) => `${id} is there more than once`),
      ...opened.problems(),
    ],
  };
}

function quickCheck(connection: Connection): string[] {
  const said = connection.pragma('quick_check', { simple: true });
  return said === 'ok' ? [] : [`quick_check: ${String(said)}`];
}

function duplicates(ids: readonly string[]): string[] {
  return [...new Set(ids.filter((id, at) => ids.indexOf(id) !== at))];
}
