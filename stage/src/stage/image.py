"""An image's name, tag and digest."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Image:
    """An image with its tag, pinned by its digest; without a digest it is not pinned."""

    name: str
    tag: str
    digest: str = ""

    def __str__(self) -> str:
        return self.name + (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")

    @property
    def service(self) -> str:
        """The service in the image."""
        return self.name.rpartition("/")[2]

    @classmethod
    def read(cls, text: str) -> "Image":
        """Parse NAME:TAG@DIGEST, where the registry may have a port."""
        named, _, digest = text.strip().partition("@")
        name, _, tag = named.rpartition(":")
        if not name or "/" in tag:  # no tag: the colon is followed by the registry's port and a path
            return cls(named, "", digest)
        return cls(name, tag, digest)
