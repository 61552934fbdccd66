// A node: a server of the npm package "socket.io" that answers with the name of the node.
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const [name] = process.argv.slice(2);
const server = createServer();

new Server(server).on('connection', (socket) => socket.on('node', (answer) => answer(name)));
server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
