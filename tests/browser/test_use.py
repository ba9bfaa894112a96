"""The widget for everybody: by keyboard, on a telephone, by screen reader, in five languages."""

from contextlib import closing
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.browser.chat import Chat
from tests.browser.conftest import opened
from tests.browser.shop import Shop
from tests.digital.chat.serving import ChatServer

HELLO = "Hello! What can we do for you?"
DESK: ViewportSize = {"width": 1180, "height": 760}
PHONE: ViewportSize = {"width": 390, "height": 844}

NAMELESS = """() => {
  const root = document.querySelector('[data-linewalk-chat]').shadowRoot;
  const seen = one => one.getClientRects().length;
  const name = one => one.getAttribute('aria-label') || one.textContent.trim()
    || (one.id && root.querySelector(`label[for="${one.id}"]`)?.textContent) || '';
  return [...root.querySelectorAll('button,a,input,textarea,[role=dialog],[role=log],[role=group]')]
    .filter(one => seen(one) && one.type !== 'file')
    .filter(one => !(name(one).trim() || one.getAttribute('aria-labelledby')))
    .map(one => one.outerHTML.slice(0, 120));
}"""

SMALL = """() => {
  const root = document.querySelector('[data-linewalk-chat]').shadowRoot;
  return [...root.querySelectorAll('button,input:not([type=file]),textarea')]
    .map(one => [one.getAttribute('aria-label') || one.textContent, one.getBoundingClientRect()])
    .filter(([, box]) => box.width && (box.width < 24 || box.height < 24)).map(([name]) => name);
}"""

CONTRASTS = """() => {
  const root = document.querySelector('[data-linewalk-chat]').shadowRoot;
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = one => {
    for (let at = one; at; at = at.parentElement) {
      const found = parse(getComputedStyle(at).backgroundColor);
      if (found.length === 3 || found[3] === 1) return found;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const wrong = [];
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !one.getClientRects().length) continue;
    if (one.closest('.hide') || one.tagName === 'STYLE') continue;
    const [a, b] = [light(parse(getComputedStyle(one).color)), light(ground(one))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) wrong.push(`${walker.currentNode.data}: ${ratio.toFixed(2)}`);
  }
  return wrong;
}"""


def test_everything_is_done_by_the_keyboard_alone(chat: Chat) -> None:
    page = chat.page
    page.locator("#first").focus()
    while chat.focused() != "Open the chat":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(chat.panel).to_be_visible()
    assert chat.focused() == "Write a message"
    page.keyboard.type("Hi!")
    page.keyboard.press("Enter")
    chat.expects("Hi!", HELLO)
    tabbed = [chat.focused()]
    for _ in range(9):
        page.keyboard.press("Tab")
        tabbed.append(chat.focused())
    around = ["Write a message", "Send", "Close the chat", "Messages", "Where is my order?"]
    around += ["Talk to somebody", "Nothing", "Attach a file"]
    assert tabbed == [*around, *around[:2]]
    for _ in range(3):
        page.keyboard.press("Shift+Tab")
    assert chat.focused() == "Nothing"
    page.keyboard.press("Enter")
    chat.expects("Hi!", HELLO, "Nothing", "Goodbye!")
    assert chat.focused() == "Write a message"
    page.keyboard.press("Escape")
    expect(chat.panel).to_be_hidden()
    assert chat.focused() == "Open the chat"


def test_roles_names_and_contrasts(chat: Chat) -> None:
    assert chat.launcher.get_attribute("aria-expanded") == "false"
    chat.open()
    chat.write("Hi! See https://acme.example/a")
    chat.expects("Hi! See https://acme.example/a", HELLO)
    expect(chat.panel).to_have_attribute("aria-modal", "true")
    expect(chat.page.get_by_role("dialog", name="Acme Support")).to_be_visible()
    log = chat.panel.get_by_role("log", name="Messages")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(chat.messages.last).to_contain_text("Acme Support: Hello!")
    chat.panel.get_by_role("button", name="Send").hover()
    assert chat.page.evaluate(NAMELESS) == []
    assert chat.page.evaluate(SMALL) == []
    assert chat.page.evaluate(CONTRASTS) == []


def test_contrast_holds_for_any_colour_of_the_operators(
    browser: Browser, page_of_shop: Shop
) -> None:
    for colour in ("#ffd400", "#0a7a3b", "#777777", "#d6336c", "#00b3a4"):
        with closing(browser.new_context(viewport=DESK, locale="en-GB")) as visitor:
            chat = opened(visitor.new_page(), page_of_shop, color=colour)
            chat.open()
            chat.write("Hi!")
            chat.expects("Hi!", HELLO)
            chat.page.mouse.move(5, 5)
            assert chat.page.evaluate(CONTRASTS) == [], colour


