"""Background work: each file declares tasks with ``@task("domain.verb")`` of ``app.core.queue``, and is imported here.

A task opens the scope that it needs: ``everything("…")``, or that of the person who asked for it, read afresh with
``of_staff``. It's the edge: it commits once. It may run twice, so it looks first at what is already done.
"""

from app.jobs import downloads, followups, imports, registrations, schedules, subscriptions

__all__ = ["downloads", "followups", "imports", "registrations", "schedules", "subscriptions"]
