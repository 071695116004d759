r"""Carry plain data over a channel whose other end may be hostile.

Plain data: str, int, float (nan and infinities too), bool, None, bytes, and lists, tuples,
sets, frozensets and dicts of plain data. `encode` writes it as JSON; what JSON lacks becomes
an object with one key that names the type:

    >>> encode((1, {2: b"x"}))
    b'{"tuple":[1,{"dict":[[2,{"bytes":"eA=="}]]}]}'
    >>> decode(encode({1, 2})) == {1, 2}
    True

`decode` builds nothing but these types, evaluates nothing, and answers every other input,
however made, with `PlainError`. Size, depth, length of numbers and collisions of hashes
are bounded on this side, so a hostile sender cannot make the reader hang.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

__all__ = ["MAX_BYTES", "MAX_DEPTH", "PlainError", "decode", "decode_text", "encode", "encode_text"]

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 64
MAX_INT_BITS = 4096
_MAX_INT_DIGITS = 1235  # what 4096 bits and a sign can take
_MAX_SAME_HASH = 100
_FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}

_Path = tuple[Any, str] | None


class PlainError(ValueError):
    """This is not plain data, or not the encoding of any; the message says where and why."""


def encode(value: object, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> bytes:
    """Turn plain data into JSON bytes.

    Instances of subclasses cross as their base type: a `signal.Signals` as int, a named tuple
    as tuple, a `defaultdict` as dict. bytearray, range, iterators and every other object are
    refused: nothing is converted by calling code of the value's own.

    Raises:
        PlainError: naming the place and the type of what cannot cross, for example
            "value[2]['out'] is of type socket, which is not plain data: ...".
    """
    writer = _Writer(max_bytes, max_depth)
    try:
        tree = writer.node(value, None, 0, hashable=False)
        text = json.dumps(tree, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except TypeError:  # an object whose __class__ lies, as those of unittest.mock do
        raise PlainError("value holds an object that only claims to be plain data") from None
    # A str may hold lone surrogates (os.listdir makes them): they cross as they are.
    data = text.encode("utf-8", "surrogatepass")
    if len(data) > max_bytes:
        writer.too_large()
    return data


def encode_text(value: object, *, max_bytes: int = MAX_BYTES) -> str:
    """The same as a string, to put into other JSON."""
    return encode(value, max_bytes=max_bytes).decode("utf-8", "surrogatepass")


def decode_text(text: str, *, max_bytes: int = MAX_BYTES) -> Any:
    """Turn what `encode_text` made back into the value."""
    return decode(text.encode("utf-8", "surrogatepass"), max_bytes=max_bytes)


def decode(data: bytes, *, max_bytes: int = MAX_BYTES) -> Any:
    """Turn the bytes that `encode` wrote back into the value; trust nothing about them.

    Raises:
        PlainError: if they are anything else.
    """
    if len(data) > max_bytes:
        raise PlainError(f"{len(data)} bytes of data, more than the {max_bytes} that are allowed")
    try:
        tree = json.loads(
            data.decode("utf-8", "surrogatepass"),
            object_pairs_hook=_Tagged.from_pairs,
            parse_int=_int,
            parse_float=_float,
            parse_constant=_constant,
        )
    except PlainError:
        raise
    except RecursionError:
        raise PlainError(f"nested deeper than {MAX_DEPTH} levels") from None
    except ValueError as exc:  # JSONDecodeError and UnicodeDecodeError are ValueErrors
        raise PlainError(f"not plain data: {str(exc)[:200]}") from None
    return _build(tree, 0)


class _Writer:
    """Turns values into what `json` can write, within a budget of bytes.

    Without the budget a few lists that share lists (`a = [a, a]`, sixty times) would
    unfold into more items than fit in any memory.
    """

    def __init__(self, max_bytes: int, max_depth: int) -> None:
        self.max_depth = max_depth
        self.max_bytes = max_bytes
        self.left = max_bytes

    def too_large(self) -> NoReturn:
        raise PlainError(f"value takes more than {self.max_bytes} bytes")

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            self.too_large()

    def node(self, value: object, path: _Path, depth: int, *, hashable: bool) -> object:
        self.spend(1)
        if depth > self.max_depth:
            raise PlainError(
                f"value is nested deeper than {self.max_depth} levels, or holds itself"
            )
        if value is None or isinstance(value, bool):
            return value
        # Methods of the base types are called by name: a subclass may override its own.
        if isinstance(value, str):
            self.spend(str.__len__(value))
            return str.__str__(value)
        if isinstance(value, int):
            if int.bit_length(value) > MAX_INT_BITS:
                raise PlainError(f"{_place(path)} is an int of more than {MAX_INT_BITS} bits")
            return int.__pos__(value)
        if isinstance(value, float):
            number = float.__pos__(value)
            return number if math.isfinite(number) else {"float": str(number)}
        if isinstance(value, bytes):
            self.spend(bytes.__len__(value) * 4 // 3)
            return {"bytes": base64.b64encode(value).decode("ascii")}
        if isinstance(value, tuple):
            return {"tuple": self.items(tuple.__iter__(value), path, depth, hashable=hashable)}
        if isinstance(value, frozenset):
            return {"frozenset": self.items(frozenset.__iter__(value), path, depth, hashable=True)}
        if hashable:
            pass  # a list that calls itself hashable would come back as one that is not
        elif isinstance(value, list):
            return self.items(list.__iter__(value), path, depth, hashable=False)
        elif isinstance(value, set):
            return {"set": self.items(set.__iter__(value), path, depth, hashable=True)}
        elif isinstance(value, dict):
            return {"dict": self.pairs(value, path, depth)}
        raise PlainError(
            f"{_place(path)} is of type {type(value).__name__}, which is not plain data: str, int, "
            "float, bool, None, bytes, and lists, tuples, sets and dicts of these"
        )

    def items(
        self, items: Iterable[object], path: _Path, depth: int, *, hashable: bool
    ) -> list[object]:
        return [
            self.node(item, (path, f"[{index}]"), depth + 1, hashable=hashable)
            for index, item in enumerate(items)
        ]

    def pairs(self, value: dict[Any, Any], path: _Path, depth: int) -> list[object]:
        pairs: list[object] = []
        for key, item in dict.items(value):
            plain_key = self.node(key, (path, ".keys()"), depth + 1, hashable=True)
            label = f"[{plain_key!r:.40}]"
            pairs.append([plain_key, self.node(item, (path, label), depth + 1, hashable=False)])
        return pairs


def _place(path: _Path) -> str:
    parts = []
    while path is not None:
        path, part = path
        parts.append(part)
    return "value" + "".join(reversed(parts))


class _Tagged:
    """A JSON object as it was parsed: one type name and its contents, not yet trusted."""

    __slots__ = ("body", "tag")

    def __init__(self, tag: str, body: Any) -> None:
        self.tag = tag
        self.body = body

    @classmethod
    def from_pairs(cls, pairs: list[tuple[str, Any]]) -> _Tagged:
        if len(pairs) != 1:
            raise PlainError(f"an object with {len(pairs)} keys; every object here has one")
        return cls(*pairs[0])


def _build(node: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise PlainError(f"nested deeper than {MAX_DEPTH} levels")
    if isinstance(node, list):
        return [_build(item, depth + 1) for item in node]
    if not isinstance(node, _Tagged):
        return node
    read = _READERS.get(node.tag)
    if read is None:
        raise PlainError(f"unknown type {node.tag[:40]!r}")
    return read(node.body, depth)


def _tuple(body: Any, depth: int) -> tuple[Any, ...]:
    return tuple(_build(item, depth + 1) for item in _list(body))


def _set(body: Any, depth: int) -> set[Any]:
    return set(_distinct([_build(item, depth + 1) for item in _list(body)]))


def _frozenset(body: Any, depth: int) -> frozenset[Any]:
    return frozenset(_set(body, depth))


def _dict(body: Any, depth: int) -> dict[Any, Any]:
    keys, values = [], []
    for pair in _list(body):
        if not isinstance(pair, list) or len(pair) != 2:
            raise PlainError("a dict that is not made of pairs")
        keys.append(_build(pair[0], depth + 1))
        values.append(_build(pair[1], depth + 1))
    return dict(zip(_distinct(keys), values, strict=True))


def _bytes(body: Any, depth: int) -> bytes:
    if not isinstance(body, str):
        raise PlainError("bytes that are not written as a string")
    try:
        return base64.b64decode(body, validate=True)
    except ValueError:
        raise PlainError("bytes that are not base64") from None


def _special_float(body: Any, depth: int) -> float:
    if not isinstance(body, str) or body not in _FLOATS:
        raise PlainError("a float that is not nan, inf or -inf")
    # A new object each time: a set may hold several nans, which differ by identity only.
    return float(body)


def _list(body: Any) -> list[Any]:
    if not isinstance(body, list):
        raise PlainError("a collection that is not written as a list")
    return body


def _distinct(keys: list[Any]) -> list[Any]:
    """Return *keys* if they can be the keys of one dict, and not a slow one.

    Hashes of numbers are no secret: thousands of keys with the same one would keep the
    reader comparing for minutes.
    """
    same_hash: dict[int, list[Any]] = {}
    for key in keys:
        try:
            others = same_hash.setdefault(hash(key), [])
        except TypeError:
            raise PlainError("a key or member of a set that cannot be hashed") from None
        if len(others) >= _MAX_SAME_HASH or any(key == other for other in others):
            raise PlainError("a key or member of a set comes twice, or too many have one hash")
        others.append(key)
    return keys


def _int(text: str) -> int:
    if len(text) > _MAX_INT_DIGITS:
        raise PlainError(f"an int of {len(text)} digits")
    return int(text)


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise PlainError("a float that is out of range")
    return number


def _constant(text: str) -> NoReturn:
    raise PlainError(f"{text} is not JSON")


_READERS: dict[str, Callable[[Any, int], Any]] = {
    "tuple": _tuple,
    "set": _set,
    "frozenset": _frozenset,
    "dict": _dict,
    "bytes": _bytes,
    "float": _special_float,
}
