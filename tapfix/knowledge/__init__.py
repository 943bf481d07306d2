"""What is known of CDK before any app is read: the generated catalogue and its loader."""
