"""The hands: merge fixes, rewrite files, show and write the result. Knows edits only, never CDK."""
