"""Tests in Chromium (docs/browser.md)."""
