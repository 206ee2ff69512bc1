"""Rules of the house that are true of every module, beyond what ruff can say."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture import tree

LONGEST = 400
NAMES_THAT_SAY_NOTHING = {"utils", "util", "common", "helpers", "manager", "logic", "misc", "base"}
HEX_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})$")


def hand_written() -> list[Path]:
    every = tree.modules(*tree.PRODUCT, "tests", "installer")
    return [path for path in every if "versions" not in path.parts]


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    long = {str(p): n for p in hand_written() if (n := tree.source(p).count("\n")) >= LONGEST}

    assert long == {}, "make two modules of it"


def test_packages_are_folders_and_nothing_more() -> None:
    full = [
        str(path)
        for path in tree.modules(*tree.PRODUCT, "tests")
        if path.name == "__init__.py" and tree.source(path).strip()
    ]

    assert full == []


def test_modules_are_named_for_what_they_are() -> None:
    assert [str(path) for path in hand_written() if path.stem in NAMES_THAT_SAY_NOTHING] == []


# --- what stands in the code ------------------------------------------------------------------

Rule = Callable[[ast.AST], bool]


def runs_a_nested_loop(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and tree.called(node) in {"exec", "exec_", "processEvents"}


def reads_the_environment(node: ast.AST) -> bool:
    if not isinstance(node, ast.Attribute):
        return False
    return ast.unparse(node) in {"os.environ", "os.getenv", "os.environb"}


def catches_everything(node: ast.AST) -> bool:
    """A handler for any exception that does not send it on."""
    if not isinstance(node, ast.ExceptHandler):
        return False
    broad = node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}
    sent_on = any(isinstance(n, ast.Raise) and n.exc is None for n in ast.walk(node))
    return broad and not sent_on


def connects_something_nobody_owns(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or tree.called(node) != "connect":
        return False
    return any(
        isinstance(argument, ast.Lambda)
        or (isinstance(argument, ast.Call) and tree.called(argument) == "partial")
        for argument in node.args
    )


def asks_who_sent_it(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and tree.called(node) == "sender" and not node.args


def holds_a_colour(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and any(HEX_COLOUR.search(word) for word in re.split(r"[\s;,:)]+", node.value))
    )


SCREEN_CALLS = {
    "QAction", "QCheckBox", "QGroupBox", "QLabel", "QPushButton", "QRadioButton", "addTab",
    "setAccessibleDescription", "setAccessibleName", "setPlaceholderText", "setStatusTip",
    "setText", "setTitle", "setToolTip", "setWhatsThis", "setWindowTitle",
}  # fmt: skip


def speaks_past_the_catalogue(node: ast.AST) -> bool:
    """Words on the screen that no catalogue holds; a sign such as a dash may stand."""
    if not isinstance(node, ast.Call) or tree.called(node) not in SCREEN_CALLS:
        return False
    return any(
        isinstance(part, ast.Constant)
        and isinstance(part.value, str)
        and re.search(r"[A-Za-z]{3,}|[\u4e00-\u9fff]", part.value)
        for argument in node.args
        for part in ([argument] if not isinstance(argument, ast.JoinedStr) else argument.values)
    )


RULES: dict[str, tuple[Rule, tuple[str, ...], tuple[str, ...]]] = {
    # what is forbidden: where it is looked for, and the modules that may
    "nested event loops": (runs_a_nested_loop, tree.PRODUCT, ("app/desktop",)),
    "reading the environment": (reads_the_environment, tree.PRODUCT, ("app/config.py",)),
    "catching everything": (
        catches_everything,
        tree.PRODUCT,
        ("app/kernel/tasks.py", "app/main.py", "app/desktop", "ui/runtime/store_lane.py"),
    ),
    "connecting lambdas": (connects_something_nobody_owns, ("app", "ui", "widgets"), ()),
    "asking for the sender": (asks_who_sent_it, ("app", "ui", "widgets"), ()),
    "colours outside resources": (holds_a_colour, ("ui", "widgets"), ()),
    "words outside the catalogue": (speaks_past_the_catalogue, ("ui", "widgets"), ()),
}

EXAMPLES = {
    "nested event loops": "dialog.exec()",
    "reading the environment": "home = os.environ['HOME']",
    "catching everything": "try:\n    f()\nexcept Exception:\n    pass",
    "connecting lambdas": "button.clicked.connect(lambda: page.leave())",
    "asking for the sender": "button = self.sender()",
    "colours outside resources": "style = 'color: #a1b2c3; margin: 0'",
    "words outside the catalogue": "label.setText(f'Bed {bed}')",
}


def breaches(rule: Rule, module: ast.AST) -> Iterator[int]:
    for node in ast.walk(module):
        if rule(node):
            yield getattr(node, "lineno", 0)


@pytest.mark.parametrize("name", RULES)
def test_the_code_keeps_the_rule_about(name: str) -> None:
    rule, folders, exempt = RULES[name]
    found = [
        f"{path}:{line}"
        for path in tree.modules(*folders)
        if not str(path).startswith(exempt or ("-",))
        for line in breaches(rule, tree.parsed(path))
    ]

    assert found == []


@pytest.mark.parametrize("name", RULES)
def test_a_breach_is_found_by_the_rule_about(name: str) -> None:
    assert list(breaches(RULES[name][0], ast.parse(EXAMPLES[name])))


def test_innocent_code_breaks_no_rule() -> None:
    innocent = (
        "button.clicked.connect(page.leave)\n"
        "label.setText(texts.text('ward.title'))\n"
        "label.setText('-')\n"
        "label.setObjectName('ward.title')\n"
        "link = '#section-3'\n"
        "try:\n    f()\nexcept ValueError:\n    pass\n"
    )

    assert [
        n for n, (rule, _, _) in RULES.items() if list(breaches(rule, ast.parse(innocent)))
    ] == []
