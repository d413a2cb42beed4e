"""attempts to pay and the questions asked of them; cards to others, and who follows the child"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0105"
down_revision = "0100"
branch_labels = None
depends_on = None

LANGUAGE = sa.Enum("fr", "en", name="language", native_enum=False, create_constraint=True, length=40)


def _at(name, nullable=True):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name, nullable=False):
    return sa.Column(name, sa.Text(), nullable=nullable)


def _id():
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def _to(name, nullable=True):
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _fk(table, column, target, ondelete=None):
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"), ondelete=ondelete
    )


def _key(table, *columns):
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _once(table, column):
    return sa.UniqueConstraint(column, name=op.f(f"uq_{table}_{column}"))


def upgrade():
    _attempts()
    _answers()
    op.create_table(
        "guard_order",
        _id(),
        _at("given_at", False),
        _at("always_until", False),
        _to("account_id", False),
        _fk("guard_order", "account_id", "account"),
        _key("guard_order", "id"),
    )
    _attached()


def _attempts():
    op.create_table(
        "giving_attempt",
        _id(),
        _at("created_at", False),
        _text("subject"),
        _text("address"),
        _text("device", True),
        _text("email"),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column(
            "proof",
            sa.Enum("none", "work", "mail", name="proof", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        _at("passed_at"),
        _to("gift_id"),
        _to("plan_id"),
        _fk("giving_attempt", "gift_id", "gift", "SET NULL"),
        _fk("giving_attempt", "plan_id", "plan", "SET NULL"),
        _key("giving_attempt", "id"),
        _once("giving_attempt", "subject"),
    )
    for name in ("created_at", "gift_id", "plan_id"):
        op.create_index(op.f(f"ix_giving_attempt_{name}"), "giving_attempt", [name])
    for name in ("address", "device", "email"):
        op.create_index(op.f(f"ix_giving_attempt_{name}"), "giving_attempt", [name, "created_at"])
    op.create_table(
        "payment_decline",
        _text("event_id"),
        _to("attempt_id", False),
        _text("session_id"),
        _at("declined_at", False),
        _fk("payment_decline", "attempt_id", "giving_attempt", "CASCADE"),
        _key("payment_decline", "event_id"),
    )
    for name in ("attempt_id", "declined_at"):
        op.create_index(op.f(f"ix_payment_decline_{name}"), "payment_decline", [name])


def _answers():
    op.create_table(
        "spent_proof", _text("challenge"), _at("expires_at", False), _key("spent_proof", "challenge")
    )
    op.create_index(op.f("ix_spent_proof_expires_at"), "spent_proof", ["expires_at"])
    op.create_table(
        "held_form",
        _id(),
        _text("token_hash"),
        _to("attempt_id", False),
        _text("form"),
        sa.Column("answers", postgresql.JSONB(), nullable=False),
        sa.Column("language", LANGUAGE, nullable=False),
        _text("email"),
        _at("created_at", False),
        _at("expires_at", False),
        _at("mailed_at"),
        _fk("held_form", "attempt_id", "giving_attempt", "CASCADE"),
        _key("held_form", "id"),
        _once("held_form", "token_hash"),
    )
    for name in ("attempt_id", "expires_at"):
        op.create_index(op.f(f"ix_held_form_{name}"), "held_form", [name])


def _attached():
    op.create_table(
        "tribute_card",
        _id(),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        _to("gift_id", False),
        _text("recipient_name"),
        _text("recipient_email"),
        _text("message"),
        sa.Column("send_on", sa.Date(), nullable=True),
        _at("sent_at"),
        _at("stopped_at"),
        sa.CheckConstraint("length(message) <= 500", name=op.f("ck_tribute_card_message")),
        _fk("tribute_card", "gift_id", "gift"),
        _key("tribute_card", "id"),
        _once("tribute_card", "gift_id"),
        _once("tribute_card", "public_id"),
    )
    op.create_index("ix_tribute_card_recipient", "tribute_card", ["recipient_email", "created_at"])
    op.create_table(
        "plan_correspondent",
        _id(),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        _to("plan_id", False),
        _text("first_name"),
        _text("last_name"),
        _text("email"),
        _text("relation"),
        sa.Column("language", LANGUAGE, nullable=False),
        sa.Column("criteria", postgresql.JSONB(), nullable=False),
        _at("invited_at"),
        _at("reminded_at"),
        _at("confirmed_at"),
        _at("declined_at"),
        _to("donor_id"),
        sa.CheckConstraint(
            "(confirmed_at is null) = (donor_id is null)",
            name=op.f("ck_plan_correspondent_confirmed_is_known"),
        ),
        sa.CheckConstraint(
            "confirmed_at is null or declined_at is null",
            name=op.f("ck_plan_correspondent_one_answer"),
        ),
        _fk("plan_correspondent", "plan_id", "plan"),
        _fk("plan_correspondent", "donor_id", "donor"),
        _key("plan_correspondent", "id"),
        _once("plan_correspondent", "plan_id"),
        _once("plan_correspondent", "public_id"),
    )
    op.create_index(op.f("ix_plan_correspondent_donor_id"), "plan_correspondent", ["donor_id"])


def downgrade():
    for table in (
        "plan_correspondent",
        "tribute_card",
        "guard_order",
        "held_form",
        "spent_proof",
        "payment_decline",
        "giving_attempt",
    ):
        op.drop_table(table)
