import os

DB_HOST = os.environ.get("DB_HOST", "localhost")
DB_PORT = int(os.environ.get("DB_PORT", "5432"))
DB_NAME = "books"
DB_USER = "librarian"
DB_PASSWORD = "bookworm42"
