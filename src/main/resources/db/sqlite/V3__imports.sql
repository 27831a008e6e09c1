-- Which files of usage were imported, so that none counts twice, and one that was cut short can go on.
CREATE TABLE imports (
    source  TEXT    PRIMARY KEY,                             -- what tells the file from every other
    line    INTEGER NOT NULL,                                -- up to which its usage is taken
    at      INTEGER NOT NULL
);
