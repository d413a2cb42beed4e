"""every way a euro comes in: intervals, pauses, other currencies, gifts in kind and in memory"""

import sqlalchemy as sa
from alembic import op

revision = "0090"
down_revision = "0080"
branch_labels = None
depends_on = None

WIDER = {
    ("gift", "giftmode", "mode"): (
        ["card", "sepa", "cheque", "transfer", "cash"],
        ["in_kind", "waived_expenses"],
    ),
    ("gift", "origin", "origin"): (
        ["online", "plan", "import"],
        ["office", "statement", "direct_debit"],
    ),
    ("plan", "planstate", "state"): (
        ["pending", "active", "past_due", "ended", "abandoned"],
        ["paused"],
    ),
}


def _codes(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=False, length=40)


def _check(table, name, column, values):
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    told = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, f"{column} in ({told})")


def upgrade():
    for (table, name, column), (before, more) in WIDER.items():
        _check(table, name, column, before + more)
    op.add_column("plan", sa.Column("interval", _codes("planinterval", "month", "quarter", "year"), server_default="month", nullable=False))
    op.create_check_constraint(op.f("ck_plan_planinterval"), "plan", "interval in ('month', 'quarter', 'year')")
    op.add_column("plan", sa.Column("collector", _codes("collector", "stripe", "direct_debit"), server_default="stripe", nullable=False))
    op.create_check_constraint(op.f("ck_plan_collector"), "plan", "collector in ('stripe', 'direct_debit')")
    op.add_column("plan", sa.Column("paused_until", sa.Date(), nullable=True))
    op.add_column("gift", sa.Column("euro_minor", sa.BigInteger(), nullable=True))
    op.add_column("gift", sa.Column("exchange_rate", sa.Numeric(18, 9), nullable=True))
    op.add_column("gift", sa.Column("rate_source", sa.Text(), server_default="", nullable=False))
    op.add_column("gift", sa.Column("tribute", _codes("tribute", "memory", "honour"), nullable=True))
    op.create_check_constraint(op.f("ck_gift_tribute"), "gift", "tribute in ('memory', 'honour')")
    op.add_column("gift", sa.Column("tribute_name", sa.Text(), server_default="", nullable=False))
    op.create_check_constraint(
        op.f("ck_gift_euros_have_a_rate"),
        "gift",
        "(currency <> 'EUR' or euro_minor is null) and (euro_minor is null) = (exchange_rate is null)",
    )
    op.create_check_constraint(op.f("ck_gift_tribute_has_a_name"), "gift", "(tribute is null) = (tribute_name = '')")
    op.add_column("refund", sa.Column("euro_minor", sa.BigInteger(), nullable=True))


def downgrade():
    op.drop_column("refund", "euro_minor")
    for name in ("tribute_has_a_name", "euros_have_a_rate"):
        op.drop_constraint(op.f(f"ck_gift_{name}"), "gift", type_="check")
    for name in ("tribute_name", "tribute", "rate_source", "exchange_rate", "euro_minor"):
        op.drop_column("gift", name)
    for name in ("paused_until", "collector", "interval"):
        op.drop_column("plan", name)
    for (table, name, column), (before, _more) in WIDER.items():
        _check(table, name, column, before)
