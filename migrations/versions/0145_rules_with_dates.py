"""rates, forms and accounts with the days they hold"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0145"
down_revision = "0140"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "dated_rule",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_dated_rule_number")),
        sa.CheckConstraint("reason <> '' and source <> ''", name=op.f("ck_dated_rule_explained")),
        sa.CheckConstraint(
            "(withdrawn_at is null) = (withdrawn_by is null)"
            " and (withdrawn_at is null) = (withdrawn_reason = '')",
            name=op.f("ck_dated_rule_withdrawn"),
        ),
        sa.CheckConstraint(
            "(withdrawn_at at time zone 'Europe/Paris')::date < effective_from",
            name=op.f("ck_dated_rule_withdrawn_before_its_day"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dated_rule")),
        sa.UniqueConstraint("public_id", name=op.f("uq_dated_rule_public_id")),
        sa.UniqueConstraint("kind", "code", "number", name=op.f("uq_dated_rule_kind_code_number")),
    )
    op.execute("""
        create function keep_dated_rule() returns trigger language plpgsql as $$
        begin
          if tg_op = 'DELETE' or old.withdrawn_at is not null
             or (to_jsonb(new) - 'withdrawn_at' - 'withdrawn_by' - 'withdrawn_reason')
                is distinct from
                (to_jsonb(old) - 'withdrawn_at' - 'withdrawn_by' - 'withdrawn_reason') then
            raise exception 'a version of a rule is never changed; write a new one'
              using errcode = 'restrict_violation', constraint = 'kept_dated_rule';
          end if;
          return new;
        end $$""")
    op.execute("""
        create trigger kept before update or delete on dated_rule
        for each row execute function keep_dated_rule()""")
    op.execute("""
        create trigger kept_whole before truncate on dated_rule
        for each statement execute function refuse_change()""")


def downgrade():
    op.drop_table("dated_rule")
    op.execute("drop function keep_dated_rule")
