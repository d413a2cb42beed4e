"""what the nightly signer found; evidence is not emptied"""

import sqlalchemy as sa
from alembic import op

revision = "0165"
down_revision = "0166"
branch_labels = None
depends_on = None

# Tables whose rows are evidence, or are kept by a trigger, and that could still be emptied at once.
NEVER_EMPTIED = (
    "crod_tag",
    "document_head",
    "export",
    "gift_declaration",
    "newsletter_issue",
    "newsletter_story",
    "receipt_cancel_notice",
    "receipt_delivery",
    "receipt_difference_left",
    "receipt_duplicate",
    "receipt_released_gift",
    "receipt_unsettled_rule",
    "register_finding",
    "register_key",
    "signed_head",
)
KINDS = ("signature", "missing", "chain", "cancelled", "late_receipts", "late_cancellings", "key")


def upgrade():
    _findings()
    for table in NEVER_EMPTIED:
        op.execute(f"""
            create trigger kept_whole before truncate on {table}
            for each statement execute function refuse_emptying()""")


def _findings():
    kind = sa.Enum(*KINDS, name="findingkind", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "register_finding",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("series_year", sa.BigInteger(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "(accepted_at is not null) = (reason <> '')",
            name=op.f("ck_register_finding_accepted_with_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by"], ["account.id"], name=op.f("fk_register_finding_accepted_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_finding")),
        sa.UniqueConstraint(
            "series_year",
            "kind",
            "subject",
            name=op.f("uq_register_finding_series_year_kind_subject"),
        ),
    )
    op.execute("""
        create function keep_register_finding() returns trigger language plpgsql as $$
        declare changeable text[] := case when old.accepted_at is null
          then array['gone_at', 'accepted_at', 'accepted_by', 'reason'] else array['gone_at'] end;
        begin
          if tg_op = 'DELETE'
             or (to_jsonb(new) - changeable) is distinct from (to_jsonb(old) - changeable) then
            raise exception 'what was found, and who accepted it, is never changed'
              using errcode = 'restrict_violation', constraint = 'kept_register_finding';
          end if;
          return new;
        end $$""")
    op.execute("""
        create trigger kept before update or delete on register_finding
        for each row execute function keep_register_finding()""")


def downgrade():
    for table in reversed(NEVER_EMPTIED):
        op.execute(f"drop trigger kept_whole on {table}")
    op.drop_table("register_finding")
    op.execute("drop function keep_register_finding")
