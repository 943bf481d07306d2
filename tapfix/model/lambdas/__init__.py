"""Lambda functions: what runs in them, and what hands them their events."""
