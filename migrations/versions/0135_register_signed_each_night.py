"""the signed register, what blocks a receipt, corrections"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0135"
down_revision = "0130"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
KEPT = ("register_key", "signed_head", "receipt_duplicate", "receipt_unsettled_rule",
        "receipt_released_gift", "receipt_difference_left")  # fmt: skip
REFUSES_MERGED = ("gift", "plan", "sponsorship")


def _key(table):
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _to(table, column, other, key="id"):
    return sa.ForeignKeyConstraint([column], [f"{other}.{key}"], name=op.f(f"fk_{table}_{column}"))


def _codes(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _number(name, *, nullable=False):
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _text(name, **kw):
    return sa.Column(name, sa.Text(), nullable=False, **kw)


def _instant(name, *, nullable=False):
    return sa.Column(name, INSTANT, nullable=nullable)


def upgrade():
    _signatures()
    _papers_handed_out_again()
    _after_the_fact()
    _waiting()
    _merged_donors()
    for table in KEPT:
        op.execute(f"""
            create trigger kept before update or delete on {table}
            for each row execute function refuse_change()""")


def _signatures():
    op.create_table(
        "register_key",
        *_key("register_key"),
        _number("generation"),
        _text("fingerprint"),
        _text("public_key"),
        _instant("since"),
        _text("endorsement", server_default=""),
        sa.UniqueConstraint("generation", name=op.f("uq_register_key_generation")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_register_key_fingerprint")),
        sa.UniqueConstraint("public_key", name=op.f("uq_register_key_public_key")),
    )
    op.create_table(
        "signed_head",
        *_key("signed_head"),
        _number("series_year"),
        _text("organisation"),
        _number("sequence"),
        _text("number"),
        _text("chain_hash"),
        _number("sum_minor"),
        _number("cancelled_count"),
        sa.Column("cancelled_now", postgresql.ARRAY(sa.Text()), nullable=False),
        _text("cancelled_hash"),
        _text("previous"),
        _instant("signed_at"),
        _number("key_id"),
        _text("signature"),
        _to("signed_head", "series_year", "receipt_series", "year"),
        _to("signed_head", "key_id", "register_key"),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_signed_head_sequence")),
        sa.UniqueConstraint(
            "series_year",
            "sequence",
            "cancelled_count",
            name=op.f("uq_signed_head_series_year_sequence_cancelled_count"),
        ),
    )


def _papers_handed_out_again():
    op.create_table(
        "receipt_duplicate",
        *_key("receipt_duplicate"),
        _number("receipt_id"),
        sa.Column("kind", _codes("duplicatekind", "copy", "sheet"), nullable=False),
        _instant("at"),
        _number("by_id", nullable=True),
        _text("recipient"),
        _number("document_id", nullable=True),
        _to("receipt_duplicate", "receipt_id", "receipt"),
        _to("receipt_duplicate", "by_id", "account"),
        _to("receipt_duplicate", "document_id", "document"),
        sa.CheckConstraint(
            "(kind = 'sheet') = (document_id is not null)",
            name=op.f("ck_receipt_duplicate_sheet_is_kept"),
        ),
    )
    op.create_index(op.f("ix_receipt_duplicate_receipt_id"), "receipt_duplicate", ["receipt_id"])


def _after_the_fact():
    op.create_table(
        "receipt_cancel_notice",
        _number("receipt_id"),
        _instant("due_at"),
        _number("mail_id", nullable=True),
        _instant("posted_at", nullable=True),
        _number("posted_by", nullable=True),
        _to("receipt_cancel_notice", "receipt_id", "receipt"),
        _to("receipt_cancel_notice", "mail_id", "outbox_mail"),
        _to("receipt_cancel_notice", "posted_by", "account"),
        sa.CheckConstraint(
            "mail_id is null or posted_at is null",
            name=op.f("ck_receipt_cancel_notice_mailed_or_posted"),
        ),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_receipt_cancel_notice")),
    )
    op.create_table(
        "receipt_difference_left",
        *_key("receipt_difference_left"),
        _number("receipt_id"),
        _text("difference"),
        _text("reason"),
        _instant("at"),
        _number("by_id"),
        _to("receipt_difference_left", "receipt_id", "receipt"),
        _to("receipt_difference_left", "by_id", "account"),
        sa.UniqueConstraint(
            "receipt_id",
            "difference",
            name=op.f("uq_receipt_difference_left_receipt_id_difference"),
        ),
    )


def _waiting():
    rule = _codes("unsettled", "issue", "wait")
    op.create_table(
        "receipt_unsettled_rule",
        *_key("receipt_unsettled_rule"),
        sa.Column("annual", rule, nullable=False),
        sa.Column("single", _codes("unsettled_single", "issue", "wait"), nullable=False),
        _instant("set_at"),
        _number("set_by"),
        _to("receipt_unsettled_rule", "set_by", "account"),
    )
    op.create_table(
        "receipt_released_gift",
        _number("gift_id"),
        _text("reason"),
        _instant("at"),
        _number("by_id"),
        _to("receipt_released_gift", "gift_id", "gift"),
        _to("receipt_released_gift", "by_id", "account"),
        sa.PrimaryKeyConstraint("gift_id", name=op.f("pk_receipt_released_gift")),
    )
    op.create_table(
        "receipt_details_request",
        *_key("receipt_details_request"),
        _number("donor_id"),
        _text("token_hash"),
        _text("email"),
        _instant("asked_at"),
        _number("asked_by", nullable=True),
        _instant("expires_at"),
        _instant("used_at", nullable=True),
        _to("receipt_details_request", "donor_id", "donor"),
        _to("receipt_details_request", "asked_by", "account"),
        sa.UniqueConstraint("token_hash", name=op.f("uq_receipt_details_request_token_hash")),
    )
    op.create_index(
        op.f("ix_receipt_details_request_donor_id"), "receipt_details_request", ["donor_id"]
    )
    op.create_table(
        "receipt_payment_confirmation",
        *_key("receipt_payment_confirmation"),
        _number("donor_id"),
        _number("year"),
        _instant("sent_at"),
        _number("sent_by"),
        _number("mail_id", nullable=True),
        _to("receipt_payment_confirmation", "donor_id", "donor"),
        _to("receipt_payment_confirmation", "sent_by", "account"),
        _to("receipt_payment_confirmation", "mail_id", "outbox_mail"),
        sa.UniqueConstraint(
            "donor_id", "year", name=op.f("uq_receipt_payment_confirmation_donor_id_year")
        ),
    )


def _merged_donors():
    op.add_column("donor", sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
    op.add_column("donor", sa.Column("merged_at", INSTANT, nullable=True))
    op.create_foreign_key(
        op.f("fk_donor_merged_into_id"), "donor", "donor", ["merged_into_id"], ["id"]
    )
    op.create_index(op.f("ix_donor_merged_into_id"), "donor", ["merged_into_id"])
    op.create_check_constraint(
        op.f("ck_donor_merged_into_another"),
        "donor",
        "merged_into_id <> id and (merged_into_id is null) = (merged_at is null)",
    )
    op.create_table(
        "donors_kept_apart",
        _number("first_id"),
        _number("second_id"),
        _instant("at"),
        _number("by_id"),
        _to("donors_kept_apart", "first_id", "donor"),
        _to("donors_kept_apart", "second_id", "donor"),
        _to("donors_kept_apart", "by_id", "account"),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_donors_kept_apart_in_order")),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_donors_kept_apart")),
    )
    op.execute("""
        create function refuse_merged_donor() returns trigger language plpgsql as $$
        begin
          if exists (select from donor where id = new.donor_id and merged_into_id is not null) then
            raise exception 'donor % was joined to another one', new.donor_id
              using errcode = 'foreign_key_violation', constraint = 'donor_was_merged';
          end if;
          return new;
        end $$""")
    for table in REFUSES_MERGED:
        op.execute(f"""
            create trigger not_merged before insert or update of donor_id on {table}
            for each row execute function refuse_merged_donor()""")


def downgrade():
    for table in REFUSES_MERGED:
        op.execute(f"drop trigger not_merged on {table}")
    op.execute("drop function refuse_merged_donor")
    op.drop_table("donors_kept_apart")
    op.drop_constraint(op.f("ck_donor_merged_into_another"), "donor", type_="check")
    op.drop_column("donor", "merged_at")
    op.drop_column("donor", "merged_into_id")
    for table in (
        "receipt_payment_confirmation",
        "receipt_details_request",
        "receipt_released_gift",
        "receipt_unsettled_rule",
        "receipt_difference_left",
        "receipt_cancel_notice",
        "receipt_duplicate",
        "signed_head",
        "register_key",
    ):
        op.drop_table(table)
