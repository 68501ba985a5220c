"""How an API answers who isn't known, or may not."""

from __future__ import annotations

from flask import Response, abort


class Refusals:
    """Stands before Flask-AppBuilder's class, whose own answers have another shape."""

    def response_401(self) -> Response:
        """Answer as everywhere else."""
        abort(401)

    def response_403(self) -> Response:
        """Answer as everywhere else."""
        abort(403)
