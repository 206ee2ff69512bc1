"""What the program can be told on the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from app.commands import cds, decisions, evaluate
from app.config import Settings, load
from app.domain.people import Role
from app.kernel.clock import SystemClock
from app.kernel.faults import AppError
from app.kernel.loading import loading
from app.logs import set_up_logging
from resources.catalogue import Catalogue

Command = Callable[[argparse.Namespace, Settings], int]


def run(arguments: Sequence[str]) -> int:
    """Do what `arguments` ask; returns the exit code.

    Exit codes: 0 done, 1 refused or failed with a sentence, 2 the words were wrong.
    """
    asked = _parser().parse_args(arguments)
    settings = load(dict(asked.set), folder=Path(asked.folder) if asked.folder else None)
    try:
        command: Command = asked.command
        return command(asked, settings)
    except AppError as error:
        catalogue = Catalogue.load(settings.string("language"))
        print(catalogue.render(error.fault.message), file=sys.stderr)
        if error.fault.detail:
            print(f"  [{error.fault.message.code}: {error.fault.detail}]", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="wardone", description="Clinician workstation")
    parser.add_argument("--folder", default="", help="folder of cache, vault and log")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        type=_pair,
        metavar="NAME=VALUE",
        help="set a setting for this run",
    )
    parser.add_argument("--headless", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--smoke", action="store_true", help="open the window and leave")
    parser.set_defaults(command=_window)
    verbs = parser.add_subparsers(metavar="COMMAND")
    _add_demo(verbs)
    _add_cdr(verbs)
    _add_care(verbs)
    _add_packs(verbs)
    evaluate.add_to(verbs)
    cds.add_to(verbs)
    decisions.add_to(verbs)
    return parser


def _add_demo(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    demo = verbs.add_parser("demo", help="open the demonstration hospital, signed in")
    demo.add_argument("--user", default="wang.yi", help="demo user to sign in")
    demo.add_argument("--fresh", action="store_true", help="begin with a new demo hospital")
    demo.set_defaults(command=_demo)


def _add_cdr(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    cdr = verbs.add_parser("cdr", help="the embedded demo repository")
    acts = cdr.add_subparsers(required=True, metavar="ACT")
    serve = acts.add_parser("serve", help="serve it on 127.0.0.1")
    serve.add_argument("--file", default="", help="SQLite file; in memory without")
    serve.add_argument("--port", type=int, default=8571)
    serve.add_argument("--demo", action="store_true", help="fill an empty one with the demo ward")
    serve.add_argument("--no-sign-in", action="store_true", help="ask for no token")
    serve.add_argument(
        "--until-input-ends", action="store_true", help="end with the process that started it"
    )
    serve.set_defaults(command=_serve)
    load_files = acts.add_parser("load", help="load bundles and NDJSON, gzip too")
    load_files.add_argument("--file", required=True, help="SQLite file of the repository")
    load_files.add_argument("paths", nargs="+", metavar="FILE")
    load_files.set_defaults(command=_load)
    _add_users(acts.add_parser("user", help="who may sign in at it"))


def _add_users(user: argparse.ArgumentParser) -> None:
    acts = user.add_subparsers(required=True, metavar="ACT")
    found = {
        name: acts.add_parser(name, help=does)
        for name, does in (
            ("add", "give somebody an account; asks for the password"),
            ("list", "list accounts and wards"),
            ("disable", "withdraw an account and its tokens"),
            ("enable", "let a withdrawn account in again"),
        )
    }
    for name, one in found.items():
        one.add_argument("--file", required=True, help="SQLite file of the repository")
        one.set_defaults(command=_user, act=name)
        if name != "list":
            one.add_argument("username")
    add = found["add"]
    add.add_argument("--role", required=True, choices=[role.value for role in Role])
    add.add_argument("--ward", action="append", default=[], help="id or name; `all` for every one")
    add.add_argument("--name", default="", help="as it is shown")
    add.add_argument("--practitioner", default="", help="id of somebody in the record")


def _add_care(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    doctor = verbs.add_parser("doctor", help="say how this installation is")
    doctor.set_defaults(command=_doctor)
    sync = verbs.add_parser("sync", help="one synchronisation without a window")
    sync.add_argument("--username", required=True)
    sync.set_defaults(command=_sync)
    enrol = verbs.add_parser("enrol", help="enrol this workstation at a repository")
    enrol.add_argument("--username", required=True)
    enrol.set_defaults(command=_enrol)
    unread = verbs.add_parser("unread", help="list what was received and not understood")
    unread.add_argument("--username", required=True)
    unread.set_defaults(command=_unread)
    recover = verbs.add_parser("recover", help="open the cache with the hospital's key")
    recover.add_argument("--key", required=True, help="private key of the hospital (PEM)")
    recover.set_defaults(command=_recover)


def _add_packs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    packs = verbs.add_parser("packs", help="packs of clinical knowledge, for IT")
    acts = packs.add_subparsers(required=True, metavar="ACT")
    check = acts.add_parser("check", help="say file, line and reason for every error")
    check.add_argument("folder_of_packs", metavar="DIR", help="a pack, or a folder of packs")
    check.set_defaults(command=_packs_check)
    sign = acts.add_parser("sign", help="answer for every pack in a folder, by a signature")
    sign.add_argument("folder_of_packs", metavar="DIR", help="a folder of packs")
    sign.add_argument("--key", required=True, help="private key (PEM)")
    sign.add_argument("--signer", required=True, help="who answers for them")
    sign.set_defaults(command=_packs_sign)
    formulary = acts.add_parser(
        "import-formulary", help="make the hospital's list of medicines (CSV, XLSX) an overlay"
    )
    formulary.add_argument("file", metavar="FILE", help="heading first, then a product a line")
    formulary.add_argument("--to", required=True, help="folder of the hospital's packs")
    formulary.add_argument("--source", required=True, help="what the list is, and of when")
    formulary.set_defaults(command=_packs_import)
    key = acts.add_parser("new-key", help="make a key to sign packs with")
    key.add_argument("file", metavar="FILE.pem", help="where the private key is written")
    key.set_defaults(command=_packs_new_key)


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise argparse.ArgumentTypeError("expected NAME=VALUE")
    return name, value


def _window(asked: argparse.Namespace, settings: Settings) -> int:
    with loading():
        from app.desktop import run as run_window
        from app.desktop import smoke

    set_up_logging(settings)
    return smoke(settings) if asked.smoke else run_window(settings)


def _demo(asked: argparse.Namespace, settings: Settings) -> int:
    from app.commands.demo import run as run_demo

    return run_demo(settings, asked.user, fresh=asked.fresh)


def _serve(asked: argparse.Namespace, settings: Settings) -> int:
    from app.commands.repository import serve_until_interrupted

    del settings
    database = Path(asked.file) if asked.file else None
    return serve_until_interrupted(
        database,
        asked.port,
        demo=asked.demo,
        sign_in=not asked.no_sign_in,
        for_parent=asked.until_input_ends,
    )


def _load(asked: argparse.Namespace, settings: Settings) -> int:
    from app.commands.repository import load_files

    del settings
    return load_files(Path(asked.file), tuple(Path(one) for one in asked.paths))


def _user(asked: argparse.Namespace, settings: Settings) -> int:
    from app.commands import staff

    del settings
    database = Path(asked.file)
    if asked.act == "list":
        return staff.list_all(database)
    if asked.act != "add":
        return staff.set_open(database, asked.username, is_open=asked.act == "enable")
    wanted = staff.Wanted(
        asked.username, Role(asked.role), tuple(asked.ward), asked.name, asked.practitioner
    )
    return staff.add(database, wanted)


def _doctor(asked: argparse.Namespace, settings: Settings) -> int:
    from app.commands.doctor import examine

    del asked
    return examine(settings)


def _sync(asked: argparse.Namespace, settings: Settings) -> int:
    from app.commands.headless import synchronise_once

    set_up_logging(settings)
    return synchronise_once(settings, asked.username)


def _enrol(asked: argparse.Namespace, settings: Settings) -> int:
    from app.commands.headless import enrol

    set_up_logging(settings)
    return enrol(settings, asked.username)


def _unread(asked: argparse.Namespace, settings: Settings) -> int:
    from app.commands.unread import list_unread

    return list_unread(settings, asked.username)


def _recover(asked: argparse.Namespace, settings: Settings) -> int:
    from app.commands.headless import recover

    return recover(settings, Path(asked.key))


def _packs_check(asked: argparse.Namespace, settings: Settings) -> int:
    from app.commands.packs.checking import check_folder

    return check_folder(Path(asked.folder_of_packs), settings)


def _packs_sign(asked: argparse.Namespace, settings: Settings) -> int:
    from app.commands.packs.sealing import sign_packs

    folder, today = Path(asked.folder_of_packs), SystemClock().now().date()
    return sign_packs(folder, Path(asked.key), asked.signer, today, settings)


def _packs_new_key(asked: argparse.Namespace, settings: Settings) -> int:
    from app.commands.packs.sealing import new_key

    return new_key(Path(asked.file), settings)


def _packs_import(asked: argparse.Namespace, settings: Settings) -> int:
    from app.commands.packs.importing import import_file

    today = SystemClock().now().date()
    return import_file(Path(asked.file), Path(asked.to), asked.source, today, settings)
