"""What all generated views share. A view itself is a declaration: model, section, columns."""

from __future__ import annotations

from app.views.downloads import DownloadMixin
from app.views.editing import Editing
from app.views.showing import Button, Showing

__all__ = ["Button", "OfficeView"]


class OfficeView(DownloadMixin, Showing, Editing):
    """List, search, show, add, edit, delete and download of one model, within the scope of the person."""
