-- Budgets that were set by hand; the account's may come from the settings instead.
CREATE TABLE budgets (
    scope       TEXT    PRIMARY KEY,                         -- account, endpoint:NAME or key:ID
    cap_calls   INTEGER,                                     -- a billing month; null: no limit
    cap_micros  INTEGER,
    set_at      INTEGER NOT NULL
);

-- What a billing month cost. A reservation is one conditional update of each row that it touches.
CREATE TABLE budget_periods (
    scope             TEXT    NOT NULL,
    period            TEXT    NOT NULL,                      -- the billing month's first day, in the account's zone
    committed_calls   INTEGER NOT NULL DEFAULT 0,
    reserved_calls    INTEGER NOT NULL DEFAULT 0,
    committed_micros  INTEGER NOT NULL DEFAULT 0,            -- without the plan's fee
    reserved_micros   INTEGER NOT NULL DEFAULT 0,            -- of the account: 0, its money follows from its calls
    step              INTEGER NOT NULL DEFAULT 0,            -- the last one that was told of, in percent
    PRIMARY KEY (scope, period)
) WITHOUT ROWID;

CREATE TABLE budget_ledger (
    id           TEXT    PRIMARY KEY,
    period       TEXT    NOT NULL,
    scopes       TEXT    NOT NULL,                           -- comma-separated, in the order of their updates
    key_id       INTEGER NOT NULL,                           -- 0: none, as of what is reserved in advance
    endpoint     TEXT    NOT NULL,
    node         TEXT    NOT NULL,
    calls        INTEGER NOT NULL,
    cost_micros  INTEGER NOT NULL,
    state        TEXT    NOT NULL,                           -- reserved, committed, released or presumed_spent
    reserved_at  INTEGER NOT NULL,
    seen_at      INTEGER NOT NULL,                           -- when its node last said that it is there
    settled_at   INTEGER
);
CREATE INDEX budget_ledger_reserved ON budget_ledger (seen_at) WHERE state = 'reserved';
CREATE INDEX budget_ledger_settled ON budget_ledger (state, settled_at);
