"""Since when those who have the listed complaints have had them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.complaints.baton import PASSED_ON
from api.db.complaint_models import Complaint, ComplaintEvent


async def since_of(tx: AsyncSession, rows: Sequence[Complaint]) -> dict[str, dt.datetime]:
    """When those who have the complaints now got them, by the complaint's id."""
    ids, since = [row.id for row in rows], {row.id: row.received_at for row in rows}
    for at in range(0, len(ids), 500):
        query = (
            select(ComplaintEvent.complaint_id, func.max(ComplaintEvent.at))
            .where(
                ComplaintEvent.complaint_id.in_(ids[at : at + 500]),
                ComplaintEvent.kind.in_(PASSED_ON),
            )
            .group_by(ComplaintEvent.complaint_id)
        )
        since.update((one, last) for one, last in await tx.execute(query))
    return since
