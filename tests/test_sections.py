"""Bodies and events of a plan file: roles without a holder, sections in a structure, what an event is about."""

from __future__ import annotations

import pytest

from keikaku.settings import Settings
from test_read import errors_after

BODY = "posts: [{post: 市長, role: head}], secretariat: デジタル推進課}"
EVENT = "kind: declared, when: 2020-10, at: 53}"


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (BODY, "posts: [{role: cio, summary: {ja: 全体をまとめる。, en: Leads.}}]}", ""),
        (BODY, "posts: [{post: デジタル推進課, role: lead-office}]}", ""),
        (BODY, "posts: [{post: 市長}]}", "no “role”"),
        (BODY, "posts: [{post: 村長, role: head}]}", "no post “村長”"),
        (EVENT, "of: 総務省, relation: [{plan: soumu/jichitai-dx/1.0, at: 53}], summary: {ja: 国が示す。, en: By the nation.}, at: 53}", ""),
        (EVENT, "relation: [i/1-03], when: 2020-10, at: 53}", ""),
        (EVENT, "of: 天文省, at: 53}", "no organisation “天文省”"),
    ],
)  # fmt: skip
def test_bodies_and_events(world: Settings, old: str, new: str, what: str) -> None:
    sentences = [str(f) for f in errors_after(world, old, new)]
    assert (not sentences) if not what else any(what in s for s in sentences), sentences
