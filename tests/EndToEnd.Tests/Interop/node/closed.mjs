// A WebSocket client on the npm package "ws" that talks, compressed, until the server closes; prints what it saw.
import WebSocket from 'ws';

const socket = new WebSocket(process.argv[2], { perMessageDeflate: { threshold: 0 } });
socket.on('error', (error) => {
  console.error(String(error));
  process.exit(1);
});

let echoed = 0;
socket.on('open', () => socket.send('ä'.repeat(5000)));
socket.on('message', (bytes, isBinary) => {
  if (isBinary || bytes.length !== 10000) {
    return;
  }

  echoed += 1;
  if (echoed === 1) {
    console.log('talking');
  }

  socket.send('ä'.repeat(5000));
});
socket.on('close', (code, reason) => console.log(JSON.stringify({
  compressed: socket.extensions.includes('permessage-deflate'),
  talked: echoed > 0,
  closeCode: code,
  closeReason: reason.toString(),
})));
