// Clients of the npm package "@microsoft/signalr": each negotiates, connects by a transport and calls the hub, which
// answers with the name of its node.
import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { report } from './pairs.mjs';

const [url, count] = process.argv.slice(2);

await report(Number(count), 6, ['WebSockets', 'ServerSentEvents', 'LongPolling'], async (transport) => {
  const connection = new HubConnectionBuilder()
    .withUrl(new URL('/hub', url).href, { transport: HttpTransportType[transport] })
    .configureLogging(LogLevel.None)
    .build();
  await connection.start();
  try {
    const nodes = [await connection.invoke('Node'), await connection.invoke('Node')];
    if (nodes[0] !== nodes[1]) {
      throw new Error(`answered by ${nodes}`);
    }

    return nodes[0];
  } finally {
    await connection.stop();
  }
});
