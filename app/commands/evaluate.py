"""Judges the program's knowledge by file, so that it can be regression-tested without a screen."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.commands.evaluate_orders import VOCABULARY as ORDERS
from app.commands.evaluate_orders import orders_file
from app.commands.evaluate_parse import VOCABULARY, parse_file
from app.commands.evaluate_score import ANSWER, list_scores, score_file
from app.config import Settings


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `evaluate` and what can be evaluated."""
    evaluate = verbs.add_parser("evaluate", help="judge knowledge and reading by file")
    acts = evaluate.add_subparsers(required=True, metavar="WHAT")
    parse = acts.add_parser(
        "parse",
        help="read order lines into drafts",
        description="Reads each line's `text` as orders. It drafts, asks and refuses; it signs "
        "nothing.",
        epilog=VOCABULARY,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parse.add_argument("file", metavar="FILE.jsonl", help='lines {"id", "text"}; - for the input')
    parse.set_defaults(command=_parse)
    _add_orders(acts)
    _add_score(acts)


def _parse(asked: argparse.Namespace, settings: Settings) -> int:
    del settings
    return parse_file(None if asked.file == "-" else Path(asked.file))


def _add_orders(acts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    orders = acts.add_parser(
        "orders",
        help="judge orders for a patient",
        description="Asks the engine about the orders of every line, as signing them would.",
        epilog=ORDERS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    orders.add_argument("file", metavar="FILE.jsonl", help="one case a line; - for the input")
    orders.add_argument("--as-active", action="store_true", help="treat draft rules as signed")
    orders.add_argument("--language", default="en", choices=("en", "zh_CN"), help="of the messages")
    orders.set_defaults(command=_orders)


def _orders(asked: argparse.Namespace, settings: Settings) -> int:
    file = None if asked.file == "-" else Path(asked.file)
    return orders_file(file, settings, asked.language, as_active=asked.as_active)


def _add_score(acts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    score = acts.add_parser(
        "score",
        help="count a clinical score for every row of a file",
        description="Counts NAME for every row. What is missing makes it incomplete, never 0.",
        epilog=ANSWER,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    score.add_argument("name", metavar="NAME", nargs="?", help="news2, cha2ds2-vasc, meld-na ...")
    score.add_argument("file", metavar="FILE", nargs="?", help="CSV or JSON; - for the input")
    score.add_argument("--list", action="store_true", help="every score and what it asks")
    score.add_argument("--as-active", action="store_true", help="treat draft tables as released")
    score.set_defaults(command=_score)


def _score(asked: argparse.Namespace, settings: Settings) -> int:
    told = settings.string("hospital_packs")
    overlay = Path(told) / "scores" if told else None
    if asked.list:
        return list_scores(asked.name or "", overlay)
    if asked.name is None or asked.file is None:
        print("a score and a file, or --list", file=sys.stderr)
        return 2
    file = None if asked.file == "-" else Path(asked.file)
    return score_file(asked.name, file, overlay, as_active=asked.as_active)
