"""giving on line: what a plan is for, forms kept until paid, one gift a form"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0020"
branch_labels = None
depends_on = None

PURPOSES = ("general", "sponsorship", "programme")
PROGRAMMES = (
    "education",
    "vocational_training",
    "food",
    "health",
    "protection",
    "family_support",
)


def _codes(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.add_column(
        "plan",
        sa.Column(
            "purpose",
            _codes("purposekind", PURPOSES),
            server_default="sponsorship",
            nullable=False,
        ),
    )
    op.add_column("plan", sa.Column("programme", _codes("programme", PROGRAMMES), nullable=True))
    op.create_check_constraint(
        "programme_purpose", "plan", "(purpose = 'programme') = (programme is not null)"
    )
    op.add_column("plan", sa.Column("cancels_on", sa.Date(), nullable=True))
    op.add_column("plan", sa.Column("stop_reason", sa.Text(), server_default="", nullable=False))
    for table in ("gift", "plan"):
        op.add_column(table, sa.Column("form_token", sa.Text(), nullable=True))
        op.create_unique_constraint(f"uq_{table}_form_token", table, ["form_token"])
        op.add_column(table, sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=True))
        op.add_column(
            table, sa.Column("typed", postgresql.JSONB(astext_type=sa.Text()), nullable=True)
        )
    op.add_column("refund", sa.Column("requested_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("refund", sa.Column("form_token", sa.Text(), nullable=True))
    op.create_unique_constraint("uq_refund_form_token", "refund", ["form_token"])
    op.create_index("ix_webhook_event_object_id", "webhook_event", ["object_id"])
    op.create_index(
        "ix_webhook_event_open",
        "webhook_event",
        ["state", "received_at"],
        postgresql_where=sa.text("state in ('waiting','failed')"),
    )


def downgrade() -> None:
    op.drop_index("ix_webhook_event_open", "webhook_event")
    op.drop_index("ix_webhook_event_object_id", "webhook_event")
    op.drop_constraint("uq_refund_form_token", "refund")
    op.drop_column("refund", "form_token")
    op.drop_column("refund", "requested_at")
    for table in ("gift", "plan"):
        op.drop_column(table, "typed")
        op.drop_column(table, "attempted_at")
        op.drop_constraint(f"uq_{table}_form_token", table)
        op.drop_column(table, "form_token")
    op.drop_column("plan", "stop_reason")
    op.drop_column("plan", "cancels_on")
    op.drop_constraint(op.f("ck_plan_programme_purpose"), "plan")
    op.drop_column("plan", "programme")
    op.drop_column("plan", "purpose")
