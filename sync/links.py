"""`next` links of a server, which may know itself by another name than we know it by."""

from __future__ import annotations

from urllib.parse import urlsplit


def ours(base_url: str, link: str) -> str:
    """`link` below `base_url`: of a foreign address only path and query are followed.

    A server behind a proxy names itself as it sees itself; and whatever a page says, a token of
    ours goes to no other machine.
    """
    if link.startswith((f"{base_url}/", f"{base_url}?")):
        return link
    parts = urlsplit(link)
    path = parts.path.removeprefix(urlsplit(base_url).path).lstrip("/")
    return f"{base_url}/{path}?{parts.query}" if path else f"{base_url}?{parts.query}"
