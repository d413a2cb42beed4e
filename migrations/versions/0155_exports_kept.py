"""exports with an identity"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0155"
down_revision = "0150"
branch_labels = None
depends_on = None

STATES = sa.Enum(
    "waiting",
    "making",
    "made",
    "failed",
    name="exportstate",
    native_enum=False,
    create_constraint=True,
    length=40,
)


def upgrade():
    op.create_table(
        "export",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(), nullable=False),
        sa.Column("state", STATES, nullable=False),
        sa.Column("done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=True),
        sa.Column("form_token", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filename", sa.Text(), server_default="", nullable=False),
        sa.Column("media_type", sa.Text(), server_default="", nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("contents", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "(state = 'made') = (made_at is not null and sha256 is not null and size is not null)",
            name=op.f("ck_export_made"),
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_export_sha256")),
        sa.CheckConstraint("(state = 'failed') = (problem <> '')", name=op.f("ck_export_problem")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_export_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
        sa.UniqueConstraint("form_token", name=op.f("uq_export_form_token")),
        sa.UniqueConstraint("public_id", name=op.f("uq_export_public_id")),
    )
    op.create_index("ix_export_kind_year", "export", ["kind", "year"])
    op.execute("""
        create function keep_export() returns trigger language plpgsql as $$
        begin
          if tg_op = 'DELETE' or old.state in ('made', 'failed') then
            raise exception 'an export that was made is never changed or deleted'
              using errcode = 'restrict_violation', constraint = 'kept_export';
          end if;
          return new;
        end $$""")
    op.execute("""
        create trigger kept before update or delete on export
        for each row execute function keep_export()""")
    op.create_table(
        "gift_declaration",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("receipts", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("by_article", postgresql.JSONB(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("filed_by", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("form_token", sa.Text(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("receipts > 0", name=op.f("ck_gift_declaration_receipts")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_gift_declaration_amount")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_gift_declaration_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["filed_by"], ["account.id"], name=op.f("fk_gift_declaration_filed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_declaration")),
        sa.UniqueConstraint("form_token", name=op.f("uq_gift_declaration_form_token")),
        sa.UniqueConstraint("public_id", name=op.f("uq_gift_declaration_public_id")),
    )
    op.create_index(op.f("ix_gift_declaration_year"), "gift_declaration", ["year"])
    op.execute("""
        create trigger kept before update or delete on gift_declaration
        for each row execute function refuse_change()""")


def downgrade():
    op.drop_table("gift_declaration")
    op.drop_table("export")
    op.execute("drop function keep_export")
