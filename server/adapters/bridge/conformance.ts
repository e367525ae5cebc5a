import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';
import { BRIDGE_LIMITS, BRIDGE_PROTOCOL, fromBridgeSchema, type FromBridge } from './messages.ts';
import { newNonce, proofOf } from './proof.ts';

/*
 * A script of good and bad behaviour, played against a server or against a plugin's client: one
 * point a law of resources/bridge/README.md. It speaks the wire itself and shares no code with the
 * session or the reference client but the proof's formula and the messages' shapes.
 */

const ANSWER_MS = 5_000;

export interface Point {
  readonly name: string;
  /** Null when it is kept, else what happened instead. */
  readonly problem: string | null;
}

export interface Subject {
  readonly url: string;
  readonly bridge: string;
  readonly key: Uint8Array;
}

type Line = { readonly type: string } & Readonly<Record<string, unknown>>;

interface Peer {
  say(...lines: readonly unknown[]): void;
  raw(text: string | Uint8Array): void;
  /** The next line of a type; null when the other side ended before, or said nothing. */
  hear(type: string): Promise<Line | null>;
  readonly isEnded: boolean;
  end(): Promise<void>;
}

function peerOf(socket: WebSocket): Peer {
  const heard: Line[] = [];
  let isEnded = false;
  let changed: () => void = () => {};
  socket.on('message', (data) => {
    for (const text of String(data as Buffer).split('\n')) {
      if (text !== '') heard.push(JSON.parse(text) as Line);
    }
    changed();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    isEnded = true;
    changed();
  });
  return {
    say: (...lines) => socket.send(lines.map((line) => JSON.stringify(line)).join('\n')),
    raw: (text) => socket.send(text),
    hear: async (type) => {
      const until = Date.now() + ANSWER_MS;
      for (;;) {
        const at = heard.findIndex((line) => line.type === type);
        const [line] = at < 0 ? [] : heard.splice(at, 1);
        if (line) return line;
        const left = until - Date.now();
        if (isEnded || left <= 0) return null;
        await new Promise<void>((done) => {
          const timer = setTimeout(done, left);
          changed = () => {
            clearTimeout(timer);
            done();
          };
        });
      }
    },
    get isEnded() {
      return isEnded;
    },
    end: async () => {
      if (isEnded) return;
      socket.terminate();
      await once(socket, 'close');
    },
  };
}

async function dial({ url }: Subject): Promise<Peer> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const peer = peerOf(socket);
  await once(socket, 'open');
  return peer;
}

const SOFTWARE = { name: 'conformance', version: '1' };

interface Opening {
  readonly epoch: string;
  readonly next: number;
  readonly first?: number;
  readonly stream?: string;
  readonly wrongKey?: boolean;
}

async function open(
  subject: Subject,
  opening: Opening,
): Promise<{ peer: Peer; welcome: Line | null; proves: boolean }> {
  const peer = await dial(subject);
  const bridgeNonce = newNonce();
  const { bridge } = subject;
  peer.say({
    type: 'hello',
    protocols: [BRIDGE_PROTOCOL],
    bridge,
    software: SOFTWARE,
    nonce: bridgeNonce,
  });
  const challenge = await peer.hear('challenge');
  const said = { bridge, bridgeNonce, serverNonce: String(challenge?.nonce) };
  const key = opening.wrongKey ? new Uint8Array(32) : subject.key;
  const { stream = 'conformance', epoch, first = 1, next } = opening;
  const streams = [{ stream, epoch, first, next }];
  peer.say({ type: 'proof', mac: proofOf(key, 'bridge', said), streams });
  const welcome = opening.wrongKey ? null : await peer.hear('welcome');
  return { peer, welcome, proves: welcome?.mac === proofOf(subject.key, 'server', said) };
}

const heart = (seq: number): unknown => ({
  type: 'record',
  stream: 'conformance',
  seq,
  // The clock of long ago: it moves nothing.
  record: { type: 'time', at: 0 },
});

async function errorCode(peer: Peer): Promise<string> {
  const error = await peer.hear('error');
  await peer.end();
  return String(error?.code ?? 'no error');
}

async function acknowledged(peer: Peer, wanted: number): Promise<number> {
  let last = 0;
  while (last < wanted) {
    const ack = await peer.hear('ack');
    if (ack === null) return last;
    last = (ack.streams as Record<string, number>).conformance ?? last;
  }
  return last;
}

type Play = (subject: Subject) => Promise<string | null>;

function wants(found: unknown, wanted: unknown): string | null {
  const [one, other] = [JSON.stringify(found), JSON.stringify(wanted)];
  return one === other ? null : `expected ${other}, found ${one}`;
}

