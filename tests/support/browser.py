"""Stands in for the system browser: follows redirects, fills in the forms, keeps its cookies."""

from __future__ import annotations

import threading
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import requests

_MOST_PAGES = 20
_SENDS_ITSELF = "document.forms[0].submit()"


@dataclass
class Form:
    action: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    button: str = ""


class Forms(HTMLParser):
    """The forms of a page, and what their buttons say."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._in_button = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        fields = dict(attrs)
        if tag == "form":
            self.found.append(Form(fields.get("action") or ""))
        elif tag == "input":
            self.found[-1].fields[fields.get("name") or ""] = fields.get("value") or ""
        self._in_button = tag == "button"

    def handle_data(self, data: str) -> None:
        if self._in_button:
            self.found[-1].button += data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag == "button":
            self._in_button = False


@dataclass
class Person:
    """Who sits at the browser, and what they press.

    Attributes:
        tries: The passwords they type, one after the other.
        presses: The buttons they press, in order; anything else on a page is left alone.
    """

    name: str = "wang"
    tries: tuple[str, ...] = ("rounds-at-eight",)
    presses: tuple[str, ...] = ("Sign in", "Allow")


class Browser(webbrowser.BaseBrowser):
    """A browser with one window; `open` returns at once, as the system's does.

    Attributes:
        opened: The addresses it was sent to.
        pages: The text of every page that a person saw.
        returned: The addresses below 127.0.0.1/callback that it was sent back to.
        closes: Whether the person closes the window at once.
        tampers: What somebody in between makes of the answer.
    """

    def __init__(self, person: Person | None = None) -> None:
        super().__init__("ward-test")
        self.person = person or Person()
        self.opened: list[str] = []
        self.pages: list[str] = []
        self.returned: list[str] = []
        self.closes = False
        self.tampers: Callable[[dict[str, str]], dict[str, str]] = dict
        self._threads: list[threading.Thread] = []
        self._cookies = requests.cookies.RequestsCookieJar()

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:  # noqa: ARG002, FBT001, FBT002 - as in webbrowser
        self.opened.append(url)
        if not self.closes:
            self._threads.append(threading.Thread(target=self._visit, args=(url,)))
            self._threads[-1].start()
        return True

    def rest(self) -> None:
        """Wait until nothing is being loaded any more."""
        for thread in self._threads:
            thread.join(30)

    def _visit(self, url: str) -> None:
        with requests.Session() as http:
            http.cookies = self._cookies
            answer = self._go(http, "GET", url, {})
            passwords, presses = list(self.person.tries), list(self.person.presses)
            while answer is not None and len(self.pages) < _MOST_PAGES:
                self.pages.append(answer.text)
                form = _chosen(answer.text, presses)
                if form is None or ("password" in form.fields and not passwords):
                    return
                if "password" in form.fields:
                    form.fields |= {"username": self.person.name, "password": passwords.pop(0)}
                answer = self._go(http, "POST", urljoin(answer.url, form.action), form.fields)

    def _come_back(self, address: str) -> None:
        answer = {n: v[0] for n, v in parse_qs(urlsplit(address).query).items()}
        place = address.partition("?")[0]
        requests.get(f"{place}?{urlencode(self.tampers(answer))}", timeout=10).close()

    def _go(
        self, http: requests.Session, method: str, url: str, form: dict[str, str]
    ) -> requests.Response | None:
        """Load a page; None when it sent us back to the program that opened the browser."""
        answer = http.request(method, url, data=form, allow_redirects=False, timeout=10)
        while answer.is_redirect:
            there = urljoin(answer.url, answer.headers["Location"])
            if "/callback?" in there:
                self.returned.append(there)
                self._come_back(there)
                return None
            answer = http.get(there, allow_redirects=False, timeout=10)
        return answer


def _chosen(page: str, presses: list[str]) -> Form | None:
    """The form that is sent next: by a script of the page, or by a button that is pressed."""
    forms = Forms(page).found
    if _SENDS_ITSELF in page and forms:
        return forms[0]
    return next((form for press in presses for form in forms if form.button == press), None)
