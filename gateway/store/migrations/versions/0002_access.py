"""access, limits and audit"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import gateway.store.types

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('audit_entries',
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('subject', sa.LargeBinary(), nullable=True),
    sa.Column('entry', sa.LargeBinary(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('position', name=op.f('pk_audit_entries'))
    )
    with op.batch_alter_table('audit_entries', schema=None) as batch_op:
        batch_op.create_index('ix_audit_entries_subject', ['subject'], unique=False)

    op.create_table('audit_heads',
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('kid', sa.String(length=64), nullable=False),
    sa.Column('signature', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('position', name=op.f('pk_audit_heads'))
    )
    op.create_table('clients',
    sa.Column('id', sa.String(length=80), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('organisations', sa.Text(), nullable=False),
    sa.Column('scopes', sa.Text(), nullable=False),
    sa.Column('binding', sa.String(length=10), nullable=False),
    sa.Column('certificate', sa.Text(), nullable=True),
    sa.Column('xroad_member', sa.String(length=200), nullable=True),
    sa.Column('added_at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('added_by', sa.String(length=80), nullable=False),
    sa.Column('revoked_at', gateway.store.types.UtcInstant(timezone=True), nullable=True),
    sa.Column('revoked_by', sa.String(length=80), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clients'))
    )
    with op.batch_alter_table('clients', schema=None) as batch_op:
        batch_op.create_index('uq_clients_xroad_member', ['xroad_member'], unique=True, sqlite_where=sa.text('revoked_at IS NULL'), postgresql_where=sa.text('revoked_at IS NULL'))

    op.create_table('people',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('issuer', sa.String(length=200), nullable=False),
    sa.Column('subject', sa.String(length=256), nullable=False),
    sa.Column('pin_index', sa.LargeBinary(), nullable=False),
    sa.Column('first_seen_at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_people'))
    )
    with op.batch_alter_table('people', schema=None) as batch_op:
        batch_op.create_index('uq_people_issuer_subject', ['issuer', 'subject'], unique=True)

    op.create_table('rate_buckets',
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('tat', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_rate_buckets'))
    )
    op.create_table('replays',
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('expires_at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_replays'))
    )
    with op.batch_alter_table('replays', schema=None) as batch_op:
        batch_op.create_index('ix_replays_expires_at', ['expires_at'], unique=False)

    op.create_table('sign_ins',
    sa.Column('state_hash', sa.LargeBinary(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('expires_at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('state_hash', name=op.f('pk_sign_ins'))
    )
    with op.batch_alter_table('sign_ins', schema=None) as batch_op:
        batch_op.create_index('ix_sign_ins_expires_at', ['expires_at'], unique=False)

    op.create_table('signing_keys',
    sa.Column('kid', sa.String(length=64), nullable=False),
    sa.Column('algorithm', sa.String(length=10), nullable=False),
    sa.Column('public', sa.Text(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('made_at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('signs_from', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('retired_at', gateway.store.types.UtcInstant(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('kid', name=op.f('pk_signing_keys'))
    )
    op.create_table('staff_grants',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('pin_index', sa.LargeBinary(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('organisation', sa.String(length=6), nullable=True),
    sa.Column('region', sa.String(length=20), nullable=True),
    sa.Column('role', sa.String(length=40), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('granted_at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('granted_by', sa.String(length=80), nullable=False),
    sa.Column('revoked_at', gateway.store.types.UtcInstant(timezone=True), nullable=True),
    sa.Column('revoked_by', sa.String(length=80), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_grants'))
    )
    with op.batch_alter_table('staff_grants', schema=None) as batch_op:
        batch_op.create_index('ix_staff_grants_organisation', ['organisation'], unique=False)
        batch_op.create_index('ix_staff_grants_pin_index', ['pin_index'], unique=False)

    op.create_table('client_keys',
    sa.Column('client', sa.String(length=80), nullable=False),
    sa.Column('kid', sa.String(length=64), nullable=False),
    sa.Column('jwk', sa.Text(), nullable=False),
    sa.Column('added_at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('not_after', gateway.store.types.UtcInstant(timezone=True), nullable=True),
    sa.Column('revoked_at', gateway.store.types.UtcInstant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['client'], ['clients.id'], name=op.f('fk_client_keys_client')),
    sa.PrimaryKeyConstraint('client', 'kid', name=op.f('pk_client_keys'))
    )
    op.create_table('sessions',
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('person', sa.Uuid(), nullable=False),
    sa.Column('provider_session', sa.String(length=256), nullable=True),
    sa.Column('method', sa.String(length=40), nullable=True),
    sa.Column('csrf_hash', sa.LargeBinary(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('signed_in_at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('seen_at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('expires_at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('ended_at', gateway.store.types.UtcInstant(timezone=True), nullable=True),
    sa.Column('ended_why', sa.String(length=40), nullable=True),
    sa.ForeignKeyConstraint(['person'], ['people.id'], name=op.f('fk_sessions_person')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_sessions'))
    )
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.create_index('ix_sessions_expires_at', ['expires_at'], unique=False)
        batch_op.create_index('ix_sessions_person', ['person'], unique=False)
        batch_op.create_index('ix_sessions_provider_session', ['provider_session'], unique=False)


def downgrade() -> None:
    op.drop_table('sessions')
    op.drop_table('client_keys')
    op.drop_table('staff_grants')
    op.drop_table('signing_keys')
    op.drop_table('sign_ins')
    op.drop_table('replays')
    op.drop_table('rate_buckets')
    op.drop_table('people')
    op.drop_table('clients')
    op.drop_table('audit_heads')
    op.drop_table('audit_entries')
