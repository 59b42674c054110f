"""`make manuals`: build/manuals/{reporter,officer}.{html,pdf}, one A4 page each, in Thai.

Starts the whole service on this machine on ports of its own, plays reports on the simulator's
phones, and takes their pictures; nothing of it is kept in the repository.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from local.cloud import environment, processes, stack
from local.cloud.cloud import Cloud, Plan, SeedFailed, WebhookSilent
from local.cloud.phones import NeverHappened
from operate.rich_menus.draw import FLAGS, CannotDraw, find_chromium
from tools.build import BuildFailed
from tools.manuals import pictures
from tools.manuals.page import manuals, page_of

ROOT: Final = Path(__file__).resolve().parents[2]
BUILT: Final = ROOT / "build" / "manuals"

_EXPECTED: Final = (
    BuildFailed,
    CannotDraw,
    NeverHappened,
    SeedFailed,
    WebhookSilent,
    processes.ChildFailed,
    stack.DeployFailed,
)


def write(browser: Browser, taken: dict[str, bytes], folder: Path) -> Iterable[Path]:
    """Write every manual as HTML and PDF into `folder`, and yield the files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, manual in manuals().items():
        html, pdf = folder / f"{name}.html", folder / f"{name}.pdf"
        html.write_text(page_of(manual, taken), encoding="utf-8")
        page = browser.new_page()
        page.goto(html.as_uri())
        page.pdf(path=pdf, prefer_css_page_size=True, print_background=True)
        page.close()
        yield from (html, pdf)


def main() -> int:
    """Build the manuals; the exit status is 1 when something went wrong."""
    try:
        program = find_chromium()
        plan = Plan(directory=ROOT / ".local" / "manuals")
        cloud = Cloud(plan, lambda what, seconds: print(f"  {seconds:5.1f} s  {what}", flush=True))
        environment.enter(cloud.endpoint)
        with cloud, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
            taken = pictures.take(browser, cloud.simulator.url)
            for path in write(browser, taken, BUILT):
                print(f"  {path.relative_to(ROOT)}")
            browser.close()
    except _EXPECTED as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
