"""Holding the garbage collector back, and letting it go again."""

from __future__ import annotations

import gc

import pytest

from self_service.domain.catalog.collector import collector_paused


def test_it_runs_again_afterwards_whatever_happened():
    def fail_inside() -> None:
        with collector_paused():
            assert not gc.isenabled()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_inside()
    assert gc.isenabled()


def test_inside_another_pause_the_outer_one_decides():
    with collector_paused():
        with collector_paused():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
