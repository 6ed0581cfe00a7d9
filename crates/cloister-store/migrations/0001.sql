-- Read by SQLite and by PostgreSQL. For PostgreSQL, TEXT becomes TEXT COLLATE "C", so that both order by bytes.
-- Times are microseconds since 1970, severities and statuses places in their lists, truths 0 and 1.

CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES
    ('runs', 0), ('finding-changes', 0), ('status-changes', 0), ('detections', 0), ('documents', 0), ('queue', 0),
    ('ready', 0);

CREATE TABLE sources (
    name TEXT PRIMARY KEY,
    last_run BIGINT NOT NULL,
    -- Never earlier than that of the run before.
    at BIGINT NOT NULL
);

CREATE TABLE runs (
    number BIGINT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    -- As whoever assessed says.
    said BIGINT NOT NULL,
    -- In the order of runs.
    at BIGINT NOT NULL,
    still BIGINT NOT NULL,
    changed_requirements BIGINT NOT NULL,
    -- As JSON.
    counts TEXT NOT NULL,
    -- Bytes of the body; none when it is dropped.
    bytes BIGINT
);
CREATE INDEX runs_by_source ON runs (source, number);
CREATE INDEX runs_by_time ON runs (at);

CREATE TABLE bodies (
    run BIGINT PRIMARY KEY,
    body BYTEA NOT NULL
);

CREATE TABLE findings (
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    check_name TEXT NOT NULL,
    severity BIGINT NOT NULL,
    namespace TEXT,
    resource TEXT NOT NULL,
    -- The rank, negative, so that the highest come first.
    weight BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    first_seen BIGINT NOT NULL,
    since BIGINT NOT NULL,
    -- Only of resolved ones; the others were last seen by the last run of their source.
    last_seen BIGINT,
    resolved BIGINT,
    comebacks BIGINT NOT NULL,
    PRIMARY KEY (source, id)
);
CREATE INDEX findings_by_weight ON findings (weight, source, id);
-- Only the resolved ones, so that nobody looks for the others by it.
CREATE INDEX findings_by_end ON findings (resolved) WHERE resolved IS NOT NULL;

CREATE TABLE finding_changes (
    number BIGINT PRIMARY KEY,
    run BIGINT NOT NULL,
    source TEXT NOT NULL,
    finding TEXT NOT NULL,
    changed BIGINT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX finding_changes_by_run ON finding_changes (run);
CREATE INDEX finding_changes_by_finding ON finding_changes (finding, number);

CREATE TABLE statuses (
    source TEXT NOT NULL,
    framework TEXT NOT NULL,
    requirement TEXT NOT NULL,
    status BIGINT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (source, framework, requirement)
);

CREATE TABLE status_changes (
    number BIGINT PRIMARY KEY,
    run BIGINT NOT NULL,
    source TEXT NOT NULL,
    framework TEXT NOT NULL,
    requirement TEXT NOT NULL,
    was BIGINT,
    becomes BIGINT,
    at BIGINT NOT NULL
);
CREATE INDEX status_changes_by_source ON status_changes (source, number);

CREATE TABLE events (
    scope TEXT NOT NULL,
    id TEXT NOT NULL,
    noted BIGINT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (scope, id)
);
CREATE INDEX events_by_end ON events (until);

CREATE TABLE detections (
    number BIGINT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    rule TEXT NOT NULL,
    severity BIGINT NOT NULL,
    at BIGINT NOT NULL,
    namespace TEXT,
    suspects BIGINT NOT NULL,
    body BYTEA NOT NULL
);
CREATE INDEX detections_by_time ON detections (at);

CREATE TABLE documents (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    -- The version that it was put over.
    above BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    state TEXT NOT NULL,
    namespace TEXT,
    due BIGINT,
    body BYTEA NOT NULL,
    PRIMARY KEY (kind, id)
);

CREATE TABLE sessions (
    token BYTEA PRIMARY KEY,
    who TEXT NOT NULL,
    created BIGINT NOT NULL,
    used BIGINT NOT NULL,
    until BIGINT NOT NULL,
    body BYTEA NOT NULL
);
CREATE INDEX sessions_by_end ON sessions (until);

CREATE TABLE queues (
    name TEXT PRIMARY KEY,
    items BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    aside BIGINT NOT NULL
);

CREATE TABLE queue (
    number BIGINT PRIMARY KEY,
    queue TEXT NOT NULL,
    id TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    taken BIGINT,
    micros BIGINT,
    tries BIGINT NOT NULL,
    -- Why it is set aside.
    aside TEXT,
    body BYTEA NOT NULL,
    UNIQUE (queue, id)
);
CREATE INDEX queue_in_order ON queue (queue, number);

CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    fence BIGINT NOT NULL,
    taken BIGINT NOT NULL,
    micros BIGINT NOT NULL
);
