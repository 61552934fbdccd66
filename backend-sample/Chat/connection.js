// One user's connection to a room. The connection may be lost and made again at any time, to any node; the caller
// receives every stored message of the room once and in order, and every message of its own is stored once.

const longestWait = 5000;

// The wait before a request is sent again that the node could not serve for a moment.
const retryWait = 1000;

// Such a request is refused with one of these reasons; with any other one it is refused for good.
const isForNow = reason => /^(redis|nats) |^too many messages/.test(reason);

// A browser does not show why a handshake was refused, so the end of the token is read from the token.
const hasExpired = token => {
  try {
    return JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).exp * 1000 <= Date.now();
  } catch {
    return false;
  }
};

export class RoomConnection {
  #settings;
  #events;
  #socket = null;
  #attempts = 0;

  // The wait for the next attempt; 0 without one.
  #timer = 0;

  // Whether any node has accepted a connection: then a failure is not for good.
  #wasWelcome = false;

  // Whether the node has answered the join: it refuses a message to the room before.
  #isJoined = false;

  // The position of the last message, so that the node sends what follows it.
  #position = null;

  // Messages without an acknowledgement, by id; they are sent again after a reconnect, with the same id.
  #pending = new Map();

  // events: open(node, user), closed(), refused(reason), joined(isRecovered), message(m), sent(id), failed(id, reason),
  // gap(), presence(m), typing(user), history(m). After refused() there are no more of them.
  constructor(settings, events) {
    this.#settings = settings;
    this.#events = events;
    this.#connect();
    addEventListener("online", () => this.#retryNow());
  }

  publish(text) {
    const id = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    this.#pending.set(id, text);
    this.#sendPending(id);
    return id;
  }

  typing() {
    if (this.#isJoined) {
      this.#send({ type: "typing", room: this.#settings.room });
    }
  }

  readHistory(before) {
    this.#send({ type: "history", room: this.#settings.room, limit: 50, ...(before ? { before } : {}) });
  }

  #connect() {
    this.#timer = 0;
    this.#isJoined = false;
    const { user, token } = this.#settings;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const query = new URLSearchParams({ user, device: "web" });
    const protocols = ["wsbalancer.chat.v1", ...(token ? [`bearer.${token}`] : [])];
    const socket = new WebSocket(`${scheme}//${location.host}/ws?${query}`, protocols);
    this.#socket = socket;
    let isWelcome = false;
    socket.onmessage = event => {
      isWelcome = this.#wasWelcome = true;
      this.#receive(JSON.parse(event.data));
    };
    socket.onclose = event => this.#closed(socket, event, isWelcome);
  }

  #closed(socket, event, isWelcome) {
    if (socket !== this.#socket) {
      return;
    }

    this.#socket = null;
    this.#isJoined = false;
    if (event.code === 4001 || (!isWelcome && hasExpired(this.#settings.token))) {
      this.#events.refused("The token has expired.");
      return;
    }

    if (!this.#wasWelcome) {
      this.#events.refused("The node did not accept the connection.");
      return;
    }

    // The wait doubles, and is random, so that the clients of a lost node do not connect all at once.
    const wait = Math.random() * Math.min(longestWait, 250 * 2 ** this.#attempts++);
    this.#timer = setTimeout(() => this.#connect(), wait);
    this.#events.closed();
  }

  #retryNow() {
    if (this.#timer !== 0) {
      clearTimeout(this.#timer);
      this.#connect();
    }
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify(message));
    }
  }

  #sendPending(id) {
    if (this.#isJoined && this.#pending.has(id)) {
      this.#send({ type: "room", room: this.#settings.room, id, data: { text: this.#pending.get(id) } });
    }
  }

  #join() {
    this.#send({ type: "join", room: this.#settings.room, since: this.#position, id: "join" });
  }

  #receive(message) {
    const handler = this.#handlers[message.type];
    handler?.(message);
  }

  #handlers = {
    welcome: message => {
      this.#events.open(message.node, message.user);
      this.#join();
    },
    joined: message => {
      this.#attempts = 0;
      this.#isJoined = true;
      if (!message.recovered) {
        this.#position = { epoch: message.epoch, offset: message.offset };
      }

      this.#events.joined(message.recovered === true);
      this.#send({ type: "presence", room: this.#settings.room });
      for (const id of this.#pending.keys()) {
        this.#sendPending(id);
      }
    },
    room: message => {
      if (message.offset !== undefined) {
        const isKnown = message.epoch === this.#position?.epoch && message.offset <= this.#position.offset;
        if (isKnown) {
          return;
        }

        this.#position = { epoch: message.epoch, offset: message.offset };
      }

      this.#events.message(message);
    },
    ack: message => {
      this.#pending.delete(message.id);
      this.#events.sent(message.id);
    },
    error: message => this.#fail(message),
    gap: message => {
      // The channel of the user may have gaps too.
      if (message.channel === `room:${this.#settings.room}`) {
        this.#position = { epoch: message.epoch, offset: message.offset };
        this.#events.gap();
      }
    },
    notice: message => {
      if (message.reason === "drain") {
        // The new connection is made before the node closes the old one.
        const old = this.#socket;
        setTimeout(() => this.#replace(old), message.reconnectInMs / 2);
      }
    },
    presence: message => {
      this.#events.presence(message);
      if (message.partial) {
        this.#later(() => this.#send({ type: "presence", room: this.#settings.room }));
      }
    },
    typing: message => this.#events.typing(message.from),
    history: message => this.#events.history(message),
  };

  #replace(old) {
    if (this.#socket === old) {
      this.#connect();
      old.close();
    }
  }

  #fail(message) {
    if (message.id === "join") {
      this.#failToJoin(message.reason);
    } else if (!this.#pending.has(message.id)) {
      this.#events.failed(null, message.reason);
    } else if (isForNow(message.reason)) {
      // It may be stored already: the same id is stored once.
      this.#later(() => this.#sendPending(message.id));
    } else {
      this.#pending.delete(message.id);
      this.#events.failed(message.id, message.reason);
    }
  }

  #failToJoin(reason) {
    if (isForNow(reason)) {
      this.#later(() => this.#join());
      return;
    }

    const socket = this.#socket;
    this.#socket = null;
    socket.close();
    this.#events.refused(reason);
  }

  // Not over another connection: its own join sends everything again.
  #later(send) {
    const socket = this.#socket;
    setTimeout(() => socket === this.#socket && send(), retryWait);
  }
}
