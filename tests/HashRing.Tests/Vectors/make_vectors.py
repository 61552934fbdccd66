"""Writes golden vectors of the rendezvous and the maglev ring and of blends, from their definitions alone.

It shares nothing with the C# library: integers are Python's, logarithms come from 60-digit decimals, hashes from
xxHash's own C code. Indexes in "owned" and "order" are those of the nodes in ascending order of their UTF-8 ids; an
order is cut after ten nodes; the SHA-256 of a table is that of its owners by slot as 16-bit little-endian numbers,
that of the logarithms of 64-bit ones. Run it with Python 3 and the package python3-xxhash (or `pip install xxhash`):

    python3 make_vectors.py > vectors.json
"""

import decimal
import hashlib
import struct
from functools import cmp_to_key

import xxhash

from vector_json import dump

MASK = (1 << 64) - 1
decimal.getcontext().prec = 60


def log_table():
    one, ln2 = decimal.Decimal(1), decimal.Decimal(2).ln()
    exact = [(one + decimal.Decimal(i) / 4096).ln() / ln2 * (1 << 48) for i in range(4097)]
    return [int(x.to_integral_value(rounding=decimal.ROUND_HALF_EVEN)) for x in exact]


TABLE = log_table()


def mix(x):
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB & MASK
    return x ^ (x >> 31)


def neg_log2(u):
    if u == 0:
        return 64 << 48
    zeros = 64 - u.bit_length()
    m = u << zeros
    i, f = (m >> 51) & 4095, m & ((1 << 51) - 1)
    return ((zeros + 1) << 48) - (TABLE[i] + ((TABLE[i + 1] - TABLE[i]) * f >> 51))


def leb128(n):
    out = b""
    while n >= 0x80:
        out += bytes([n & 0x7F | 0x80])
        n >>= 7
    return out + bytes([n])


def compare(a, b):
    """Preferred first: smaller log/weight, then larger draw, then lower index. Each is (draw, weight, index)."""
    left, right = neg_log2(a[0]) * b[1], neg_log2(b[0]) * a[1]
    if left != right:
        return -1 if left < right else 1
    if a[0] != b[0]:
        return -1 if a[0] > b[0] else 1
    return a[2] - b[2]


def seeds(text):
    """What a seed becomes: one number for users, one for the table."""
    return (0, 0) if text is None else tuple(xxhash.xxh3_64_intdigest(text.encode(), n) for n in (0, 1))


def fingerprint(spec, key_seed, table_seed, nodes):
    """Over spec, seeds and (id, weight, key) of each node in order; a ring without keys has empty ones."""
    content = leb128(len(spec)) + spec.encode() + struct.pack("<QQ", key_seed, table_seed)
    for node_id, weight, key in nodes:
        content += leb128(len(node_id)) + node_id + struct.pack("<I", weight) + leb128(len(key)) + key
    return xxhash.xxh3_128_hexdigest(content)


def sha256(table):
    return hashlib.sha256(struct.pack(f"<{len(table)}H", *table)).hexdigest()


class Ring:
    def __init__(self, nodes, bits=18, seed=None):
        self.nodes = sorted(((i.encode(), w) for i, w in nodes))
        self.bits = bits
        self.key_seed, self.table_seed = seeds(seed)
        self.spec = f"rendezvous/1;b={bits};seed={'none' if seed is None else 'set'}"
        self.hashes = [xxhash.xxh3_64_intdigest(i, 0x77726831) for i, _ in self.nodes]
        self.table = [self.order(slot, only_first=True) for slot in range(1 << bits)]

    def order(self, slot, only_first=False):
        word = mix((self.table_seed + (slot + 1) * 0x9E3779B97F4A7C15) & MASK)
        draws = [(mix(h ^ word), w, i) for i, (h, (_, w)) in enumerate(zip(self.hashes, self.nodes)) if w]
        if not only_first:
            return [i for _, _, i in sorted(draws, key=cmp_to_key(compare))]
        best = draws[0]
        for draw in draws[1:]:
            if compare(draw, best) < 0:
                best = draw
        return best[2]

    def hash(self, user):
        return xxhash.xxh3_64_intdigest(user.encode(), self.key_seed)

    def fingerprint(self):
        nodes = [(node_id, weight, b"") for node_id, weight in self.nodes]
        return fingerprint(self.spec, self.key_seed, self.table_seed, nodes)


