"""how receipts reach the donor"""

import sqlalchemy as sa
from alembic import op

revision = "0140"
down_revision = "0135"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
NOW = sa.text("now()")


def _key(name):
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    ]


def _to(table, column, other, key="id"):
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.{key}"], name=op.f(f"fk_{table}_{column}")
    )


def _codes(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade():
    _mails_that_come_back()
    _preferences()
    _batches()
    _deliveries()
    _links()


def _mails_that_come_back():
    op.create_table(
        "mail_bounce",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("address = lower(address)", name=op.f("ck_mail_bounce_address_lower")),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_mail_bounce")),
    )
    op.add_column("outbox_mail", sa.Column("bounced_at", INSTANT, nullable=True))
    op.add_column("outbox_mail", sa.Column("attachment_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_outbox_mail_attachment_id"), "outbox_mail", "document", ["attachment_id"], ["id"]
    )
    _mail_states("waiting", "sent", "failed", "bounced")


def _mail_states(*states):
    told = ", ".join(f"'{state}'" for state in states)
    op.execute("alter table outbox_mail drop constraint ck_outbox_mail_mailstate")
    op.execute(
        f"alter table outbox_mail add constraint ck_outbox_mail_mailstate check (state in ({told}))"
    )


def _preferences():
    op.create_table(
        "receipt_preference",
        sa.Column("donor_id", sa.BigInteger(), nullable=False),
        sa.Column("timing", _codes("receipttiming", "annual", "each"), nullable=False),
        sa.Column("channel", _codes("channel", "mail", "post", "account"), nullable=False),
        sa.Column("each_since", sa.Date(), nullable=True),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "(timing = 'each') = (each_since is not null)",
            name=op.f("ck_receipt_preference_each_has_a_day"),
        ),
        _to("receipt_preference", "donor_id", "donor"),
        sa.PrimaryKeyConstraint("donor_id", name=op.f("pk_receipt_preference")),
    )


def _batches():
    op.create_table(
        "receipt_post_batch",
        *_key("receipt_post_batch"),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("state", _codes("batchstate", "printing", "printed", "failed"), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=True),
        sa.Column("both_sides", sa.Boolean(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("pages", sa.BigInteger(), nullable=False),
        sa.Column("prints", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("form_token", sa.Text(), nullable=False),
        _to("receipt_post_batch", "asked_by", "account"),
        _to("receipt_post_batch", "document_id", "document"),
        sa.UniqueConstraint("public_id", name=op.f("uq_receipt_post_batch_public_id")),
        sa.UniqueConstraint("form_token", name=op.f("uq_receipt_post_batch_form_token")),
    )
    op.create_index(op.f("ix_receipt_post_batch_year"), "receipt_post_batch", ["year"])


def _deliveries():
    op.create_table(
        "receipt_delivery",
        *_key("receipt_delivery"),
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", _codes("channel", "mail", "post", "account"), nullable=False),
        sa.Column(
            "state",
            _codes("deliverystate", "waiting", "sent", "bounced", "printed", "placed"),
            nullable=False,
        ),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("mail_id", sa.BigInteger(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("pages", sa.BigInteger(), nullable=True),
        sa.Column("bounced_at", INSTANT, nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("opened_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "(channel = 'post') = (batch_id is not null)",
            name=op.f("ck_receipt_delivery_post_has_a_batch"),
        ),
        sa.CheckConstraint(
            "state in (case channel when 'mail' then 'sent' when 'account' then 'placed'"
            " else 'printed' end, case channel when 'mail' then 'bounced' when 'account'"
            " then 'placed' else 'waiting' end)",
            name=op.f("ck_receipt_delivery_state_fits_the_channel"),
        ),
        _to("receipt_delivery", "receipt_id", "receipt"),
        _to("receipt_delivery", "by_id", "account"),
        _to("receipt_delivery", "mail_id", "outbox_mail"),
        _to("receipt_delivery", "batch_id", "receipt_post_batch"),
        sa.UniqueConstraint(
            "receipt_id", "channel", name=op.f("uq_receipt_delivery_receipt_id_channel")
        ),
    )
    for column in ("mail_id", "batch_id"):
        op.create_index(op.f(f"ix_receipt_delivery_{column}"), "receipt_delivery", [column])
    op.execute("""
        insert into receipt_delivery (receipt_id, channel, state, at, mail_id)
        select n.receipt_id, 'mail', 'sent', n.created_at, m.id
        from receipt_notice n join receipt r on r.id = n.receipt_id
        left join outbox_mail m on m.key = 'receipt-ready:' || r.public_id""")
    op.drop_table("receipt_notice")


def _links():
    op.create_table(
        "receipt_link",
        *_key("receipt_link"),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        _to("receipt_link", "receipt_id", "receipt"),
        sa.UniqueConstraint("token_hash", name=op.f("uq_receipt_link_token_hash")),
    )
    op.create_index(op.f("ix_receipt_link_receipt_id"), "receipt_link", ["receipt_id"])


def downgrade():
    op.drop_table("receipt_link")
    op.create_table(
        "receipt_notice",
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        _to("receipt_notice", "receipt_id", "receipt"),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_receipt_notice")),
    )
    op.execute("""
        insert into receipt_notice (receipt_id, created_at)
        select receipt_id, at from receipt_delivery where channel = 'mail'""")
    for name in ("receipt_delivery", "receipt_post_batch", "receipt_preference"):
        op.drop_table(name)
    op.execute("update outbox_mail set state = 'failed' where state = 'bounced'")
    _mail_states("waiting", "sent", "failed")
    op.drop_constraint(op.f("fk_outbox_mail_attachment_id"), "outbox_mail")
    op.drop_column("outbox_mail", "attachment_id")
    op.drop_column("outbox_mail", "bounced_at")
    op.drop_table("mail_bounce")
