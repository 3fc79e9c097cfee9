"""Contacts and their registration.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("origin", sa.String(length=12), nullable=False),
        sa.Column("origin_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("inquiry", sa.String(length=20), nullable=False),
        sa.Column("informal", sa.Boolean(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("themes", sa.JSON(), nullable=False),
        sa.Column("area", sa.String(length=80), nullable=False),
        sa.Column("forvaltning", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=300), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answer_days", sa.Integer(), nullable=True),
        sa.Column("unanswered", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("causes", sa.JSON(), nullable=False),
        sa.Column("citizen_effects", sa.JSON(), nullable=False),
        sa.Column("municipality_effects", sa.JSON(), nullable=False),
        sa.Column("learning", sa.String(length=20), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("origin", "origin_id"),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index("ix_contact_month", ["month", "forvaltning"], unique=False)
        batch_op.create_index(
            "ix_contact_place", ["forvaltning", "received_on", "id"], unique=False
        )
        batch_op.create_index("ix_contact_received", ["received_on", "id"], unique=False)
        batch_op.create_index(
            "ix_contact_answered",
            ["received_on", "answer_days", "inquiry"],
            unique=False,
            sqlite_where=sa.text("answer_days IS NOT NULL"),
            postgresql_where=sa.text("answer_days IS NOT NULL"),
        )
        batch_op.create_index("ix_contact_state", ["state", "received_on", "id"], unique=False)
        batch_op.create_index("ix_contact_unit", ["unit", "received_on", "id"], unique=False)

    op.create_table(
        "contact_source",
        sa.Column("name", sa.String(length=12), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "contact_tally",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("forvaltning", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=300), nullable=False),
        sa.Column("facet", sa.String(length=12), nullable=False),
        sa.Column("value", sa.String(length=60), nullable=False),
        sa.Column("inquiry", sa.String(length=20), nullable=False),
        sa.Column("informal", sa.Boolean(), nullable=False),
        sa.Column("contacts", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("in_time", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("unanswered", sa.Integer(), nullable=False),
        sa.Column("medhold", sa.Integer(), nullable=False),
        sa.Column("delvist", sa.Integer(), nullable=False),
        sa.Column("ikke", sa.Integer(), nullable=False),
        sa.Column("uformelt", sa.Integer(), nullable=False),
        sa.Column("videresendt", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("contact_tally", schema=None) as batch_op:
        batch_op.create_index("ix_contact_tally_bucket", ["month", "forvaltning"], unique=False)
        batch_op.create_index(
            "ix_contact_tally_facet",
            [
                "facet",
                "unit",
                "month",
                "forvaltning",
                "value",
                "inquiry",
                "informal",
                "contacts",
                "points",
            ],
            unique=False,
        )

    op.create_table(
        "contact_change",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("field", sa.String(length=24), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("contact_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_contact_change_contact_id"), ["contact_id"], unique=False
        )

    op.create_table(
        "contact_mark",
        sa.Column("contact_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("facet", sa.String(length=12), nullable=False),
        sa.Column("value", sa.String(length=60), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("contact_id", "facet", "value"),
    )
    with op.batch_alter_table("contact_mark", schema=None) as batch_op:
        batch_op.create_index(
            "ix_contact_mark_value", ["facet", "value", "received_on", "contact_id"], unique=False
        )


def downgrade() -> None:
    """Takes it back."""
    op.drop_table("contact_mark")
    op.drop_table("contact_change")
    op.drop_table("contact_tally")
    op.drop_table("contact_source")
    op.drop_table("contact")
