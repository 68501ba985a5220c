"""The table of the benchmarks says plainly which goals are missed, and keeps the parts that weren't measured again."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import pytest

from config import ROOT

sys.path.append(str(ROOT / "bench"))

import table
from load import summed

SLOWER = table.Ratio(8, "list", "sqlite", 14.0, "ms", "Django admin", 20.0, 0.7)
FASTER = table.Ratio(6, "workbook", "sqlite", 1.0, "s", "XlsxWriter", 6.0, 6, at_least=True, turned=True)


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.setattr(table, "JSON", tmp_path / "results.json")
    monkeypatch.setattr(table, "MARKDOWN", tmp_path / "results.md")
    return tmp_path


def test_a_goal_is_met_up_to_its_limit_and_missed_beyond_it():
    assert SLOWER.verdict == "met"
    assert replace(SLOWER, ours=14.1).verdict == "**missed**"
    assert FASTER.verdict == "met"
    assert replace(FASTER, ours=1.01).verdict == "**missed**", (
        "as much as it is printed as 5.94, and no rounding"
    )
    assert replace(FASTER, ours=0.5, stretch=10).verdict == "met, stretch too"
    assert replace(SLOWER, goal=None).verdict == ""


def test_what_must_not_happen_at_all_is_missed_when_it_happens_once():
    errors = table.Ratio(10, "errors", "sqlite", 0, "", "limit", 0, 0)
    assert errors.verdict == "met"
    assert replace(errors, ours=1).verdict == "**missed**"


def test_a_part_that_is_measured_again_replaces_itself_alone(files):
    for name, ratio in (("pages", SLOWER), ("files", FASTER), ("pages", replace(SLOWER, ours=15.0))):
        table.keep(table.Part(name, {"contacts": 5}, [ratio]), full=False, day="2026-11-27", seconds=1)
    parts = json.loads((files / "results.json").read_text("utf-8"))["parts"]
    assert [one["ours"] for one in parts["pages"]["ratios"]] == [15.0]
    assert [one["met"] for part in ("pages", "files") for one in parts[part]["ratios"]] == [False, True]
    text = (files / "results.md").read_text("utf-8")
    assert "1 of 2 goals are met, 1 missed" in text
    assert "| 8 | list | sqlite | 15.0 ms | Django admin | 20.0 ms | 0.75 | ≤ 0.7 | **missed** |" in text
    assert "| 6 | workbook | sqlite | 1.00 s | XlsxWriter | 6.00 s | 6.00 | ≥ 6 | met |" in text


def test_clicks_of_all_kinds_are_summed_up():
    """95 of 100 within 20 ms, though each kind alone has another share. To sign in is no click, and may fail."""
    quick = {"name": "list", "num_requests": 90, "num_failures": 0, "response_times": {"10": 90}}
    slow = {"name": "start", "num_requests": 10, "num_failures": 1, "response_times": {"20": 5, "900": 5}}
    door = {"name": "sign in", "num_requests": 50, "num_failures": 1, "response_times": {"300": 50}}
    found = summed([quick, slow, door])
    assert (found["requests"], found["errors"], found["p50"], found["p95"]) == (100, 2, 10, 20)
    with pytest.raises(RuntimeError, match="nobody clicked"):
        summed([door])
    assert found["kinds"]["start"]["p95"] == 900
