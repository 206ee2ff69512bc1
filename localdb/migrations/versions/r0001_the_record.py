"""Documents, outbox, scopes, and what the workstation keeps for itself.

Revision ID: 0001
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

_TABLES = (
    """CREATE TABLE access_audit (
        seq INTEGER NOT NULL,
        at BIGINT NOT NULL,
        actor VARCHAR,
        actor_name VARCHAR NOT NULL,
        action VARCHAR NOT NULL,
        patient VARCHAR,
        reason VARCHAR NOT NULL,
        detail VARCHAR NOT NULL,
        about INTEGER,
        previous VARCHAR NOT NULL,
        digest VARCHAR NOT NULL,
        CONSTRAINT pk_access_audit PRIMARY KEY (seq)
    )""",
    "CREATE INDEX ix_access_audit_about ON access_audit (about)",
    "CREATE INDEX ix_access_audit_patient ON access_audit (patient)",
    """CREATE TABLE batch (
        seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        batch_id VARCHAR NOT NULL,
        state VARCHAR NOT NULL,
        groups VARCHAR NOT NULL,
        expect_register VARCHAR NOT NULL,
        register_seq INTEGER NOT NULL,
        payload BLOB NOT NULL,
        payload_hash VARCHAR NOT NULL,
        attempts INTEGER DEFAULT 0 NOT NULL,
        next_try_at BIGINT,
        sent_at BIGINT,
        settled_at BIGINT,
        CONSTRAINT ck_batch_state CHECK (state IN ('frozen','sent','acked','rejected','void')),
        CONSTRAINT uq_batch_batch_id UNIQUE (batch_id)
    )""",
    "CREATE INDEX ix_batch_open ON batch (state) WHERE state IN ('frozen','sent')",
    """CREATE TABLE batch_entry (
        batch_id VARCHAR NOT NULL,
        idx INTEGER NOT NULL,
        ref VARCHAR NOT NULL,
        if_match VARCHAR NOT NULL,
        seq_hi INTEGER NOT NULL,
        body_hash VARCHAR NOT NULL,
        body BLOB NOT NULL,
        acked_version VARCHAR,
        CONSTRAINT pk_batch_entry PRIMARY KEY (batch_id, idx)
    )""",
    """CREATE TABLE boundary (
        scope VARCHAR NOT NULL,
        rtype VARCHAR NOT NULL,
        pass_no INTEGER NOT NULL,
        ref VARCHAR NOT NULL,
        version VARCHAR NOT NULL,
        CONSTRAINT pk_boundary PRIMARY KEY (scope, rtype, pass_no, ref)
    )
     WITHOUT ROWID""",
    """CREATE TABLE change (
        seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        group_id VARCHAR NOT NULL,
        ref VARCHAR NOT NULL,
        base_version VARCHAR NOT NULL,
        before_hash VARCHAR NOT NULL,
        after_hash VARCHAR NOT NULL,
        "after" BLOB,
        batch_id VARCHAR DEFAULT '' NOT NULL,
        acked_version VARCHAR
    )""",
    "CREATE INDEX ix_change_group_id ON change (group_id)",
    "CREATE INDEX ix_change_unsent ON change (ref) WHERE acked_version IS NULL",
    """CREATE TABLE change_group (
        seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        group_id VARCHAR NOT NULL,
        kind VARCHAR NOT NULL,
        patient VARCHAR,
        author VARCHAR NOT NULL,
        at BIGINT NOT NULL,
        reason VARCHAR NOT NULL,
        state VARCHAR NOT NULL,
        read_set VARCHAR NOT NULL,
        provenance VARCHAR NOT NULL,
        batch_id VARCHAR DEFAULT '' NOT NULL,
        confirmed_at BIGINT,
        CONSTRAINT ck_change_group_state CHECK (state IN (
            'saved','packed','sent','held','conflict','rejected','confirmed')),
        CONSTRAINT uq_change_group_group_id UNIQUE (group_id)
    )""",
    "CREATE INDEX ix_change_group_open ON change_group (state) WHERE state <> 'confirmed'",
    """CREATE TABLE clinician (
        id VARCHAR NOT NULL,
        username VARCHAR NOT NULL,
        name VARCHAR NOT NULL,
        english VARCHAR NOT NULL,
        role VARCHAR NOT NULL,
        wards VARCHAR NOT NULL,
        enrolled_at BIGINT,
        active INTEGER NOT NULL,
        CONSTRAINT pk_clinician PRIMARY KEY (id),
        CONSTRAINT uq_clinician_username UNIQUE (username)
    )""",
    """CREATE TABLE "conflict" (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        ref VARCHAR NOT NULL,
        kind VARCHAR NOT NULL,
        group_id VARCHAR,
        patient VARCHAR,
        base BLOB,
        local BLOB,
        remote BLOB,
        remote_version VARCHAR NOT NULL,
        paths VARCHAR NOT NULL,
        opened_at BIGINT NOT NULL,
        resolved_at BIGINT
    )""",
    'CREATE INDEX ix_conflict_open ON "conflict" (ref) WHERE resolved_at IS NULL',
    """CREATE TABLE cursor (
        scope VARCHAR NOT NULL,
        rtype VARCHAR NOT NULL,
        state VARCHAR NOT NULL,
        watermark BIGINT,
        last_ok_at BIGINT,
        complete INTEGER NOT NULL,
        done_pass INTEGER NOT NULL,
        CONSTRAINT pk_cursor PRIMARY KEY (scope, rtype)
    )
     WITHOUT ROWID""",
    """CREATE TABLE draft (
        id VARCHAR NOT NULL,
        kind VARCHAR NOT NULL,
        patient VARCHAR,
        author VARCHAR NOT NULL,
        body VARCHAR NOT NULL,
        saved_at BIGINT NOT NULL,
        CONSTRAINT pk_draft PRIMARY KEY (id)
    )""",
    "CREATE INDEX ix_draft_author ON draft (author, saved_at)",
    """CREATE TABLE meta (
        name VARCHAR NOT NULL,
        value VARCHAR NOT NULL,
        CONSTRAINT pk_meta PRIMARY KEY (name)
    )""",
    """CREATE TABLE preference (
        clinician VARCHAR NOT NULL,
        name VARCHAR NOT NULL,
        value VARCHAR NOT NULL,
        CONSTRAINT pk_preference PRIMARY KEY (clinician, name)
    )""",
    """CREATE TABLE purge_log (
        id INTEGER NOT NULL,
        at BIGINT NOT NULL,
        scope_kind VARCHAR NOT NULL,
        evicted INTEGER NOT NULL,
        kept INTEGER NOT NULL,
        CONSTRAINT pk_purge_log PRIMARY KEY (id)
    )""",
    """CREATE TABLE quarantine (
        group_id VARCHAR NOT NULL,
        status INTEGER NOT NULL,
        message VARCHAR NOT NULL,
        server_said VARCHAR NOT NULL,
        at BIGINT NOT NULL,
        released_at BIGINT,
        CONSTRAINT pk_quarantine PRIMARY KEY (group_id)
    )""",
    """CREATE TABLE resource (
        pk INTEGER NOT NULL,
        ref VARCHAR NOT NULL,
        rtype VARCHAR NOT NULL,
        patient VARCHAR,
        state VARCHAR NOT NULL,
        server_version VARCHAR NOT NULL,
        server_updated BIGINT,
        local_seq INTEGER DEFAULT 0 NOT NULL,
        body_hash VARCHAR NOT NULL,
        body BLOB NOT NULL,
        base_hash VARCHAR,
        base BLOB,
        CONSTRAINT pk_resource PRIMARY KEY (pk),
        CONSTRAINT ck_resource_state CHECK (state IN ('clean','dirty','inflight','conflict')),
        CONSTRAINT ck_resource_clean_has_no_base CHECK (state <> 'clean' OR base IS NULL),
        CONSTRAINT uq_resource_ref UNIQUE (ref)
    )""",
    "CREATE INDEX ix_resource_patient ON resource (patient) WHERE patient IS NOT NULL",
    "CREATE INDEX ix_resource_rtype ON resource (rtype)",
    "CREATE INDEX ix_resource_unsent ON resource (state) WHERE state <> 'clean'",
    """CREATE TABLE scope (
        id VARCHAR NOT NULL,
        kind VARCHAR NOT NULL,
        target VARCHAR NOT NULL,
        priority INTEGER NOT NULL,
        state VARCHAR NOT NULL,
        expires_at BIGINT,
        as_of BIGINT,
        CONSTRAINT pk_scope PRIMARY KEY (id),
        CONSTRAINT ck_scope_state CHECK (state IN ('active','leaving','gone'))
    )""",
    """CREATE TABLE scope_member (
        scope VARCHAR NOT NULL,
        rtype VARCHAR NOT NULL,
        ref VARCHAR NOT NULL,
        version VARCHAR NOT NULL,
        pass_no INTEGER NOT NULL,
        CONSTRAINT pk_scope_member PRIMARY KEY (scope, rtype, ref)
    )
     WITHOUT ROWID""",
    "CREATE INDEX ix_scope_member_ref ON scope_member (ref)",
    """CREATE TABLE secret (
        name VARCHAR NOT NULL,
        value BLOB NOT NULL,
        CONSTRAINT pk_secret PRIMARY KEY (name)
    )""",
    """CREATE TABLE sync_event (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        at BIGINT NOT NULL,
        kind VARCHAR NOT NULL,
        ok INTEGER NOT NULL,
        detail VARCHAR NOT NULL,
        counts VARCHAR NOT NULL
    )""",
    """CREATE TABLE tombstone (
        ref VARCHAR NOT NULL,
        version VARCHAR NOT NULL,
        cause VARCHAR NOT NULL,
        seen_at BIGINT NOT NULL,
        CONSTRAINT pk_tombstone PRIMARY KEY (ref),
        CONSTRAINT ck_tombstone_cause CHECK (cause IN ('deleted','expunged','forbidden'))
    )""",
    """CREATE TABLE unreadable (
        id INTEGER NOT NULL,
        scope VARCHAR NOT NULL,
        ref VARCHAR NOT NULL,
        reason VARCHAR NOT NULL,
        body BLOB NOT NULL,
        body_hash VARCHAR NOT NULL,
        seen_at BIGINT NOT NULL,
        CONSTRAINT pk_unreadable PRIMARY KEY (id),
        CONSTRAINT uq_unreadable_body_hash UNIQUE (body_hash)
    )""",
    """CREATE TABLE workstation (
        one INTEGER NOT NULL,
        ws_id VARCHAR NOT NULL,
        base_url VARCHAR NOT NULL,
        register_version VARCHAR NOT NULL,
        register_seq INTEGER NOT NULL,
        enrolled_at BIGINT NOT NULL,
        server_profile VARCHAR NOT NULL,
        fenced INTEGER DEFAULT 0 NOT NULL,
        CONSTRAINT pk_workstation PRIMARY KEY (one),
        CONSTRAINT ck_workstation_only_one CHECK (one = 1)
    )""",
)

# Nothing in this program changes an entry; the triggers stop a tool that tries.
_TRIGGERS = (
    """CREATE TRIGGER access_audit_no_update BEFORE UPDATE ON access_audit
    BEGIN SELECT RAISE(ABORT, 'the access audit is append-only'); END""",
    """CREATE TRIGGER access_audit_no_delete BEFORE DELETE ON access_audit
    BEGIN SELECT RAISE(ABORT, 'the access audit is append-only'); END""",
)


def upgrade() -> None:
    for statement in (*_TABLES, *_TRIGGERS):
        op.execute(statement)


def downgrade() -> None:
    """Tests only: back to an empty file."""
    for statement in _TABLES:
        words = statement.split()
        if words[:2] == ["CREATE", "TABLE"]:
            op.execute(f"DROP TABLE {words[2]}")
