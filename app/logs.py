"""Where the program's log goes, and what is kept out of it."""

from __future__ import annotations

import logging
import logging.handlers
import sys
import threading
from types import TracebackType

from app.config import Settings

log = logging.getLogger("wardone")


def set_up_logging(settings: Settings) -> None:
    """Log into the private folder, and send what nobody caught there, too."""
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handler = logging.handlers.RotatingFileHandler(
        settings.folder / "wardone.log", maxBytes=2_000_000, backupCount=3, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.setLevel(settings.string("log_level"))
    root.addHandler(handler)
    # Their debug lines hold addresses with names of patients, and tokens.
    for chatty in ("urllib3", "websockets"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    log.critical("unforeseen error", exc_info=(kind, error, trace))


def _uncaught_in_thread(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None:
        _uncaught(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)
