// A node: a server of the npm package "sockjs" that answers with the name of the node.
import { createServer } from 'node:http';
import sockjs from 'sockjs';

const [name] = process.argv.slice(2);
const server = createServer();
const endpoint = sockjs.createServer({ prefix: '/sockjs', log: () => {} });

endpoint.on('connection', (connection) => connection.on('data', () => connection.write(name)));
endpoint.installHandlers(server);
server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
