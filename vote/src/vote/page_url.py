"""Validates the URLs that a page links to."""

from environs import ValidationError


def page_url(value: str) -> None:
    """Accept http and https URLs only; empty means no link."""
    if value and not value.startswith(("http://", "https://")):
        raise ValidationError("must look like https://host/")
