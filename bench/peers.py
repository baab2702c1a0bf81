"""What others took, and what is wanted of us. Constants: none of it is measured in this run.

Measured on a 2-core machine on 21 November 2026, medians of alternating rounds: Vendure, Medusa
and Oscar with 1,000 products, server operations over HTTP; the best of them stands here, which is
Vendure on SQLite for all four operations.
"""

from __future__ import annotations

from dataclasses import dataclass

from bench.figures import Goal

#: "Each at least twice the best peer."
TIMES_PEER = 2.0
#: "20,000 offers no slower than 1.5 times 1,000", "click at most 1.5 times bare Reflex".
GROWTH, CLICK = 1.5, 1.5


@dataclass(frozen=True, slots=True)
class Peer:
    """One operation of the best peer: median in ms at one client, a second at sixteen."""

    alone_ms: float
    per_second: float

    @property
    def goal_alone(self) -> Goal:
        """Half its time."""
        return Goal(self.alone_ms / TIMES_PEER, f"peer / {TIMES_PEER:g}")

    @property
    def goal_together(self) -> Goal:
        """Twice its rate."""
        return Goal(self.per_second * TIMES_PEER, f"peer × {TIMES_PEER:g}")


NAME = "Vendure on SQLite"
LIST = Peer(9.9, 114)
FILTER = Peer(5.9, 165)
ADD = Peer(14, 66)
CHECKOUT = Peer(76, 10.7)

#: In a browser, Oscar, the only peer with pages of its own: click to changed page, ms.
CLICK_ADD_MS, CLICK_FILTER_MS = 306.0, 264.0
#: Oscar's product list: KB transferred (JS and CSS among them), Lighthouse phone score.
PAGE_KB, PAGE_SCORE = 223.0, 97.0
#: Seconds from start to the first list (Oscar on PostgreSQL), MB of memory when idle (Oscar).
START_S, IDLE_MB = 2.5, 150.0

PAGE_GOAL_KB = Goal(200)
SCORE_GOAL, ACCESSIBLE_GOAL, LCP_GOAL_S = Goal(97), Goal(100), Goal(1.5)
WARM_GOAL_S = Goal(5)
SESSION_GOAL_KB = Goal(300)
