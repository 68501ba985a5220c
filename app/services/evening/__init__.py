"""The evening of an event: people come, contracts are entered and stamped, and the gong freezes their count."""

from __future__ import annotations
