"""Asks real nginx and real HAProxy which server owns each key of a fixed list, and writes what they answer.

Both run as they are, unprivileged, in a temporary directory that is removed at the end, and listen on Unix sockets
there. nginx's servers need not exist: it names the server it chose even when it cannot reach it. HAProxy's servers
are one listener of its own for each, which answers with its number. Run it with Python 3 alone:

    python3 take_peer_vectors.py > peers.json
"""

import http.client
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import uuid
from pathlib import Path

from vector_json import dump

# Found by search. CRC-32 of n...: at, before and after points of nginx's first group, and 0 and 2^32 - 1; of h... and
# m...: at points, and halfway between two points, of HAProxy's rings by crc32, of ten equal and of mixed servers.
EDGE_KEYS = ["n473LNmH", "n39OIrs", "n570CyDf", "n164iePX", "n176E34t", "n52DF.g", "n460qU8p", "n11-2RG", "n112Fya.",
             "h122yCxL", "h3024qRR", "h128-OQm", "h378nShd", "h76XjLu", "h6C8TA", "h1Fp6j", "h33DWEz", "h345DzhG",
             "m352jjpE", "m160gglD", "m31TJx~", "m37Wv5h", "m133NUsp", "m3053llz", "m1774CEn", "m34zPVk", "m317iOsj"]

NAMES = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "mallory", "niaj",
         "olivia", "peggy", "rupert", "sybil", "trent", "victor", "walter", "wendy"]
FOREIGN = ["é", "café", "e\u0301lodie", "用户", "ключ", "🦊", "👩‍👩‍👧", "שלום", "ß", "ユーザー", "한국", "ñandú"]


def all_keys():
    """(text, times) of every key, the empty one first. None has a comma, at which HAProxy would cut a header."""
    single = [""] + list("abcxyzABZ059-_.~!*'()%@=+/:")
    short = NAMES + [f"{name}{i}" for i, name in enumerate(NAMES * 2)] + [name.upper() for name in NAMES]
    spaced = [f"{name} {i} of many" for i, name in enumerate(NAMES[:6])]
    numbers = [str(i) for i in range(10, 40)] + [str(i * i * 7919) for i in range(1, 41)]
    uuids = [str(uuid.uuid5(uuid.NAMESPACE_DNS, f"user-{i}")) for i in range(80)]
    mails = [f"{name}.{i}+tag@example.com" for i, name in enumerate(NAMES * 2)]
    encoded = ["al%20ice", "caf%c3%a9", "a%2Fb", "100%"] + [urllib.parse.quote(text) for text in FOREIGN]
    foreign = FOREIGN + [f"{text}-{i}" for i, text in enumerate(FOREIGN * 3)]
    once = [*single, *short, *spaced, *numbers, *uuids, *mails, *encoded, *foreign, *EDGE_KEYS]
    long = [("x", 1024), ("ab", 512), ("é", 512), ("🦊", 256), ("0123456789", 400), ("用", 1333), ("%C3%A9", 666)]
    keys = [(text, 1) for text in once] + long
    assert len(set(keys)) == len(keys)
    return keys


class Group:
    """One upstream or backend: its servers, and the owner of each key as an index into them."""

    def __init__(self, name, servers, weights=None, down=(), hash_type=None, balance="hdr(X-User)"):
        self.name, self.hash_type, self.balance = name, hash_type, balance
        self.servers, self.weights, self.down = servers, weights or [1] * len(servers), down

    def describe(self, field, owners):
        servers = [{field: server, "weight": weight, "down": i in self.down}
                   for i, (server, weight) in enumerate(zip(self.servers, self.weights))]
        kind = {} if self.hash_type is None else {"hash": self.hash_type, "balance": self.balance}
        return {"name": self.name, **kind, "servers": servers, "owners": owners}


class Peer:
    """A program in the foreground, and one connection to it."""

    def __init__(self, command, address):
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, stderr=sys.stderr)
        try:
            self.connection = self.connect(address, deadline=time.monotonic() + 10)
        except OSError:
            self.stop()
            raise

    def connect(self, address, deadline):
        while True:
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(10)
            try:
                connection.connect(str(address))
                return connection
            except OSError:
                connection.close()
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.01)

    def ask(self, target, header):
        """Returns the answer to one GET, its body read. Bytes go out as they are."""
        self.connection.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: peer\r\nX-User: " + header + b"\r\n\r\n")
        answer = http.client.HTTPResponse(self.connection)
        answer.begin()
        answer.text = answer.read().decode()
        assert not answer.will_close, f"{target}: {answer.status} {answer.text}"
        return answer

    def stop(self):
        if hasattr(self, "connection"):
            self.connection.close()
        self.process.terminate()
        self.process.wait()


