import pytest

WATCH_POLICY = """
addEventListener("securitypolicyviolation", (event) => console.error(`CSP: ${event.violatedDirective}`));
"""


class Watched:
    """What a page did besides showing itself: its requests, and everything it complained about."""

    def __init__(self, page) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.add_init_script(WATCH_POLICY)
        page.on("request", self._note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda message: message.type in ("error", "warning") and self.complaints.append(message.text),
        )

    def _note(self, request) -> None:
        if not request.url.endswith("/icon.svg"):  # asked for by the browser, whenever it likes
            self.requests.append(f"{request.method} {request.url}")


@pytest.fixture
def watched(page):
    return Watched(page)


@pytest.fixture
def another(new_context):
    """A second browser: other cookies, other voter."""
    return new_context().new_page()


@pytest.fixture
def api(site):
    with site.client() as client:
        yield client


@pytest.fixture
def errors_off(api):
    """The switch is OFF before the story, and after it whatever the story did."""

    def off() -> None:
        if api.get("/api/error-sim").json()["enabled"]:
            api.post("/api/error-sim")

    off()
    yield
    off()
