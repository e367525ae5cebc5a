/** What `npm start` takes for itself; everything else belongs to the server. */
export interface StartOptions {
  /** Folder of everything Propdesk writes. */
  readonly data: string;
  readonly serverPort: number;
  readonly deskPort: number;
  /** Stay with the browser even where Electron could open a window. */
  readonly browser: boolean;
  readonly forServer: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Command line first, then environment, then the usual value. */
export function readStartOptions(args: readonly string[], env: Environment): StartOptions {
  const rest: string[] = [];
  const own = new Map<string, string>();
  for (let at = 0; at < args.length; at += 1) {
    const [name = '', inline] = (args[at] ?? '').split(/=(.*)/s);
    if (name === '--browser') own.set(name, 'true');
    else if (['--data', '--port', '--server-port'].includes(name)) {
      const value = inline ?? args[(at += 1)];
      if (value === undefined) throw new Error(`${name} needs a value`);
      own.set(name, value);
    } else rest.push(args[at] ?? '');
  }
  const port = (name: string, variable: string, usual: number) =>
    readPort(own.get(name) ?? env[variable], usual, own.has(name) ? name : variable);
  return {
    data: own.get('--data') ?? (env.PROPDESK_DATA || '.propdesk'),
    deskPort: port('--port', 'PROPDESK_DESK_PORT', 7420),
    serverPort: port('--server-port', 'PROPDESK_SERVER_PORT', 7410),
    browser: own.has('--browser'),
    forServer: rest,
  };
}

function readPort(text: string | undefined, usual: number, name: string): number {
  if (text === undefined || text === '') return usual;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_000)
    throw new Error(`${name} is a whole number from 1 to 65000, not "${text}"`);
  return port;
}
