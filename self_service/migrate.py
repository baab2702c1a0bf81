"""Schema migrations: to the newest revision at every start, two queries when nothing is new."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "migrations"
_SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a database stands.

    Attributes:
        revision: its schema's, "" without one.
        stocked: True once something is on sale: never load a demo into it.
    """

    revision: str = ""
    stocked: bool = False


def newest() -> str:
    """Return the newest revision: the last file, since they are numbered."""
    return max(file.name for file in (_FOLDER / "versions").glob("[0-9]*.py")).split("_", 1)[0]


def standing(url: str) -> Standing:
    """Look where a database stands, by its bare driver: a start need not wait for the ORM."""
    if url.startswith(_SQLITE):
        path = Path(url.removeprefix(_SQLITE))
        if not path.exists():
            return Standing()
        with closing(sqlite3.connect(path)) as connection:
            return _standing(
                connection, "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
            )
    import psycopg  # noqa: PLC0415  (only with PostgreSQL)

    with psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://", 1)) as connection:
        return _standing(connection, "SELECT 1 WHERE to_regclass('alembic_version') IS NOT NULL")


def upgrade(url: str, revision: str = "head") -> bool:
    """Bring a database to `revision`; returns False when it was at the newest already."""
    if revision == "head" and standing(url).revision == newest():
        return False
    from alembic import command  # noqa: PLC0415  (half a second that most starts do not need)

    command.upgrade(_config(url), revision)
    return True


def downgrade(url: str, revision: str) -> None:
    """Take a database back to `revision`, "base" for none."""
    from alembic import command  # noqa: PLC0415

    command.downgrade(_config(url), revision)


def _standing(connection: Any, has_schema: str) -> Standing:
    if connection.execute(has_schema).fetchone() is None:
        return Standing()
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is None:
        return Standing()
    stocked = connection.execute("SELECT 1 FROM product_offering LIMIT 1").fetchone()
    return Standing(row[0], stocked is not None)


def _config(url: str) -> Any:
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["url"] = url
    return config
