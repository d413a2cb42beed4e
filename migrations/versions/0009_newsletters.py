"""newsletters"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade():
    
    op.create_table('newsletter_optout',
    sa.Column('donor_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['donor_id'], ['donor.id'], name=op.f('fk_newsletter_optout_donor_id')),
    sa.PrimaryKeyConstraint('donor_id', name=op.f('pk_newsletter_optout'))
    )
    op.create_table('newsletter_issue',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('language', sa.Enum('fr', 'en', name='language', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('letter', sa.Text(), nullable=False),
    sa.Column('signed_by', sa.Text(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('figures', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('state', sa.Enum('draft', 'sending', 'sent', name='issuestate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_by', sa.BigInteger(), nullable=True),
    sa.Column('snapshot', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('document_id', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("(state = 'draft') = (sent_at is null)", name=op.f('ck_newsletter_issue_sent_has_a_date')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_newsletter_issue_document_id')),
    sa.ForeignKeyConstraint(['sent_by'], ['account.id'], name=op.f('fk_newsletter_issue_sent_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_newsletter_issue')),
    sa.UniqueConstraint('public_id', name=op.f('uq_newsletter_issue_public_id'))
    )
    op.create_table('newsletter_delivery',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('issue_id', sa.BigInteger(), nullable=False),
    sa.Column('donor_id', sa.BigInteger(), nullable=False),
    sa.Column('mail_id', sa.BigInteger(), nullable=True),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['donor_id'], ['donor.id'], name=op.f('fk_newsletter_delivery_donor_id')),
    sa.ForeignKeyConstraint(['issue_id'], ['newsletter_issue.id'], name=op.f('fk_newsletter_delivery_issue_id')),
    sa.ForeignKeyConstraint(['mail_id'], ['outbox_mail.id'], name=op.f('fk_newsletter_delivery_mail_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_newsletter_delivery')),
    sa.UniqueConstraint('issue_id', 'donor_id', name=op.f('uq_newsletter_delivery_issue_id_donor_id'))
    )
    op.create_index(op.f('ix_newsletter_delivery_donor_id'), 'newsletter_delivery', ['donor_id'], unique=False)
    op.create_table('newsletter_story',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('issue_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('photo_id', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['issue_id'], ['newsletter_issue.id'], name=op.f('fk_newsletter_story_issue_id')),
    sa.ForeignKeyConstraint(['photo_id'], ['photo.id'], name=op.f('fk_newsletter_story_photo_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_newsletter_story')),
    sa.UniqueConstraint('public_id', name=op.f('uq_newsletter_story_public_id'))
    )
    op.create_index(op.f('ix_newsletter_story_issue_id'), 'newsletter_story', ['issue_id'], unique=False)
    


def downgrade():
    
    op.drop_index(op.f('ix_newsletter_story_issue_id'), table_name='newsletter_story')
    op.drop_table('newsletter_story')
    op.drop_index(op.f('ix_newsletter_delivery_donor_id'), table_name='newsletter_delivery')
    op.drop_table('newsletter_delivery')
    op.drop_table('newsletter_issue')
    op.drop_table('newsletter_optout')
    
