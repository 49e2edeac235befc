"""What a change exchanges or takes away: one thing for another, what was added, a style, a bare number for seconds."""

from __future__ import annotations

import re

from services.intent.languages import Text, any_of, compiled, fold

_SWAP = compiled(
    r"^(?:please )?(?:replace|swap|exchange|change|turn) (?:the |his |her )?(?P<was>[^,.;]{2,40}?) "
    r"(?:with|for|by|to|into) (?P<now>[^,.;]{2,60})$"
)


_INSTEAD = (
    r"(?:instead of|in place of|rather than|statt|anstatt|anstelle von|au lieu de|en lugar de|en vez de|em vez de|"
    r"invece di)"
)
_OF_THE = r"(?:(?:the|his|her|an?|dem|der|des|den|einem|einer|eines|le|la|un|une|el|los|una|o|um|uma|il|lo) |l')?"
_ARTICLE = r"(?:\b(?:an?|the|ein\w*|der|die|das|den|dem|une?|le|la|el|una?|uma?|o|il) )?"
_NEW = r"(?P<now>(?:an? |the |ein\w* |une? |una? |uma? )[^,.;]{2,60})"
_SWAPS = (
    _SWAP,
    compiled(rf"^(?:please )?{_INSTEAD} {_OF_THE}(?P<was>[^,.;]{{2,40}}?),? {_NEW}$"),
    compiled(rf"^(?P<now>[^,.;]{{2,60}}?),? {_INSTEAD} {_OF_THE}(?P<was>[^,.;]{{2,40}})$"),
)


def swapped(subject: str, words: str) -> str | None:
    """Return the subject after `replace the keeper with a fisherman` or `a deer instead of the horse`.

    None where the words exchange nothing, or what they exchange is not in the subject.
    """
    text = Text.of(words.strip(" .!"))
    old = Text.of(subject)
    for pattern in _SWAPS:
        match = pattern.match(text.folded)
        if match is None:
            continue
        was = _ARTICLE + re.escape(match.group("was"))
        found = re.search(was, old.folded)
        if found is not None:
            now = text.said_at(match.span("now"))
            changed = old.said[: old.places[found.start()]] + now + old.said[old.places[found.end()] :]
            return changed[:1].upper() + changed[1:]
    return None


def what_takes_its_place(words: str) -> str | None:
    """Return the canoe of `replace the boat with a canoe`; None for other words."""
    text = Text.of(words.strip(" .!"))
    swap = _SWAP.match(text.folded)
    return None if swap is None else text.said_at(swap.span("now"))


def without_pieces(subject: str, unwanted: tuple[str, ...]) -> str:
    """Return the subject without what was once added to it and is not wanted any more: `, with a second dog`."""
    first, *pieces = re.split(r"(?=,\s|，|、)", subject)
    left = [one for one in pieces if len(one.split()) > 7 or not any(fold(bad) in fold(one) for bad in unwanted if bad)]
    return first + "".join(left)


_MAKE_IT = re.compile(
    r"\b(?P<lead>make it|make that|keep it to|cut it to|mach(?: es)?|fais-le de|hazlo de|fallo di) (?P<number>\d{1,3})"
    r"(?=\s*(?:[,.;!?]|$|and\b|but\b|und\b))",
    re.IGNORECASE,
)


def with_seconds(words: str) -> str:
    """Return `make it 10` as `make it 10 seconds`: nothing else of a film is a bare number."""
    return _MAKE_IT.sub(r"\g<lead> \g<number> s", words)


_NO_STYLE = compiled(
    any_of(
        "no particular style|no special style|no style in particular|no style|any style|without a style|without style|"
        "kein bestimmter stil|kein stil|ohne stil|pas de style|sans style|sin estilo|sem estilo|senza stile"
    )
)


def without_style(words: str) -> str | None:
    """Return the words without `no style in particular`; None where they do not say so."""
    text = Text.of(words)
    found = _NO_STYLE.search(text.folded)
    return None if found is None else text.without((found.span(),))
