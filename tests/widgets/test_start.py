from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.kernel.changes import Changed, ChangeFeed
from ui.runtime.start import Appearance, Runtime


@pytest.fixture
def runtime(qapp: QApplication) -> Iterator[Runtime]:
    runtime = Runtime(qapp, Appearance(), ChangeFeed())
    yield runtime
    runtime.close()


def test_the_application_is_dressed_anew_while_it_runs(
    qapp: QApplication, runtime: Runtime
) -> None:
    before = (qapp.palette().window().color().name(), qapp.styleSheet())

    runtime.wear(Appearance(theme="dark", scale=150))

    assert qapp.palette().window().color() == runtime.desk.look.theme.colour("ground")
    assert qapp.font().pixelSize() == 20
    assert (qapp.palette().window().color().name(), qapp.styleSheet()) != before


def test_every_word_changes_with_the_language_qts_own_included(
    qapp: QApplication, runtime: Runtime
) -> None:
    told: list[str] = []
    look = runtime.desk.look
    look.changed.connect(lambda: told.append(look.text("widget.state.retry")))
    english = QCoreApplication.translate("QLineEdit", "&Copy")

    runtime.wear(Appearance(language="zh_CN"))

    assert qapp is not None
    assert told == ["重试"]
    assert english == "&Copy"
    assert "复制" in QCoreApplication.translate("QLineEdit", "&Copy")


def test_news_reaches_the_pages_on_the_gui_thread(qtbot: QtBot, runtime: Runtime) -> None:
    heard: list[int] = []
    feed = runtime.desk.feed
    feed.listen(lambda _: heard.append(threading.get_ident()))

    worker = threading.Thread(target=feed.publish, args=(Changed(frozenset({"order"})),))
    worker.start()
    worker.join(2)
    qtbot.waitUntil(lambda: bool(heard), timeout=2000)

    assert heard == [threading.main_thread().ident]
