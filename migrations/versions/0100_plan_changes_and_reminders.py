"""orders to the provider, changes of plans, reminders of failed debits"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0100"
down_revision = "0093"
branch_labels = None
depends_on = None

KINDS = (
    "amount", "next_debit", "pause", "resume", "stop", "keep", "method_page", "method", "pay",
    "forgive",
)
NOTICES = (
    "debit_failed", "authentication", "failed_again", "last_notice", "ended", "recovered",
    "card_expiring", "method_replaced", "upcoming", "debit_returned",
)
REASONS = ("at_risk", "debit_returned", "method_gone", "order_failed")


def _key():
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def _codes(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _text(name):
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name, nullable=False):
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _instant(name, nullable=True):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _ends(table, *links):
    for column, target in links:
        yield sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
    yield sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def upgrade():
    op.create_table(
        "plan_link",
        _key(),
        _number("plan_id"),
        _text("token_hash"),
        _text("email"),
        _instant("created_at", nullable=False),
        _instant("expires_at", nullable=False),
        _instant("used_at"),
        *_ends("plan_link", ("plan_id", "plan")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_plan_link_token_hash")),
    )
    op.create_index(op.f("ix_plan_link_plan_id"), "plan_link", ["plan_id"])
    op.create_table(
        "provider_order",
        _key(),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        _number("plan_id"),
        sa.Column("kind", _codes("orderkind", *KINDS), nullable=False),
        _text("idempotency_key"),
        sa.Column("params", postgresql.JSONB(), nullable=False),
        _text("params_sha256"),
        sa.Column("state", _codes("orderstate", "asked", "done", "refused"), nullable=False),
        _number("attempts"),
        _instant("asked_at", nullable=False),
        _instant("tried_at"),
        _instant("settled_at"),
        sa.Column("channel", _codes("orderchannel", "sponsor", "link", "office", "portal"), nullable=False),
        _number("asked_by", nullable=True),
        _number("link_id", nullable=True),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("after", postgresql.JSONB(), nullable=False),
        _text("answer_id"),
        _text("problem"),
        _text("note"),
        sa.CheckConstraint(
            "(state = 'asked') = (settled_at is null)", name=op.f("ck_provider_order_settled")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_provider_order_attempts")),
        *_ends(
            "provider_order", ("plan_id", "plan"), ("asked_by", "account"), ("link_id", "plan_link")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_provider_order_public_id")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_provider_order_idempotency_key")),
    )
    op.create_index("ix_provider_order_plan_id", "provider_order", ["plan_id", "id"])
    op.create_index(
        "ix_provider_order_open", "provider_order", ["asked_at"], postgresql_where=sa.text("state = 'asked'")
    )
    op.create_table(
        "plan_method",
        _key(),
        _number("plan_id"),
        _text("method_id"),
        _text("kind"),
        _text("brand"),
        _text("last4"),
        sa.Column("expires_on", sa.Date(), nullable=True),
        _text("mandate_id"),
        _text("mandate_reference"),
        _text("mandate_status"),
        sa.Column("gone", sa.Boolean(), nullable=False),
        _instant("since_at", nullable=False),
        _instant("until_at"),
        *_ends("plan_method", ("plan_id", "plan")),
    )
    op.create_index(op.f("ix_plan_method_plan_id"), "plan_method", ["plan_id"])
    op.create_index("ix_plan_method_method_id", "plan_method", ["method_id"])
    op.create_index(
        "uq_plan_method_in_use", "plan_method", ["plan_id"], unique=True,
        postgresql_where=sa.text("until_at is null"),
    )
    op.create_table(
        "debit_failure",
        _key(),
        _number("plan_id"),
        _text("invoice_id"),
        _number("amount_minor"),
        _text("currency"),
        sa.Column("due_on", sa.Date(), nullable=False),
        _number("attempts"),
        _instant("failed_at", nullable=False),
        _instant("next_attempt_at"),
        sa.Column("needs_action", sa.Boolean(), nullable=False),
        _text("failure_code"),
        _text("pay_url"),
        sa.Column("state", _codes("failurestate", "open", "paid", "dropped"), nullable=False),
        _instant("settled_at"),
        sa.CheckConstraint("attempts > 0", name=op.f("ck_debit_failure_attempts")),
        sa.CheckConstraint(
            "(state = 'open') = (settled_at is null)", name=op.f("ck_debit_failure_settled")
        ),
        *_ends("debit_failure", ("plan_id", "plan")),
        sa.UniqueConstraint("invoice_id", name=op.f("uq_debit_failure_invoice_id")),
    )
    op.create_index(op.f("ix_debit_failure_plan_id"), "debit_failure", ["plan_id"])
    op.create_table(
        "plan_notice",
        _key(),
        _number("plan_id"),
        sa.Column("kind", _codes("noticekind", *NOTICES), nullable=False),
        _text("about"),
        _instant("sent_at", nullable=False),
        *_ends("plan_notice", ("plan_id", "plan")),
        sa.UniqueConstraint("plan_id", "kind", "about", name=op.f("uq_plan_notice_plan_id_kind_about")),
    )
    op.create_index(op.f("ix_plan_notice_plan_id"), "plan_notice", ["plan_id"])
    op.create_table(
        "plan_call",
        _key(),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        _number("plan_id"),
        sa.Column("reason", _codes("callreason", *REASONS), nullable=False),
        _instant("opened_at", nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        _instant("closed_at"),
        _number("closed_by", nullable=True),
        _text("note"),
        sa.CheckConstraint(
            "closed_at is not null or closed_by is null", name=op.f("ck_plan_call_closed")
        ),
        *_ends("plan_call", ("plan_id", "plan"), ("closed_by", "account")),
        sa.UniqueConstraint("public_id", name=op.f("uq_plan_call_public_id")),
    )
    op.create_index(op.f("ix_plan_call_plan_id"), "plan_call", ["plan_id"])
    op.create_index(
        "uq_plan_call_open", "plan_call", ["plan_id"], unique=True,
        postgresql_where=sa.text("closed_at is null"),
    )


def downgrade():
    for table in (
        "plan_call", "plan_notice", "debit_failure", "plan_method", "provider_order", "plan_link",
    ):
        op.drop_table(table)
