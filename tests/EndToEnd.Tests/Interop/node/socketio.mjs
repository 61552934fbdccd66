// Clients of the npm package "socket.io-client": each polls first, and stays with that or upgrades to a WebSocket; the
// server answers with the name of its node.
import { io } from 'socket.io-client';
import { report } from './pairs.mjs';

const [url, count] = process.argv.slice(2);
const transports = { polling: ['polling'], upgrade: ['polling', 'websocket'] };

await report(Number(count), 6, Object.keys(transports), async (transport) => {
  const socket = io(url, {
    transports: transports[transport],
    withCredentials: true,
    forceNew: true,
    reconnection: false,
  });
  try {
    const failure = new Promise((_, reject) => {
      socket.on('connect_error', reject);
      socket.on('disconnect', (reason) => reject(new Error(reason)));
      socket.io.engine.on('upgradeError', reject);
    });
    const upgraded = transport === 'polling'
      ? Promise.resolve()
      : new Promise((resolve) => socket.io.engine.on('upgrade', resolve));
    const ask = () => new Promise((resolve) => socket.emit('node', resolve));
    const talk = async () => {
      const before = await ask();
      await upgraded;
      const after = await ask();
      if (before !== after) {
        throw new Error(`answered by ${before}, ${after}`);
      }

      return after;
    };
    return await Promise.race([talk(), failure]);
  } finally {
    socket.off('disconnect');
    socket.disconnect();
  }
});
