"""newsletters: the child a story tells about; an issue that was sent is never changed"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("newsletter_story", sa.Column("child_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_newsletter_story_child_id"), "newsletter_story", "child", ["child_id"], ["id"]
    )
    op.create_index(op.f("ix_newsletter_story_child_id"), "newsletter_story", ["child_id"])
    op.execute("""
        create function keep_newsletter() returns trigger language plpgsql as $$
        begin
          if old.state <> 'draft' and (tg_op = 'DELETE'
             or (to_jsonb(new) - 'state') is distinct from (to_jsonb(old) - 'state')
             or new.state = 'draft') then
            raise exception 'a newsletter that was sent is never changed'
              using errcode = 'restrict_violation', constraint = 'kept_newsletter';
          end if;
          return case tg_op when 'DELETE' then old else new end;
        end $$""")
    op.execute("""
        create trigger kept before update or delete on newsletter_issue
        for each row execute function keep_newsletter()""")
    op.execute("""
        create function keep_newsletter_story() returns trigger language plpgsql as $$
        begin
          if exists (select 1 from newsletter_issue where state <> 'draft' and id in (
               case when tg_op <> 'INSERT' then old.issue_id end,
               case when tg_op <> 'DELETE' then new.issue_id end)) then
            raise exception 'a newsletter that was sent is never changed'
              using errcode = 'restrict_violation', constraint = 'kept_newsletter';
          end if;
          return case tg_op when 'DELETE' then old else new end;
        end $$""")
    op.execute("""
        create trigger kept before insert or update or delete on newsletter_story
        for each row execute function keep_newsletter_story()""")


def downgrade():
    op.execute("drop trigger kept on newsletter_story")
    op.execute("drop function keep_newsletter_story")
    op.execute("drop trigger kept on newsletter_issue")
    op.execute("drop function keep_newsletter")
    op.drop_index(op.f("ix_newsletter_story_child_id"), table_name="newsletter_story")
    op.drop_constraint(op.f("fk_newsletter_story_child_id"), "newsletter_story", type_="foreignkey")
    op.drop_column("newsletter_story", "child_id")
