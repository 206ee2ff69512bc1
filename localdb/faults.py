"""What SQLite, the disk and the operating system say, as faults a person can act on."""

from __future__ import annotations

import errno

from sqlalchemy.exc import DBAPIError

from app.kernel.faults import AppError, FaultKind, app_error

_BY_SQLITE_CODE = {
    3: "storage.read-only",
    5: "storage.locked",
    6: "storage.locked",
    8: "storage.read-only",
    10: "storage.io",
    11: "storage.damaged",
    13: "storage.full",
    14: "storage.read-only",
    26: "storage.damaged",
}
_BY_ERRNO = {
    errno.ENOSPC: "storage.full",
    errno.EDQUOT: "storage.full",
    errno.EFBIG: "storage.full",
    errno.EACCES: "storage.read-only",
    errno.EPERM: "storage.read-only",
    errno.EROFS: "storage.read-only",
}


def storage_error(error: Exception, doing: str) -> AppError:
    """The fault for a failed access; `doing` says for IT what was being tried.

    Neither the statement nor its parameters are quoted: they hold patient data.
    """
    source = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    code = getattr(source, "sqlite_errorcode", None)
    name = getattr(source, "sqlite_errorname", "") or type(source).__name__
    if isinstance(code, int):
        found = _BY_SQLITE_CODE.get(code & 0xFF, "storage.failed")
    elif isinstance(source, OSError):
        found = _BY_ERRNO.get(source.errno or 0, "storage.io")
        name = errno.errorcode.get(source.errno or 0, name)
    else:
        found = "storage.failed"
    return app_error(FaultKind.STORAGE, found, f"{doing}: {name}")
