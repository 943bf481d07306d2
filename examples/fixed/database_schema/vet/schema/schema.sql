-- The tables that the app's functions use; create_schema.py beside this file creates
-- those that are missing.

CREATE TABLE IF NOT EXISTS visits (
    animal TEXT,  -- type guessed from the name
    owner TEXT,   -- type guessed from the name
    weight DOUBLE PRECISION,
    visited_at TIMESTAMPTZ
);
