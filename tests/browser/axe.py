"""axe-core, put into a page by the test: no page of ours ever asks for it."""

from pathlib import Path

from playwright.async_api import Page

SCRIPT = Path(__file__).resolve().parents[2] / ".venv-tools" / "web" / "axe-core" / "axe.min.js"
_RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations
    .filter(({ impact }) => ["serious", "critical"].includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).slice(0, 3).join(" | ")}`);
}"""


async def serious(page: Page) -> list[str]:
    """List what axe finds serious or critical on the page as it is now."""
    if not await page.evaluate("() => 'axe' in window"):
        # By the debugger, not by a tag: the page's own policy refuses scripts from elsewhere.
        await page.evaluate(SCRIPT.read_text("utf-8"))
    found: list[str] = await page.evaluate(_RUN)
    return found
