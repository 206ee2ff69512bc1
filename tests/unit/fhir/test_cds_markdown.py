"""What of a stranger's markdown reaches a screen."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.prose import Block, Manner, Shape, Span
from app.fhir.cds_markdown import one_line, read_markdown, safe_link


def spans(text: str) -> tuple[Span, ...]:
    (block,) = read_markdown(text)
    return block.spans


def test_blocks_are_told_apart() -> None:
    text = "# Head\none\ntwo\n\n- point\n1. next\n> said\n```\n<b>\n```\nlast\n~~~\nopen"

    found = [(block.shape, block.text) for block in read_markdown(text)]

    assert found == [
        (Shape.HEADING, "Head"),
        (Shape.PARAGRAPH, "one two"),
        (Shape.ITEM, "point"),
        (Shape.ITEM, "next"),
        (Shape.PARAGRAPH, "said"),
        (Shape.VERBATIM, "<b>"),
        (Shape.PARAGRAPH, "last"),
        (Shape.VERBATIM, "open"),
    ]


def test_runs_are_told_apart() -> None:
    assert spans("a **b** `c` *d* _e_ f") == (
        Span("a "),
        Span("b", Manner.STRONG),
        Span(" "),
        Span("c", Manner.CODE),
        Span(" "),
        Span("d", Manner.EMPHASIS),
        Span(" "),
        Span("e", Manner.EMPHASIS),
        Span(" f"),
    )


def test_a_star_that_multiplies_and_a_line_within_a_word_are_what_they_are() -> None:
    assert spans("5 * 3 * 2 snake_case_name") == (Span("5 * 3 * 2 snake_case_name"),)


def test_a_sign_behind_a_backslash_is_only_that_sign() -> None:
    (block,) = read_markdown("\\*not loud\\* \\[no](https://a.example) \\a")
    assert block.text == "*not loud* [no](https://a.example) \\a"
    assert not any(span.link for span in block.spans)


def test_an_image_is_its_description_and_is_never_an_address() -> None:
    assert spans("![a heart](https://spy.example/p.png)") == (Span("[a heart]"),)


def test_a_tag_is_text() -> None:
    text = '<img src="https://spy.example/p.png"> <script>x()</script>'
    assert spans(text) == (Span(text),)


def test_a_secure_link_leads_out() -> None:
    found = spans('see [the label](https://drugs.example/a?b=1 "title")')
    assert found[1] == Span("the label", link="https://drugs.example/a?b=1")


@pytest.mark.parametrize(
    "url",
    [
        "http://drugs.example/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://name:word@drugs.example/",
        "https://spy.example\\.drugs.example/",
        "https://[broken",
        "https:",
        "https:///nowhere",
        "https://a.example/\u202egnp",
        "//a.example",
        "",
    ],
)
def test_any_other_link_leads_nowhere(url: str) -> None:
    assert safe_link(url) == ""


def test_signs_that_are_not_seen_do_not_arrive() -> None:
    assert one_line("do \u202enot\u200b\x07 give\n now") == "do not give now"


def test_a_flood_is_cut_and_the_cut_is_shown() -> None:
    (block,) = read_markdown("x" * 30_000)
    assert block.text == "x" * 20_000 + "…"


def test_empty_headings_and_fences_are_not_blocks() -> None:
    assert read_markdown("```\n```\n\n \n") == ()
    assert [block.text for block in read_markdown("- ")] == ["-"]


@given(st.text(alphabet=st.sampled_from("ab*_`[]()!#-> \n~.1\u202e\x00<>/:h")))
def test_no_text_is_too_odd_and_none_is_made_up(text: str) -> None:
    for block in read_markdown(text):
        assert isinstance(block, Block)
        for span in block.spans:
            assert span.link == "" or span.link.startswith("https://")
            for sign in span.text:
                assert sign in text or sign in "[] "
                assert unicodedata.category(sign) not in ("Cc", "Cf") or sign in "\n\t"
