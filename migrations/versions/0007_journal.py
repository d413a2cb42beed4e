"""journal"""

import sqlalchemy as sa
from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade():
    
    op.create_table('entry',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('journal', sa.Text(), nullable=False),
    sa.Column('year', sa.BigInteger(), nullable=False),
    sa.Column('sequence', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('date', sa.Date(), nullable=False),
    sa.Column('piece_ref', sa.Text(), nullable=False),
    sa.Column('piece_date', sa.Date(), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('validated_on', sa.Date(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.CheckConstraint('extract(year from date) = year', name=op.f('ck_entry_year')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entry')),
    sa.UniqueConstraint('journal', 'year', 'sequence', name=op.f('uq_entry_journal_year_sequence')),
    sa.UniqueConstraint('source', name=op.f('uq_entry_source'))
    )
    op.create_index(op.f('ix_entry_year'), 'entry', ['year'], unique=False)
    op.create_table('journal_counter',
    sa.Column('journal', sa.Text(), nullable=False),
    sa.Column('year', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('last', sa.BigInteger(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('journal', 'year', name=op.f('pk_journal_counter'))
    )
    op.create_table('entry_line',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('entry_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('aux', sa.Text(), nullable=False),
    sa.Column('debit_minor', sa.BigInteger(), nullable=False),
    sa.Column('credit_minor', sa.BigInteger(), nullable=False),
    sa.Column('tag', sa.Text(), nullable=False),
    sa.CheckConstraint('(debit_minor = 0) <> (credit_minor = 0)', name=op.f('ck_entry_line_one_side')),
    sa.CheckConstraint('debit_minor >= 0 and credit_minor >= 0', name=op.f('ck_entry_line_not_negative')),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_entry_line_entry_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entry_line'))
    )
    op.create_index('ix_entry_line_account', 'entry_line', ['account'], unique=False)
    op.create_index(op.f('ix_entry_line_entry_id'), 'entry_line', ['entry_id'], unique=False)
    


def downgrade():
    
    op.drop_index(op.f('ix_entry_line_entry_id'), table_name='entry_line')
    op.drop_index('ix_entry_line_account', table_name='entry_line')
    op.drop_table('entry_line')
    op.drop_table('journal_counter')
    op.drop_index(op.f('ix_entry_year'), table_name='entry')
    op.drop_table('entry')
    
