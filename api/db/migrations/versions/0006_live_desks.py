"""Live desks outside the product.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    op.create_table(
        "desk_room",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("handoff_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=255), nullable=True),
        sa.Column("holder", sa.String(length=255), nullable=True),
        sa.Column("told_seq", sa.Integer(), nullable=False),
        sa.Column("told_state", sa.String(length=40), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("uq_desk_room", "desk_room", ["session_id", "handoff_id"], unique=True)
    op.create_index("ix_desk_room_place", "desk_room", ["place"], unique=False)
    op.create_table(
        "desk_transaction",
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_desk_transaction_at", "desk_transaction", ["at"], unique=False)


def downgrade() -> None:
    """Takes it back."""
    op.drop_index("ix_desk_transaction_at", table_name="desk_transaction")
    op.drop_table("desk_transaction")
    op.drop_index("ix_desk_room_place", table_name="desk_room")
    op.drop_index("uq_desk_room", table_name="desk_room")
    op.drop_table("desk_room")
