"""Control the installed Chromium with Playwright."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """Return the path of Chromium: `CHROMIUM`, or the one in the search path; None if there is none."""
    executable = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    return shutil.which(executable) if executable else None


@contextmanager
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        yield chrome
        chrome.close()


class MonitoredPage:
    """A page that records its errors and requests."""

    def __init__(self, browser: Browser, base: str, *, width: int = 1200, javascript: bool = True) -> None:
        self.base = base
        self.errors: list[str] = []
        self.external_requests: list[str] = []
        self.bytes = 0
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=javascript, accept_downloads=True
        )
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", lambda dialog: self.errors.append(f"dialog {dialog.message}"))
        self.page.on(
            "request",
            lambda request: (
                None if request.url.startswith((base, "data:", "blob:")) else self.external_requests.append(request.url)
            ),
        )

    def open(self, path: str, ready: str = "main") -> Page:
        self.page.goto(f"{self.base}/{path}")
        self.page.wait_for_selector(ready, state="attached")
        return self.page

    def close(self) -> None:
        self.context.close()
        assert self.errors == []
        assert self.external_requests == []


if __name__ == "__main__":  # for the scripts: prints which browser there is, and fails where there is none
    sys.exit(print(chromium()) if chromium() else "no Chromium")
