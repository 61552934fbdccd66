// Clients of the npm package "sockjs-client". The package relies on the browser for cookies, so that in Node.js a
// cookie jar is added to its requests.
import http from 'node:http';
import https from 'node:https';
import SockJS from 'sockjs-client';
import { CookieJar } from 'tough-cookie';
import { report } from './pairs.mjs';

const [url, count] = process.argv.slice(2);
let jar = new CookieJar();

for (const [scheme, module] of Object.entries({ http, https })) {
  const request = module.request;
  module.request = (options, answered) => {
    const target = `${scheme}://${options.hostname}:${options.port}${options.path}`;
    const headers = { ...options.headers, Cookie: jar.getCookieStringSync(target) };
    const keep = (response) => {
      (response.headers['set-cookie'] ?? []).forEach((cookie) => jar.setCookieSync(cookie, target));
      answered(response);
    };
    return request.call(module, { ...options, headers }, keep);
  };
}

// The clients run one after the other, since they share the jar.
await report(Number(count), 1, ['websocket', 'xhr-streaming', 'xhr-polling'], (transport) => {
  jar = new CookieJar();
  const endpoint = new URL('/sockjs', url).href;
  const websocket = { get headers() { return { Cookie: jar.getCookieStringSync(endpoint) }; } };
  const socket = new SockJS(endpoint, null, { transports: [transport], transportOptions: { websocket } });
  return new Promise((resolve, reject) => {
    const nodes = [];
    socket.onopen = () => socket.send('node?');
    socket.onmessage = ({ data }) => {
      nodes.push(data);
      return nodes.length < 2 ? socket.send('node?') : socket.close();
    };
    socket.onclose = ({ code, reason }) => (nodes.length === 2 && nodes[0] === nodes[1]
      ? resolve(nodes[0])
      : reject(new Error(`${code} ${reason}, answered by ${nodes}`)));
  });
});
