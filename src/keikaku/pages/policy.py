"""What a page may load: its own scripts, style sheets, icon, data and forms, and nothing of others (Content Security Policy)."""

from __future__ import annotations

_OWN = (
    "default-src 'none'",
    "script-src {self}",
    "style-src {self}",
    "img-src {self} data:",
    "connect-src {self}",
    "form-action {self}",
    "base-uri 'none'",
)
#: Of an answer of the service; no page of ours or of others holds one of ours in a frame.
POLICY = "; ".join((*_OWN, "frame-ancestors 'none'")).replace("{self}", "'self'")
#: In a page that is a file. Opened from a folder, `'self'` is nothing in some browsers, and `file:` is the folder; over http it means nothing.
STATIC_POLICY = "; ".join(_OWN).replace("{self}", "'self' file:")
