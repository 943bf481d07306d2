"""Looks give up for newer texts, and what was asked is answered from the newest."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from tapfix.api import Options
from tapfix.edits import Finding
from tapfix.lsp.client import Client
from tapfix.lsp.documents import Document
from tapfix.lsp.session import Seen, Session
from tapfix.lsp.text import Text
from tapfix.lsp.uris import uri_of
from tapfix.model.app import App
from tests.fake_rules import rule
from tests.lsp.editor import PATIENCE, run
from tests.lsp.test_workspace import STACK, app


def fail(error: Exception) -> None:
    raise error


def test_a_look_is_given_up_when_newer_texts_come_in(tmp_path: Path) -> None:
    path = str(app(tmp_path) / "stack.py")
    began, may_go_on = threading.Event(), threading.Event()
    asked: list[str] = []

    def slow(_: App) -> Iterator[Finding]:
        began.set()
        may_go_on.wait(PATIENCE)
        return iter(())

    def late(app: App) -> Iterator[Finding]:
        asked.append(app.files[path].decode()[:5])
        return iter(())

    def document(version: int, first: str) -> Document:
        return Document(uri_of(path), path, version, Text(f"{first}\n{STACK}"))

    async def test() -> None:
        shown: list[Seen] = []
        session = Session(Client(), shown.append, fail)
        rules = (rule(slow), rule(late, "TAP902", "later"))
        session.configured((str(tmp_path),), Options(rules=rules))
        session.opened(document(1, "# old"))
        assert await asyncio.to_thread(began.wait, PATIENCE)
        session.opened(document(2, "# new"))
        may_go_on.set()
        newest = await session.ask(lambda seen: seen.texts.documents[path].version)
        for _ in range(int(PATIENCE / 0.01)):
            if shown:
                break
            await asyncio.sleep(0.01)
        session.stop()
        assert newest == 2
        assert [seen.texts.documents[path].version for seen in shown] == [2]
        assert asked == ["# new"], "the later rule was asked about a text that nobody sees any more"

    run(test())


def test_patience_ends_and_old_texts_are_shown(tmp_path: Path) -> None:
    path = str(app(tmp_path) / "stack.py")

    def slow(_: App) -> Iterator[Finding]:
        time.sleep(0.03)  # there are always newer texts when it is done
        return iter(())

    async def test() -> None:
        shown: list[Seen] = []
        session = Session(Client(), shown.append, fail)
        rules = (rule(slow), rule(slow, "TAP902", "later"))
        session.configured((str(tmp_path),), Options(rules=rules))
        version = 0
        for version in range(1, 2000):  # keys without a rest, for longer than anyone waits
            text = Text(f"# {version}\n{STACK}")
            session.opened(Document(uri_of(path), path, version, text))
            await asyncio.sleep(0.002)
            if shown:
                break
        session.stop()
        assert shown, f"nothing was shown after {version} keys"

    run(test())
