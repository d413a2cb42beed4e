"""gifts whose money moved have an index, receipted amounts stay; a debit keeps what its plan was before it"""

import sqlalchemy as sa
from alembic import op

revision = "0168"
down_revision = "0167"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index(
        "ix_gift_money_moved",
        "gift",
        ["id"],
        postgresql_where=sa.text(
            "gift.refunded_minor <> 0 or gift.currency <> 'EUR'"
            " or gift.state not in ('settled', 'partially_refunded')"
        ),
    )
    op.execute("""
        create function keep_receipted_amount() returns trigger language plpgsql as $$
        begin
          if exists (select from receipted_gift where gift_id = old.id and live) then
            raise exception 'the amount of a gift on a receipt is never changed; cancel the receipt'
              using errcode = 'restrict_violation', constraint = 'kept_receipted_amount';
          end if;
          return new;
        end $$""")
    op.execute("""
        create trigger amount_kept before update of amount_minor, currency on gift
        for each row
        when ((old.amount_minor, old.currency) is distinct from (new.amount_minor, new.currency))
        execute function keep_receipted_amount()""")
    states = ("pending", "active", "paused", "past_due", "ended", "abandoned")
    op.add_column(
        "collection_attempt",
        sa.Column(
            "plan_was",
            sa.Enum(*states, name="planstate", native_enum=False, length=40),
            nullable=True,
        ),
    )
    op.create_check_constraint("planstate", "collection_attempt", f"plan_was in {states}")
    op.execute("""
        update collection_attempt a set plan_was = 'pending'
          from collection c, instalment i, plan p
         where c.id = a.collection_id and i.id = a.instalment_id and p.id = i.plan_id
           and a.state = 'credited' and p.started_on = c.credited_on""")


def downgrade():
    op.drop_constraint(op.f("ck_collection_attempt_planstate"), "collection_attempt")
    op.drop_column("collection_attempt", "plan_was")
    op.execute("drop trigger amount_kept on gift")
    op.execute("drop function keep_receipted_amount")
    op.drop_index("ix_gift_money_moved", table_name="gift")
