"""Every link leads somewhere, and no page sends its reader to a host it should not."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.docs.pages import PAGES, ROOT, anchors, links, name_of, pictures, read

HOSTS = {
    *("127.0.0.1", "localhost", "[::1]", "keepachangelog.com", "semver.org"),
    *("esia.tunduk.kg", "ndbapi.med.kg", "testndbapi.med.kg"),
}
"""This machine, the public specifications our pages point to, ESI and KNMDB; `.example` is nobody's (RFC 2606).

Of the last two there is one each for the whole country, and their addresses are the defaults of settings.
"""

PLACEHOLDERS = {"host", "relative", "path", "…"}
"""What stands where a host or a file is meant, in the form of a URL."""

_URL = re.compile(r"[a-z]+://([^/\s\"'`)>:]*@)?(\[::1\]|[^/\s\"'`)>:]+)")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_resolve(page: Path):
    text = read(page)
    broken = []
    for target in links(text):
        parts = urlsplit(target)
        if parts.scheme:
            continue
        path = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        missing = not path.exists() or ROOT not in path.parents
        if missing or (parts.fragment and unquote(parts.fragment) not in anchors(read(path))):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_pictures_are_there(page: Path):
    assert [picture for picture in pictures(read(page)) if not (page.parent / picture).is_file()] == []


def test_the_counter_is_shown_in_both_languages():
    named = set(pictures(read(ROOT / "docs" / "pos-counter.md")))
    russian = {name for name in named if name.endswith("-ru.png")}
    assert len(russian) == 10
    assert named == russian | {name.replace("-ru.png", "-ky.png") for name in russian}


@pytest.mark.parametrize(
    "page", [*PAGES, *sorted((ROOT / "docs" / "examples").glob("*.py")), ROOT / "config" / "gateway.toml"], ids=name_of
)
def test_no_host_but_this_machine_examples_and_specifications(page: Path):
    hosts = {found[2] for found in _URL.finditer(read(page))}
    assert [host for host in hosts - HOSTS - PLACEHOLDERS if not host.endswith(".example")] == []
