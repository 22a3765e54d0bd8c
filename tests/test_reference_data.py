"""The reference table, the registers and the licences: what every later stage takes for granted.

The formulas are written out here once more, on purpose: a mistake in the program must not agree with itself.
"""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "data" / "local-governments.csv"
REGISTERS = ROOT / "data" / "registers"
COLUMNS = [
    "code", "kind", "name", "kana", "romaji", "romaji_source", "prefecture", "county", "county_kana", "url", "lat", "lng",
    "population_wikidata", "wikidata", "area_code", "corporate_number",
]  # fmt: skip
#: Kinds and their numbers on 2024-01-01, list of local-government codes (Ministry of Internal Affairs and Communications).
KINDS = {"prefecture": 47, "designated-city": 20, "city": 772, "special-ward": 23, "town": 743, "village": 183}
#: Reading of the last character of a name → ending of its romaji.
ENDINGS = {"し": "-shi", "く": "-ku", "まち": "-machi", "ちょう": "-cho", "むら": "-mura", "そん": "-son"}
#: First digit of a law id → era and the year before its first (e-Gov numbering).
ERAS = {"3": ("昭和", 1925), "4": ("平成", 1988), "5": ("令和", 2018)}
#: SHA-256 of https://www.apache.org/licenses/LICENSE-2.0.txt
APACHE = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"


def code_digit(five: str) -> str:
    total = sum(weight * int(digit) for weight, digit in zip((6, 5, 4, 3, 2), five, strict=True))
    return str(11 - total if total < 11 else 11 - total % 11)[-1]


def corporate_digit(twelve: str) -> str:
    return str(9 - sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(twelve))) % 9)


def fold(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).lower()


def read(path: Path) -> dict:
    return yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)


def names_of(entry: dict) -> list[str]:
    return [*entry["name"].values(), *entry.get("also", [])]


def series(identifier: str) -> str:
    return identifier.rpartition("/")[0] or identifier


ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
BY_CODE = {row["code"]: row for row in ROWS}
LAWS = read(REGISTERS / "laws.yaml")["laws"]
NATIONAL = read(REGISTERS / "national.yaml")
FILES = sorted(REGISTERS.glob("*.yaml"))
#: Every register section with its place, so that a failure names it.
SECTIONS = [
    pytest.param(entries, id=f"{path.stem}-{section}")
    for path in FILES
    for section, entries in read(path).items()
    if section != "government"
]


def test_table_is_plain_text_with_the_columns_of_data_readme():
    raw = TABLE.read_bytes()
    assert raw.startswith(b"code,") and raw.endswith(b"\n") and b"\r" not in raw
    assert raw.decode("utf-8").splitlines()[0].split(",") == COLUMNS
    assert unicodedata.is_normalized("NFC", raw.decode("utf-8"))


def test_all_local_governments_are_there_and_no_others():
    assert Counter(row["kind"] for row in ROWS) == KINDS
    assert sum(row["kind"] != "prefecture" for row in ROWS) == 1741
    assert {row["code"][:2] for row in ROWS} == {f"{number:02d}" for number in range(1, 48)}


def test_rows_stand_in_the_order_of_their_codes_once_each():
    codes = [row["code"] for row in ROWS]
    assert codes == sorted(set(codes))


@pytest.mark.parametrize("column", ["wikidata", "area_code", "corporate_number", "url"])
def test_identifiers_are_never_shared(column):
    assert [value for value, times in Counter(row[column] for row in ROWS).items() if times > 1] == []


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("221309", "浜松市"),
        ("142051", "藤沢市"),
        ("222071", "富士宮市"),
        ("222101", "富士市"),
        ("242047", "松阪市"),
        ("220001", "静岡県"),
    ],
)
def test_known_governments_have_their_code(code, name):
    assert BY_CODE[code]["name"] == name


def test_check_digits_of_all_codes_are_right():
    assert [row["code"] for row in ROWS if code_digit(row["code"][:5]) != row["code"][5:]] == []


def test_corporate_numbers_follow_the_rule_and_contain_the_code():
    assert BY_CODE["130001"]["corporate_number"] == "8000020130001"  # published by the National Tax Agency
    wrong = [
        row["code"]
        for row in ROWS
        if row["corporate_number"] != corporate_digit("000020" + row["code"]) + "000020" + row["code"]
    ]
    assert wrong == []


