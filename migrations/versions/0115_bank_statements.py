"""bank statements, their lines and learned rules"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0115"
down_revision = "0110"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('bank_account',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('iban', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('plan', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('accepts_certain', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_account')),
    sa.UniqueConstraint('iban', name=op.f('uq_bank_account_iban')),
    sa.UniqueConstraint('public_id', name=op.f('uq_bank_account_public_id'))
    )
    op.create_table('standing_order',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('donor_id', sa.BigInteger(), nullable=False),
    sa.Column('iban_fingerprint', sa.Text(), nullable=False),
    sa.Column('iban_last4', sa.Text(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('purpose', sa.Enum('general', 'sponsorship', 'programme', name='purposekind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('programme', sa.Enum('education', 'vocational_training', 'food', 'health', 'protection', 'family_support', name='programme', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('every_months', sa.BigInteger(), nullable=False),
    sa.Column('started_on', sa.Date(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('end_reason', sa.Text(), nullable=False),
    sa.CheckConstraint("(purpose = 'programme') = (programme is not null)", name=op.f('ck_standing_order_programme_purpose')),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_standing_order_amount')),
    sa.CheckConstraint('every_months in (1, 3, 6, 12)', name=op.f('ck_standing_order_rhythm')),
    sa.ForeignKeyConstraint(['donor_id'], ['donor.id'], name=op.f('fk_standing_order_donor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_standing_order')),
    sa.UniqueConstraint('public_id', name=op.f('uq_standing_order_public_id'))
    )
    op.create_index(op.f('ix_standing_order_donor_id'), 'standing_order', ['donor_id'], unique=False)
    op.create_index('uq_standing_order_live', 'standing_order', ['iban_fingerprint', 'amount_minor'], unique=True, postgresql_where=sa.text('ended_on is null'))
    op.create_table('appeal',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('purpose', sa.Enum('general', 'sponsorship', 'programme', name='purposekind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('programme', sa.Enum('education', 'vocational_training', 'food', 'health', 'protection', 'family_support', name='programme', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('amount_minor', sa.BigInteger(), nullable=True),
    sa.Column('given_since', sa.Date(), nullable=False),
    sa.Column('slips', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Enum('printing', 'printed', 'failed', name='appealstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('document_id', sa.BigInteger(), nullable=True),
    sa.Column('made_by', sa.BigInteger(), nullable=False),
    sa.Column('form_token', sa.Text(), nullable=False),
    sa.CheckConstraint("(purpose = 'programme') = (programme is not null)", name=op.f('ck_appeal_programme_purpose')),
    sa.CheckConstraint("(state = 'printed') = (document_id is not null)", name=op.f('ck_appeal_printed')),
    sa.CheckConstraint("code ~ '^[A-Z][A-Z0-9]{1,7}$'", name=op.f('ck_appeal_code')),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_appeal_amount')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_appeal_document_id')),
    sa.ForeignKeyConstraint(['made_by'], ['account.id'], name=op.f('fk_appeal_made_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appeal')),
    sa.UniqueConstraint('code', name=op.f('uq_appeal_code')),
    sa.UniqueConstraint('form_token', name=op.f('uq_appeal_form_token')),
    sa.UniqueConstraint('public_id', name=op.f('uq_appeal_public_id'))
    )
    op.create_table('bank_file',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('document_id', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('format', sa.Enum('camt053', 'cfonb120', 'ofx', 'csv', name='fileformat', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('imported_by', sa.BigInteger(), nullable=True),
    sa.Column('lines_new', sa.BigInteger(), nullable=False),
    sa.Column('lines_known', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_bank_file_document_id')),
    sa.ForeignKeyConstraint(['imported_by'], ['account.id'], name=op.f('fk_bank_file_imported_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_file')),
    sa.UniqueConstraint('public_id', name=op.f('uq_bank_file_public_id')),
    sa.UniqueConstraint('sha256', name=op.f('uq_bank_file_sha256'))
    )
    op.create_table('bank_upload',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('account_iban', sa.Text(), nullable=False),
    sa.Column('plan', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('report', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('handed_in_by', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['handed_in_by'], ['account.id'], name=op.f('fk_bank_upload_handed_in_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_upload')),
    sa.UniqueConstraint('public_id', name=op.f('uq_bank_upload_public_id'))
    )
    op.create_table('appeal_gift',
    sa.Column('gift_id', sa.BigInteger(), nullable=False),
    sa.Column('appeal_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['appeal_id'], ['appeal.id'], name=op.f('fk_appeal_gift_appeal_id')),
    sa.ForeignKeyConstraint(['gift_id'], ['gift.id'], name=op.f('fk_appeal_gift_gift_id')),
    sa.PrimaryKeyConstraint('gift_id', name=op.f('pk_appeal_gift'))
    )
    op.create_index(op.f('ix_appeal_gift_appeal_id'), 'appeal_gift', ['appeal_id'], unique=False)
    op.create_table('bank_statement',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('file_id', sa.BigInteger(), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('opened_on', sa.Date(), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=False),
    sa.Column('opening_minor', sa.BigInteger(), nullable=True),
    sa.Column('closing_minor', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('opened_on <= closed_on', name=op.f('ck_bank_statement_days')),
    sa.ForeignKeyConstraint(['account_id'], ['bank_account.id'], name=op.f('fk_bank_statement_account_id')),
    sa.ForeignKeyConstraint(['file_id'], ['bank_file.id'], name=op.f('fk_bank_statement_file_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_statement'))
    )
    op.create_index('ix_bank_statement_account', 'bank_statement', ['account_id', 'closed_on'], unique=False)
    op.create_index(op.f('ix_bank_statement_file_id'), 'bank_statement', ['file_id'], unique=False)
    op.create_table('bank_line',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('statement_id', sa.BigInteger(), nullable=False),
    sa.Column('fingerprint', sa.Text(), nullable=False),
    sa.Column('place', sa.BigInteger(), nullable=False),
    sa.Column('booked_on', sa.Date(), nullable=False),
    sa.Column('value_on', sa.Date(), nullable=True),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('counterparty', sa.Text(), nullable=False),
    sa.Column('iban_fingerprint', sa.Text(), nullable=True),
    sa.Column('iban_last4', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('structured', sa.Text(), nullable=False),
    sa.Column('mandate', sa.Text(), nullable=False),
    sa.Column('bank_code', sa.Text(), nullable=False),
    sa.Column('bank_ref', sa.Text(), nullable=False),
    sa.Column('reversal', sa.Boolean(), nullable=False),
    sa.CheckConstraint('amount_minor <> 0', name=op.f('ck_bank_line_amount')),
    sa.ForeignKeyConstraint(['account_id'], ['bank_account.id'], name=op.f('fk_bank_line_account_id')),
    sa.ForeignKeyConstraint(['statement_id'], ['bank_statement.id'], name=op.f('fk_bank_line_statement_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_line')),
    sa.UniqueConstraint('account_id', 'fingerprint', name=op.f('uq_bank_line_account_id_fingerprint')),
    sa.UniqueConstraint('public_id', name=op.f('uq_bank_line_public_id'))
    )
    op.create_index('ix_bank_line_account_day', 'bank_line', ['account_id', 'booked_on'], unique=False)
    op.create_index('ix_bank_line_iban_fingerprint', 'bank_line', ['iban_fingerprint'], unique=False)
    op.create_index(op.f('ix_bank_line_statement_id'), 'bank_line', ['statement_id'], unique=False)
    op.create_table('bank_rule',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('iban_fingerprint', sa.Text(), nullable=True),
    sa.Column('iban_last4', sa.Text(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('donor_id', sa.BigInteger(), nullable=True),
    sa.Column('purpose', sa.Enum('general', 'sponsorship', 'programme', name='purposekind', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('programme', sa.Enum('education', 'vocational_training', 'food', 'health', 'protection', 'family_support', name='programme', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('account', sa.Text(), nullable=True),
    sa.Column('made_by', sa.BigInteger(), nullable=True),
    sa.Column('line_id', sa.BigInteger(), nullable=True),
    sa.Column('live', sa.Boolean(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("(iban_fingerprint is null) <> (words = '')", name=op.f('ck_bank_rule_iban_or_words')),
    sa.CheckConstraint("(programme is not null) <= (purpose = 'programme')", name=op.f('ck_bank_rule_programme_purpose')),
    sa.CheckConstraint('(donor_id is null) <> (account is null)', name=op.f('ck_bank_rule_donor_or_account')),
    sa.CheckConstraint('(donor_id is null) = (purpose is null)', name=op.f('ck_bank_rule_donor_has_a_purpose')),
    sa.CheckConstraint('live = (ended_at is null)', name=op.f('ck_bank_rule_live_until_ended')),
    sa.ForeignKeyConstraint(['donor_id'], ['donor.id'], name=op.f('fk_bank_rule_donor_id')),
    sa.ForeignKeyConstraint(['ended_by'], ['account.id'], name=op.f('fk_bank_rule_ended_by')),
    sa.ForeignKeyConstraint(['line_id'], ['bank_line.id'], name=op.f('fk_bank_rule_line_id')),
    sa.ForeignKeyConstraint(['made_by'], ['account.id'], name=op.f('fk_bank_rule_made_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_rule')),
    sa.UniqueConstraint('public_id', name=op.f('uq_bank_rule_public_id'))
    )
    op.create_index(op.f('ix_bank_rule_donor_id'), 'bank_rule', ['donor_id'], unique=False)
    op.create_index('uq_bank_rule_iban', 'bank_rule', ['iban_fingerprint'], unique=True, postgresql_where=sa.text('live'))
    op.create_index('uq_bank_rule_words', 'bank_rule', [sa.literal_column('lower(words)')], unique=True, postgresql_where=sa.text("live and words <> ''"))
    op.create_table('bank_match',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('line_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Enum('gift', 'payout', 'deposit', 'entry', 'account', name='matchkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('matched_by', sa.Enum('person', 'reference', 'rule', 'paper', name='matchedby', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('rule_id', sa.BigInteger(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.BigInteger(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('live', sa.Boolean(), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by', sa.BigInteger(), nullable=True),
    sa.Column('undone_because', sa.Text(), nullable=False),
    sa.CheckConstraint('live = (undone_at is null)', name=op.f('ck_bank_match_live_until_undone')),
    sa.ForeignKeyConstraint(['line_id'], ['bank_line.id'], name=op.f('fk_bank_match_line_id')),
    sa.ForeignKeyConstraint(['made_by'], ['account.id'], name=op.f('fk_bank_match_made_by')),
    sa.ForeignKeyConstraint(['rule_id'], ['bank_rule.id'], name=op.f('fk_bank_match_rule_id')),
    sa.ForeignKeyConstraint(['undone_by'], ['account.id'], name=op.f('fk_bank_match_undone_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_match')),
    sa.UniqueConstraint('public_id', name=op.f('uq_bank_match_public_id'))
    )
    op.create_index(op.f('ix_bank_match_line_id'), 'bank_match', ['line_id'], unique=False)
    op.create_index(op.f('ix_bank_match_rule_id'), 'bank_match', ['rule_id'], unique=False)
    op.create_index('uq_bank_match_line', 'bank_match', ['line_id'], unique=True, postgresql_where=sa.text('live'))
    op.create_table('bank_part',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('match_id', sa.BigInteger(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('gift_id', sa.BigInteger(), nullable=True),
    sa.Column('deposit_id', sa.BigInteger(), nullable=True),
    sa.Column('payout_id', sa.Text(), nullable=True),
    sa.Column('entry_id', sa.BigInteger(), nullable=True),
    sa.Column('account', sa.Text(), nullable=True),
    sa.Column('settled_here', sa.Boolean(), nullable=False),
    sa.Column('live', sa.Boolean(), nullable=False),
    sa.CheckConstraint('amount_minor <> 0', name=op.f('ck_bank_part_amount')),
    sa.CheckConstraint('num_nonnulls(gift_id, deposit_id, payout_id, entry_id, account) = 1', name=op.f('ck_bank_part_one_thing')),
    sa.CheckConstraint('settled_here <= (gift_id is not null)', name=op.f('ck_bank_part_settled_is_a_gift')),
    sa.ForeignKeyConstraint(['deposit_id'], ['deposit.id'], name=op.f('fk_bank_part_deposit_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_bank_part_entry_id')),
    sa.ForeignKeyConstraint(['gift_id'], ['gift.id'], name=op.f('fk_bank_part_gift_id')),
    sa.ForeignKeyConstraint(['match_id'], ['bank_match.id'], name=op.f('fk_bank_part_match_id')),
    sa.ForeignKeyConstraint(['payout_id'], ['payout.id'], name=op.f('fk_bank_part_payout_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_part'))
    )
    op.create_index(op.f('ix_bank_part_match_id'), 'bank_part', ['match_id'], unique=False)
    op.create_index('uq_bank_part_deposit', 'bank_part', ['deposit_id'], unique=True, postgresql_where=sa.text('live'))
    op.create_index('uq_bank_part_entry', 'bank_part', ['entry_id'], unique=True, postgresql_where=sa.text('live'))
    op.create_index('uq_bank_part_gift', 'bank_part', ['gift_id'], unique=True, postgresql_where=sa.text('live'))
    op.create_index('uq_bank_part_payout', 'bank_part', ['payout_id'], unique=True, postgresql_where=sa.text('live'))
    op.execute("""
        create function keep_bank_line() returns trigger language plpgsql as $$
        begin
          if tg_op = 'DELETE' or (new.account_id, new.statement_id, new.fingerprint, new.booked_on, new.amount_minor)
              is distinct from (old.account_id, old.statement_id, old.fingerprint, old.booked_on, old.amount_minor) then
            raise exception 'a line of a statement is never changed' using errcode = 'restrict_violation';
          end if;
          return new;
        end $$""")
    op.execute("""
        create trigger kept before update or delete on bank_line
        for each row execute function keep_bank_line()""")


def downgrade():
    op.execute("drop trigger kept on bank_line")
    op.execute("drop function keep_bank_line")
    op.drop_index('uq_bank_part_payout', table_name='bank_part', postgresql_where=sa.text('live'))
    op.drop_index('uq_bank_part_gift', table_name='bank_part', postgresql_where=sa.text('live'))
    op.drop_index('uq_bank_part_entry', table_name='bank_part', postgresql_where=sa.text('live'))
    op.drop_index('uq_bank_part_deposit', table_name='bank_part', postgresql_where=sa.text('live'))
    op.drop_index(op.f('ix_bank_part_match_id'), table_name='bank_part')
    op.drop_table('bank_part')
    op.drop_index('uq_bank_match_line', table_name='bank_match', postgresql_where=sa.text('live'))
    op.drop_index(op.f('ix_bank_match_rule_id'), table_name='bank_match')
    op.drop_index(op.f('ix_bank_match_line_id'), table_name='bank_match')
    op.drop_table('bank_match')
    op.drop_index('uq_bank_rule_words', table_name='bank_rule', postgresql_where=sa.text("live and words <> ''"))
    op.drop_index('uq_bank_rule_iban', table_name='bank_rule', postgresql_where=sa.text('live'))
    op.drop_index(op.f('ix_bank_rule_donor_id'), table_name='bank_rule')
    op.drop_table('bank_rule')
    op.drop_index(op.f('ix_bank_line_statement_id'), table_name='bank_line')
    op.drop_index('ix_bank_line_iban_fingerprint', table_name='bank_line')
    op.drop_index('ix_bank_line_account_day', table_name='bank_line')
    op.drop_table('bank_line')
    op.drop_index(op.f('ix_bank_statement_file_id'), table_name='bank_statement')
    op.drop_index('ix_bank_statement_account', table_name='bank_statement')
    op.drop_table('bank_statement')
    op.drop_index(op.f('ix_appeal_gift_appeal_id'), table_name='appeal_gift')
    op.drop_table('appeal_gift')
    op.drop_table('bank_upload')
    op.drop_table('bank_file')
    op.drop_table('appeal')
    op.drop_index('uq_standing_order_live', table_name='standing_order', postgresql_where=sa.text('ended_on is null'))
    op.drop_index(op.f('ix_standing_order_donor_id'), table_name='standing_order')
    op.drop_table('standing_order')
    op.drop_table('bank_account')
