"""The floor of what reads: the page's rows and the total, asked of the tables by the bare driver.

A page of the store shows 24 offers with their prices, how many there are, and counts beside every
choice of every filter. The floor leaves the counts away: it is the least that anybody has to do
who asks the database.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

from bench.databases import Place
from bench.rounds import Run

_COLUMNS = "o.id, o.slug, o.kind, o.name, o.picture, o.highlights, o.facets, s.brand"
_FROM = (
    "FROM product_offering o JOIN product_specification s ON s.id = o.specification_id "
    "WHERE o.is_sellable AND o.lifecycle_status IN ('active', 'launched') "
)
_PRICES = "SELECT * FROM product_offering_price WHERE offering_id IN ({places})"
_LIST = ""
_FILTER = {
    True: "AND json_extract(o.facets, '$.os') = ? AND json_extract(o.facets, '$.nfc') = ? ",
    False: "AND o.facets->>'os' = %s AND (o.facets->>'nfc')::boolean = %s ",
}
_SYSTEMS = ("Android", "iOS", "Windows", "Symbian")
_PAGE = 24


def page_of_list(connection: Any, chance: random.Random, *, sqlite: bool) -> None:
    """Read a page of the whole store."""
    _page(connection, _LIST, (), chance.randrange(40) * _PAGE, sqlite=sqlite)


def page_of_filter(connection: Any, chance: random.Random, *, sqlite: bool) -> None:
    """Read the first page of what two filters leave."""
    wanted = (chance.choice(_SYSTEMS), chance.random() < 0.5)
    _page(connection, _FILTER[sqlite], wanted, 0, sqlite=sqlite)


def measure(
    place: Place, read: Callable[..., None], *, count: int, seconds: float, seed: int = 7
) -> Run:
    """Read by one connection, one page after the other."""
    run, chance = Run(), random.Random(seed)
    with closing(place.connect()) as connection:
        read(connection, chance, sqlite=place.is_sqlite)
        start = time.perf_counter()
        for _ in range(count):
            began = time.perf_counter()
            if began - start > seconds:
                break
            read(connection, chance, sqlite=place.is_sqlite)
            run.times.append((time.perf_counter() - began) * 1000)
        run.seconds = time.perf_counter() - start
    return run


def _page(
    connection: Any, where: str, wanted: tuple[Any, ...], start: int, *, sqlite: bool
) -> None:
    cursor = connection.cursor()
    cursor.execute("BEGIN") if sqlite else None
    order = f"ORDER BY o.popularity DESC, o.slug LIMIT {_PAGE} OFFSET {start}"
    cursor.execute(f"SELECT {_COLUMNS} {_FROM}{where}{order}", wanted)
    ids = [row[0] for row in cursor.fetchall()]
    cursor.execute(f"SELECT count(*) {_FROM}{where}", wanted)
    cursor.fetchall()
    if ids:
        mark = "?" if sqlite else "%s"
        cursor.execute(_PRICES.format(places=", ".join([mark] * len(ids))), ids)
        cursor.fetchall()
    connection.rollback()
