"""receipts: sending is seen while it is under way; letters about cancelled receipts"""

import sqlalchemy as sa
from alembic import op

revision = "0166"
down_revision = "0160"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
NOW = sa.text("now()")


def upgrade():
    _sendings()
    _letters()


def downgrade():
    for column in ("pages", "position", "document_id", "batch_id"):
        op.drop_column("receipt_cancel_notice", column)
    op.drop_column("receipt_post_batch", "moved_at")
    op.drop_column("receipt_delivery", "sending_id")
    op.drop_table("receipt_sending")


def _to(table, column, other):
    name = op.f(f"fk_{table}_{column}")
    op.create_foreign_key(name, table, other, [column], ["id"])


def _sendings():
    states = sa.Enum(
        "running", "done", "failed",
        name="sendingstate", native_enum=False, create_constraint=True, length=40,
    )  # fmt: skip
    op.create_table(
        "receipt_sending",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=True),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_sending")),
    )
    _to("receipt_sending", "asked_by", "account")
    op.create_index("ix_receipt_sending_year", "receipt_sending", ["year"])
    op.create_index(
        "uq_receipt_sending_open", "receipt_sending", ["year"], unique=True,
        postgresql_where=sa.text("state = 'running'"),
    )  # fmt: skip
    op.add_column("receipt_delivery", sa.Column("sending_id", sa.BigInteger(), nullable=True))
    _to("receipt_delivery", "sending_id", "receipt_sending")
    op.create_index("ix_receipt_delivery_sending_id", "receipt_delivery", ["sending_id"])


def _letters():
    op.add_column("receipt_post_batch", sa.Column("moved_at", INSTANT, nullable=True))
    table = "receipt_cancel_notice"
    for column, other in (("batch_id", "receipt_post_batch"), ("document_id", "document")):
        op.add_column(table, sa.Column(column, sa.BigInteger(), nullable=True))
        _to(table, column, other)
    for column in ("position", "pages"):
        op.add_column(table, sa.Column(column, sa.BigInteger(), nullable=True))
    op.create_index("ix_receipt_cancel_notice_batch_id", table, ["batch_id"])
