"""How the files of vectors are written."""

import json
import textwrap


def dump(value, indent=0):
    """JSON with one record or wrapped list of scalars to a line, so that changes can be read."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + indent <= 110 or not isinstance(value, (dict, list)):
        return flat
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        inner = ",\n".join(f"{pad}{json.dumps(k)}: {dump(v, indent + 2)}" for k, v in value.items())
        return "{\n" + inner + "\n" + " " * indent + "}"
    if all(not isinstance(v, (dict, list)) for v in value):
        inner = textwrap.fill(flat[1:-1], 110, initial_indent=pad, subsequent_indent=pad, break_long_words=False)
    else:
        inner = ",\n".join(pad + dump(v, indent + 2) for v in value)
    return "[\n" + inner + "\n" + " " * indent + "]"
