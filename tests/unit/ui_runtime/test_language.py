from __future__ import annotations

import pytest

from ui.runtime.finding import rank
from ui.runtime.language import Languages
from ui.runtime.shortcuts import Command, Shortcuts


def nothing() -> None:
    """A command that does nothing."""


def test_a_switch_changes_words_and_dates_and_tells() -> None:
    languages, told = Languages("en"), []
    languages.listen(lambda: told.append(languages.language))

    languages.switch("zh_CN")

    assert languages.text("value.not_recorded") == "未记录"
    assert languages.formats.partial("1959-03") == "1959-03"
    assert told == ["zh_CN"]


def test_a_switch_to_the_same_language_tells_nobody() -> None:
    languages, told = Languages("en"), []
    languages.listen(lambda: told.append(1))

    languages.switch("en")

    assert told == []


def test_who_stopped_listening_hears_nothing() -> None:
    languages, told = Languages("en"), []
    languages.listen(lambda: told.append(1))()

    languages.switch("zh_CN")

    assert told == []


def test_an_unknown_language_is_refused_and_nothing_changes() -> None:
    languages = Languages("en")

    with pytest.raises(KeyError):
        languages.switch("tlh")
    assert languages.language == "en"


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("show", "Show keyboard shortcuts", 0),
        ("key", "Show keyboard shortcuts", 1),
        ("key show", "Show keyboard shortcuts", 1),
        ("xs", "显示键盘快捷键", 2),
        ("xianshi", "显示键盘快捷键", 2),
        ("键盘", "显示键盘快捷键", 3),
        ("board", "Show keyboard shortcuts", 3),
        ("ward", "Show keyboard shortcuts", None),
        ("", "anything", 0),
    ],
)
def test_a_query_finds_by_word_start_pinyin_and_inside(
    query: str, text: str, found: int | None
) -> None:
    assert rank(query, text) == found


def test_a_command_is_found_in_both_languages_whatever_is_spoken() -> None:
    shortcuts = Shortcuts()
    shortcuts.add(Command("command.help", nothing, keys="?"), Command("theme.dark", nothing))
    for language in ("en", "zh_CN"):
        found = [shortcuts.found(q, Languages(language)) for q in ("keyb", "快捷", "xsjp")]
        assert [[c.title for c in f] for f in found] == [["command.help"]] * 3


def test_one_key_is_for_one_command() -> None:
    shortcuts = Shortcuts()
    shortcuts.add(Command("command.help", nothing, keys="Ctrl+K"))

    with pytest.raises(ValueError, match="taken"):
        shortcuts.add(Command("theme.dark", nothing, keys="ctrl+k"))
    assert len(shortcuts.commands) == 1


def test_a_page_that_leaves_gives_its_keys_back() -> None:
    shortcuts = Shortcuts()
    remove = shortcuts.add(Command("command.help", nothing, keys="F2"))

    remove()
    shortcuts.add(Command("theme.dark", nothing, keys="F2"))

    assert [c.title for c in shortcuts.commands] == ["theme.dark"]


def test_the_sheet_lists_every_command_that_has_a_key() -> None:
    shortcuts = Shortcuts()
    shortcuts.add(
        Command("command.help", nothing, keys="?", group="shortcuts.group.everywhere"),
        Command("theme.dark", nothing),
        Command("command.palette", nothing, keys="Ctrl+K", group="shortcuts.group.everywhere"),
    )

    ((group, commands),) = shortcuts.grouped()

    assert group == "shortcuts.group.everywhere"
    assert [c.keys for c in commands] == ["?", "Ctrl+K"]
