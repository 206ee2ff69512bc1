"""What is loaded at once is not searched for garbage, and the search goes on afterwards."""

from __future__ import annotations

import gc

import pytest

from app.kernel.loading import loading


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
