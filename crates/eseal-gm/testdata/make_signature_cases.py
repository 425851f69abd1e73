#!/usr/bin/env python3
"""Writes signature-cases.json: signatures at the edges of GB/T 32918.2 and of DER, made with integers alone.

Independent of the crate on purpose: no code is shared, and `hashlib` is not needed, since the cases sign digests.
"""
import json

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
     0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0)


def add(a, b):
    if a is None or b is None:
        return b if a is None else a
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def mul(k, point):
    total = None
    while k:
        if k & 1:
            total = add(total, point)
        point, k = add(point, point), k >> 1
    return total


def sign(d, e, k):
    r = (e + mul(k, G)[0]) % N
    return r, pow(1 + d, -1, N) * (k - r * d) % N


def integer(value, pad=0):
    body = value.to_bytes(max(1, value.bit_length() // 8 + 1), "big")
    return b"\x02" + bytes([len(body) + pad]) + bytes(pad) + body


def der(r, s):
    body = integer(r) + integer(s)
    return b"\x30" + bytes([len(body)]) + body


def point(d):
    x, y = mul(d, G)
    return b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big")


CASES = []


def case(name, valid, key, e, signature):
    CASES.append({"name": name, "valid": valid, "key": key.hex(), "e": e.to_bytes(32, "big").hex(), "signature": signature.hex()})


def main():
    d, e, k = 0x1234567890ABCDEF << 100, 0xA5 << 200 | 7, 0xFEDCBA << 180 | 3
    key, (r, s) = point(d), sign(d, e, k)
    case("a good signature", True, key, e, der(r, s))
    for name, e2 in [("0", 0), ("1", 1), ("n - 1", N - 1), ("n", N), ("n + 1", N + 1), ("p", P), ("2^256 - 1", 2**256 - 1)]:
        case(f"e = {name}", True, key, e2, der(*sign(d, e2, k)))
    case("e + n for e", True, key, 5 + N, der(*sign(d, 5, k)))
    for name, d2 in [("1", 1), ("2", 2), ("n - 2", N - 2), ("n - 3", N - 3), ("(n + 1)/2", (N + 1) // 2)]:
        case(f"d = {name}", True, point(d2), e, der(*sign(d2, e, k)))
    for name, k2 in [("1", 1), ("2", 2), ("n - 1", N - 1), ("n - 2", N - 2), ("2^252", 2**252), ("2^255", 2**255)]:
        case(f"k = {name}", True, key, e, der(*sign(d, e, k2)))
    # e chosen so that r is small, and k so that s is what it is: short integers, and [s]G + [t]P with equal points.
    for small in (1, 0x7F, 0x80, 0xFF, 0x8000):
        e2 = (small - mul(k, G)[0]) % N
        case(f"r = {small:#x}", True, key, e2, der(*sign(d, e2, k)))
        k2 = (small * (1 + d) + small * d) % N
        e3 = (small - mul(k2, G)[0]) % N
        case(f"r = s = {small:#x}", True, key, e3, der(*sign(d, e3, k2)))
    x1 = mul(k, G)[0]
    case("t = 1 with d = 1: [s]G + [t]G", True, point(1), *equal_points())
    bad = {"r = 0": (0, s), "s = 0": (r, 0), "r = s = 0": (0, 0), "r = n": (N, s), "s = n": (r, N), "r + n": (r + N, s), "s + n": (r, s + N),
           "r + s = n": (r, N - r), "r = n - s": (N - s, s), "r = p": (P, s), "swapped": (s, r), "n - r": (N - r, s), "n - s": (r, N - s),
           "r + 1": (r + 1, s), "s + 1": (r, s + 1), "r = x1": (x1 % N, s), "r = e": (e % N, s), "r = s = n - 1": (N - 1, N - 1)}
    for name, (r2, s2) in bad.items():
        case(name, False, key, e, der(r2, s2))
    case("r = s = (n)/2 and one more", False, key, e, der((N - 1) // 2, (N + 1) // 2))
    case("another digest", False, key, e + 1, der(r, s))
    case("another key", False, point(d + 1), e, der(r, s))
    good, body = der(r, s), integer(r) + integer(s)
    forms = {"empty": b"", "tag alone": b"\x30", "long form of a short length": b"\x30\x81" + bytes([len(body)]) + body,
             "indefinite length": b"\x30\x80" + body + b"\0\0", "a byte after the sequence": good + b"\0",
             "a byte in the sequence": b"\x30" + bytes([len(body) + 1]) + body + b"\0", "a byte too few": good[:-1],
             "a set": b"\x31" + good[1:], "r padded": b"\x30" + bytes([len(body) + 1]) + integer(r, 1) + integer(s),
             "s padded": b"\x30" + bytes([len(body) + 1]) + integer(r) + integer(s, 1), "r alone": b"\x30" + bytes([len(integer(r))]) + integer(r),
             "three integers": b"\x30" + bytes([len(body) + 3]) + body + b"\x02\x01\x01", "empty integers": b"\x30\x04\x02\0\x02\0",
             "raw r and s": r.to_bytes(32, "big") + s.to_bytes(32, "big"), "length of 2^32": b"\x30\x85\x01\0\0\0\0" + body,
             "octet strings": b"\x30\x44\x04\x20" + r.to_bytes(32, "big") + b"\x04\x20" + s.to_bytes(32, "big"),
             "negative r": der(*sign(d, e, k)).replace(integer(r), b"\x02\x20" + ((1 << 255) | r).to_bytes(32, "big")),
             "33 significant bytes": b"\x30\x45\x02\x21\x01" + r.to_bytes(32, "big") + b"\x02\x20" + (s & (2**255 - 1)).to_bytes(32, "big")}
    for name, signature in forms.items():
        case(name, False, key, e, signature)
    y_off = key[:-1] + bytes([key[-1] ^ 1])
    keys = {"off the curve": y_off, "infinity": b"\0", "04 and zeros": b"\x04" + bytes(64), "x = p": b"\x04" + P.to_bytes(32, "big") + key[33:],
            "x of 2^256 - 1": b"\x04" + b"\xff" * 32 + key[33:], "y + p": b"\x04" + G[0].to_bytes(32, "big") + b"\xff" * 32,
            "hybrid form": bytes([6 + (key[-1] & 1)]) + key[1:], "one byte short": key[:-1], "one byte long": key + b"\0", "no key": b"",
            "x without y": key[1:33], "compressed x off the curve": b"\x02" + off_curve().to_bytes(32, "big")}
    for name, key2 in keys.items():
        case(f"key: {name}", False, key2, e, der(r, s))
    case("key: compressed", True, bytes([2 + (key[-1] & 1)]) + key[1:33], e, der(r, s))
    case("key: compressed, the other y", False, bytes([3 - (key[-1] & 1)]) + key[1:33], e, der(r, s))
    with open("signature-cases.json", "w", encoding="utf-8") as file:
        json.dump(CASES, file, indent=1)
        file.write("\n")


def equal_points():
    """With d = 1 and r = 0 excluded: s = t − r; the sum is [s + t]G. Chooses s = 3, t = 5, r = 2."""
    r, s = 2, 3
    t = (r + s) % N
    e = (r - mul((s + t) % N, G)[0]) % N
    return e, der(r, s)


def off_curve():
    """The smallest x for which x³ − 3x + b is no square."""
    b = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
    x = 0
    while pow((x**3 - 3 * x + b) % P, (P - 1) // 2, P) == 1:
        x += 1
    return x


main()
