"""`fmt`: order of keys, one line where it fits, numbers filled in and never changed, comments kept, stable."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT, WORLD
from keikaku.errors import KeikakuError
from keikaku.read.layout import formatted

FILES = sorted([*(ROOT / "data").rglob("*s/*.yaml"), *(WORLD / "data").rglob("*s/*.yaml")])


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_files_of_the_project_are_in_the_layout(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert formatted(text, path.name) == text, "run: keikaku fmt"


def test_keys_come_in_order_and_short_mappings_on_one_line() -> None:
    text = "document: d\nplan: p\ntitle:\n  en: x\n  ja: あ\n"
    assert formatted(text, "f") == "plan: p\ndocument: d\ntitle: {ja: あ, en: x}\n"


def test_missing_numbers_are_filled_in_and_none_is_changed() -> None:
    text = "plan: p\nfacts:\n- {no: 2, value: 1}\n- {value: 2}\n- {value: 3}\n"
    assert [fact["no"] for fact in yaml.load(formatted(text, "f"), yaml.BaseLoader)["facts"]] == ["2", "1", "3"]


def test_a_comment_behind_a_long_line_stays_behind_it() -> None:
    title = "ながい題名" * 20
    text = f"plan: p\nfacts:\n- {{no: 1, title: {{ja: {title}, en: long}}, of: 990019, value: 1, unit: 件, counting: stock, when: FY2022}}  # why\n- {{no: 2, value: 2}}\n"
    once = formatted(text, "f")
    assert re.search(r"FY2022\}? *\}? +# why\n- \{no: 2", once), once
    assert formatted(once, "f") == once


def test_codes_keep_their_zero_and_words_stay_words() -> None:
    text = "plan: p\nfacts:\n- {no: 1, of: 011002, title: {ja: 'yes', en: no}, value: 1.50}\n"
    fact = yaml.load(formatted(text, "f"), yaml.BaseLoader)["facts"][0]
    assert (fact["of"], fact["title"], fact["value"]) == ("011002", {"ja": "yes", "en": "no"}, "1.50")


def test_what_is_not_yaml_is_named() -> None:
    with pytest.raises(KeikakuError, match=r"plan.yaml:\d+: this is not YAML"):
        formatted("plan: {\n", "plan.yaml")


words = st.text(alphabet="あア漢x1%:#,'\" ", min_size=1, max_size=12).map(str.strip).filter(bool)


@given(
    st.lists(
        st.fixed_dictionaries({"value": words, "title": st.fixed_dictionaries({"en": words, "ja": words})}),
        min_size=1,
        max_size=4,
    )
)
def test_formatting_keeps_the_data_and_is_stable(facts: list[dict[str, object]]) -> None:
    text = yaml.safe_dump({"plan": "p", "facts": facts}, allow_unicode=True)
    once = formatted(text, "f")
    assert formatted(once, "f") == once
    before = [{**fact} for fact in yaml.load(text, yaml.BaseLoader)["facts"]]
    after = yaml.load(once, yaml.BaseLoader)["facts"]
    assert [{k: v for k, v in fact.items() if k != "no"} for fact in after] == before
