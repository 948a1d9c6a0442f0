"""Makes the README's picture, docs/dashboard.png: the dashboard after `demo`, in Chromium. Run by script/screenshot."""

import pathlib
import shutil
import subprocess
import tempfile

from playwright.sync_api import expect, sync_playwright

from conftest import BINARY, ROOT, Site
from test_browser import PATIENCE_MS


def main():
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = Site(pathlib.Path(folder)).start().start_nginx()
        try:
            subprocess.run([BINARY, "demo", "--server", site.front(""), "--no-live", "--rate", "200"], check=True)
            site.published()
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium") or "/usr/bin/chromium", args=["--no-sandbox"]
            )
            page = browser.new_page(viewport={"width": 1200, "height": 900}, locale="en-GB", timezone_id="Asia/Bangkok")
            page.add_init_script("localStorage.setItem('language', 'en')")
            page.goto(site.front("/dashboard"))
            expect(page.locator("#live")).to_have_attribute("data-state", "on", timeout=PATIENCE_MS)
            page.screenshot(path=ROOT / "docs/dashboard.png")
        finally:
            site.stop()


if __name__ == "__main__":
    main()
