from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.kernel.faults import Message
from resources.catalogue import LANGUAGES, Catalogue, CatalogueError, gaps


@dataclass(frozen=True)
class Duck:
    code: str
    parameters: tuple[tuple[str, str | int], ...] = ()


def a_catalogue(**sentences: str) -> Catalogue:
    return Catalogue("en", {code.replace("__", "."): text for code, text in sentences.items()})


def written(folder: Path, **files: str) -> Path:
    (folder / "en").mkdir()
    for name, text in files.items():
        (folder / "en" / f"{name}.toml").write_text(text, "utf-8")
    return folder


def test_gaps_are_filled() -> None:
    assert a_catalogue(hello="Bed {bed}, {ward}").text("hello", bed=4, ward="A") == "Bed 4, A"


def test_a_missing_code_is_visible() -> None:
    assert a_catalogue().text("order.lost") == "⟦order.lost⟧"


def test_a_missing_parameter_is_visible() -> None:
    assert a_catalogue(hello="Bed {bed}").text("hello") == "Bed ⟦bed⟧"


def test_a_doubled_brace_is_a_brace() -> None:
    assert a_catalogue(json="{{{x}}}").text("json", x=1) == "{1}"


def test_an_at_parameter_is_a_code_itself() -> None:
    catalogue = a_catalogue(refused="{field} is missing", field__dose="The dose")

    said = catalogue.render(Message.of("refused", **{"@field": "field.dose"}))

    assert said == "The dose is missing"


def test_an_at_parameter_without_a_sentence_is_visible() -> None:
    assert a_catalogue(a="{b}").text("a", **{"@b": "gone"}) == "⟦gone⟧"


def test_anything_with_code_and_parameters_is_rendered() -> None:
    assert a_catalogue(a="{n} of {m}").render(Duck("a", (("m", 2), ("n", 1)))) == "1 of 2"


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 orders"), (1, "1 order"), (2, "2 orders"), (1200, "1,200 orders")]
)
def test_plural_forms_follow_the_count(count: int, said: str) -> None:
    catalogue = a_catalogue(orders__one="{count} order", orders__other="{count} orders")

    assert catalogue.text("orders", count=count) == said


def test_a_language_without_plurals_needs_one_form() -> None:
    assert a_catalogue(orders="{count} 条医嘱").text("orders", count=1) == "1 条医嘱"


def test_a_port_is_not_a_quantity() -> None:
    assert a_catalogue(a="port {port}").text("a", port=8080) == "port 8080"


def test_files_are_merged(tmp_path: Path) -> None:
    folder = written(tmp_path, one='"a.b" = "x"', two='"a.c" = "y"')

    assert Catalogue.load("en", folder).codes == {"a.b", "a.c"}


def test_a_code_in_two_files_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path, one='"a.b" = "x"', two='"a.b" = "x"')

    with pytest.raises(CatalogueError, match=r"one\.toml and two\.toml"):
        Catalogue.load("en", folder)


def test_an_unquoted_code_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="quote"):
        Catalogue.load("en", written(tmp_path, one='a.b = "x"'))


def test_a_broken_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"one\.toml"):
        Catalogue.load("en", written(tmp_path, one='"a" = '))


@pytest.mark.parametrize("area", ["kernel", "runtime", "widgets"])
def test_the_languages_say_the_same_things(area: str) -> None:
    spoken = []
    for language in LANGUAGES:
        catalogue = Catalogue.load(language)
        file = Path(__file__).parents[3] / "resources/translations" / language / f"{area}.toml"
        codes = [
            line.split('"')[1] for line in file.read_text("utf-8").splitlines() if '" = "' in line
        ]
        spoken.append({code: gaps(catalogue.sentence(code) or "") for code in codes})
    english, chinese = spoken

    # Chinese dates are written in digits, where English ones name the month.
    dates = {code for code in english if code.startswith("date.")}
    wan = {"unit.wan"}  # only Chinese counts in ten thousands
    assert set(english) == set(chinese)
    assert len(english) > 1
    for code in set(english) - dates - wan:
        assert english[code] == chinese[code], code


_HAN = "\u4e00-\u9fff"
_HALF = re.compile(rf"[{_HAN}][,;:?!]|[,;:?!][{_HAN}]")
"""Punctuation of the other script, beside a Chinese character."""


def test_chinese_sentences_have_chinese_punctuation() -> None:
    folder = Path(__file__).parents[3] / "resources/translations/zh_CN"
    wrong = [
        f"{file.name}: {line}"
        for file in sorted(folder.glob("*.toml"))
        for line in file.read_text("utf-8").splitlines()
        if _HALF.search(line)
    ]

    assert wrong == []
