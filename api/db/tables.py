"""All tables, each before those that point to it; importing this module makes sure that none is forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import Table

from api.db import (  # noqa: F401
    alert_models,
    case_models,
    complaint_models,
    handoff_models,
    learning_models,
    livedesk_models,
    outbox_models,
    oversight_models,
)
from api.db.models import Base

TABLES: Mapping[str, Table] = MappingProxyType(
    {table.name: table for table in Base.metadata.sorted_tables}
)