MIXED_WEIGHTS = [1, 2, 3, 5, 8, 1, 2]
TEN = [f"10.0.0.{i}:8080" for i in range(1, 11)]
# The addresses that nginx shows where they are not the server as written, or that and port 80.
SHOWN = {f"{host}{port}": [f"127.0.0.1{port or ':80'}", f"[::1]{port or ':80'}"]
         for host in ["localhost", "LocalHost", "LOCALHOST"] for port in ["", ":7", ":11", ":13"]}
SHOWN |= {"[0:0:0:0:0:0:0:1]:17": ["[::1]:17"], "[::FFFF:127.0.0.1]:9": ["[::ffff:127.0.0.1]:9"],
          "127.0.0.9:009": ["127.0.0.9:9"]}

NGINX_GROUPS = [
    Group("equal", TEN),
    Group("equal, one down", TEN, down=[3]),
    Group("equal, two down", TEN, down=[0, 6]),
    Group("mixed weights", [f"10.1.0.{i}:9000" for i in range(1, 8)], MIXED_WEIGHTS),
    Group("mixed weights, the heaviest down", [f"10.1.0.{i}:9000" for i in range(1, 8)], MIXED_WEIGHTS, down=[4]),
    Group("without a port, or with port 80", ["10.2.0.1", "10.2.0.2", "10.2.0.3:80", "10.2.0.4:8080", "10.2.0.5"]),
    Group("IPv6", ["[::1]:9", "[::1]", "[::1]:11", "[0:0:0:0:0:0:0:1]:17", "[::FFFF:127.0.0.1]:9"], [1, 1, 2, 1, 1]),
    Group("Unix sockets and TCP",
          ["unix:/nowhere/a.sock", "unix:/nowhere/b.sock", "UNIX:/nowhere/C.sock", "Unix:/nowhere/d:80",
           "127.0.0.9:9", "127.0.0.9:11"], [1, 2, 1, 1, 1, 3]),
    Group("host names", ["localhost:7", "LocalHost:11", "LOCALHOST:13", "localhost", "127.0.0.9:009"]),
    Group("single", ["10.3.0.1:8080"]),
]


def nginx_config(directory):
    lines = ["daemon off;", "master_process off;", f"pid {directory}/pid;", "error_log /dev/null crit;", "events {}",
             "http {", "access_log off;", "proxy_next_upstream off;", "proxy_connect_timeout 50ms;",
             "keepalive_requests 1000000;", "large_client_header_buffers 4 16k;"]
    lines += [f"{kind}_temp_path {directory}/{kind};" for kind in
              ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]]
    locations = []
    for i, group in enumerate(NGINX_GROUPS):
        lines += [f"upstream g{i} {{", "hash $http_x_user consistent;"]
        lines += [f"server {server} weight={weight} max_fails=0{' down' * (j in group.down)};"
                  for j, (server, weight) in enumerate(zip(group.servers, group.weights))]
        lines += ["}"]
        # From a loopback address the system refuses to connect to any other, so that no packet leaves.
        bind = "proxy_bind 127.0.0.1; " if group.servers[0].startswith("10.") else ""
        locations += [f"location /g{i}/ {{ {bind}proxy_pass http://g{i}; add_header X-Owner $upstream_addr always; }}"]
    return "\n".join([*lines, f"server {{ listen unix:{directory}/in;", *locations, "} }", ""])


def shown_by_nginx(servers):
    """Maps what $upstream_addr can say to the index of its server."""
    shown = {}
    for i, server in enumerate(servers):
        plain = server if server[-1] != "]" and ":" in server else server + ":80"
        for address in SHOWN.get(server, [plain]):
            assert shown.setdefault(address, i) == i, f"{address} may be two servers"
    return shown


def ask_nginx(peer, number, group, keys):
    shown = shown_by_nginx(group.servers)
    return [shown[peer.ask(b"/g%d/" % number, key).headers["X-Owner"]] if key else None for key in keys]


MIXED_IDS, MIXED_ID_WEIGHTS = [7, 3, 100, 4095, 70000], [10, 1, 64, 256, 100]
FUNCTIONS = [name + avalanche for name in ["sdbm", "djb2", "wt6", "crc32"] for avalanche in ["", "+avalanche"]]