def test_area_codes_and_wikidata_items_have_their_form():
    assert [row["code"] for row in ROWS if row["area_code"] != "C" + row["code"][:5]] == []
    assert [row["code"] for row in ROWS if not re.fullmatch(r"Q[1-9]\d*", row["wikidata"])] == []


def test_municipality_lies_in_the_prefecture_of_its_first_two_digits():
    for row in ROWS:
        if row["kind"] == "prefecture":
            assert row["prefecture"] == "", row["code"]
        else:
            assert BY_CODE[row["prefecture"]]["kind"] == "prefecture", row["code"]
            assert row["prefecture"][:2] == row["code"][:2], row["code"]


def test_prefecture_and_name_together_name_one_municipality():
    assert [
        name for name, times in Counter((row["prefecture"], row["name"]) for row in ROWS).items() if times > 1
    ] == []


def test_towns_and_villages_have_a_county_and_nobody_else():
    rural = {"town", "village"}
    assert [row["code"] for row in ROWS if bool(row["county"]) != (row["kind"] in rural)] == []
    assert [row["code"] for row in ROWS if bool(row["county_kana"]) != (row["kind"] in rural)] == []


def test_readings_are_hiragana():
    hiragana = re.compile(r"[ぁ-ゖー]+")
    assert [row["code"] for row in ROWS if not hiragana.fullmatch(row["kana"])] == []
    assert [row["code"] for row in ROWS if row["county_kana"] and not hiragana.fullmatch(row["county_kana"])] == []


def test_romaji_ends_as_the_reading_does():
    for row in ROWS:
        assert re.fullmatch(r"[A-Z][a-z'-]+", row["romaji"]), row["code"]
        if row["kind"] != "prefecture":
            assert any(
                row["kana"].endswith(kana) and row["romaji"].endswith(ending) for kana, ending in ENDINGS.items()
            ), row["code"]


def test_positions_lie_in_japan_and_sites_are_web_addresses():
    for row in ROWS:
        assert 24 < float(row["lat"]) < 46 and 122 < float(row["lng"]) < 146, row["code"]
        assert re.fullmatch(r"https?://[^\s/]+(/\S*)?", row["url"]), row["code"]
        assert row["population_wikidata"].isdigit() or row["kind"] == "prefecture", row["code"]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law["id"])
def test_law_id_agrees_with_number_and_date(law):
    found = re.fullmatch(r"([1-5])(\d{2})AC([01])0{6}(\d{3})", law["id"])
    assert found, "an Act has era, year, AC, seven digits and three digits"
    era, before = ERAS[found[1]]
    assert law["number"] == f"{era}{int(found[2])}年法律第{int(found[4])}号"
    assert law["promulgated"].startswith(f"{before + int(found[2])}-")
    assert law.get("in-force", "9") >= law["promulgated"][: len(law.get("in-force", "9"))]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law["id"])
def test_law_says_how_far_its_id_is_known(law):
    assert law["id-status"] in {"verified", "derived", "id-seen"} and law["source"]
    assert law["status"] == ("repealed" if "repealed" in law else "in-force")


def test_id_built_by_rule_is_marked_as_such():
    assert [law["id"] for law in LAWS if law["id-status"] != "verified"] == ["412AC0000000144"]


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("官民データ活用推進基本法", "428AC1000000103"),
        ("デジタル手続法", "414AC0000000151"),
        ("デジタル社会形成基本法", "503AC0000000035"),
        ("地方公共団体情報システムの標準化に関する法律", "503AC0000000040"),
        ("IT 基本法", "412AC0000000144"),
        ("個人情報保護法", "415AC0000000057"),
        ("地方自治法", "322AC0000000067"),
        ("地方公務員法", "325AC0000000261"),
    ],
)
def test_every_act_the_sources_name_is_found_by_the_words_they_use(name, identifier):
    assert [law["id"] for law in LAWS if fold(name) in map(fold, names_of(law))] == [identifier]


@pytest.mark.parametrize("entries", SECTIONS)
def test_entries_have_one_key_and_a_name_in_both_languages(entries):
    for entry in entries:
        assert ("no" in entry) != ("id" in entry), entry
        assert list(entry["name"]) == ["ja", "en"] and all(entry["name"].values()), entry
        assert entry["name"]["en"].isprintable() and not re.search(r"[぀-ヿ一-鿿]", entry["name"]["en"]), entry


