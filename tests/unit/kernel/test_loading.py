"""What is loaded at once is not searched for garbage, and the search goes on afterwards."""

from __future__ import annotations

import gc
import weakref

import pytest

from app.kernel.loading import clear_away, loading


def test_nothing_is_collected_while_modules_load() -> None:
    frozen = gc.get_freeze_count()

    with loading():
        assert not gc.isenabled()

    assert gc.isenabled()
    assert gc.get_freeze_count() > frozen
    gc.unfreeze()


def test_a_failed_load_switches_the_collector_on_again() -> None:
    with pytest.raises(ImportError), loading():
        raise ImportError("not there")

    assert gc.isenabled()
    gc.unfreeze()


def test_one_inside_another_leaves_it_to_the_outer_one() -> None:
    with loading():
        with loading():
            pass
        assert not gc.isenabled()
    gc.unfreeze()


class _Ring:
    """Something that only the collector can take away."""

    def __init__(self) -> None:
        self.own = self


def test_what_was_loaded_for_one_person_goes_before_the_next_one() -> None:
    with loading():
        left = weakref.ref(_Ring())
    gc.collect()
    assert left() is not None, "what is loaded stays"

    clear_away()

    assert left() is None
    assert gc.get_freeze_count() == 0
