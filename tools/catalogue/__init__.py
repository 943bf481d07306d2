"""What ``build_catalogue.py`` is made of: sources read, evidence drawn, files written."""
