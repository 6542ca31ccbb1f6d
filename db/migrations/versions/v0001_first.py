"""All tables as of the first release."""

import sqlalchemy as sa
from alembic import op

from db.tables.base import Moment

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    op.create_table('activity',
    sa.Column('group_id', sa.BigInteger(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.UniqueConstraint('group_id', 'day', name=op.f('uq_activity_group_id_day'))
    )
    op.create_table('audit_trail',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('actor', sa.String(length=64), nullable=False),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('subject', sa.String(length=80), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_trail'))
    )
    op.create_index(op.f('ix_audit_trail_at'), 'audit_trail', ['at'], unique=False)
    op.create_table('cases',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=4), nullable=False),
    sa.Column('group_id', sa.BigInteger(), nullable=False),
    sa.Column('subject', sa.String(length=40), nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=True),
    sa.Column('employee_no', sa.String(length=64), nullable=True),
    sa.Column('department', sa.String(length=400), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('opened_at', Moment(), nullable=False),
    sa.Column('seen_at', Moment(), nullable=False),
    sa.Column('due_at', Moment(), nullable=True),
    sa.Column('first_reminded_at', Moment(), nullable=True),
    sa.Column('last_reminded_at', Moment(), nullable=True),
    sa.Column('escalated_at', Moment(), nullable=True),
    sa.Column('overdue_at', Moment(), nullable=True),
    sa.Column('closed_at', Moment(), nullable=True),
    sa.Column('closed_as', sa.String(length=16), nullable=True),
    sa.Column('previous_id', sa.Integer(), nullable=True),
    sa.Column('frozen', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cases'))
    )
    op.create_index(op.f('ix_cases_closed_at'), 'cases', ['closed_at'], unique=False)
    op.create_index(op.f('ix_cases_employee_no'), 'cases', ['employee_no'], unique=False)
    op.create_index(op.f('ix_cases_group_id_closed_at'), 'cases', ['group_id', 'closed_at'], unique=False)
    op.create_index(op.f('ix_cases_opened_at'), 'cases', ['opened_at'], unique=False)
    op.create_index(op.f('ix_cases_overdue_at'), 'cases', ['overdue_at'], unique=False)
    op.create_index(op.f('ix_cases_user_id'), 'cases', ['user_id'], unique=False)
    op.create_index('uq_cases_open', 'cases', ['code', 'group_id', 'subject'], unique=True, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
    op.create_table('counters',
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('n', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_counters'))
    )
    op.create_table('departments',
    sa.Column('path', sa.String(length=400), nullable=False),
    sa.Column('parent', sa.String(length=400), nullable=True),
    sa.PrimaryKeyConstraint('path', name=op.f('pk_departments'))
    )
    op.create_table('early_admissions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('employee_no', sa.String(length=64), nullable=False),
    sa.Column('group_id', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('asked_by', sa.BigInteger(), nullable=True),
    sa.Column('asked_at', Moment(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('settled_by', sa.BigInteger(), nullable=True),
    sa.Column('settled_at', Moment(), nullable=True),
    sa.Column('until', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_early_admissions'))
    )
    op.create_index('uq_early_admissions_waiting', 'early_admissions', ['employee_no', 'group_id'], unique=True, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.create_table('employees',
    sa.Column('employee_no', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('department', sa.String(length=400), nullable=False),
    sa.Column('employment', sa.String(length=16), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('is_head', sa.Boolean(), nullable=False),
    sa.Column('also_in', sa.JSON(), nullable=False),
    sa.Column('phone_hash', sa.String(length=64), nullable=True),
    sa.Column('hired_on', sa.Date(), nullable=True),
    sa.Column('regularized_on', sa.Date(), nullable=True),
    sa.Column('departed_on', sa.Date(), nullable=True),
    sa.Column('departure_known_on', sa.Date(), nullable=True),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('decided', sa.JSON(), nullable=True),
    sa.Column('swept_on', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('employee_no', name=op.f('pk_employees'))
    )
    op.create_index(op.f('ix_employees_departed_on'), 'employees', ['departed_on'], unique=False)
    op.create_table('filings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.String(length=32), nullable=True),
    sa.Column('route', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=True),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('scope', sa.JSON(), nullable=False),
    sa.Column('department', sa.String(length=400), nullable=False),
    sa.Column('owner_id', sa.BigInteger(), nullable=True),
    sa.Column('admin_ids', sa.JSON(), nullable=True),
    sa.Column('member_count', sa.Integer(), nullable=True),
    sa.Column('established_on', sa.Date(), nullable=True),
    sa.Column('issue', sa.Text(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('initiator_id', sa.BigInteger(), nullable=True),
    sa.Column('prolonged', sa.Boolean(), nullable=False),
    sa.Column('made_by', sa.BigInteger(), nullable=True),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('approved_at', Moment(), nullable=True),
    sa.Column('settled_at', Moment(), nullable=True),
    sa.Column('import_id', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_filings')),
    sa.UniqueConstraint('number', name=op.f('uq_filings_number'))
    )
    op.create_index(op.f('ix_filings_group_id'), 'filings', ['group_id'], unique=False)
    op.create_index('uq_filings_approved', 'filings', ['group_id'], unique=True, sqlite_where=sa.text("state = 'approved'"), postgresql_where=sa.text("state = 'approved'"))
    op.create_index('uq_filings_waiting', 'filings', ['group_id'], unique=True, sqlite_where=sa.text("state IN ('with_head', 'with_admin')"), postgresql_where=sa.text("state IN ('with_head', 'with_admin')"))
    op.create_table('groups',
    sa.Column('group_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('mode', sa.String(length=8), nullable=True),
    sa.Column('account', sa.BigInteger(), nullable=True),
    sa.Column('bot_role', sa.String(length=8), nullable=True),
    sa.Column('owner_id', sa.BigInteger(), nullable=True),
    sa.Column('admin_ids', sa.JSON(), nullable=False),
    sa.Column('member_count', sa.Integer(), nullable=False),
    sa.Column('first_seen_at', Moment(), nullable=True),
    sa.Column('gone_at', Moment(), nullable=True),
    sa.Column('read_at', Moment(), nullable=True),
    sa.Column('complete_at', Moment(), nullable=True),
    sa.Column('unknown_because', sa.String(length=200), nullable=True),
    sa.Column('audited_at', Moment(), nullable=True),
    sa.Column('look_at', Moment(), nullable=True),
    sa.Column('introduced_at', Moment(), nullable=True),
    sa.Column('notice_at', Moment(), nullable=True),
    sa.Column('reminded_at', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('group_id', name=op.f('pk_groups'))
    )
    op.create_index(op.f('ix_groups_look_at'), 'groups', ['look_at'], unique=False)
    op.create_table('identities',
    sa.Column('user_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('employee_no', sa.String(length=64), nullable=False),
    sa.Column('method', sa.String(length=16), nullable=False),
    sa.Column('verified_at', Moment(), nullable=False),
    sa.Column('verified_by', sa.String(length=64), nullable=True),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_identities'))
    )
    op.create_index(op.f('ix_identities_employee_no'), 'identities', ['employee_no'], unique=False)
    op.create_table('imports',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('file_name', sa.String(length=300), nullable=False),
    sa.Column('file_hash', sa.String(length=64), nullable=False),
    sa.Column('whole_company', sa.Boolean(), nullable=False),
    sa.Column('made_by', sa.String(length=64), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('settled_by', sa.String(length=64), nullable=True),
    sa.Column('settled_at', Moment(), nullable=True),
    sa.Column('based_on', sa.BigInteger(), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('errors', sa.JSON(), nullable=False),
    sa.Column('preview', sa.Text(), nullable=False),
    sa.Column('diff', sa.LargeBinary(), nullable=False),
    sa.Column('undo', sa.LargeBinary(), nullable=True),
    sa.Column('rows', sa.LargeBinary(), nullable=True),
    sa.Column('signature', sa.String(length=64), nullable=False),
    sa.Column('applied_no', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_imports'))
    )
    op.create_table('job_runs',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('job', sa.String(length=40), nullable=False),
    sa.Column('due_at', Moment(), nullable=False),
    sa.Column('started_at', Moment(), nullable=False),
    sa.Column('finished_at', Moment(), nullable=True),
    sa.Column('worker', sa.String(length=64), nullable=False),
    sa.Column('result', sa.String(length=300), nullable=True),
    sa.Column('data', sa.JSON(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job_runs')),
    sa.UniqueConstraint('job', 'due_at', name=op.f('uq_job_runs_job_due_at'))
    )
    op.create_table('join_requests',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account', sa.BigInteger(), nullable=False),
    sa.Column('flag', sa.String(length=200), nullable=False),
    sa.Column('group_id', sa.BigInteger(), nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('nickname', sa.String(length=200), nullable=False),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('invitor_id', sa.BigInteger(), nullable=True),
    sa.Column('recovered', sa.Boolean(), nullable=False),
    sa.Column('asked_at', Moment(), nullable=False),
    sa.Column('verdict', sa.String(length=8), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('clause', sa.String(length=20), nullable=False),
    sa.Column('inputs', sa.JSON(), nullable=False),
    sa.Column('employee_no', sa.String(length=64), nullable=True),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('settled_by', sa.String(length=64), nullable=True),
    sa.Column('settled_at', Moment(), nullable=True),
    sa.Column('settled_as', sa.String(length=8), nullable=True),
    sa.Column('told_at', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_join_requests')),
    sa.UniqueConstraint('account', 'flag', name=op.f('uq_join_requests_account_flag'))
    )
    op.create_index(op.f('ix_join_requests_group_id_user_id'), 'join_requests', ['group_id', 'user_id'], unique=False)
    op.create_index(op.f('ix_join_requests_state'), 'join_requests', ['state'], unique=False)
    op.create_table('locks',
    sa.Column('subject', sa.String(length=80), nullable=False),
    sa.Column('until', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('subject', name=op.f('pk_locks'))
    )
    op.create_table('memberships',
    sa.Column('group_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('user_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('nickname', sa.String(length=200), nullable=False),
    sa.Column('card', sa.String(length=300), nullable=False),
    sa.Column('role', sa.String(length=8), nullable=False),
    sa.Column('is_robot', sa.Boolean(), nullable=False),
    sa.Column('seen_at', Moment(), nullable=False),
    sa.Column('gone_at', Moment(), nullable=True),
    sa.Column('let_in_by', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('group_id', 'user_id', name=op.f('pk_memberships'))
    )
    op.create_index(op.f('ix_memberships_user_id'), 'memberships', ['user_id'], unique=False)
    op.create_table('notices_sent',
    sa.Column('subject', sa.String(length=40), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('subject', 'purpose', name=op.f('pk_notices_sent'))
    )
    op.create_table('outbox',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account', sa.BigInteger(), nullable=True),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('group_id', sa.BigInteger(), nullable=True),
    sa.Column('user_id', sa.BigInteger(), nullable=True),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('attachment', sa.LargeBinary(), nullable=True),
    sa.Column('lane', sa.String(length=8), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('deadline', Moment(), nullable=True),
    sa.Column('order_at', Moment(), nullable=False),
    sa.Column('not_before', Moment(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('key', sa.String(length=160), nullable=True),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('claimed_by', sa.String(length=64), nullable=True),
    sa.Column('claimed_at', Moment(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('acted_at', Moment(), nullable=True),
    sa.Column('acted_by', sa.BigInteger(), nullable=True),
    sa.Column('finished_at', Moment(), nullable=True),
    sa.Column('result', sa.String(length=300), nullable=True),
    sa.Column('confirmed_by', sa.String(length=40), nullable=True),
    sa.Column('escalated_at', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('key', name=op.f('uq_outbox_key'))
    )
    op.create_index(op.f('ix_outbox_acted_by_kind_acted_at'), 'outbox', ['acted_by', 'kind', 'acted_at'], unique=False)
    op.create_index(op.f('ix_outbox_group_id_state'), 'outbox', ['group_id', 'state'], unique=False)
    op.create_index(op.f('ix_outbox_state_lane_priority_order_at_id'), 'outbox', ['state', 'lane', 'priority', 'order_at', 'id'], unique=False)
    op.create_table('proof_attempts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('employee_no', sa.String(length=64), nullable=True),
    sa.Column('source', sa.String(length=16), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proof_attempts'))
    )
    op.create_index(op.f('ix_proof_attempts_employee_no_at'), 'proof_attempts', ['employee_no', 'at'], unique=False)
    op.create_index(op.f('ix_proof_attempts_user_id_at'), 'proof_attempts', ['user_id', 'at'], unique=False)
    op.create_table('registry_changes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('employee_no', sa.String(length=64), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registry_changes'))
    )
    op.create_index(op.f('ix_registry_changes_version'), 'registry_changes', ['version'], unique=False)
    op.create_table('registry_state',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('as_of', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registry_state'))
    )
    op.create_table('removal_batches',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('expires_at', Moment(), nullable=False),
    sa.Column('why', sa.String(length=40), nullable=False),
    sa.Column('removals', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('settled_by', sa.String(length=64), nullable=True),
    sa.Column('settled_at', Moment(), nullable=True),
    sa.Column('shown_at', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_removal_batches'))
    )
    op.create_index(op.f('ix_removal_batches_state'), 'removal_batches', ['state'], unique=False)
    op.create_table('spot_checks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.BigInteger(), nullable=False),
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('drawn_by', sa.String(length=64), nullable=False),
    sa.Column('seed', sa.String(length=64), nullable=False),
    sa.Column('after', Moment(), nullable=True),
    sa.Column('due_at', Moment(), nullable=False),
    sa.Column('missed_at', Moment(), nullable=True),
    sa.Column('done_at', Moment(), nullable=True),
    sa.Column('outcome', sa.String(length=16), nullable=True),
    sa.Column('findings', sa.JSON(), nullable=True),
    sa.Column('late', sa.Float(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_spot_checks'))
    )
    op.create_index(op.f('ix_spot_checks_month_group_id'), 'spot_checks', ['month', 'group_id'], unique=False)
    op.create_index('uq_spot_checks_drawn', 'spot_checks', ['month', 'group_id'], unique=True, sqlite_where=sa.text("drawn_by = 'bot'"), postgresql_where=sa.text("drawn_by = 'bot'"))
    op.create_table('switches',
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('value', sa.JSON(), nullable=True),
    sa.Column('set_by', sa.String(length=64), nullable=False),
    sa.Column('set_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_switches'))
    )
    op.create_table('waivers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.String(length=4), nullable=False),
    sa.Column('group_id', sa.BigInteger(), nullable=True),
    sa.Column('until', Moment(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('made_by', sa.BigInteger(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('warned_at', Moment(), nullable=True),
    sa.Column('ended_at', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waivers'))
    )
    op.create_index(op.f('ix_waivers_user_id'), 'waivers', ['user_id'], unique=False)
    op.create_table('appeals',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('made_by', sa.BigInteger(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('settled_by', sa.String(length=64), nullable=True),
    sa.Column('settled_at', Moment(), nullable=True),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_appeals_case_id_cases')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appeals'))
    )
    op.create_index(op.f('ix_appeals_state'), 'appeals', ['state'], unique=False)
    op.create_index('uq_appeals_waiting', 'appeals', ['case_id'], unique=True, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.create_table('case_events',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_events_case_id_cases')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_events'))
    )
    op.create_index(op.f('ix_case_events_case_id'), 'case_events', ['case_id'], unique=False)
    op.create_table('filing_steps',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('filing_id', sa.Integer(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('actor', sa.String(length=64), nullable=False),
    sa.Column('step', sa.String(length=16), nullable=False),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['filing_id'], ['filings.id'], name=op.f('fk_filing_steps_filing_id_filings'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_filing_steps'))
    )
    op.create_index(op.f('ix_filing_steps_filing_id'), 'filing_steps', ['filing_id'], unique=False)
    op.create_table('grants',
    sa.Column('employee_no', sa.String(length=64), nullable=False),
    sa.Column('granted_by', sa.BigInteger(), nullable=False),
    sa.Column('granted_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['employee_no'], ['employees.employee_no'], name=op.f('fk_grants_employee_no_employees'), onupdate='CASCADE', ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('employee_no', name=op.f('pk_grants'))
    )
    op.create_table('outbox_cases',
    sa.Column('outbox_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_outbox_cases_case_id_cases')),
    sa.ForeignKeyConstraint(['outbox_id'], ['outbox.id'], name=op.f('fk_outbox_cases_outbox_id_outbox'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('outbox_id', 'case_id', name=op.f('pk_outbox_cases'))
    )
    op.create_index(op.f('ix_outbox_cases_case_id'), 'outbox_cases', ['case_id'], unique=False)
    op.create_table('penalties',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('breach', sa.String(length=120), nullable=False),
    sa.Column('code', sa.String(length=4), nullable=False),
    sa.Column('group_id', sa.BigInteger(), nullable=False),
    sa.Column('liable', sa.String(length=80), nullable=False),
    sa.Column('liable_user_id', sa.BigInteger(), nullable=True),
    sa.Column('liable_employee_no', sa.String(length=64), nullable=True),
    sa.Column('amount', sa.Numeric(precision=10, scale=2), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('proposed_at', Moment(), nullable=False),
    sa.Column('settled_at', Moment(), nullable=True),
    sa.Column('settled_by', sa.String(length=64), nullable=True),
    sa.Column('paid_at', Moment(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('told_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_penalties_case_id_cases')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_penalties')),
    sa.UniqueConstraint('breach', 'liable', name=op.f('uq_penalties_breach_liable'))
    )
    op.create_index(op.f('ix_penalties_case_id'), 'penalties', ['case_id'], unique=False)
    op.create_index(op.f('ix_penalties_proposed_at'), 'penalties', ['proposed_at'], unique=False)
    op.create_index(op.f('ix_penalties_state'), 'penalties', ['state'], unique=False)
    op.create_table('transfers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('employee_no', sa.String(length=64), nullable=False),
    sa.Column('from_department', sa.String(length=400), nullable=False),
    sa.Column('to_department', sa.String(length=400), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('handover_on', sa.Date(), nullable=True),
    sa.Column('known_on', sa.Date(), nullable=True),
    sa.Column('recorded_by', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['employee_no'], ['employees.employee_no'], name=op.f('fk_transfers_employee_no_employees'), onupdate='CASCADE', ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transfers'))
    )
    op.create_index(op.f('ix_transfers_employee_no'), 'transfers', ['employee_no'], unique=False)
