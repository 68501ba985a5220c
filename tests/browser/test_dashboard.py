"""The start page as a person sees it: charts are drawn from their tables, follow the theme, and aren't needed."""

from __future__ import annotations

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.browser.doing import follow
from tests.browser.walk import WIDTHS

pytestmark = pytest.mark.browser

# How many different colours a chart holds, up to ten: a canvas on which nothing was drawn has one.
COLOURS = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const seen = new Set();
  for (const colour of new Uint32Array(data.buffer)) if (seen.add(colour).size === 10) break;
  return seen.size;
}"""
PICTURE = "canvas => canvas.toDataURL()"


def ready(page):
    """Open the start page, and wait until every panel is there."""
    page.goto("/")
    page.wait_for_load_state("networkidle")
    expect(page.locator("[hx-trigger='load']")).to_have_count(0)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("account", ["servicestelle", "newsletter", "lesen"])
def test_every_chart_is_drawn_and_nothing_sticks_out(visit, account, width):
    page = visit(account, width=width)
    ready(page)
    charts = page.locator(".picture-canvas canvas")
    assert charts.count() == page.locator(".picture-canvas").count() > 0
    for at in range(charts.count()):
        assert charts.nth(at).evaluate(COLOURS) > 5
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def test_the_data_are_shown_by_a_switch(visit):
    page = visit("lesen")
    ready(page)
    panel = page.locator("#panel-contracts_by_year")
    expect(panel.locator("table")).to_be_hidden()
    panel.get_by_label("Daten zeigen").check()
    expect(panel.locator("table")).to_be_visible()
    expect(panel.locator("tbody")).to_contain_text("über 556")
    panel.get_by_label("Daten zeigen").uncheck()
    expect(panel.locator("table")).to_be_hidden()


def test_charts_follow_the_theme(visit):
    page = visit("servicestelle")
    ready(page)
    chart = page.locator("#panel-network_sites canvas")
    light = chart.evaluate(PICTURE)
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert chart.evaluate(PICTURE) != light


def test_the_page_says_everything_without_scripts(chromium, visit):
    page = visit("servicestelle")
    context = chromium.new_context(
        base_url=visit.server, java_script_enabled=False, storage_state=page.context.storage_state()
    )
    plain = context.new_page()
    plain.goto("/")
    plain.click("#panel-contracts_by_year a.panel-open")
    expect(plain.locator("table")).to_be_visible()
    expect(plain.locator(".picture-charts, [data-switch]")).to_have_count(2)
    for hidden in plain.locator(".picture-charts, [data-switch]").all():
        expect(hidden).to_be_hidden()
    context.close()


def test_a_gap_leads_to_its_list(visit):
    page = visit("leitung")
    ready(page)
    gap = page.locator("#panel-gaps a").first
    number = int(gap.inner_text().split()[0])
    follow(gap)
    assert page.locator("main tbody tr").count() == number


def test_a_table_is_taken_as_a_workbook(visit, tmp_path):
    page = visit("leitung")
    ready(page)
    with page.expect_download() as download:
        page.locator("#panel-contracts_by_year").get_by_text("Für Excel herunterladen").click()
    target = tmp_path / "a.xlsx"
    download.value.save_as(target)
    assert openpyxl.load_workbook(target).worksheets[0]["A1"].value == "Jahr"
