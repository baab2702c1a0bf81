"""Several things sold as one."""

from __future__ import annotations

from dataclasses import replace

from self_service.illustrations.handsets import back, front
from self_service.illustrations.home import router_body, screen
from self_service.illustrations.ink import corners, ground, group, path, rect
from self_service.illustrations.plans import plan
from self_service.illustrations.screens import Look
from self_service.illustrations.tones import tones


def bundle(look: Look) -> str:
    """Return television, router and phone (even variants) or a phone with its plan (odd ones)."""
    return _with_plan(look) if look.variant % 2 else _for_home(look)


def _for_home(look: Look) -> str:
    foot = [(96.0, 150.0), (144.0, 150.0), (152.0, 198.0), (88.0, 198.0)]
    return (
        ground(120, 214, 216)
        + path(corners(foot, 4), tones(look.base).edge)
        + screen(14, 22, 212, 138, look)
        + group(router_body(replace(look, base="#e6e8ec")), 4, 92, scale=0.6)
        + rect(148, 88, 40, 122, 11, "#000", 0.18)
        + front(154, 78, 66, 138, replace(look, variant=0))
    )


def _with_plan(look: Look) -> str:
    one = replace(look, cameras=min(look.cameras, 3), variant=1)
    return (
        ground(112, 220, 190)
        + back(22, 24, 88, 184, one)
        + rect(88, 46, 40, 166, 13, "#000", 0.16)
        + front(94, 34, 88, 184, one)
        + group(rect(18, 30, 192, 192, 46, "#000", 0.2) + plan(look), 128, 112, scale=0.46)
    )
