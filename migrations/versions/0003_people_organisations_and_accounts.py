"""people organisations and accounts"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade():
    
    op.create_table('donor',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('kind', sa.Enum('person', 'company', name='donorkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('first_name', sa.Text(), nullable=False),
    sa.Column('last_name', sa.Text(), nullable=False),
    sa.Column('company_name', sa.Text(), nullable=False),
    sa.Column('legal_form', sa.Text(), nullable=False),
    sa.Column('siren', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('address1', sa.Text(), nullable=False),
    sa.Column('address2', sa.Text(), nullable=False),
    sa.Column('postcode', sa.Text(), nullable=False),
    sa.Column('city', sa.Text(), nullable=False),
    sa.Column('country', sa.Text(), nullable=False),
    sa.Column('language', sa.Enum('fr', 'en', name='language', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('phone', sa.Text(), nullable=False),
    sa.Column('since', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.CheckConstraint("country ~ '^[A-Z]{2}$' or country = ''", name=op.f('ck_donor_country')),
    sa.CheckConstraint("kind <> 'company' or company_name <> ''", name=op.f('ck_donor_company_has_a_name')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_donor')),
    sa.UniqueConstraint('public_id', name=op.f('uq_donor_public_id')),
    sa.UniqueConstraint('ref', name=op.f('uq_donor_ref'))
    )
    op.create_index('ix_donor_email', 'donor', [sa.literal_column('lower(email)')], unique=False)
    op.create_table('account',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('display_name', sa.Text(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('disabled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('language', sa.Enum('fr', 'en', name='language', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('roles', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('totp_secret', sa.Text(), nullable=False),
    sa.Column('totp_last_step', sa.BigInteger(), nullable=False),
    sa.Column('donor_id', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("roles <@ array['field_officer', 'matcher', 'editor', 'accountant', 'administrator']::text[]", name=op.f('ck_account_roles')),
    sa.CheckConstraint('email = lower(email)', name=op.f('ck_account_email_lower')),
    sa.ForeignKeyConstraint(['donor_id'], ['donor.id'], name=op.f('fk_account_donor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('donor_id', name=op.f('uq_account_donor_id')),
    sa.UniqueConstraint('email', name=op.f('uq_account_email')),
    sa.UniqueConstraint('public_id', name=op.f('uq_account_public_id'))
    )
    op.create_table('account_session',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('authenticated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('browser', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_account_session_account_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_session')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_account_session_token_hash'))
    )
    op.create_index(op.f('ix_account_session_account_id'), 'account_session', ['account_id'], unique=False)
    op.create_table('account_token',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('purpose', sa.Enum('confirm_address', 'reset_password', 'claim_donor', name='tokenpurpose', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=True),
    sa.Column('donor_id', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_account_token_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['donor_id'], ['donor.id'], name=op.f('fk_account_token_donor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_token')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_account_token_token_hash'))
    )
    


def downgrade():
    
    op.drop_table('account_token')
    op.drop_index(op.f('ix_account_session_account_id'), table_name='account_session')
    op.drop_table('account_session')
    op.drop_table('account')
    op.drop_index('ix_donor_email', table_name='donor')
    op.drop_table('donor')
    
