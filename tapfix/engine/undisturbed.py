"""Work that a signal must not end half-way."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator

_ENDING = [
    number for name in ("SIGINT", "SIGTERM", "SIGHUP") if (number := getattr(signal, name, None))
]


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Let a signal that ends the program wait until the block is left.

    Only the main thread may say so; in another one, which no signal interrupts, nothing is done.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    handlers = {number: signal.getsignal(number) for number in _ENDING}
    # What is ignored (by nohup, say) stays so; None stands for a handler that is not Python's.
    waiting = [
        number for number, handler in handlers.items() if handler not in (None, signal.SIG_IGN)
    ]
    for number in waiting:
        signal.signal(number, lambda number, _: came.append(number))
    try:
        yield
    finally:
        for number in waiting:
            signal.signal(number, handlers[number])
        for number in came[:1]:
            signal.raise_signal(number)
