"""What the SQL of handlers tells of the tables that it needs."""
