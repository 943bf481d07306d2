"""What functions reach: data stores, rights, networks, logins."""
