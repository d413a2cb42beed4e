"""disputes and early fraud warnings are facts of their own; a refund that failed needs somebody"""

import sqlalchemy as sa
from alembic import op

revision = "0091"
down_revision = "0090"
branch_labels = None
depends_on = None

# What is asked for can never be more than what is left, whoever asks and however many at once: the
# gift's row is locked before it is counted. What Stripe tells as a fact is never refused.
WITHIN_GIFT = """
create function refund_within_gift() returns trigger language plpgsql as $$
declare given bigint; gone bigint; held bigint;
begin
  select amount_minor into given from gift where id = new.gift_id for update;
  select coalesce(sum(amount_minor), 0) into gone from refund
    where gift_id = new.gift_id and id <> new.id
      and state in ('asked', 'pending', 'requires_action', 'succeeded');
  select coalesce(sum(taken_minor), 0) into held from dispute where gift_id = new.gift_id;
  if gone + held + new.amount_minor > given then
    raise exception 'more would go back than was given'
      using errcode = 'check_violation', constraint = 'refund_within_gift';
  end if;
  return new;
end $$"""

# A dispute that was lost before disputes were rows of their own stood among the refunds.
FROM_REFUNDS = """
insert into dispute (public_id, gift_id, stripe_dispute_id, amount_minor, currency, status, reason,
                     opened_at, closed_at, taken_minor, euro_minor, fee_minor)
select gen_random_uuid(), r.gift_id, r.stripe_refund_id, r.amount_minor, r.currency, 'lost', '',
       r.refunded_on::timestamp at time zone 'Europe/Paris',
       r.refunded_on::timestamp at time zone 'Europe/Paris', r.amount_minor, r.amount_minor, 0
from refund r where r.state = 'lost_dispute' and r.stripe_refund_id is not null"""
TO_REFUNDS = """
insert into refund (public_id, gift_id, stripe_refund_id, amount_minor, currency, state,
                    refunded_on, reason)
select gen_random_uuid(), gift_id, stripe_dispute_id, taken_minor, currency, 'lost_dispute',
       (coalesce(closed_at, opened_at) at time zone 'Europe/Paris')::date, ''
from dispute where status = 'lost' and taken_minor > 0"""


def _key():
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def _created():
    return sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def upgrade():
    op.create_table(
        "dispute",
        _key(),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        _created(),
        sa.Column("gift_id", sa.BigInteger(), nullable=False),
        sa.Column("stripe_dispute_id", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_minor", sa.BigInteger(), nullable=False),
        sa.Column("euro_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_dispute_amount")),
        sa.CheckConstraint("taken_minor between 0 and amount_minor", name=op.f("ck_dispute_taken")),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_dispute_gift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("public_id", name=op.f("uq_dispute_public_id")),
        sa.UniqueConstraint("stripe_dispute_id", name=op.f("uq_dispute_stripe_dispute_id")),
    )
    op.create_index(op.f("ix_dispute_gift_id"), "dispute", ["gift_id"])
    op.create_index("ix_dispute_open", "dispute", ["answer_by"], postgresql_where=sa.text("closed_at is null"))
    op.create_table(
        "dispute_movement",
        _key(),
        _created(),
        sa.Column("dispute_id", sa.BigInteger(), nullable=False),
        sa.Column("stripe_balance_transaction_id", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("euro_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_movement_dispute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_movement")),
        sa.UniqueConstraint(
            "stripe_balance_transaction_id", name=op.f("uq_dispute_movement_stripe_balance_transaction_id")
        ),
    )
    op.create_index(op.f("ix_dispute_movement_dispute_id"), "dispute_movement", ["dispute_id"])
    op.execute("""
        create trigger kept before update or delete on dispute_movement
        for each row execute function refuse_change()""")
    op.create_table(
        "fraud_warning",
        _key(),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        _created(),
        sa.Column("gift_id", sa.BigInteger(), nullable=False),
        sa.Column("stripe_warning_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actionable", sa.Boolean(), nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(kept_at is null) = (kept_by is null)", name=op.f("ck_fraud_warning_kept_by_somebody")
        ),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_fraud_warning_gift_id")),
        sa.ForeignKeyConstraint(["kept_by"], ["account.id"], name=op.f("fk_fraud_warning_kept_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fraud_warning")),
        sa.UniqueConstraint("public_id", name=op.f("uq_fraud_warning_public_id")),
        sa.UniqueConstraint("stripe_warning_id", name=op.f("uq_fraud_warning_stripe_warning_id")),
    )
    op.create_index(op.f("ix_fraud_warning_gift_id"), "fraud_warning", ["gift_id"])
    op.add_column("refund", sa.Column("stripe_balance_transaction_id", sa.Text(), nullable=True))
    op.add_column("refund", sa.Column("failure_reason", sa.Text(), server_default="", nullable=False))
    op.add_column("refund", sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("refund", sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("refund", sa.Column("settled_by", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_refund_settled_by"), "refund", "account", ["settled_by"], ["id"])
    op.execute(WITHIN_GIFT)
    op.execute("""
        create trigger within_gift before insert on refund
        for each row when (new.state = 'asked') execute function refund_within_gift()""")
    op.execute(FROM_REFUNDS)
    op.execute("delete from refund where state = 'lost_dispute' and stripe_refund_id is not null")
    op.add_column("entry_line", sa.Column("foreign_minor", sa.BigInteger(), nullable=True))
    op.add_column("entry_line", sa.Column("foreign_currency", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_entry_line_foreign_has_a_currency"),
        "entry_line",
        "(foreign_minor is null) = (foreign_currency is null)",
    )


def downgrade():
    op.drop_constraint(op.f("ck_entry_line_foreign_has_a_currency"), "entry_line", type_="check")
    op.drop_column("entry_line", "foreign_currency")
    op.drop_column("entry_line", "foreign_minor")
    op.execute("drop trigger within_gift on refund")
    op.execute("drop function refund_within_gift")
    op.execute(TO_REFUNDS)
    op.drop_constraint(op.f("fk_refund_settled_by"), "refund", type_="foreignkey")
    for name in ("settled_by", "settled_at", "failed_at", "failure_reason", "stripe_balance_transaction_id"):
        op.drop_column("refund", name)
    op.drop_table("fraud_warning")
    op.execute("drop trigger kept on dispute_movement")
    op.drop_table("dispute_movement")
    op.drop_table("dispute")
