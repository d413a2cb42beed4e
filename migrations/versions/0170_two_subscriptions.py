"""a plan with two living subscriptions is a reason to call the sponsor"""

from alembic import op

revision = "0170"
down_revision = "0169"
branch_labels = None
depends_on = None

BEFORE = ("at_risk", "debit_returned", "method_gone", "order_failed")


def upgrade():
    _reasons(*BEFORE, "two_subscriptions")


def downgrade():
    op.execute("update plan_call set reason = 'order_failed' where reason = 'two_subscriptions'")
    _reasons(*BEFORE)


def _reasons(*codes):
    op.drop_constraint("callreason", "plan_call", type_="check")
    listed = ", ".join(f"'{code}'" for code in codes)
    op.create_check_constraint("callreason", "plan_call", f"reason in ({listed})")
