"""Tables of the cache that hold the record: documents, outbox, scopes. Projections are elsewhere.

Every table of the database hangs on this one `metadata`. Tables of projections declare themselves
with `info=DERIVED`; they are made from `resource` and may be dropped at any time, so migrations
leave them alone.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

from localdb.columns import Instant

SCHEMA_VERSION = 9
"""`PRAGMA user_version` of a file this program writes; one per migration."""

DERIVED = {"derived": True}

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

meta = Table(
    "meta",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

workstation = Table(
    "workstation",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("ws_id", String, nullable=False),
    Column("base_url", String, nullable=False),
    Column("register_version", String, nullable=False),
    Column("register_seq", Integer, nullable=False),
    Column("enrolled_at", Instant, nullable=False),
    Column("server_profile", String, nullable=False),
    Column("fenced", Integer, nullable=False, server_default=text("0")),
    CheckConstraint("one = 1", name="only_one"),
)

resource = Table(
    "resource",
    metadata,
    Column("pk", Integer, primary_key=True),
    Column("ref", String, nullable=False, unique=True),
    Column("rtype", String, nullable=False),
    Column("patient", String),
    Column("state", String, nullable=False),
    Column("server_version", String, nullable=False),
    Column("server_updated", Instant),
    Column("local_seq", Integer, nullable=False, server_default=text("0")),
    Column("body_hash", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("base_hash", String),
    Column("base", LargeBinary),
    CheckConstraint("state IN ('clean','dirty','inflight','conflict')", name="state"),
    CheckConstraint("state <> 'clean' OR base IS NULL", name="clean_has_no_base"),
)
Index("ix_resource_rtype", resource.c.rtype)
Index("ix_resource_patient", resource.c.patient, sqlite_where=text("patient IS NOT NULL"))
Index("ix_resource_unsent", resource.c.state, sqlite_where=text("state <> 'clean'"))

tombstone = Table(
    "tombstone",
    metadata,
    Column("ref", String, primary_key=True),
    Column("version", String, nullable=False),
    Column("cause", String, nullable=False),
    Column("seen_at", Instant, nullable=False),
    CheckConstraint("cause IN ('deleted','expunged','forbidden')", name="cause"),
)

change_group = Table(
    "change_group",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("group_id", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("patient", String),
    Column("author", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("reason", String, nullable=False),
    Column("state", String, nullable=False),
    Column("read_set", String, nullable=False),
    Column("provenance", String, nullable=False),
    Column("batch_id", String, nullable=False, server_default=text("''")),
    Column("confirmed_at", Instant),
    CheckConstraint(
        "state IN ('saved','packed','sent','held','conflict','rejected','confirmed')", name="state"
    ),
    sqlite_autoincrement=True,
)
Index("ix_change_group_open", change_group.c.state, sqlite_where=text("state <> 'confirmed'"))

change = Table(
    "change",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("group_id", String, nullable=False),
    Column("ref", String, nullable=False),
    Column("base_version", String, nullable=False),
    Column("before_hash", String, nullable=False),
    Column("after_hash", String, nullable=False),
    Column("after", LargeBinary),
    Column("batch_id", String, nullable=False, server_default=text("''")),
    Column("acked_version", String),
    sqlite_autoincrement=True,
)
Index("ix_change_group_id", change.c.group_id)
Index("ix_change_unsent", change.c.ref, sqlite_where=text("acked_version IS NULL"))

batch = Table(
    "batch",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("batch_id", String, nullable=False, unique=True),
    Column("state", String, nullable=False),
    Column("groups", String, nullable=False),
    Column("expect_register", String, nullable=False),
    Column("register_seq", Integer, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("payload_hash", String, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("next_try_at", Instant),
    Column("sent_at", Instant),
    Column("settled_at", Instant),
    Column("why", String, nullable=False, server_default=text("''")),
    CheckConstraint("state IN ('frozen','sent','acked','rejected','void')", name="state"),
    sqlite_autoincrement=True,
)
Index("ix_batch_open", batch.c.state, sqlite_where=text("state IN ('frozen','sent')"))

batch_entry = Table(
    "batch_entry",
    metadata,
    Column("batch_id", String, primary_key=True),
    Column("idx", Integer, primary_key=True),
    Column("ref", String, nullable=False),
    Column("if_match", String, nullable=False),
    Column("seq_hi", Integer, nullable=False),
    Column("body_hash", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("acked_version", String),
)

Index("ix_batch_entry_ref", batch_entry.c.ref)

quarantine = Table(
    "quarantine",
    metadata,
    Column("group_id", String, primary_key=True),
    Column("status", Integer, nullable=False),
    Column("message", String, nullable=False),
    Column("server_said", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("released_at", Instant),
)

conflict = Table(
    "conflict",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("group_id", String),
    Column("patient", String),
    Column("base", LargeBinary),
    Column("local", LargeBinary),
    Column("remote", LargeBinary),
    Column("remote_version", String, nullable=False),
    Column("paths", String, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    sqlite_autoincrement=True,
)
Index("ix_conflict_open", conflict.c.ref, sqlite_where=text("resolved_at IS NULL"))

decision = Table(
    "decision",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("group_id", String, nullable=False),
    Column("choice", String, nullable=False),
    Column("decided_by", String, nullable=False),
    Column("witness", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("choice IN ('kept','discarded')", name="choice"),
    sqlite_autoincrement=True,
)
Index("ix_decision_group_id", decision.c.group_id)

automatic_merge = Table(
    "automatic_merge",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String, nullable=False),
    Column("patient", String),
    Column("elements", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("checked_at", Instant),
    Column("findings", String, nullable=False, server_default=text("'[]'")),
    sqlite_autoincrement=True,
)
Index("ix_automatic_merge_ref", automatic_merge.c.ref)

unreadable = Table(
    "unreadable",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("scope", String, nullable=False),
    Column("ref", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("body_hash", String, nullable=False, unique=True),
    Column("seen_at", Instant, nullable=False),
)

open_print = Table(
    "open_print",
    metadata,
    Column("run", String, primary_key=True),
    Column("patient", String, nullable=False),
    Column("encounter", String, nullable=False),
    Column("sheet", String, nullable=False),
    Column("begun_at", Instant, nullable=False),
    # The document of the run as it reads when everything comes out.
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("encounter", "sheet"),
)

# What decision support said. Triggers made by the migration forbid changing or removing it.
cds_event = Table(
    "cds_event",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("user", String, nullable=False),
    Column("patient", String, nullable=False),
    Column("tier", String, nullable=False),
    Column("response", String, nullable=False),
    Column("card", String, nullable=False),
    Column("body", String, nullable=False),
    Column("previous", String, nullable=False),
    Column("digest", String, nullable=False),
)
Index("ix_cds_event_patient", cds_event.c.patient, cds_event.c.at)
Index("ix_cds_event_at", cds_event.c.at)

cds_late = Table(
    "cds_late",
    metadata,
    Column("instance", String, primary_key=True),
    Column("service", String, primary_key=True),
    Column("patient", String, nullable=False),
    Column("at", Instant, nullable=False),
    # As the service sent it.
    Column("body", LargeBinary, nullable=False),
)

cds_signed = Table(
    "cds_signed",
    metadata,
    Column("instance", String, primary_key=True),
    Column("line", String, primary_key=True),
    Column("order_id", String, nullable=False),
    Column("at", Instant, nullable=False),
)
Index("ix_cds_signed_order_id", cds_signed.c.order_id)

cds_feedback = Table(
    "cds_feedback",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("service", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("next_try_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

scope = Table(
    "scope",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("target", String, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("expires_at", Instant),
    Column("as_of", Instant),
    CheckConstraint("state IN ('active','leaving','gone')", name="state"),
)

scope_member = Table(
    "scope_member",
    metadata,
    Column("scope", String, primary_key=True),
    # Of the pass that saw it: a census of Encounters brings Patients along.
    Column("rtype", String, primary_key=True),
    Column("ref", String, primary_key=True),
    Column("version", String, nullable=False),
    Column("pass_no", Integer, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_scope_member_ref", scope_member.c.ref)

cursor = Table(
    "cursor",
    metadata,
    Column("scope", String, primary_key=True),
    Column("rtype", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("watermark", Instant),
    Column("last_ok_at", Instant),
    Column("complete", Integer, nullable=False),
    sqlite_with_rowid=False,
)

sync_event = Table(
    "sync_event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("kind", String, nullable=False),
    Column("ok", Integer, nullable=False),
    Column("detail", String, nullable=False),
    Column("counts", String, nullable=False),
    sqlite_autoincrement=True,
)

purge_log = Table(
    "purge_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("scope_kind", String, nullable=False),
    Column("evicted", Integer, nullable=False),
    Column("kept", Integer, nullable=False),
)
