"""The source tree as the architecture tests read it."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("app", "ui", "widgets", "localdb", "sync", "resources")
_MADE = {"build", "dist", "node_modules", "target", "__pycache__"}


@functools.cache
def files() -> tuple[Path, ...]:
    """Every file of the tree that somebody wrote, relative to its root."""
    return tuple(sorted(_walk(ROOT)))


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        hidden = path.name.startswith(".") and path.name not in {".ci", ".gitignore"}
        if hidden or path.name in _MADE or path.name.startswith("tour-"):
            continue
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path.relative_to(ROOT)


def modules(*folders: str) -> list[Path]:
    """The Python files below `folders`, below the product's where none is named."""
    wanted = folders or PRODUCT
    return [
        path
        for path in files()
        if path.suffix == ".py" and any(path.is_relative_to(folder) for folder in wanted)
    ]


@functools.cache
def source(path: Path) -> str:
    return (ROOT / path).read_text("utf-8")


@functools.cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(source(path), str(path))


def dotted(path: Path) -> str:
    """`app/domain/orders.py` as `app.domain.orders`."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def called(node: ast.Call) -> str:
    """The last word of what is called: `f` of `f()` and of `a.b.f()`."""
    match node.func:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def imports(tree: ast.AST) -> Iterator[str]:
    """Everything that is imported, as dotted names, wherever in the module it stands."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield module
                yield from (f"{module}.{alias.name}" for alias in names)
            case _:
                pass
