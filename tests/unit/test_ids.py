from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.ids import (
    ALPHABET,
    PRODUCTION_ID_LENGTH_MAX,
    digest_of,
    is_digest,
    is_token,
    name_production,
    order_key,
    parse_production_id,
)


@given(st.text(), st.text(alphabet=ALPHABET, min_size=1, max_size=12))
def test_any_words_name_a_production(words: str, ending: str) -> None:
    """Whatever a person writes, in whatever script, the id parses, keeps its ending and is a token of a subject."""
    name = name_production(words, ending)
    assert parse_production_id(name) == name
    assert name.endswith(f"-{ending}")
    assert is_token(name)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("A lighthouse keeper rows out at dusk, 20 seconds", "lighthouse-keeper-rows-out-7q2k"),
        ("Ein Café in Zürich", "ein-cafe-zurich-7q2k"),
        ("灯台守", "film-7q2k"),
        ("make me a film, please", "film-7q2k"),
        ("", "film-7q2k"),
    ],
)
def test_a_name_holds_the_first_telling_words(words: str, name: str) -> None:
    """Small words are left out, accents are dropped, and where nothing is left it is a film."""
    assert name_production(words, "7q2k") == name


@pytest.mark.parametrize(
    "text",
    ["", "A", "a.b", "a b", "-a", "a-", "a--b", "*", ">", "ä", "a\n", "../a", "a" * (PRODUCTION_ID_LENGTH_MAX + 1)],
)
def test_what_is_no_id_is_refused_with_an_example(text: str) -> None:
    """Nothing that is unsafe in a subject or a file name is an id; the sentence shows what ids look like."""
    with pytest.raises(ValueError, match="ids look like lighthouse-at-dusk-7q2k") as refused:
        parse_production_id(text)
    assert len(str(refused.value)) < 150


@given(st.text(max_size=80))
def test_a_token_is_safe_in_a_subject(text: str) -> None:
    """What counts as a token holds no separator, no wildcard, no white space, and is not empty."""
    if is_token(text):
        assert 0 < len(text) <= 64
        assert text.isascii()
        assert not set(text) & set(".*> \t\r\n/\\$")


@given(st.binary(max_size=100))
def test_a_digest_is_the_sha_256_in_our_form(content: bytes) -> None:
    """The digest is lower-case hexadecimal, and only that form is one."""
    digest = digest_of(content)
    assert digest == hashlib.sha256(content).hexdigest()
    assert is_digest(digest)
    assert not is_digest(digest + "\n")
    assert not is_digest(digest[1:])
    assert not is_digest("A" + digest[1:])


def test_the_key_of_an_order_is_the_same_anywhere_and_for_ever() -> None:
    """A creator that comes back asks the renderer for the very id that was submitted: the key is pinned."""
    assert order_key("segment.ordered.lighthouse-at-dusk-7q2k.3-2") == "cca81229-39c8-51bb-af15-904ced1f5dcb"
    assert order_key("segment.ordered.a.1-1") != order_key("segment.ordered.a.1-2")
