"""Learning and informal tries.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    op.create_table(
        "contact_person",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("forvaltning", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("contact_person", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_contact_person_forvaltning"), ["forvaltning"], unique=False
        )

    op.create_table(
        "lesson",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("complaint_id", sa.String(length=36), nullable=True),
        sa.Column("forvaltning", sa.String(length=40), nullable=True),
        sa.Column("unit", sa.String(length=300), nullable=False),
        sa.Column("theme", sa.String(length=60), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("cost", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("complaint_id"),
    )
    with op.batch_alter_table("lesson", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lesson_closed_on"), ["closed_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_lesson_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_lesson_forvaltning"), ["forvaltning"], unique=False)
        batch_op.create_index(batch_op.f("ix_lesson_theme"), ["theme"], unique=False)

    op.create_table(
        "lesson_version",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("lesson_version", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_lesson_version_lesson_id"), ["lesson_id"], unique=False
        )

    op.create_table(
        "mediation",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("complaint_id", sa.String(length=36), nullable=False),
        sa.Column("proposed_by", sa.String(length=10), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.String(length=20), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("mediation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_mediation_complaint_id"), ["complaint_id"], unique=False
        )

    op.create_table(
        "quick_try",
        sa.Column("complaint_id", sa.String(length=36), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consent_version", sa.String(length=20), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("outcome_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome_by", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["contact_id"], ["contact_person.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("complaint_id"),
    )
    with op.batch_alter_table("quick_try", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quick_try_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_quick_try_due"), ["due"], unique=False)

    op.create_table(
        "mediation_note",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("mediation_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["mediation_id"], ["mediation.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("mediation_note", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_mediation_note_mediation_id"), ["mediation_id"], unique=False
        )


def downgrade() -> None:
    """Takes it back."""
    op.drop_table("mediation_note")
    op.drop_table("mediation")
    op.drop_table("quick_try")
    op.drop_table("contact_person")
    op.drop_table("lesson_version")
    op.drop_table("lesson")
