"""What pictures show and axe doesn't look at: edges and rings that are seen, texts that stay in their boxes."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.walk import STILL

pytestmark = pytest.mark.browser

LEAST = 3  # to one: WCAG 1.4.11
CONTROLS = ".form-control, .form-select, .form-check-input"
# Each control with the contrast of its edge to what is around it; of the one that has the focus, its ring's.
CONTRASTS = """([controls, focused]) => {
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const over = (below, colour) => {
    paint.clearRect(0, 0, 1, 1);
    for (const one of [below, colour]) { paint.fillStyle = one; paint.fillRect(0, 0, 1, 1); }
    const [red, green, blue] = paint.getImageData(0, 0, 1, 1).data;
    return `rgb(${red}, ${green}, ${blue})`;
  };
  const ground = (node) => (node ? over(ground(node.parentElement), getComputedStyle(node).backgroundColor) : "white");
  const light = (colour) => {
    const part = (text) => (text / 255 <= 0.04045 ? text / 255 / 12.92 : ((text / 255 + 0.055) / 1.055) ** 2.4);
    const [red, green, blue] = colour.match(/\\d+/g).map(Number).map(part);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  const found = [];
  for (const node of document.querySelectorAll(controls)) {
    if (!node.checkVisibility() || node.disabled || node.matches(".ts-hidden-accessible, .calendar")) continue;
    const around = ground(node.parentElement);
    const style = getComputedStyle(node);
    const width = Number.parseFloat(focused ? style.outlineWidth : style.borderTopWidth);
    const kind = focused ? style.outlineStyle : style.borderTopStyle;
    const colour = focused ? style.outlineColor : style.borderTopColor;
    if (focused && !node.matches(":focus, .focus")) continue;
    const seen = kind !== "none" && width > 0;
    found.push([node.id || node.name || node.className, seen ? contrast(over(around, colour), around) : 1]);
  }
  return found;
}"""
# Texts that reach out of the box that holds them.
OUT = """(boxes) => [...document.querySelectorAll(boxes)].flatMap((box) => {
  const { left, right } = box.getBoundingClientRect();
  const texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  const out = [];
  while (texts.nextNode()) {
    if (texts.currentNode.parentElement.closest(".visually-hidden")) continue;
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    for (const one of range.getClientRects()) {
      if (one.right > right + 1 || one.left < left - 1) out.push([texts.currentNode.textContent, one.right, right]);
    }
  }
  return out;
})"""
LONG = ("Wohnungsbaugenossenschaft Rüdersdorf eG", "Nachbarschaftshilfeverein Strausberg e.V.")


def _faint(found):
    assert found
    return [one for one in found if one[1] < LEAST]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_edges_of_controls_and_the_ring_of_the_focus_are_seen(visit, theme):
    page = visit("admin")
    page.emulate_media(color_scheme=theme)
    for address in ("/contacts/edit/1", "/contracts/edit/1", "/organisations/list/", "/reports/newsletters"):
        page.goto(address)
        page.evaluate(STILL)
        assert _faint(page.evaluate(CONTRASTS, [CONTROLS, False])) == [], address
    page.goto("/contacts/edit/1")
    page.evaluate(STILL)
    for control in (
        "#last_name",
        "#language",
        "#do_not_email",
        "#positions-0-organisation-ts-control",
        "#finder",
    ):
        page.locator(control).focus()
        assert _faint(page.evaluate(CONTRASTS, [CONTROLS, True])) == [], control


def test_long_names_stay_in_their_boxes_in_the_picture_of_a_contract(visit):
    page = visit("maerkische-seen")
    page.goto("/contracts/show/1")
    page.evaluate(
        """(names) => {
          document.querySelectorAll(".party > strong > a").forEach((link, at) => { link.textContent = names[at % 2]; });
          for (const ends of document.querySelectorAll(".gift-ends")) ends.textContent = names.join(" → ");
        }""",
        LONG,
    )
    for width in (390, 800, 1024, 1280, 1440, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(OUT, ".party, .gift-body") == [], width
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width
    page.set_viewport_size({"width": 700, "height": 900})  # what fits on paper
    page.emulate_media(media="print")
    assert page.evaluate(OUT, ".party, .gift-body") == []


def test_a_chosen_name_that_is_too_long_ends_in_dots_and_is_read_by_pointing_at_it(visit):
    page = visit("maerkische-seen")
    page.goto("/contracts/edit/1")
    item = page.locator("#event + .ts-wrapper .item")
    name = item.inner_text()
    expect(item).to_have_attribute("title", name)
    style = """one => {
      const { textOverflow, display } = getComputedStyle(one);
      return [textOverflow, display, one.scrollWidth > one.clientWidth];
    }"""
    assert item.evaluate(style) == ["ellipsis", "block", True]
    width = "one => one.getBoundingClientRect().width"
    assert item.locator("+ input").evaluate(width) < 1, "nobody types in it"
