// A WebSocket client on the npm package "ws": negotiates, echoes, pings, closes, and prints what it saw as JSON.
import WebSocket from 'ws';
import { randomBytes } from 'node:crypto';

const sizes = [0, 1, 125, 126, 65535, 65536, 1000000];
const [url, ...subprotocols] = process.argv.slice(2);
const socket = new WebSocket(url, subprotocols, { perMessageDeflate: { threshold: 0 } });

const inbox = [];
let waiting;
const deliver = (message) => (waiting ? waiting(message) : inbox.push(message));
const next = () => inbox.length > 0
  ? inbox.shift()
  : new Promise((resolve) => { waiting = (message) => { waiting = undefined; resolve(message); }; });
const event = (name) => new Promise((resolve) => socket.once(name, (...values) => resolve(values)));

socket.on('message', (bytes, isBinary) => {
  const isWelcome = !isBinary && bytes.length < 1000 && JSON.parse(bytes.toString()).type === 'welcome';
  if (!isWelcome) {
    deliver({ bytes, isBinary });
  }
});
socket.on('error', (error) => {
  console.error(String(error));
  process.exit(1);
});

await event('open');
let echoed = 0;
for (const size of sizes) {
  // Half of it compresses well, half of it not at all.
  const binary = Buffer.concat([Buffer.alloc(size >> 1, 7), randomBytes(size - (size >> 1))]);
  const text = Buffer.from(JSON.stringify({ type: 'echo', data: 'ä'.repeat(size >> 1) }));
  for (const [bytes, isBinary] of [[binary, true], [text, false]]) {
    socket.send(bytes, { binary: isBinary });
    const answer = await next();
    echoed += answer.isBinary === isBinary && bytes.equals(answer.bytes) ? 1 : 0;
  }
}

socket.ping('are you there?');
const [payload] = await event('pong');
socket.close(4001, 'done');
const [closeCode, closeReason] = await event('close');

console.log(JSON.stringify({
  subprotocol: socket.protocol,
  compressed: socket.extensions.includes('permessage-deflate'),
  echoed,
  pong: payload.toString() === 'are you there?',
  closeCode,
  closeReason: closeReason.toString(),
}));
