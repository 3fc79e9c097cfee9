"""Alembic's entry point: one connection, one transaction, batch mode so that SQLite can alter tables."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import create_engine, pool, text

from api.db import tables  # noqa: F401 - every table must be known here
from api.db.models import AwareTime, Base

config = context.config
# Any number that nothing else in the database locks on.
LOCK = 7_240_118


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Writes our own column type as the plain one beneath it, so that old migrations never import the models."""
    if kind == "type" and isinstance(item, AwareTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    """Runs the migrations against the configured database."""
    engine = create_engine(config.get_main_option("sqlalchemy.url") or "", poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=Base.metadata, render_as_batch=True,
            compare_type=True, render_item=render_item,
        )  # fmt: skip
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                # Two processes that start together migrate one after the other.
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            context.run_migrations()
    engine.dispose()


run()
