"""VS Code's workbench in a browser, and what builds it and the extension."""
