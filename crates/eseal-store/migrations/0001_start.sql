-- Times are microseconds since 1970; lists of text are JSON; lists of bytes are length-coded.
CREATE TABLE systems (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, active INTEGER NOT NULL, hmac_keys BLOB NOT NULL, sm2_keys BLOB NOT NULL,
    functions TEXT NOT NULL, scenes TEXT NOT NULL, addresses TEXT NOT NULL, origins TEXT NOT NULL,
    digest_only INTEGER NOT NULL, requests_per_minute INTEGER
) WITHOUT ROWID;

CREATE TABLE organizations (code TEXT PRIMARY KEY, name TEXT NOT NULL, is_government INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE users (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, id_type TEXT NOT NULL, id_no TEXT NOT NULL, organizations TEXT NOT NULL,
    active INTEGER NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX users_by_document ON users (id_type, id_no);

CREATE TABLE seals (
    code TEXT PRIMARY KEY, name TEXT NOT NULL, organization_code TEXT NOT NULL, seal_type TEXT NOT NULL,
    carrier TEXT NOT NULL, status TEXT NOT NULL, scenes TEXT NOT NULL, valid_start INTEGER NOT NULL,
    valid_end INTEGER NOT NULL, certificates BLOB NOT NULL, der BLOB NOT NULL
);
CREATE INDEX seals_by_organization ON seals (organization_code, seal_type);

CREATE TABLE certificates (sm3 BLOB PRIMARY KEY, user_id TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX certificates_by_user ON certificates (user_id);

CREATE TABLE grants (
    id TEXT PRIMARY KEY, code_hash TEXT NOT NULL, system_id TEXT NOT NULL, organization_code TEXT NOT NULL,
    seal_codes TEXT, scenes TEXT NOT NULL, central INTEGER NOT NULL, valid_until INTEGER, remaining INTEGER,
    revoked INTEGER NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX grants_by_code ON grants (code_hash);

CREATE TABLE tokens (
    hash TEXT PRIMARY KEY, system_id TEXT NOT NULL, user_id TEXT NOT NULL, used INTEGER NOT NULL, idle INTEGER NOT NULL,
    expires INTEGER NOT NULL, revoked INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX tokens_by_expiry ON tokens (expires);

CREATE TABLE files (
    id TEXT PRIMARY KEY, system_id TEXT NOT NULL, object TEXT NOT NULL, file_type TEXT NOT NULL, title TEXT,
    page_count INTEGER, size INTEGER NOT NULL, sm3 BLOB NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL
);
CREATE INDEX files_by_expiry ON files (expires);
CREATE INDEX files_by_object ON files (object);

CREATE TABLE digests (
    id TEXT PRIMARY KEY, system_id TEXT NOT NULL, organization_code TEXT NOT NULL, seal_code TEXT NOT NULL, title TEXT,
    page_count INTEGER, object TEXT, prepared TEXT NOT NULL, e BLOB NOT NULL, created INTEGER NOT NULL,
    expires INTEGER NOT NULL, signature_value BLOB, seal_signature BLOB, file_id TEXT, sm3 BLOB, log_index INTEGER,
    composed INTEGER
);
CREATE INDEX digests_by_expiry ON digests (expires);
CREATE INDEX digests_by_object ON digests (object) WHERE object IS NOT NULL;

CREATE TABLE log_leaves (position INTEGER PRIMARY KEY, leaf BLOB NOT NULL);
CREATE TABLE log_nodes (
    level INTEGER NOT NULL, position INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (level, position)
) WITHOUT ROWID;
CREATE TABLE log_state (id INTEGER PRIMARY KEY CHECK (id = 1), size INTEGER NOT NULL, roots BLOB NOT NULL);
INSERT INTO log_state VALUES (1, 0, x'');

CREATE TABLE codes (
    id TEXT PRIMARY KEY, purpose TEXT NOT NULL, system_id TEXT NOT NULL, organization_code TEXT, state TEXT NOT NULL,
    match_code TEXT NOT NULL, choices TEXT NOT NULL, poll_token_hash TEXT, client_info TEXT, payload TEXT NOT NULL,
    device_id TEXT, user_id TEXT, result TEXT, created INTEGER NOT NULL, expires INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX codes_by_device ON codes (device_id, created) WHERE device_id IS NOT NULL;
CREATE INDEX codes_by_expiry ON codes (expires);

CREATE TABLE phones (
    id TEXT PRIMARY KEY, user_id TEXT NOT NULL, name TEXT NOT NULL, device_public_key BLOB NOT NULL,
    certificates BLOB NOT NULL, key_profile TEXT NOT NULL, key_share BLOB NOT NULL, pin_salt BLOB NOT NULL,
    pin_hash BLOB NOT NULL, pin_attempts_left INTEGER NOT NULL, active INTEGER NOT NULL, created INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE enrolments (
    code_hash TEXT PRIMARY KEY, user_id TEXT NOT NULL, certificates BLOB NOT NULL, expires INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX enrolments_by_expiry ON enrolments (expires);

CREATE TABLE challenges (
    id TEXT PRIMARY KEY, system_id TEXT NOT NULL, cert_sm3 BLOB NOT NULL, message BLOB NOT NULL, expires INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX challenges_by_expiry ON challenges (expires);

CREATE TABLE nonces (
    system_id TEXT NOT NULL, nonce TEXT NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (system_id, nonce)
) WITHOUT ROWID;
CREATE INDEX nonces_by_expiry ON nonces (expires);

CREATE TABLE requests (
    system_id TEXT NOT NULL, function TEXT NOT NULL, req_id TEXT NOT NULL, fingerprint BLOB NOT NULL, answer TEXT,
    expires INTEGER NOT NULL, PRIMARY KEY (system_id, function, req_id)
) WITHOUT ROWID;
CREATE INDEX requests_by_expiry ON requests (expires);

CREATE TABLE tasks (
    id TEXT PRIMARY KEY, system_id TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, done INTEGER NOT NULL,
    total INTEGER NOT NULL, input TEXT NOT NULL, result TEXT, created INTEGER NOT NULL, expires INTEGER NOT NULL
);
CREATE INDEX tasks_by_state ON tasks (state);
CREATE INDEX tasks_by_expiry ON tasks (expires);

CREATE TABLE operations (
    job_id TEXT PRIMARY KEY, operator_name TEXT NOT NULL, operator_id_type TEXT NOT NULL, operator_id TEXT NOT NULL,
    time INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE audit (
    position INTEGER PRIMARY KEY, time INTEGER NOT NULL, event TEXT NOT NULL, system_id TEXT, user_id TEXT, subject TEXT,
    outcome TEXT NOT NULL
);
CREATE INDEX audit_by_time ON audit (time);
