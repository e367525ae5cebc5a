#!/usr/bin/env python3
"""Checks an exported log a second time, in another language and by other hands.

    python3 verify_tree.py <bundle> [--key <fingerprint>]

Verifies the signatures over the checkpoint and the manifest, hashes every file and every entry, and
compares the tree over the entries with the checkpoint. Standard library only. Exit code 0 in order,
1 not what was signed (names the first entry that differs), 3 cannot be read.
"""

import base64
import hashlib
import os
import sys

WIDTH = 256
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


class Unreadable(Exception):
    """What is there is not what a bundle holds."""


def sha256(data):
    return hashlib.sha256(data).digest()


# Ed25519: RFC 8032, section 5.1, in affine coordinates. Slow, and short enough to be read.


def add(one, other):
    (x1, y1), (x2, y2) = one, other
    product = D * x1 * x2 * y1 * y2 % P
    x3 = (x1 * y2 + x2 * y1) * pow(1 + product, P - 2, P)
    y3 = (y1 * y2 + x1 * x2) * pow(1 - product, P - 2, P)
    return (x3 % P, y3 % P)


def times(scalar, point):
    result = (0, 1)
    while scalar > 0:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def point_of(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P != 0 or (x == 0 and sign == 1):
        return None
    return (P - x if x & 1 != sign else x, y)


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signed(key, message, signature):
    if len(key) != 32 or len(signature) != 64:
        return False
    public, commitment = point_of(key), point_of(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    # Points of small order fit every message.
    if public is None or commitment is None or scalar >= L or times(8, public) == (0, 1):
        return False
    challenge = hashlib.sha512(signature[:32] + key + message).digest()
    hashed = int.from_bytes(challenge, "little") % L
    return times(scalar, BASE) == add(commitment, times(hashed, public))


# Files: checkpoint and tiles as https://c2sp.org/tlog-tiles lays them out.


def read(bundle, path):
    file = os.path.join(bundle, *path.split("/"))
    if os.path.islink(file) or not os.path.realpath(file).startswith(os.path.realpath(bundle) + os.sep):
        raise Unreadable(f"{path} lies outside")
    try:
        with open(file, "rb") as opened:
            return opened.read()
    except OSError as error:
        raise FileNotFoundError(f"{path} is missing") from error


def text_of(data):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable("a text is no UTF-8") from error


def decoded(text):
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Unreadable("this is no base64") from error


def key_in(text):
    name, _, rest = text.strip().partition("+")
    data = decoded(rest.partition("+")[2])
    if len(data) != 33 or data[0] != 1:
        raise Unreadable("the key of the log is no Ed25519 key")
    return name, data[1:]


def note_in(bundle, path, origin, key):
    """The size and the root that a note says, once its signature was found right."""
    body, separator, signatures = text_of(read(bundle, path)).partition("\n\n")
    lines = body.split("\n")
    if separator == "" or len(lines) != 3 or not lines[1].isdigit():
        raise Unreadable(f"{path} is no checkpoint")
    named = sha256(origin.encode() + b"\n\x01" + key)[:4]
    for line in signatures.split("\n"):
        parts = line.split(" ")
        if len(parts) == 3 and parts[:2] == ["—", origin] and decoded(parts[2])[:4] == named:
            if lines[0] == origin and is_signed(key, (body + "\n").encode(), decoded(parts[2])[4:]):
                return int(lines[1]), decoded(lines[2])
    raise ValueError(f"{path} is not signed by the log's key")


def number_path(number):
    digits = str(number)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join(["x" + part for part in parts[:-1]] + parts[-1:])


def tile_path(level, number, width):
    return f"tile/{level}/{number_path(number)}" + ("" if width == WIDTH else f".p/{width}")


def entries_of(bundle, size):
    """Every entry with its place; what is too long for two bytes of length stands by itself."""
    for number in range(-(-size // WIDTH)):
        width = min(WIDTH, size - number * WIDTH)
        data, at = read(bundle, tile_path("entries", number, width)), 0
        for place in range(number * WIDTH, number * WIDTH + width):
            length = int.from_bytes(data[at : at + 2], "big")
            entry = data[at + 2 : at + 2 + length]
            if at + 2 + length > len(data):
                raise EOFError(place)
            yield place, entry if length > 0 else read(bundle, f"large/{number_path(place)}")
            at += 2 + length


def root_of(leaves):
    """RFC 6962, section 2.1, as it is written there."""
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + root_of(leaves[:split]) + root_of(leaves[split:]))


def stored_leaf(bundle, place, size):
    number = place // WIDTH
    path = tile_path(0, number, min(WIDTH, size - number * WIDTH))
    at = place % WIDTH * 32
    try:
        return read(bundle, path)[at : at + 32]
    except FileNotFoundError:
        return b""


def check_tree(bundle, size, root):
    leaves, first_bad = [], None
    try:
        for place, entry in entries_of(bundle, size):
            leaves.append(sha256(b"\x00" + entry))
            if first_bad is None and leaves[-1] != stored_leaf(bundle, place, size):
                first_bad = place
    except (EOFError, FileNotFoundError):
        first_bad = len(leaves) if first_bad is None else first_bad
    if len(leaves) == size and root_of(leaves) == root:
        return [] if first_bad is None else [f"the stored hash of entry {first_bad} is another"]
    return [f"first entry that differs: index {first_bad}"]


def check_files(bundle, size, root):
    manifest = read(bundle, "manifest")
    lines = text_of(manifest).splitlines()
    problems = [] if sha256(manifest) == root and len(lines) == size else ["manifest is another"]
    for line in lines:
        digest, path = line[:64], line[66:]
        try:
            if sha256(read(bundle, path)).hex() != digest:
                problems.append(f"{path} is not what was exported")
        except FileNotFoundError as error:
            problems.append(str(error))
    return problems


def check(bundle, fingerprint):
    name, key = key_in(text_of(read(bundle, "log-key.txt")))
    own = sha256(key).hex()
    if fingerprint is not None and fingerprint.replace(" ", "").lower() not in (own, own[:32]):
        return ["the key of the log is another than was given"]
    size, root = note_in(bundle, "checkpoint", name, key)
    problems = check_tree(bundle, size, root)
    files, digest = note_in(bundle, "manifest.note", f"{name}/bundle", key)
    problems += check_files(bundle, files, digest)
    grouped = " ".join(own[at : at + 4] for at in range(0, 32, 4))
    print(f"{size} entries, root {base64.b64encode(root).decode()}, {files} files, key {grouped}")
    return problems


def main(arguments):
    fingerprint = None
    if "--key" in arguments[:-1]:
        at = arguments.index("--key")
        fingerprint = arguments[at + 1]
        arguments = arguments[:at] + arguments[at + 2 :]
    if len(arguments) != 1:
        print(__doc__)
        return 3
    try:
        problems = check(arguments[0], fingerprint)
    except ValueError as error:
        problems = [str(error)]
    except (Unreadable, OSError) as error:
        print(ascii(str(error)))
        return 3
    for problem in problems[:100]:
        print(ascii(problem))
    print("IN ORDER" if not problems else "NOT WHAT WAS SIGNED")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
