"""Init, which may be root, is not led out of the directory that it shares with students' code."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from lessonkit.scenes.forking.place import Place


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A place below a home directory."""
    box, inspector = SimpleNamespace(rng=random.Random(1)), SimpleNamespace(home=str(tmp_path))
    made = Place(cast(Any, box), cast(Any, inspector))
    yield made
    for fd in (made._fd, *made._fifos.values()):
        os.close(fd)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file elsewhere, which must not be read or written."""
    path = tmp_path / "secret"
    path.write_text("secret\n")
    return path


def exchange_place(place: Place, by: Path) -> None:
    """Put a link where the directory was."""
    os.rename(place.path, place.path + "-away")
    os.symlink(by, place.path)


def test_a_line_goes_to_who_reads_the_fifo(place: Place) -> None:
    """And to nobody when nobody does."""
    path = place.file("unused", b"", 0o644)
    assert os.path.dirname(path) == place.path
    gate = place.fifo("gate")
    assert not place.tell("gate", "x")
    reader = os.open(gate, os.O_RDONLY | os.O_NONBLOCK)
    assert place.tell("gate", "hello")
    assert os.read(reader, 100) == b"hello\n"
    os.close(reader)


def test_a_fifo_that_was_exchanged_gets_nothing(place: Place, secret: Path) -> None:
    """Neither a link, nor a file, nor another FIFO."""
    gate = place.fifo("gate")
    os.unlink(gate)
    os.symlink(secret, gate)
    assert not place.tell("gate", "x")
    os.unlink(gate)
    os.link(secret, gate)
    assert not place.tell("gate", "x")
    assert secret.read_text() == "secret\n"
    os.unlink(gate)
    os.mkfifo(gate)
    reader = os.open(gate, os.O_RDONLY | os.O_NONBLOCK)
    exchanged = place.tell("gate", "x")
    os.close(reader)
    assert not exchanged


def test_a_directory_that_was_exchanged_is_not_followed(place: Place, secret: Path) -> None:
    """What is reached afterwards is what was made."""
    place.file("secret", b"ours", 0o644)
    exchange_place(place, secret.parent)
    assert place.contents("secret") == "ours"


@pytest.mark.parametrize("way", [os.symlink, os.link])
def test_only_files_of_that_place_are_read(place: Place, secret: Path, way: Any) -> None:
    """A link could show what only init may read."""
    way(secret, os.path.join(place.path, "out"))
    assert place.contents("out") is None
    assert place.contents("not there") is None


def test_reading_never_waits(place: Place) -> None:
    """Whatever lies there was put there by others."""
    os.mkfifo(os.path.join(place.path, "out"))
    assert place.contents("out") is None
    os.mkdir(os.path.join(place.path, "folder"))
    assert place.contents("folder") is None


def test_what_is_made_can_be_used_by_others(place: Place) -> None:
    """The student's process has another user."""
    modes = {
        place.file("a", b"x", 0o755): 0o755,
        place.directory("b"): 0o777,
        place.fifo("c"): 0o666,
        place.path: 0o777,
    }
    assert {path: os.stat(path).st_mode & 0o777 for path in modes} == modes