const SERVER_POINTS: Readonly<Record<string, Play>> = {
  'says welcome to whoever has the key, and proves that it has it': async (subject) => {
    const { peer, welcome, proves } = await open(subject, { epoch: newNonce(), next: 1 });
    await peer.end();
    return wants([welcome?.type, proves], ['welcome', true]);
  },
  'refuses a wrong key with badProof': async (subject) => {
    const { peer } = await open(subject, { epoch: newNonce(), next: 1, wrongKey: true });
    return wants(await errorCode(peer), 'badProof');
  },
  'refuses a protocol that it does not speak with badProtocol': async (subject) => {
    const peer = await dial(subject);
    const { bridge } = subject;
    peer.say({ type: 'hello', protocols: [999], bridge, software: SOFTWARE, nonce: newNonce() });
    return wants(await errorCode(peer), 'badProtocol');
  },
  'takes no record before the proof': async (subject) => {
    const peer = await dial(subject);
    peer.say(heart(1));
    return wants(await errorCode(peer), 'unexpected');
  },
  'refuses a line that is no JSON, an unknown type, an unknown field and bytes with badMessage':
    async (subject) => {
      const codes: string[] = [];
      const bad = ['{', '{"type":"shout"}', '{"type":"heartbeat","extra":1}', new Uint8Array(4)];
      for (const text of bad) {
        const peer = await dial(subject);
        peer.raw(text);
        codes.push(await errorCode(peer));
      }
      return wants(
        codes,
        bad.map(() => 'badMessage'),
      );
    },
  'refuses more lines in a message than it allows with tooLarge': async (subject) => {
    const { peer } = await open(subject, { epoch: newNonce(), next: 1 });
    peer.raw('\n'.repeat(BRIDGE_LIMITS.linesPerMessageMax + 1));
    return wants(await errorCode(peer), 'tooLarge');
  },
  'ends a message of too many bytes': async (subject) => {
    const { peer } = await open(subject, { epoch: newNonce(), next: 1 });
    peer.raw('x'.repeat(BRIDGE_LIMITS.messageBytesMax + 1));
    const error = await peer.hear('error');
    return peer.isEnded || error?.code === 'tooLarge' ? null : 'it went on';
  },
  'acknowledges every number once it is durable': async (subject) => {
    const { peer } = await open(subject, { epoch: newNonce(), next: 4 });
    peer.say(heart(1), heart(2), heart(3));
    const last = await acknowledged(peer, 3);
    await peer.end();
    return wants(last, 3);
  },
  'says after a broken connection where to go on, and takes what comes twice once': async (
    subject,
  ) => {
    const epoch = newNonce();
    const first = await open(subject, { epoch, next: 6 });
    first.peer.say(heart(1), heart(2), heart(3));
    await acknowledged(first.peer, 3);
    await first.peer.end();
    const { peer, welcome } = await open(subject, { epoch, next: 6 });
    peer.say(heart(2), heart(3), heart(4), heart(5));
    const last = await acknowledged(peer, 5);
    await peer.end();
    return wants([welcome?.resume, last], [{ conformance: 3 }, 5]);
  },
  'refuses a gap with sequenceGap and says what it expects': async (subject) => {
    const { peer } = await open(subject, { epoch: newNonce(), next: 9 });
    peer.say(heart(1), heart(3));
    const error = await peer.hear('error');
    await peer.end();
    return wants([error?.code, error?.expected, error?.got], ['sequenceGap', 2, 3]);
  },
  'takes a gap that is declared lost': async (subject) => {
    const { peer } = await open(subject, { epoch: newNonce(), next: 12, first: 11 });
    const lost = { type: 'lost', stream: 'conformance', seq: 1, through: 10, reason: 'a test' };
    peer.say(lost, heart(11));
    const last = await acknowledged(peer, 11);
    const refused = await peer.hear('refused');
    await peer.end();
    return wants([last, refused?.seq], [11, 1]);
  },
  'refuses a journal that lies behind what is durable with sequenceBehind': async (subject) => {
    const epoch = newNonce();
    const first = await open(subject, { epoch, next: 4 });
    first.peer.say(heart(1), heart(2), heart(3));
    await acknowledged(first.peer, 3);
    await first.peer.end();
    const { peer } = await open(subject, { epoch, next: 2 });
    return wants(await errorCode(peer), 'sequenceBehind');
  },
  'refuses a stream that was not named with unknownStream': async (subject) => {
    const { peer } = await open(subject, { epoch: newNonce(), next: 1 });
    peer.say({ ...(heart(1) as object), stream: 'another' });
    return wants(await errorCode(peer), 'unknownStream');
  },
  'keeps a record that it cannot use, says why, and goes on': async (subject) => {
    const { peer } = await open(subject, { epoch: newNonce(), next: 3 });
    const strange = { type: 'record', stream: 'conformance', seq: 1, record: { type: 'song' } };
    peer.say(strange, heart(2));
    const refused = await peer.hear('refused');
    const last = await acknowledged(peer, 2);
    await peer.end();
    return wants([refused?.seq, last], [1, 2]);
  },
  'refuses a record from the future': async (subject) => {
    const { peer } = await open(subject, { epoch: newNonce(), next: 2 });
    const at = Date.now() + 86_400_000;
    peer.say({ type: 'record', stream: 'conformance', seq: 1, record: { type: 'time', at } });
    const refused = await peer.hear('refused');
    await peer.end();
    return wants(refused?.seq, 1);
  },
  'replaces a connection when the same bridge connects again': async (subject) => {
    const one = await open(subject, { epoch: newNonce(), next: 1 });
    const other = await open(subject, { epoch: newNonce(), next: 1 });
    const code = await errorCode(one.peer);
    const isWelcome = other.welcome !== null;
    await other.peer.end();
    return wants([code, isWelcome], ['replaced', true]);
  },
};