def test_on_a_telephone_it_fills_the_screen(
    browser: Browser, page_of_shop: Shop, pictures: Path
) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    chat = opened(context.new_page(), page_of_shop)
    chat.page.screenshot(path=pictures / "phone-closed.png")
    chat.open()
    chat.write("Hi!")
    chat.expects("Hi!", HELLO)
    chat.page.screenshot(path=pictures / "phone-chat.png")
    assert chat.panel.bounding_box() == {"x": 0, "y": 0, **PHONE}
    size = chat.field.evaluate("one => getComputedStyle(one).fontSize")
    assert float(size.removesuffix("px")) >= 16  # below this telephones zoom in
    wide = chat.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]
    assert _scrolls(chat.page) == "hidden"
    chat.panel.get_by_role("button", name="Close the chat").tap()
    expect(chat.panel).to_be_hidden()
    assert _scrolls(chat.page) == ""
    context.close()


def test_the_form_before_the_chat(
    context: BrowserContext, page_of_shop: Shop, pictures: Path
) -> None:
    chat = opened(context.new_page(), page_of_shop, chat="form")
    chat.open()
    start = chat.panel.get_by_role("button", name="Start the chat")
    expect(start).to_be_visible()
    assert chat.focused() == "name"
    start.click()
    name = chat.panel.get_by_label("Name (required)")
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_have_accessible_description("Please fill this in.")
    name.fill("Zoë")
    chat.panel.get_by_label("Email (required)").fill("nobody")
    start.click()
    expect(chat.panel.get_by_text("Please give an e-mail address.")).to_be_visible()
    chat.page.screenshot(path=pictures / "desktop-form.png")
    assert chat.page.evaluate(NAMELESS) == []
    assert chat.page.evaluate(CONTRASTS) == []
    chat.panel.get_by_label("Email (required)").fill("zoe@example.org")
    chat.panel.get_by_label("Invoice number").fill("seven")
    start.click()
    expect(chat.panel.get_by_text("Please check this.")).to_be_visible()
    chat.panel.get_by_label("Invoice number").fill("7")
    chat.panel.get_by_label("Updates").check()
    start.click()
    chat.expects("Hello Zoë, what is it about?")
    assert chat.focused() == "Write a message"
    chat.write("my bill")
    bye = "Thank you, Zoë. We will write to zoe@example.org."
    chat.expects("Hello Zoë, what is it about?", "my bill", bye)
    chat.press("Start a new chat")
    expect(chat.panel.get_by_label("Name (required)")).to_have_value("Zoë")
    start.click()
    chat.expects("Hello Zoë, what is it about?", "my bill", bye, "Hello Zoë, what is it about?")
    assert chat.troubles == []


def test_what_is_written_before_the_form_is_known_waits_for_it(
    context: BrowserContext, page_of_shop: Shop, server: ChatServer
) -> None:
    chat = opened(context.new_page(), page_of_shop, chat="form")
    expect(chat.launcher).to_be_visible()
    server.stop()
    chat.open()
    chat.write("my bill")
    expect(chat.panel.get_by_text("No connection.")).to_be_visible(timeout=15_000)
    server.start()
    name = chat.panel.get_by_label("Name (required)")
    expect(name).to_be_visible(timeout=15_000)
    name.fill("Zoë")
    chat.panel.get_by_label("Email (required)").fill("zoe@example.org")
    chat.press("Start the chat")
    bye = "Thank you, Zoë. We will write to zoe@example.org."
    chat.expects("Hello Zoë, what is it about?", "my bill", bye)


def test_languages(browser: Browser, page_of_shop: Shop) -> None:
    wanted: tuple[tuple[dict[str, str], str], ...] = (
        ({"language": "de"}, "Chat öffnen"),
        ({"lang": "fr-CA"}, "Ouvrir le chat"),
        ({"language": "es"}, "Abrir el chat"),
        ({"language": "pt-BR"}, "Abrir o chat"),
        ({"language": "xx"}, "Open the chat"),
    )
    for options, name in wanted:
        with closing(browser.new_context(viewport=DESK, locale="en-GB")) as visitor:
            chat = opened(visitor.new_page(), page_of_shop, **options)
            expect(chat.page.get_by_role("button", name=name, exact=True)).to_be_visible()


def test_a_flow_may_greet_when_the_chat_is_opened(
    context: BrowserContext, page_of_shop: Shop
) -> None:
    chat = opened(context.new_page(), page_of_shop, begins="open", title="Ask us", position="left")
    chat.open()
    chat.expects(HELLO)
    expect(chat.page.get_by_role("dialog", name="Ask us")).to_be_visible()
    chat.panel.evaluate("one => Promise.all(one.getAnimations().map(each => each.finished))")
    box = chat.panel.bounding_box()
    assert box is not None
    assert box["x"] == 20


def test_who_wants_no_motion_gets_none(browser: Browser, page_of_shop: Shop) -> None:
    context = browser.new_context(reduced_motion="reduce")
    chat = opened(context.new_page(), page_of_shop)
    chat.open()
    assert chat.panel.evaluate("one => getComputedStyle(one).animationName") == "none"
    context.close()


def _scrolls(page: Page) -> str:
    return str(page.evaluate("document.documentElement.style.overflow"))