class Maglev:
    """Nodes are (id, weight, key)."""

    def __init__(self, nodes, size, seed=None):
        self.nodes = sorted((i.encode(), w, k.encode()) for i, w, k in nodes)
        self.size = size
        self.key_seed, self.table_seed = seeds(seed)
        self.spec = f"maglev/1;m={size};seed={'none' if seed is None else 'set'}"
        self.table = self.fill()

    def permutation(self, key):
        digest = xxhash.xxh3_128_intdigest(key, self.table_seed)
        offset, skip = (digest & MASK) % self.size, (digest >> 64) % (self.size - 1) + 1
        return ((offset + skip * n) % self.size for n in range(self.size))

    def fill(self):
        turns = []
        for key, index in sorted((key, i) for i, (_, weight, key) in enumerate(self.nodes) if weight):
            turns.append({"index": index, "weight": self.nodes[index][1], "target": 0, "slots": self.permutation(key)})
        heaviest = max(turn["weight"] for turn in turns)
        table, taken, rounds = [None] * self.size, 0, 0
        while True:
            rounds += 1
            for turn in turns:
                if rounds * turn["weight"] < turn["target"]:
                    continue
                turn["target"] += heaviest
                table[next(slot for slot in turn["slots"] if table[slot] is None)] = turn["index"]
                taken += 1
                if taken == self.size:
                    return table

    def hash(self, user):
        return xxhash.xxh3_64_intdigest(user.encode(), self.key_seed)

    def order(self, slot):
        """The nodes in the slot and those after it, round the table; then those without any."""
        round_the_table = self.table[slot:] + self.table[:slot]
        rest = (i for i, (_, weight, _) in enumerate(self.nodes) if weight)
        return list(dict.fromkeys([*round_the_table, *rest]))


USERS = [("", 1), ("a", 1), ("alice", 1), ("Alice", 1), ("42", 1), ("5f0c2f1e-8a2b-4b62-9d2f-0c5d6f7a8b9c", 1),
         ("élodie", 1), ("用户一", 1), ("🦊", 1), ("e\u0301", 1), ("\0", 1), ("u-", 8), ("u-", 64), ("€", 85),
         ("€", 86), ("x", 255), ("x", 256), ("x", 257), ("0123456789", 103), ("ключ", 5000)]

DRAWS = [0, 1, 2, 3, 1 << 63, (1 << 63) - 1, MASK, MASK - 1, 0x123456789ABCDEF]

RINGS = [
    ("one node", [("only", 1)], 12, None),
    ("ten equal nodes", [(f"10.0.0.{i}:8080", 1) for i in range(1, 11)], 18, None),
    ("ten equal nodes, seeded", [(f"10.0.0.{i}:8080", 1) for i in range(1, 11)], 14, "correct horse battery"),
    ("weights, one of them zero", [("a", 1), ("b", 2), ("c", 3), ("d", 5), ("e", 8), ("f", 1), ("g", 0)], 18, "s"),
    ("extreme weights", [("light", 1), ("heavy", 65535), ("middle", 256)], 16, None),
    ("ids beyond ASCII",
     [("ws-1", 1), ("nœud", 2), ("\uffee", 1), ("🦊", 1), ("节点", 3), ("É", 1), ("节" * 43, 1)], 14, "🔑"),
    ("256 nodes", [(f"n{i}", 1 + i % 3) for i in range(256)], 12, None),
    ("257 nodes", [(f"n{i}", 1 + i % 3) for i in range(257)], 12, None),
]


