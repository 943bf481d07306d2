-- The tables that the app's functions use; create_schema.py beside this file creates
-- those that are missing.

CREATE TABLE IF NOT EXISTS products (
    product_id TEXT PRIMARY KEY,  -- type guessed from the name
    quantity INTEGER,             -- type guessed from the name
    updated_at TIMESTAMPTZ
);