HAPROXY_GROUPS = [Group(f"mixed, {name}", MIXED_IDS, MIXED_ID_WEIGHTS, hash_type=name) for name in FUNCTIONS]
HAPROXY_GROUPS += [Group(f"ten of weight 1, {name}", [*range(1, 11)], hash_type=name) for name in FUNCTIONS]
HAPROXY_GROUPS += [Group(name, *rest, hash_type="sdbm+avalanche", **options) for name, rest, options in [
    ("default hash", (MIXED_IDS, MIXED_ID_WEIGHTS), {}),
    ("default hash, by url_param", (MIXED_IDS, MIXED_ID_WEIGHTS), {"balance": "url_param user"}),
    ("default hash, by hash req.fhdr", (MIXED_IDS, MIXED_ID_WEIGHTS), {"balance": "hash req.fhdr(X-User)"}),
    ("default hash, one disabled", (MIXED_IDS, MIXED_ID_WEIGHTS), {"down": [3]}),
    ("default hash, ten and two disabled", ([*range(1, 11)],), {"down": [2, 5]}),
    ("default hash, one of weight 0", (MIXED_IDS, [10, 1, 64, 0, 100]), {}),
    ("default hash, single", ([12],), {}),
    ("default hash, large ids", ([65535, 65536, 1048575, 1048576, 1048577, 2147482647],), {}),
    ("default hash, weights 1 to 256", ([5, 4, 3, 2, 1], [1, 255, 256, 2, 16]), {}),
]]


def haproxy_config(directory):
    lines = ["defaults", "mode http", "option accept-invalid-http-request", "timeout connect 5s",
             "timeout client 30s", "timeout server 30s", "frontend servers"]
    lines += [f"bind unix@{directory}/{i} id {i + 1}" for i in range(max(len(g.servers) for g in HAPROXY_GROUPS))]
    lines += ['http-request return status 200 content-type text/plain lf-string "%[so_id]"',
              "frontend in", f"bind unix@{directory}/in", "use_backend %[path,field(2,/)]"]
    for i, group in enumerate(HAPROXY_GROUPS):
        default = group.name.startswith("default hash")
        lines += [f"backend g{i}", f"balance {group.balance}",
                  f"hash-type consistent {'' if default else group.hash_type.replace('+', ' ')}"]
        lines += [f"server s{j} unix@{directory}/{j} id {server} weight {weight}{' disabled' * (j in group.down)}"
                  for j, (server, weight) in enumerate(zip(group.servers, group.weights))]
    return "\n".join([*lines, ""])


def ask_haproxy(peer, number, group, keys):
    by_url, by_header = (group.balance.startswith(kind) for kind in ["url_param", "hdr"])
    owners = []
    for key in keys:
        target = b"/g%d/" % number + (b"?user=" + key if by_url else b"")
        # A space cannot be sent in a URL as it is, and an empty header is no key: such requests go round robin.
        skip = by_url and b" " in key or by_header and not key
        owners.append(None if skip else int(peer.ask(target, b"" if by_url else key).text) - 1)
    return owners


def take(program, field, config, options, groups, ask, keys):
    path = shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/usr/local/sbin:/usr/local/bin")
    if path is None:
        sys.exit(f"{program} is not installed; on Debian: apt-get install {program}")
    said = subprocess.run([path, "-v"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True)
    version = re.search(r"(nginx/)?\d[^ \n]*", said.stdout)[0]
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "conf").write_text(config(directory))
        peer = Peer([path, *[option.format(directory) for option in options]], directory / "in")
        try:
            owners = [ask(peer, i, group, keys) for i, group in enumerate(groups)]
        finally:
            peer.stop()
    return {"version": version, "groups": [group.describe(field, own) for group, own in zip(groups, owners)]}


if __name__ == "__main__":
    KEYS = all_keys()
    RAW = [(text * times).encode() for text, times in KEYS]
    print(dump({
        "keys": [{"text": text, "times": times} for text, times in KEYS],
        "nginx": take("nginx", "server", nginx_config, ["-e", "/dev/null", "-p", "{0}", "-c", "{0}/conf"],
                      NGINX_GROUPS, ask_nginx, RAW),
        "haproxy": take("haproxy", "id", haproxy_config, ["-db", "-q", "-f", "{0}/conf"],
                        HAPROXY_GROUPS, ask_haproxy, RAW),
    }))
