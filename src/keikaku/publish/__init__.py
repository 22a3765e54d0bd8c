"""Publish: dumps with their descriptions (VoID, DCAT, PROV), and the whole site as static files (docs/publishing.md)."""

from keikaku.publish.downloads import downloads
from keikaku.publish.static import Published, publish

__all__ = ["Published", "downloads", "publish"]
