"""one run of a year at a time, notices sent once, receipted gifts and numbers kept by triggers"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index(
        "uq_receipt_run_running",
        "receipt_run",
        ["year"],
        unique=True,
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "receipt_notice",
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_notice_receipt_id")
        ),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_receipt_notice")),
    )
    op.execute("""
        create function keep_receipted_gift() returns trigger language plpgsql as $$
        begin
          if tg_op = 'DELETE' or not old.live or new.live
             or (to_jsonb(new) - 'live') is distinct from (to_jsonb(old) - 'live') then
            raise exception 'what stands on a receipt is never changed; cancel the receipt'
              using errcode = 'restrict_violation', constraint = 'kept_receipted_gift';
          end if;
          return new;
        end $$""")
    op.execute("""
        create trigger kept before update or delete on receipted_gift
        for each row execute function keep_receipted_gift()""")
    op.execute("""
        create function keep_receipt_series() returns trigger language plpgsql as $$
        begin
          if tg_op = 'DELETE' or new.year <> old.year or new.last <> old.last + 1 then
            raise exception 'the numbers of receipts go up one by one'
              using errcode = 'restrict_violation', constraint = 'kept_receipt_series';
          end if;
          return new;
        end $$""")
    op.execute("""
        create trigger kept before update or delete on receipt_series
        for each row execute function keep_receipt_series()""")


def downgrade():
    op.execute("drop trigger kept on receipt_series")
    op.execute("drop function keep_receipt_series")
    op.execute("drop trigger kept on receipted_gift")
    op.execute("drop function keep_receipted_gift")
    op.drop_table("receipt_notice")
    op.drop_index("uq_receipt_run_running", table_name="receipt_run")
