"""Whether a page may link to a URL."""

from environs import ValidationError


def page_url(value: str) -> None:
    """Refuse links that a page must not carry; empty means no link."""
    if value and not value.startswith(("http://", "https://")):
        raise ValidationError("must look like https://host/")
