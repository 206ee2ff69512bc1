"""CDS Hooks on the command line: the engine as a service, and the services it may ask."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.config import Settings


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `cds` and its acts."""
    cds = verbs.add_parser("cds", help="decision support by CDS Hooks 2.0.1")
    acts = cds.add_subparsers(required=True, metavar="ACT")
    server = acts.add_parser(
        "serve",
        help="answer hooks on 127.0.0.1 with the local engine",
        description="Says `ready URL` and, without --jwks, `token …`: whoever calls sends it as "
        "bearer token. It is made anew at every start.",
    )
    server.add_argument("--port", type=int, default=8572)
    server.add_argument("--jwks", default="", metavar="FILE", help="keys of clients (RFC 7517)")
    server.add_argument(
        "--until-input-ends", action="store_true", help="end with the process that started it"
    )
    server.set_defaults(command=_serve)
    keys = acts.add_parser("jwks", help="print the public key that services try our tokens with")
    keys.add_argument("--username", required=True)
    keys.set_defaults(command=_jwks)
    services = acts.add_parser("services", help="say which services may be asked, and when")
    services.set_defaults(command=_services)


def _serve(asked: argparse.Namespace, settings: Settings) -> int:
    from app.commands.cds_acts import answer_hooks

    jwks = Path(asked.jwks) if asked.jwks else None
    return answer_hooks(settings, asked.port, jwks, for_parent=asked.until_input_ends)


def _jwks(asked: argparse.Namespace, settings: Settings) -> int:
    from app.commands.cds_acts import print_keys

    return print_keys(settings, asked.username)


def _services(asked: argparse.Namespace, settings: Settings) -> int:
    from app.commands.cds_acts import print_services

    del asked
    return print_services(settings)
