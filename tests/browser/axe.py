"""Asks axe-core, which knows WCAG's rules and looks into shadow roots, about the open page."""

from importlib.resources import files

from playwright.sync_api import Page

AXE = files("axe_playwright_python") / "axe.min.js"

STILL = """() => document.querySelector('[data-linewalk-chat]').shadowRoot.getAnimations()
  .every(one => one.playState !== 'running')"""

RUN = """async () => {
  const found = await axe.run('[data-linewalk-chat]', {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  });
  return found.violations.map(one => `${one.id}: ${one.nodes[0].html.slice(0, 200)}`);
}"""


def complaints(page: Page) -> list[str]:
    """What axe has against the widget as it stands now, once nothing moves any more."""
    page.wait_for_function(STILL)
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = page.evaluate(RUN)
    return found
