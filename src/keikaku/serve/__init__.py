"""Serve: the graph over HTTP, pages for people and data for programs (architecture §5)."""

from keikaku.serve.app import make_app, run
from keikaku.serve.limits import Limits

__all__ = ["Limits", "make_app", "run"]
