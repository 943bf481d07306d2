"""From the paths that a user gives to apps, each with the bytes of its Python files.

An app is a folder with ``cdk.json``; what lies in none belongs to an app whose root is the path
given. Nothing of the user's code is run.
"""

from tapfix.discover.apps import AppFiles, Discovery, app_around, discover
from tapfix.discover.git import repository_of
from tapfix.discover.unsaved import Unsaved, discover_unsaved

__all__ = [
    "AppFiles",
    "Discovery",
    "Unsaved",
    "app_around",
    "discover",
    "discover_unsaved",
    "repository_of",
]