@pytest.mark.parametrize("entries", SECTIONS)
def test_numbers_and_ids_of_a_register_are_used_once(entries):
    keys = [entry.get("no") or entry["id"] for entry in entries]
    assert len(keys) == len(set(keys))
    numbers = [int(entry["no"]) for entry in entries if "no" in entry]
    assert numbers == sorted(numbers) and all(number > 0 for number in numbers), "new entries go to the end"


@pytest.mark.parametrize("entries", SECTIONS)
def test_name_stands_for_one_thing_or_for_editions_of_one_series(entries):
    bearers: dict[str, set[str]] = {}
    for entry in entries:
        for name in names_of(entry):
            bearers.setdefault(fold(name), set()).add(series(entry["id"]) if "id" in entry else entry["no"])
    assert {name: things for name, things in bearers.items() if len(things) > 1} == {}


def test_register_of_a_government_bears_its_code():
    local = [path for path in FILES if path.stem.isdigit()]
    assert {"142051", "220001", "221309", "222071", "242047"} <= {path.stem for path in local}
    for path in local:
        assert path.stem in BY_CODE and read(path)["government"] == path.stem


def test_issuer_of_a_national_instrument_is_a_body_of_the_register():
    bodies = {body["id"] for body in NATIONAL["bodies"]}
    for instrument in NATIONAL["instruments"]:
        assert {instrument["issuer"], instrument["id"].split("/")[0]} <= bodies, instrument["id"]
        assert instrument["id"].count("/") == 2, instrument["id"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_edition_in_an_id_agrees_with_the_date_of_issue(path):
    for instrument in read(path).get("instruments", []):
        edition = instrument["id"].rpartition("/")[2]
        issued = instrument.get("issued", "")
        assert re.fullmatch(r"undated|\d\.\d|\d{4}(-\d{2})?(-draft)?", edition), instrument["id"]
        if edition == "undated":
            assert not issued, instrument["id"]
        elif issued and "." not in edition:
            assert issued.startswith(edition.removesuffix("-draft")), instrument["id"]


def test_bare_name_of_a_national_plan_does_not_pick_an_edition():
    for name, prefix in (
        ("自治体DX推進計画", "soumu/jichitai-dx"),
        ("デジタル社会の実現に向けた重点計画", "digital/juten-keikaku"),
    ):
        bearers = [item["id"] for item in NATIONAL["instruments"] if fold(name) in map(fold, names_of(item))]
        assert len(bearers) > 1 and {series(identifier) for identifier in bearers} == {prefix}


@pytest.mark.parametrize(
    ("owner", "one", "other"),
    [
        ("222071", "第5次富士宮市情報化計画", "第5次富士宮市総合計画"),
        ("222071", "第5次富士宮市総合計画", "第5次富士宮市総合計画後期基本計画"),
        ("242047", "松阪市情報化推進計画", "松阪市情報化推進計画2018"),
        ("national", "世界最先端IT国家創造宣言", "世界最先端IT国家創造宣言・官民データ活用推進基本計画"),
        ("national", "自治体DX推進手順書", "自治体DX全体手順書"),
        ("national", "デジタル・ガバメント推進方針", "デジタル・ガバメント実行計画"),
    ],
)
def test_things_with_similar_names_stay_apart(owner, one, other):
    instruments = read(REGISTERS / f"{owner}.yaml")["instruments"]
    first, second = (
        {item["id"] for item in instruments if fold(name) in map(fold, names_of(item))} for name in (one, other)
    )
    assert len(first) == len(second) == 1 and first != second


def test_program_is_under_the_unchanged_apache_licence():
    assert hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == APACHE


@pytest.mark.parametrize(
    "words",
    [
        "SPDX-License-Identifier: CC-BY-4.0",
        "https://creativecommons.org/licenses/by/4.0/",
        "「全国地方公共団体コード」（総務省）、「政府統計の総合窓口(e-Stat)」（統計センター）を加工して作成",
        "Ministry of Internal Affairs and Communications",
        "National Statistics Center",
        "Code for FUKUI",
        "Wikidata",
    ],
)
def test_data_licence_repeats_the_credits_of_its_sources(words):
    assert words in (ROOT / "LICENSE-DATA").read_text(encoding="utf-8")
