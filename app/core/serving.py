"""An application, served for the time of a block: for the rehearsal, and for tests that need a real server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

HOST = "127.0.0.1"
PATIENCE = 10  # seconds in which what still runs may end


@contextmanager
def serving(app: Flask, **settings: Any) -> Iterator[int]:
    """Answer requests on a free port of this machine, until the block ends; give the port.

    ``settings`` are those of waitress.
    """
    server = create_server(app, host=HOST, port=0, ident=None, **settings)
    thread = threading.Thread(target=server.run, name="serving", daemon=True)
    thread.start()
    try:
        yield server.effective_port
    finally:
        # What works on a request wakes the loop at its end, so it ends first. The loop has to end from within:
        # closed from another thread, it would look at sockets that are gone.
        server.task_dispatcher.shutdown(timeout=PATIENCE)
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))  # noqa: SLF001 - it names it nowhere else
        thread.join(PATIENCE)
