"""Says above a page how the last act went."""

from __future__ import annotations

from app.kernel.faults import Fault, Message
from resources.styles.tokens import Tone
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from widgets.banner_line import BannerLine, Notice


def say_outcome(line: BannerLine, desk: Desk, fault: Fault | None, done: Message | None) -> None:
    """Why the last act was not done, before what was done; nothing when there is neither."""
    if fault is not None:
        line.show_notice(Notice(ChartWords(desk).fault(fault), Tone.CAUTION))
    elif done is not None:
        line.show_notice(Notice(desk.languages.render(done), Tone.LOCAL))
    else:
        line.show_notice(None)