/** Plays every point against a server. */
export async function tryServer(subject: Subject): Promise<Point[]> {
  const points: Point[] = [];
  for (const [name, play] of Object.entries(SERVER_POINTS)) {
    points.push({ name, problem: await kept(play(subject)) });
  }
  return points;
}

async function kept(play: Promise<string | null>): Promise<string | null> {
  try {
    return await play;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

interface Guest {
  readonly peer: Peer;
  readonly stream: string;
  readonly said: Parameters<typeof proofOf>[2];
  readonly proof: Line | null;
}

/**
 * Listens as a server and plays every point against the client that connects again and again. The
 * client should have at least three records to tell.
 */
export async function tryClient(subject: {
  readonly port: number;
  readonly bridge: string;
  readonly key: Uint8Array;
  readonly listening: (port: number) => void;
}): Promise<Point[]> {
  const sockets = new WebSocketServer({ host: '127.0.0.1', port: subject.port });
  await once(sockets, 'listening');
  const arrivals: WebSocket[] = [];
  let arrived: () => void = () => {};
  sockets.on('connection', (socket) => {
    arrivals.push(socket);
    arrived();
  });
  subject.listening((sockets.address() as { port: number }).port);
  const meet = async (): Promise<Guest> => {
    while (arrivals.length === 0) await new Promise<void>((done) => (arrived = done));
    const peer = peerOf(arrivals.shift() as WebSocket);
    const hello = (await peer.hear('hello')) as Extract<FromBridge, { type: 'hello' }> | null;
    const said = {
      bridge: subject.bridge,
      bridgeNonce: hello?.nonce ?? '',
      serverNonce: newNonce(),
    };
    peer.say({ type: 'challenge', protocol: BRIDGE_PROTOCOL, nonce: said.serverNonce });
    const proof = await peer.hear('proof');
    const [first] = (proof?.streams ?? []) as { stream: string }[];
    return { peer, said, proof, stream: first?.stream ?? '' };
  };
  const welcome = ({ peer, said, stream }: Guest, resume: number, mac?: string): void =>
    peer.say({
      type: 'welcome',
      mac: mac ?? proofOf(subject.key, 'server', said),
      log: 'conformance',
      resume: { [stream]: resume },
      heartbeatMs: 500,
      limits: { ...BRIDGE_LIMITS, unacknowledgedMax: 2 },
      offers: [],
    });
  const plays: Readonly<Record<string, () => Promise<string | null>>> = {
    'proves that it has the key': async () => {
      const guest = await meet();
      await guest.peer.end();
      return wants(guest.proof?.mac, proofOf(subject.key, 'bridge', guest.said));
    },
    'tells nothing to a server without the key': async () => {
      const guest = await meet();
      welcome(guest, 0, '0'.repeat(64));
      const record = await guest.peer.hear('record');
      await guest.peer.end();
      return record === null ? null : 'it told a record';
    },
    'begins with the first number and keeps to the window': async () => {
      const guest = await meet();
      welcome(guest, 0);
      const one = await guest.peer.hear('record');
      const other = await guest.peer.hear('record');
      const third = await guest.peer.hear('record');
      await guest.peer.end();
      const isValid = fromBridgeSchema.safeParse(one).success;
      return wants([one?.seq, other?.seq, third?.seq ?? null, isValid], [1, 2, null, true]);
    },
    'tells again what was not acknowledged': async () => {
      const guest = await meet();
      welcome(guest, 0);
      const one = await guest.peer.hear('record');
      await guest.peer.end();
      return wants(one?.seq, 1);
    },
    'goes on behind what the server has, and with every acknowledgement': async () => {
      const guest = await meet();
      welcome(guest, 1);
      const one = await guest.peer.hear('record');
      guest.peer.say({ type: 'ack', streams: { [guest.stream]: 2 } });
      const other = await guest.peer.hear('record');
      await guest.peer.end();
      return wants([one?.seq, other?.seq], [2, 3]);
    },
    'answers an action, and one that is repeated without doing it again': async () => {
      const guest = await meet();
      welcome(guest, 3);
      const action = { type: 'disableTrading', accountId: 'nobody', reason: 'a test' };
      const asked = { type: 'action', actionId: 'conformance/0/1', action };
      guest.peer.say(asked, asked);
      const outcome = await guest.peer.hear('outcome');
      await guest.peer.end();
      return wants(outcome?.actionId, 'conformance/0/1');
    },
    'says that it is there when it has nothing to say': async () => {
      const guest = await meet();
      welcome(guest, 3);
      const heartbeat = await guest.peer.hear('heartbeat');
      await guest.peer.end();
      return wants(heartbeat?.type, 'heartbeat');
    },
  };
  const points: Point[] = [];
  for (const [name, play] of Object.entries(plays)) {
    points.push({ name, problem: await kept(play()) });
  }
  for (const socket of sockets.clients) socket.terminate();
  sockets.close();
  return points;
}
