"""Lets the tests import the parts of the catalogue's builder, which is no installed package."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
