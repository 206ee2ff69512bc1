"""The login form of the demo hospital, in the browser's language."""

from __future__ import annotations

from html import escape

from resources.catalogue import Catalogue

_TEXTS = {"en": Catalogue.load("en"), "zh_CN": Catalogue.load("zh_CN")}
_STYLE = (
    "body{font:16px/1.5 sans-serif;background:#eef2f5;margin:0}"
    "main{max-width:22em;margin:10vh auto;background:#fff;padding:2em;border-radius:8px}"
    "label{display:block;margin-top:1em}input{width:100%;font:inherit;padding:.4em;"
    "box-sizing:border-box}button{margin-top:1.5em;font:inherit;padding:.5em 1.5em}"
    ".problem{color:#a40000}.note{color:#555;font-size:.85em}"
)


def login_page(ticket: str, languages: str, problem: str = "") -> str:
    """The page; without a ticket it has no form and says the problem alone.

    `languages` is an Accept-Language or ui_locales list; the first of Chinese and English that
    it names is taken.
    """
    language = _language(languages)
    texts = _TEXTS[language]
    said = f'<p class="problem" role="alert">{escape(texts.text(problem))}</p>' if problem else ""
    form = ""
    if ticket:
        form = (
            f'<form method="post" action="authorize" autocomplete="off">'
            f'<input type="hidden" name="ticket" value="{escape(ticket)}">'
            f"<label>{escape(texts.text('cdr.sign-in.username'))}"
            f'<input name="username" autofocus required></label>'
            f"<label>{escape(texts.text('cdr.sign-in.password'))}"
            f'<input name="password" type="password" required></label>'
            f"<button>{escape(texts.text('cdr.sign-in.do'))}</button></form>"
        )
    title = escape(texts.text("cdr.sign-in.title"))
    note = escape(texts.text("cdr.sign-in.demo"))
    return (
        f'<!doctype html><html lang="{"zh-CN" if language == "zh_CN" else "en"}"><head>'
        f'<meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style></head>'
        f'<body><main><h1>{title}</h1>{said}{form}<p class="note">{note}</p></main></body></html>'
    )


def _language(wanted: str) -> str:
    for part in wanted.replace(" ", ",").split(","):
        tag = part.partition(";")[0].strip().lower()
        if tag.startswith("zh"):
            return "zh_CN"
        if tag.startswith("en"):
            return "en"
    return "en"
