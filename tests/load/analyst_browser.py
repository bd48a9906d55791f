"""What does an analyst in a real browser meet beside two hundred others? The same work, with the product's scripts.

The page keeps by itself what is typed; it is closed, opened anew, and has to show the text.
"""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any, Final

from tests.acceptance.product import LAUNCH, chromium
from tests.load.analyst import ANSWER, Told

PATIENCE: Final = 60_000
"""Milliseconds for what a page has to show."""


async def work_in_browsers(url: str, cookies: list[str], told: Told, pace: float, until: float) -> None:
    """One window for each of these sessions, of one browser."""
    if not cookies:
        return
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=LAUNCH)
        await asyncio.gather(*(_works(browser, url, cookie, told, pace, until) for cookie in cookies))
        await browser.close()


async def _works(browser: Any, url: str, cookie: str, told: Told, pace: float, until: float) -> None:
    name, _, value = cookie.partition("=")
    window = await browser.new_context(base_url=url)
    window.set_default_timeout(PATIENCE)
    await window.add_cookies([{"name": name, "value": value, "url": url}])
    page = await window.new_page()
    page.on("pageerror", lambda wrong: told.errors.append(f"script: {wrong}"))
    try:
        while time.monotonic() < until:
            await _one(page, told, pace)
    except Exception as wrong:  # whatever it is, it is told beside the figures
        told.errors.append(f"browser: {wrong!r}"[:300])
    await window.close()


async def _one(page: Any, told: Told, pace: float) -> None:
    await page.goto("/?tab=unassigned")
    await _thinks(pace)
    rows = page.locator("[data-open]")
    if not (found := await rows.count()):
        return
    await rows.nth(random.randrange(found)).click()
    take = page.get_by_role("button", name="Take this task")
    await page.wait_for_load_state()
    if not await take.count():
        told.late += 1
        return
    await take.click()
    text = f"Dear customer, we look into it. ({random.random()})"
    await page.get_by_role("button", name="Change").click()
    await page.locator("#id_answer").fill(text)
    await page.locator("[data-draft-said]").get_by_text("Kept").wait_for()
    await _thinks(pace)
    await page.goto(page.url.partition("complete/")[0])
    await page.get_by_role("button", name="Change").click()
    told.lost += await page.locator("#id_answer").input_value() != text
    await _finishes(page, told)


async def _finishes(page: Any, told: Told) -> None:
    await page.locator("#id_reason_kind").select_option(ANSWER["reason_kind"])
    await page.locator("#id_reason").fill(ANSWER["reason"])
    await _thinks(1)
    began = time.monotonic()
    await page.locator("[data-key=e]").click()
    await page.get_by_text("is done").first.wait_for()
    told.add("finish in a browser, until the next page stands", time.monotonic() - began)


async def _thinks(pace: float) -> None:
    await asyncio.sleep(random.uniform(0.5 * pace, 1.5 * pace))
