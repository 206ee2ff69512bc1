"""One reader for all tests of order lines; building it takes longer than reading with it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from app.commands.evaluate_parse import Json, answer
from app.decision.order_text.drafts import DraftLine, Reading
from app.decision.order_text.packs import lexicon
from app.decision.order_text.reading import OrderText

SETS = Path(__file__).parents[3] / "decision" / "order_text"

COMPARED = (
    "kind", "drug", "item", "dose", "route", "freq", "duration_d", "diluent", "rate", "skin_test",
)  # fmt: skip


@cache
def reader() -> OrderText:
    return OrderText(lexicon())


def read(text: str) -> Reading:
    return reader().read(text)


def one(text: str) -> DraftLine:
    """The single order of `text`."""
    (line,) = read(text).orders
    return line


def why(text: str) -> str:
    """Why nothing of `text` was drafted."""
    reading = read(text)
    assert reading.orders == ()
    return ", ".join(dict.fromkeys(refusal.code for refusal in reading.refusals))


def answered(text: str) -> dict[str, Json]:
    return answer("x", read(text))


def cases(name: str) -> list[dict[str, Json]]:
    lines = (SETS / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def differences(case: dict[str, Json]) -> list[str]:
    """What was read in another way than the set says; [] if nothing was."""
    got = answered(str(case["text"]))
    found = [name for name in ("ask", "refused") if got[name] != case[name]]
    expected, orders = case["orders"], got["orders"]
    assert isinstance(expected, list)
    assert isinstance(orders, list)
    if len(expected) != len(orders):
        return [*found, "orders"]
    for said, order in zip(expected, orders, strict=True):
        assert isinstance(said, dict)
        assert isinstance(order, dict)
        names = dict.fromkeys((*COMPARED, *said))
        found += [name for name in names if said.get(name) != order.get(name)]
    return found
