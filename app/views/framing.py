"""What browsers may load for our pages, and who may show them in a frame: nobody, but for what says so here."""

from __future__ import annotations

from typing import Any

CSP: dict[str, str | list[str]] = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": ["'self'", "data:"],
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def framed(view: Any) -> Any:
    """Let a page of ours show what this view answers in a frame: for documents, which browsers show themselves.

    Everything else of the policy holds for it, too. Talisman looks for this attribute.
    """
    view.talisman_view_options = {
        "frame_options": "SAMEORIGIN",
        "content_security_policy": {**CSP, "frame-ancestors": "'self'"},
    }
    return view
