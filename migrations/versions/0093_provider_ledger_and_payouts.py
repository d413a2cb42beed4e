"""the provider's ledger lines and payouts"""

import sqlalchemy as sa
from alembic import op

revision = "0093"
down_revision = "0091"
branch_labels = None
depends_on = None

KEPT_WHOLE = ("provider_line", "payout_line")
KINDS = (
    "payout_differs", "payout_by_hand", "charge_unknown", "charge_missing", "charge_differs",
    "fee_differs", "refund_unknown", "refund_missing", "refund_differs", "dispute_unknown",
    "dispute_missing", "dispute_differs", "line_unknown", "balance_differs",
)


def _codes(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _text(name, default=False):
    return sa.Column(name, sa.Text(), server_default="" if default else None, nullable=False)


def _count(name):
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)


def _instant(name, nullable=True):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade():
    op.create_table(
        "provider_line",
        _text("id"),
        _text("category"),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        _text("currency"),
        _text("source_id"),
        _instant("created_at", nullable=False),
        _instant("available_at", nullable=False),
        sa.Column("exchange_rate", sa.Numeric(18, 9), nullable=True),
        _text("description"),
        sa.Column("imported_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("gross_minor - fee_minor = net_minor", name=op.f("ck_provider_line_net")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_line")),
    )
    op.create_index("ix_provider_line_created_at", "provider_line", ["created_at"])
    op.create_index("ix_provider_line_source_id", "provider_line", ["source_id"])
    op.create_table(
        "payout",
        _text("id"),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        _text("currency"),
        _text("status"),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("reconciled", sa.Boolean(), nullable=False),
        _instant("created_at", nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=False),
        sa.Column("balance_transaction_id", sa.Text(), nullable=True),
        _text("failure_reason", default=True),
        _text("statement_descriptor", default=True),
        _instant("lines_read_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout")),
    )
    op.create_index("ix_payout_created_at", "payout", ["created_at"])
    op.create_table(
        "payout_line",
        _text("line_id"),
        _text("payout_id"),
        sa.ForeignKeyConstraint(["line_id"], ["provider_line.id"], name=op.f("fk_payout_line_line_id")),
        sa.ForeignKeyConstraint(["payout_id"], ["payout.id"], name=op.f("fk_payout_line_payout_id")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_payout_line")),
    )
    op.create_index(op.f("ix_payout_line_payout_id"), "payout_line", ["payout_id"])
    op.create_table(
        "reconciliation_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        _instant("started_at", nullable=False),
        _instant("finished_at"),
        _instant("covered_until"),
        _instant("events_until"),
        _count("events_found"),
        _count("lines_new"),
        _count("lines_compared"),
        _count("payouts_compared"),
        _text("problem", default=True),
        sa.Column("asked_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_run")),
    )
    op.create_index("ix_reconciliation_run_covered_until", "reconciliation_run", ["covered_until"])
    op.create_table(
        "reconciliation_finding",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        _text("key"),
        sa.Column("kind", _codes("findingkind", *KINDS), nullable=False),
        _text("subject"),
        _text("about", default=True),
        sa.Column("gift_id", sa.BigInteger(), nullable=True),
        _instant("happened_at"),
        sa.Column("expected_minor", sa.BigInteger(), nullable=True),
        sa.Column("found_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), server_default="EUR", nullable=False),
        sa.Column(
            "state",
            _codes("findingstate", "open", "explained", "gone"),
            server_default="open",
            nullable=False,
        ),
        sa.Column("first_run_id", sa.BigInteger(), nullable=False),
        sa.Column("last_run_id", sa.BigInteger(), nullable=False),
        _instant("resolved_at"),
        sa.Column("resolved_by", sa.BigInteger(), nullable=True),
        _text("note", default=True),
        sa.CheckConstraint(
            "(state = 'explained') = (note <> '')",
            name=op.f("ck_reconciliation_finding_explained_has_a_note"),
        ),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_reconciliation_finding_gift_id")),
        sa.ForeignKeyConstraint(
            ["first_run_id"], ["reconciliation_run.id"], name=op.f("fk_reconciliation_finding_first_run_id")
        ),
        sa.ForeignKeyConstraint(
            ["last_run_id"], ["reconciliation_run.id"], name=op.f("fk_reconciliation_finding_last_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_finding")),
        sa.UniqueConstraint("key", name=op.f("uq_reconciliation_finding_key")),
    )
    op.create_index("ix_reconciliation_finding_state", "reconciliation_finding", ["state", "kind"])
    op.create_index(op.f("ix_reconciliation_finding_last_run_id"), "reconciliation_finding", ["last_run_id"])
    for table in KEPT_WHOLE:
        op.execute(f"""
            create trigger kept before update or delete on {table}
            for each row execute function refuse_change()""")
    op.execute("""
        create function keep_payout() returns trigger language plpgsql as $$
        begin
          if tg_op = 'DELETE'
             or (old.id, old.amount_minor, old.currency, old.automatic, old.created_at)
                is distinct from
                (new.id, new.amount_minor, new.currency, new.automatic, new.created_at) then
            raise exception 'a payout keeps its amount and its instant'
              using errcode = 'restrict_violation', constraint = 'kept_payout';
          end if;
          return new;
        end $$""")
    op.execute("""
        create trigger kept before update or delete on payout
        for each row execute function keep_payout()""")


def downgrade():
    op.execute("drop trigger kept on payout")
    op.execute("drop function keep_payout")
    for table in KEPT_WHOLE:
        op.execute(f"drop trigger kept on {table}")
    for table in ("reconciliation_finding", "reconciliation_run", "payout_line", "payout", "provider_line"):
        op.drop_table(table)
