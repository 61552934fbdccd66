import { RoomConnection } from "/connection.js";

const find = id => document.getElementById(id);
const settings = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
const messages = find("messages");
const own = new Map();
const present = new Map();
const typists = new Map();

let connection = null;
let oldest = null;
let typedAt = 0;

for (const name of ["user", "room", "token"]) {
  find(name).value = settings[name] ?? find(name).value;
}

find("enter").addEventListener("submit", event => {
  event.preventDefault();
  enter({ user: find("user").value.trim(), room: find("room").value.trim(), token: find("token").value.trim() });
});

find("compose").addEventListener("submit", event => {
  event.preventDefault();
  const text = find("text").value.trim();
  if (text) {
    const id = connection.publish(text);
    own.set(id, show({ from: settings.user, data: { text } }, "own pending"));
    find("text").value = "";
  }
});

find("text").addEventListener("input", () => {
  if (Date.now() - typedAt > 2000) {
    typedAt = Date.now();
    connection.typing();
  }
});

find("older").addEventListener("click", () => connection.readHistory(oldest));

function enter(chosen) {
  Object.assign(settings, chosen);
  // Without the token: the address may be shared.
  history.replaceState(null, "", `#${new URLSearchParams({ user: settings.user, room: settings.room })}`);
  find("refusal").textContent = "";
  find("entry").hidden = true;
  find("chat").hidden = false;
  own.clear();
  present.clear();
  showPresent();
  messages.replaceChildren();
  clearMessages();
  showTitle();
  connection = new RoomConnection(settings, events);
  setState("Connecting…", true);
  find("text").focus();
}

const events = {
  open: (node, user) => {
    // A token may be of another user than the entered one.
    settings.user = user;
    showTitle();
    setState(`connected to ${node}`, false);
  },
  closed: () => setState("connection lost: connecting again…", true),
  refused: reason => {
    find("chat").hidden = true;
    find("entry").hidden = false;
    find("refusal").textContent = reason;
  },
  joined: isRecovered => {
    if (!isRecovered) {
      // Messages between the shown ones and the next may be missing, or the shown ones may be of a former epoch.
      clearMessages();
      connection.readHistory();
    }
  },
  message: message => {
    clearTyping(message.from);
    const mine = ownItem(message);
    if (mine) {
      describe(mine, message);
      messages.append(mine);
    } else {
      show(message, message.from === settings.user ? "own" : "");
    }
  },
  sent: id => own.get(id)?.classList.remove("pending"),
  failed: (id, reason) => {
    own.get(id)?.remove();
    note(id ? `Not sent: ${reason}` : reason);
  },
  gap: () => note("Some messages may be missing here."),
  presence: message => {
    if (message.users) {
      present.clear();
    }

    for (const user of message.users ?? message.joined ?? []) {
      present.set(user.user, user);
    }

    for (const user of message.left ?? []) {
      present.delete(user);
    }

    showPresent();
  },
  typing: user => {
    if (user !== settings.user) {
      clearTimeout(typists.get(user));
      typists.set(user, setTimeout(() => clearTyping(user), 4000));
      showTyping();
    }
  },
  history: page => prepend(page.messages),
};

function showTitle() {
  find("title").textContent = `${settings.room} · ${settings.user}`;
}

function setState(text, isAway) {
  find("state").textContent = text;
  find("state").className = isAway ? "away" : "";
}

function show(message, kind) {
  const item = document.createElement("li");
  item.className = kind;
  describe(item, message);
  messages.append(item);
  messages.scrollTop = messages.scrollHeight;
  return item;
}

// Messages that are not sent yet stay.
function clearMessages() {
  messages.replaceChildren(...messages.querySelectorAll(".pending"));
  oldest = null;
  find("older").hidden = true;
}

// Others may use the same id.
function ownItem(message) {
  return message.from === settings.user ? own.get(message.id) : undefined;
}

function positionOf(message) {
  return message.offset === undefined ? "" : `${message.epoch}:${message.offset}`;
}

// Text content only: messages of others are never HTML.
function describe(item, message) {
  const by = document.createElement("small");
  by.textContent = message.node ? `${message.from} · ${message.node}` : message.from;
  const text = document.createElement("p");
  text.textContent = message.data?.text ?? JSON.stringify(message.data);
  item.replaceChildren(by, text);
  item.dataset.position = positionOf(message);
}

function note(text) {
  const item = document.createElement("li");
  item.className = "note";
  item.textContent = text;
  messages.append(item);
  messages.scrollTop = messages.scrollHeight;
}

function prepend(page) {
  const shown = new Set([...messages.children].map(item => item.dataset.position));
  const items = page.filter(message => !shown.has(positionOf(message))).map(message => {
    const item = ownItem(message) ?? document.createElement("li");
    item.classList.toggle("own", message.from === settings.user);
    describe(item, message);
    return item;
  });
  const isFirst = oldest === null;
  messages.prepend(...items);
  oldest = page[0]?.offset ?? oldest;
  find("older").hidden = !(page.length > 0 && oldest > 1);
  if (isFirst) {
    messages.scrollTop = messages.scrollHeight;
  }
}

function showPresent() {
  const users = [...present.values()].sort((a, b) => a.user.localeCompare(b.user));
  find("users").replaceChildren(...users.map(user => {
    const item = document.createElement("li");
    const nodes = document.createElement("small");
    item.textContent = `${user.user} `;
    nodes.textContent = user.nodes.join(", ") + (user.devices > 1 ? ` (${user.devices} devices)` : "");
    item.append(nodes);
    return item;
  }));
}

function clearTyping(user) {
  clearTimeout(typists.get(user));
  typists.delete(user);
  showTyping();
}

function showTyping() {
  const users = [...typists.keys()];
  find("typing").textContent = users.length > 0 ? `${users.join(", ")} ${users.length > 1 ? "are" : "is"} typing…` : "";
}

if (settings.user && settings.room) {
  enter(settings);
}
