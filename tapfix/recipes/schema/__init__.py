"""Creating the tables of a database when its app is deployed."""
