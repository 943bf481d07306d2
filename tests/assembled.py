"""The example apps, synthesised once in a session by whoever asks first."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from tests.synthesis import Assembly, synthesise

EXAMPLES = Path(__file__).parent.parent / "examples"
APPS = sorted(path.name for path in (EXAMPLES / "broken").iterdir() if path.is_dir())
_KEPT = tempfile.TemporaryDirectory()


def outdir(folder: str, suffix: str) -> Path:
    """Where the assembly of an app is kept, with its assets, until the session ends."""
    return Path(_KEPT.name) / folder / suffix


@functools.cache
def assembly(folder: str, suffix: str = "one") -> Assembly:
    """The templates of ``broken/…`` or ``fixed/…`` in the environment ``suffix``, by whatever name
    the app asks for it. Layers are bundled."""
    names = dict.fromkeys(("environmentSuffix", "stage", "env", "env_name"), suffix)
    return synthesise(
        EXAMPLES / folder,
        context={**names, "aws:cdk:bundling-stacks": ["**"]},
        env={"ENVIRONMENT_SUFFIX": suffix},
        outdir=outdir(folder, suffix),
    )


def sources(folder: str) -> dict[str, str]:
    """The Python files of an app, by their paths in it."""
    return {
        path.relative_to(EXAMPLES / folder).as_posix(): path.read_text("utf-8")
        for path in (EXAMPLES / folder).rglob("*.py")
    }
