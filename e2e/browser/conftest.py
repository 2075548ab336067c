import pytest

WATCH_POLICY = """
addEventListener("securitypolicyviolation", (event) => console.error(`CSP: ${event.violatedDirective}`));
"""


class Watched:
    """Records a page's requests, errors and warnings."""

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
        if not request.url.endswith("/icon.svg"):  # the browser requests it at any time
            self.requests.append(f"{request.method} {request.url}")


@pytest.fixture
def watched(page):
    return Watched(page)


@pytest.fixture
def another(new_context):
    """A second browser with its own cookies, so another voter."""
    return new_context().new_page()


@pytest.fixture
def api(site):
    with site.client() as client:
        yield client


@pytest.fixture
def errors_off(api):
    """Turns the switch OFF before and after the story."""

    def off() -> None:
        if api.get("/api/error-sim").json()["enabled"]:
            api.post("/api/error-sim")

    off()
    yield
    off()
