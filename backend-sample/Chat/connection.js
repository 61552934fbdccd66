// One user's connection to a room. The connection may be lost and made again at any time, to any node; the caller
// receives every stored message of the room once and in order, and every message of its own is stored once.

const longestWait = 5000;

export class RoomConnection {
  #settings;
  #events;
  #socket = null;
  #attempts = 0;
  #timer = 0;

  // The position of the last message, so that the node sends what follows it.
  #position = null;

  // Messages without an acknowledgement, by id; they are sent again after a reconnect, with the same id.
  #pending = new Map();

  // events: open(node), closed(wait), refused(), joined(isFirst), message(m), sent(id), failed(id, reason), gap(),
  // presence(m), typing(user), history(m)
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
    this.#send({ type: "typing", room: this.#settings.room });
  }

  readHistory(before) {
    this.#send({ type: "history", room: this.#settings.room, limit: 50, ...(before ? { before } : {}) });
  }

  #connect() {
    const { user, token } = this.#settings;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const query = new URLSearchParams({ user, device: "web" });
    const protocols = ["wsbalancer.chat.v1", ...(token ? [`bearer.${token}`] : [])];
    const socket = new WebSocket(`${scheme}//${location.host}/ws?${query}`, protocols);
    this.#socket = socket;
    let isWelcome = false;
    socket.onmessage = event => {
      isWelcome = true;
      this.#receive(JSON.parse(event.data));
    };
    socket.onclose = event => this.#closed(socket, event, isWelcome);
  }

  #closed(socket, event, wasWelcome) {
    if (socket !== this.#socket) {
      return;
    }

    this.#socket = null;
    if (event.code === 4001 || (!wasWelcome && this.#attempts === 0 && this.#position === null)) {
      this.#events.refused(event.code === 4001 ? "The token has expired." : "The node did not accept the connection.");
      return;
    }

    // The wait doubles, and is random, so that the clients of a lost node do not connect all at once.
    const wait = Math.random() * Math.min(longestWait, 250 * 2 ** this.#attempts++);
    this.#timer = setTimeout(() => this.#connect(), wait);
    this.#events.closed();
  }

  #retryNow() {
    if (this.#socket === null && this.#timer !== 0) {
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
    this.#send({ type: "room", room: this.#settings.room, id, data: { text: this.#pending.get(id) } });
  }

  #receive(message) {
    const handler = this.#handlers[message.type];
    handler?.(message);
  }

  #handlers = {
    welcome: message => {
      this.#events.open(message.node);
      this.#send({ type: "join", room: this.#settings.room, since: this.#position });
    },
    joined: message => {
      this.#attempts = 0;
      const isFirst = this.#position === null;
      if (isFirst || message.recovered === false) {
        this.#position = { epoch: message.epoch, offset: message.offset };
      }

      this.#events.joined(isFirst || message.recovered === false);
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
      this.#position = { epoch: message.epoch, offset: message.offset };
      this.#events.gap();
    },
    notice: message => {
      if (message.reason === "drain") {
        // The new connection is made before the node closes the old one.
        const old = this.#socket;
        setTimeout(() => this.#replace(old), message.reconnectInMs / 2);
      }
    },
    presence: message => this.#events.presence(message),
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
    if (!this.#pending.has(message.id)) {
      this.#events.failed(null, message.reason);
    } else if (message.reason.startsWith("redis")) {
      // It may be stored later: the same id is stored once.
      setTimeout(() => this.#pending.has(message.id) && this.#sendPending(message.id), 1000);
    } else {
      this.#pending.delete(message.id);
      this.#events.failed(message.id, message.reason);
    }
  }
}
