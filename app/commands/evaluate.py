"""Judges the program's knowledge by file, so that it can be regression-tested without a screen."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.commands.evaluate_parse import VOCABULARY, parse_file
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


def _parse(asked: argparse.Namespace, settings: Settings) -> int:
    del settings
    return parse_file(None if asked.file == "-" else Path(asked.file))