def describe(name, nodes, bits, seed):
    ring = Ring(nodes, bits, seed)
    users = []
    for text, times in USERS:
        value = ring.hash(text * times)
        order = ring.order(value >> (64 - bits))
        assert order[0] == ring.table[value >> (64 - bits)]
        users.append({"text": text, "times": times, "hash": f"{value:016x}", "order": order[:10]})
    owned = [ring.table.count(i) for i in range(len(nodes))]
    return {"name": name, "slotBits": bits, "seed": seed, "nodes": [f"{i}@{w}" for i, w in nodes], "spec": ring.spec,
            "fingerprint": ring.fingerprint(), "tableSha256": sha256(ring.table), "owned": owned, "users": users}


MAGLEVS = [
    ("ten equal nodes", [(f"ws-{i}", 1, f"10.0.0.{i}:8080") for i in range(1, 11)], 65537, None),
    ("ten equal nodes, seeded", [(f"ws-{i}", 1, f"10.0.0.{i}:8080") for i in range(1, 11)], 1009, "correct horse"),
    ("weights, one of them zero", [("a", 1, "z"), ("b", 2, "b"), ("c", 7, "x"), ("d", 0, "d")], 5003, None),
    ("so light that it has no slot", [("a", 1, "é"), ("b", 65535, "🦊"), ("c", 30000, "c")], 251, "s"),
    ("257 nodes", [(f"n{i}", 1 + i % 3, f"k{i}") for i in range(257)], 1009, None),
]

# Of rings that this file does not build: only what the fingerprint is made of.
KEYED = ["nginx/1", "haproxy/1;hash=djb2", "ketama/1", "envoy-maglev/1;m=251",
         "envoy-ring/1;hash=murmur2;min=100;max=8388608"]


def describe_maglev(name, nodes, size, seed):
    ring = Maglev(nodes, size, seed)
    users = [{"text": text, "times": times, "hash": f"{ring.hash(text * times):016x}",
              "order": ring.order(ring.hash(text * times) % size)[:10]} for text, times in USERS]
    owned = [ring.table.count(i) for i in range(len(nodes))]
    return {"name": name, "tableSize": size, "seed": seed, "nodes": [f"{i}@{w}={k}" for i, w, k in nodes],
            "spec": ring.spec, "fingerprint": fingerprint(ring.spec, ring.key_seed, ring.table_seed, ring.nodes),
            "tableSha256": sha256(ring.table), "owned": owned, "users": users}


BLEND_SEED = int.from_bytes(b"blend", "big")
BLEND_USERS = ["", "a", "alice", "Alice", "42", "5f0c2f1e-8a2b-4b62-9d2f-0c5d6f7a8b9c", "élodie", "用户一", "🦊",
               "e\u0301", "\0", "u-" * 8, "€" * 24, "x" * 48, *(f"user-{i}" for i in range(86))]
BLEND_SHARES = [0.000001, 0.01, 0.1, 0.25, 0.5, 0.9, 0.999999]


def describe_blend():
    """Over are the users whose hash, of UTF-16, is below that share of all hashes."""
    hashes = [xxhash.xxh3_64_intdigest(user.encode("utf-16-le"), BLEND_SEED) for user in BLEND_USERS]
    return {"users": BLEND_USERS, "hashes": [f"{value:016x}" for value in hashes],
            "steps": [{"share": share, "over": [i for i, value in enumerate(hashes) if value < int(share * 2**64)]}
                      for share in BLEND_SHARES]}


if __name__ == "__main__":
    packed = struct.pack("<4097Q", *TABLE)
    print(dump({
        "logTable": {"first": TABLE[1], "last": TABLE[4095], "sha256": hashlib.sha256(packed).hexdigest()},
        "negLog2": {f"{draw:016x}": neg_log2(draw) for draw in DRAWS},
        "rings": [describe(*ring) for ring in RINGS],
        "maglevs": [describe_maglev(*ring) for ring in MAGLEVS],
        "keyed": [{"spec": spec, "fingerprint": fingerprint(spec, 0, 0, [(b"a", 1, b"1"), (b"b", 3, b"22")])}
                  for spec in KEYED],
        "blend": describe_blend(),
    }))
