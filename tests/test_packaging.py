"""Show that what is built and installed is whole, and that importing it costs nothing."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import lessonkit

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "lessonkit"
HEAVY = ("IPython", "nbgrader", "nbformat", "cloudpickle", "psutil", "ctypes", "ipywidgets")


def built(kind: str, made: Path) -> Path:
    """A wheel that hatchling builds of this checkout, below *made*."""
    pytest.importorskip("hatchling")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(made)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=280,
    )
    (found,) = made.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel for everybody."""
    return built("wheel", tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def editable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that `pip install --editable` makes: it points to this checkout."""
    return built("wheel:editable", tmp_path_factory.mktemp("editable"))


@pytest.mark.parametrize("kind", ["wheel", "editable"])
def test_the_server_extension_is_on_where_it_is_installed(
    kind: str, request: pytest.FixtureRequest
) -> None:
    """Jupyter finds it in the environment's etc/jupyter, and the module has what it calls."""
    archive = zipfile.ZipFile(request.getfixturevalue(kind))
    (name,) = [
        n
        for n in archive.namelist()
        if n.endswith("jupyter_server_config.d/lessonkit.json") and ".data/" in n
    ]
    settings = json.loads(archive.read(name))
    (module,) = settings["ServerApp"]["jpserver_extensions"]
    extension = importlib.import_module(module)

    assert name.endswith(".data/data/etc/jupyter/jupyter_server_config.d/lessonkit.json")
    assert settings["ServerApp"]["jpserver_extensions"][module] is True
    assert extension._jupyter_server_extension_points() == [{"module": module}]


def test_the_wheel_holds_the_whole_package(wheel: Path) -> None:
    """Every file of src/lessonkit that is not a by-product is in it, and nothing else is."""
    names = {
        n for n in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in n and ".data/" not in n
    }
    files = {
        str(path.relative_to(PACKAGE.parent))
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert names == files
    assert "lessonkit/py.typed" in names


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    """Version, the command, the licence and the Python it needs are in its metadata."""
    archive = zipfile.ZipFile(wheel)
    info = {
        n.split("/", 1)[1]: archive.read(n).decode() for n in archive.namelist() if "info/" in n
    }

    assert f"\nVersion: {lessonkit.__version__}\n" in info["METADATA"]
    assert "\nRequires-Python: >=3.11\n" in info["METADATA"]
    assert "lessonkit = lessonkit.cli:main" in info["entry_points.txt"]
    assert "licenses/LICENSE" in info


@pytest.mark.slow
def test_the_wheel_works_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """Unpacked in a directory of packages, it runs functions, sources and checks."""
    place = tmp_path / "site-packages"
    zipfile.ZipFile(wheel).extractall(place)
    program = (
        f"import sys; sys.path.insert(0, {str(place)!r})\n"
        "import lessonkit\nfrom lessonkit import Handle, check, run\n"
        f"assert lessonkit.__file__.startswith({str(place)!r})\n"
        "print(run(lambda: 6 * 7).value, run('print(1)').stdout.strip())\n"
        "stub = 'def make_zombies(n): raise NotImplementedError'\n"
        "verdict = check('3.1', Handle(source=stub, name='make_zombies'))\n"
        "print(verdict.points, verdict.run_again)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=280, cwd=tmp_path
    )

    assert (done.stdout, done.stderr) == ("42 1\n0 None\n", "")


@pytest.mark.parametrize(
    "statement",
    [
        "import lessonkit",
        "from lessonkit import Limits, Run, Verdict, Handle, to_json, LessonkitError",
    ],
)
def test_an_import_loads_nothing_heavy(statement: str) -> None:
    """Neither the package nor its records bring in what only some uses need."""
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys\nbefore = set(sys.modules)\n{statement}\n"
            "print(*(set(sys.modules) - before))",
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=280,
    ).stdout.split()

    assert [name for name in loaded if name.split(".")[0].removeprefix("_") in HEAVY] == []


def test_every_public_name_is_there() -> None:
    """`__all__`, what can be loaded, what dir() lists and what the type checker sees agree."""
    stub = (PACKAGE / "__init__.py").read_text()
    typed = {
        line.split(" as ")[1]
        for line in stub.splitlines()
        if line.startswith("    from ") and " as " in line
    }

    assert sorted(lessonkit.__all__) == lessonkit.__all__
    assert {name for name in lessonkit.__all__ if getattr(lessonkit, name) is None} == set()
    assert set(dir(lessonkit)) == {*lessonkit.__all__, "__version__"}
    assert typed == set(lessonkit.__all__)


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    """As for any module; hasattr() and typos behave."""
    with pytest.raises(AttributeError, match="no attribute 'runn'"):
        lessonkit.runn  # noqa: B018  the access is the test
    assert not hasattr(lessonkit, "nothing")
