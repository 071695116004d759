"""Show that a recorded run is replayed on a phone: by taps, and by a finger that is drawn along."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from lessonkit.records import to_json
from lessonkit.views.pages import write_page
from tests.browser.driver import PAGE_SECONDS, LabPage
from tests.show.kernel import Kernel

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

Swipe = Callable[[tuple[float, float], tuple[float, float]], None]
PHONE = {"width": 390, "height": 844}
ENOUGH_PX = 24  # for a finger: WCAG 2.2, success criterion 2.5.8


@pytest.fixture
def phone(lab: LabPage, tmp_path: Path) -> Iterator[Page]:
    """The page of a long run, on a small screen that can be touched and has no mouse."""
    kernel = Kernel()
    kernel.go_on(120)
    saved = tmp_path / "timeline.json"
    events = [to_json(event) for event in kernel.events]
    saved.write_text(json.dumps({"mode": "exact", "events": events}))
    file = write_page(saved, tmp_path / "run.html")
    assert lab.page.context.browser is not None
    context = lab.page.context.browser.new_context(
        viewport=PHONE,  # type: ignore[arg-type]
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
    )
    context.set_default_timeout(PAGE_SECONDS * 1000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    try:
        page.goto(file.as_uri())
        page.locator(".lk-lifeline[data-step='0']").wait_for()
        yield page
        assert errors == []
    finally:
        context.close()


def _swipe(page: Page) -> Swipe:
    """swipe(from, to): a finger goes down, along, and up."""
    session = page.context.new_cdp_session(page)

    def send(what: str, points: list[dict[str, float]]) -> None:
        session.send("Input.dispatchTouchEvent", {"type": what, "touchPoints": points})

    def swipe(begin: tuple[float, float], end: tuple[float, float]) -> None:
        send("touchStart", [{"x": begin[0], "y": begin[1]}])
        for part in range(1, 11):
            x, y = (a + (b - a) * part / 10 for a, b in zip(begin, end, strict=True))
            send("touchMove", [{"x": x, "y": y}])
        send("touchEnd", [])

    return swipe


def _box(place: Locator) -> tuple[float, float, float, float]:
    place.scroll_into_view_if_needed()
    found = place.bounding_box()
    assert found is not None
    return found["x"], found["y"], found["width"], found["height"]


def _wait_for_step(page: Page, condition: str) -> None:
    page.wait_for_function(
        f"() => {{ const step = Number(document.querySelector('.lk-lifeline').dataset.step);"
        f" return {condition}; }}"
    )


def test_taps_go_step_by_step_and_to_what_is_tapped(phone: Page) -> None:
    """The buttons are large enough for a finger, and so is the place of a mark."""
    view = phone.locator(".lk-lifeline")
    forward = view.get_by_role("button", name="Next step")
    for step in (1, 2, 3):
        forward.tap()
        _wait_for_step(phone, f"step === {step}")
    view.get_by_role("button", name="Previous step").tap()
    _wait_for_step(phone, "step === 2")
    for button in view.get_by_role("button").all():
        _, _, width, height = _box(button)
        assert min(width, height) >= ENOUGH_PX

    mark = view.locator(".lk-mark").filter(visible=True).nth(6)
    wanted = mark.get_attribute("data-step")
    x, y, width, height = _box(mark)
    phone.touchscreen.tap(x + width / 2 + 3, y + height / 2 - 3)
    _wait_for_step(phone, f"step === {wanted}")


def test_a_finger_drawn_over_the_lanes_moves_them_and_takes_no_step(phone: Page) -> None:
    """It reads further, as it does on any page; only a tap is a step."""
    lanes = phone.locator(".lk-lanes")
    x, y, width, height = _box(lanes)
    assert lanes.evaluate("lanes => lanes.scrollLeft") == 0
    _swipe(phone)((x + width - 20, y + height / 2), (x + width / 2, y + height / 2))

    phone.wait_for_function("() => document.querySelector('.lk-lanes').scrollLeft > 50")
    assert phone.locator(".lk-lifeline").get_attribute("data-step") == "0"
    assert phone.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_slider_follows_a_finger(phone: Page) -> None:
    """To the middle and back: the step is there while the finger moves."""
    slider = phone.get_by_role("slider")
    x, y, width, height = _box(slider)
    last = int(slider.get_attribute("max") or 0) - 1
    swipe, middle = _swipe(phone), y + height / 2
    swipe((x + 4, middle), (x + width / 2, middle))
    _wait_for_step(phone, f"step > {last * 0.4} && step < {last * 0.6}")
    swipe((x + width / 2, middle), (x + 1, middle))
    _wait_for_step(phone, f"step < {last * 0.05}")
