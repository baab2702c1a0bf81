"""Alembic's entry: the tables of `models`, on the URL that `migrate.py` gives."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlmodel import SQLModel

import self_service.models  # noqa: F401  (fills the metadata)
from self_service import db
from self_service.models.base import JSON_TYPE


def written(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our JSON type by its name; everything else as Alembic does."""
    return "JSON_TYPE" if kind == "type" and item is JSON_TYPE else False


context.config.attributes.setdefault("url", context.config.get_main_option("sqlalchemy.url"))
engine = db.make_engine(context.config.attributes["url"])
with engine.connect() as connection:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:  # a batch makes a table anew; past SQLAlchemy, since inside a transaction it is void
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=sqlite,
        compare_type=True,
        render_item=written,
    )
    with context.begin_transaction():
        context.run_migrations()
        if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RuntimeError("a row refers to one that is not there")
engine.dispose()
