"""What crosses a hostile channel as plain data, and what is refused."""

from __future__ import annotations

import math
import signal
import time
from collections import Counter, namedtuple
from typing import Any
from unittest.mock import MagicMock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonkit.plain import MAX_BYTES, MAX_DEPTH, PlainError, decode, encode

Point = namedtuple("Point", "x y")

_atoms = (
    st.none()
    | st.booleans()
    | st.integers(-(2**4000), 2**4000)
    | st.floats()
    | st.text(st.characters(), max_size=20)
    | st.binary(max_size=20)
)
_keys = st.recursive(
    _atoms, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3), max_leaves=5
)
_values = st.recursive(
    _atoms,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.sets(_keys, max_size=4)
        | st.frozensets(_keys, max_size=4)
        | st.dictionaries(_keys, inner, max_size=4)
    ),
    max_leaves=20,
)


def _shape(value: Any) -> Any:
    """Describe a value so that types count, nan equals nan, and order in sets does not."""
    if isinstance(value, dict):
        pairs = [(repr(_shape(k)), _shape(v)) for k, v in value.items()]
        return "dict", sorted(pairs, key=repr)
    if isinstance(value, (set, frozenset)):
        return type(value).__name__, sorted((_shape(item) for item in value), key=repr)
    if isinstance(value, (list, tuple)):
        return type(value).__name__, [_shape(item) for item in value]
    return type(value).__name__, repr(value)


@given(_values)
@settings(deadline=None)
def test_plain_data_comes_back_the_same(value: object) -> None:
    """Value and type survive the way there and back, nan, -0.0 and lone surrogates included."""
    assert _shape(decode(encode(value))) == _shape(value)


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_any_bytes_are_plain_data_or_a_plain_error(data: bytes) -> None:
    """No input makes the reader raise anything but PlainError."""
    try:
        decode(data)
    except PlainError:
        pass


@pytest.mark.parametrize(
    ("value", "base"),
    [
        (signal.SIGTERM, 15),
        (Point(1, 2), (1, 2)),
        (Counter("aab"), {"a": 2, "b": 1}),
        (type("Loud", (str,), {"__str__": lambda self: "!", "__len__": lambda self: 0})("x"), "x"),
    ],
)
def test_an_instance_of_a_subclass_crosses_as_its_base_type(value: object, base: object) -> None:
    """Code of the value's own is not asked how it wants to be written."""
    back = decode(encode(value))

    assert (type(back), back) == (type(base), base)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (open, "value is of type builtin_function_or_method"),
        ([1, {"x": (object(),)}], "value[1]['x'][0] is of type object"),
        ({(1, range(3)): 0}, "value.keys()[1] is of type range"),
        (bytearray(b"x"), "value is of type bytearray"),
        (2**4096, "value is an int of more than 4096 bits"),
        ("x" * MAX_BYTES, "value takes more than 1048576 bytes"),
        ("é" * (MAX_BYTES - 10), "value takes more than 1048576 bytes"),
        (MagicMock(spec=str), "only claims to be plain data"),
        (MagicMock(spec=dict), "only claims to be plain data"),
    ],
    ids=lambda part: part[:30] if type(part) is str else type(part).__name__,
)
def test_what_cannot_cross_is_named_with_its_place(value: object, message: str) -> None:
    """The message says where in the value the trouble is, and of which type."""
    with pytest.raises(PlainError) as caught:
        encode(value)

    assert message in str(caught.value)


def test_a_list_that_holds_itself_is_refused() -> None:
    """Endless nesting ends at the limit of depth."""
    value: list[object] = []
    value.append(value)

    with pytest.raises(PlainError, match="or holds itself"):
        encode(value)


def test_lists_that_share_lists_do_not_unfold_without_bound() -> None:
    """Sixty lists that would unfold into 2**60 items are refused at once."""
    value: list[object] = []
    for _ in range(60):
        value = [value, value]

    with pytest.raises(PlainError, match="more than"):
        encode(value)


def test_the_deepest_nesting_that_is_written_can_be_read() -> None:
    """Writer and reader agree about the limit of depth, in tuples as in lists."""
    lists: object = 1
    tuples: object = 1
    for _ in range(MAX_DEPTH):
        lists, tuples = [lists], (tuples,)

    assert decode(encode(lists)) == lists
    assert decode(encode(tuples)) == tuples
    with pytest.raises(PlainError):
        encode([lists])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"\xff",
        b"\xef\xbb\xbf1",
        b"[1",
        b"[1] 2",
        b"NaN",
        b"Infinity",
        b"1e999",
        b"9" * 2000,
        b"1" * 900_000,
        b"{}",
        b'{"a":1}',
        b'{"tuple":[1],"set":[1]}',
        b'{"tuple":[1],"tuple":[1]}',
        b'{"tuple":7}',
        b'{"tuple":{"tuple":[]}}',
        b'{"set":[[1]]}',
        b'{"set":[1,true]}',
        b'{"set":[{"set":[]}]}',
        b'{"dict":[[1,2],[1.0,3]]}',
        b'{"dict":[[1,2,3]]}',
        b'{"dict":["ab"]}',
        b'{"dict":[[[],1]]}',
        b'{"bytes":"?"}',
        b'{"bytes":[1]}',
        b'{"float":"1"}',
        b'{"float":NaN}',
        b'{"__reduce__":["os.system","true"]}',
        b"[" * 1_000_000,
        b'{"tuple":[' * 100_000,
        b"[" * 70 + b"]" * 70,
        b'{"tuple":[' * 70 + b"]}" * 70,
        b"[" + b"0," * MAX_BYTES + b"0]",
    ],
    ids=lambda data: repr(data[:24]),
)
def test_anything_else_is_a_plain_error(data: bytes) -> None:
    """Whatever `encode` would not write is refused, with one kind of exception."""
    with pytest.raises(PlainError):
        decode(data)


def test_keys_with_one_hash_do_not_keep_the_reader_busy() -> None:
    """Tens of thousands of colliding keys are refused in a moment, not compared pairwise."""
    keys = b",".join(b"%d" % (i * (2**61 - 1)) for i in range(40_000))
    began = time.process_time()

    with pytest.raises(PlainError, match="one hash"):
        decode(b'{"set":[' + keys + b"]}")

    assert time.process_time() - began < 2


def test_special_floats_cross_by_name() -> None:
    """nan and the infinities are no JSON numbers, so they are written as words."""
    assert encode(math.inf) == b'{"float":"inf"}'
    assert math.isnan(decode(b'{"float":"nan"}'))
