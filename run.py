"""The embedded server: ``python run.py`` serves the application with waitress, and does its background work."""

from __future__ import annotations

import logging
import signal

from waitress import serve

from app import create_app
from app.core import queue

# Bytes of an answer that may wait for a slow line. What a file makes ahead of it fills the memory, and would count as
# sent where the line breaks.
AHEAD = 1 << 20


def main() -> None:
    """Serve until the process is stopped. The database must be ready: ``flask --app app init``."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    app = create_app()
    host, port = app.config["HOST"], app.config["PORT"]
    print(f"Marktbüro: http://{host}:{port}", flush=True)  # noqa: T201 - for who starts it
    if app.config["DEMO"]:
        from app.services import demo  # noqa: PLC0415 - only a demo knows demo accounts

        for account in demo.accounts():
            print(f"  {account.username:18} {account.password:22} {account.title}", flush=True)  # noqa: T201
    # A service manager's stop is like Ctrl+C: running tasks end first.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with queue.working(app):
        serve(
            app, host=host, port=port, threads=app.config["THREADS"], ident=None, outbuf_high_watermark=AHEAD
        )


if __name__ == "__main__":
    main()
