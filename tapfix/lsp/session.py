"""What a server knows while it runs: the texts that are open, and what was seen of their apps.

The thread that reads messages changes the texts. The worker's looks at the newest there are, gives
up when newer ones come in, and answers what is asked about them.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from tapfix.api import Options
from tapfix.api.workspace import Superseded, View, Workspace
from tapfix.lsp.actions import Actions
from tapfix.lsp.client import Client
from tapfix.lsp.diagnostics import Board, board_of
from tapfix.lsp.documents import Document
from tapfix.lsp.worker import Worker

PAUSE = 0.001
"""Seconds to wait for more before a look: keys come in bursts, as when a text is pasted."""
PATIENCE = 1.0
"""After so many seconds without a rest a look is finished, although newer texts have come in."""

_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """All that a look depends on at one moment: open documents by path, and settings."""

    documents: Mapping[str, Document] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    options: Options = field(default_factory=Options)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What was seen of some texts, ready to be shown."""

    texts: Texts
    view: View
    board: Board
    actions: Actions


class Session:
    """The state of a server. ``show`` is told what is seen after a change, ``fail`` of faults."""

    def __init__(
        self, client: Client, show: Callable[[Seen], None], fail: Callable[[Exception], None]
    ) -> None:
        self.client = client
        self.texts = Texts()
        self._show = show
        self._fail = fail
        self._worker = Worker()
        self._workspace = Workspace((), self.texts.options)
        self._configured = self.texts
        self._touched: deque[str] = deque()
        self._seen: Seen | None = None
        self._looking: asyncio.Task[None] | None = None
        self._since = 0.0
        self._is_stopped = self._is_warm = False

    def opened(self, document: Document) -> None:
        """Lay a document over the disk."""
        self._take(documents={**self.texts.documents, document.path: document})

    def closed(self, path: str) -> None:
        """Look at the disk again in the place of a document."""
        documents = {**self.texts.documents}
        if documents.pop(path, None) is not None:
            self._touched.append(path)
            self._take(documents=documents)

    def configured(self, folders: tuple[str, ...], options: Options) -> None:
        """Take other folders and options."""
        self._take(folders=folders, options=options)

    def touched(self, paths: Iterable[str]) -> None:
        """Hear that files on disk have changed."""
        self._touched.extend(paths)
        self._take()

    def _take(self, **changes: object) -> None:
        """Take other texts, and look at them soon."""
        self.texts = replace(self.texts, **changes)  # type: ignore[arg-type]  # checked above
        if (self._looking is None or self._looking.done()) and not self._is_stopped:
            self._since = time.monotonic()
            self._looking = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        """Look until what was seen is of the newest texts."""
        shown: Texts | None = None
        while shown is not self.texts:
            await asyncio.sleep(PAUSE)
            try:
                seen = await self._worker.run(lambda: self._see(self._tick_for(self.texts)))
            except Superseded:
                continue
            except Exception as error:
                self._fail(error)
                return
            self._since = time.monotonic()
            shown = seen.texts
            self._show(seen)
            # What was read for a look refers to itself in circles, and is found now, when nobody
            # waits: left to Python, it is found in the middle of another look, and late.
            await self._worker.run(self._tidy)

    def _tick_for(self, texts: Texts) -> Callable[[str], None]:
        def tick(_: str) -> None:
            if self.texts is not texts and time.monotonic() - self._since < PATIENCE:
                raise Superseded

        return tick

    def _tidy(self) -> None:
        """Find garbage; the first time, load what a fix will need, and set aside what stays."""
        gc.collect()
        if not self._is_warm:
            import tapfix.engine.rewrite  # noqa: F401 - LibCST loads slowly

            gc.freeze()
            self._is_warm = True

    async def ask(self, work: Callable[[Seen], _Made]) -> _Made:
        """What some work makes of the newest texts, as they are when it begins."""
        return await self._worker.run(lambda: work(self._see(lambda _: None)))

    def _see(self, tick: Callable[[str], None]) -> Seen:
        """What there is to be seen now; runs in the worker's thread alone."""
        texts = self.texts
        if self._seen is not None and self._seen.texts is texts:
            return self._seen
        known = self._configured
        if (texts.folders, texts.options) != (known.folders, known.options):
            self._workspace.configure(texts.folders, texts.options)
            self._configured = texts
        touched = [self._touched.popleft() for _ in range(len(self._touched))]
        self._workspace.touched(touched)
        documents = texts.documents
        view = self._workspace.see({path: one.data for path, one in documents.items()}, tick)
        board = board_of(view, documents, self.client)
        self._seen = Seen(texts, view, board, Actions(view, board, documents, self.client))
        return self._seen

    @property
    def problems(self) -> tuple[str, ...]:
        """Why rules of other packages cannot be used."""
        return self._workspace.problems

    def stop(self) -> None:
        """Give up what is being done, and begin nothing more."""
        self.texts = replace(self.texts)
        if self._looking is not None:
            self._looking.cancel()
        self._is_stopped = True
        self._worker.stop()
