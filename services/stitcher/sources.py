"""What kind of thing a film is, in the words of the IPTC: made by rules, by a trained model, or put together."""

from __future__ import annotations

from collections.abc import Sequence

from bus.ids import Digest
from bus.production import Production, Take

_VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
ALGORITHMIC = _VOCABULARY + "algorithmicMedia"
"""Made by an algorithm alone: nothing in it was learned from samples."""
TRAINED = _VOCABULARY + "trainedAlgorithmicMedia"
"""Made by a model that was trained on samples."""
COMPOSITE_SYNTHETIC = _VOCABULARY + "compositeSynthetic"
"""Put together from several sources, of which one at least is such a model."""
COMPOSITE = _VOCABULARY + "composite"
"""Put together from several sources, none of which is such a model."""

ALGORITHMS = frozenset({"animatic"})
"""Renderers without a trained model. Any other one counts as having one: better said once too often."""


def is_trained(take: Take) -> bool:
    """Say whether a trained model made the take."""
    return take.order.renderer not in ALGORITHMS


def pictures_given(production: Production) -> frozenset[Digest]:
    """Return the pictures that came with the person's words."""
    return frozenset(image.digest for message in production.conversation for image in message.images)


def starts_from_picture(take: Take, given: frozenset[Digest]) -> bool:
    """Say whether a picture of the person is in the take: it begins or ends with it."""
    return bool({take.order.start, take.order.end, take.order.colour_reference} & given)


def source_of_take(take: Take, given: frozenset[Digest]) -> str:
    """Return the IPTC digital source type of one take."""
    return source_of_film((take,), given)


def source_of_film(takes: Sequence[Take], given: frozenset[Digest]) -> str:
    """Return the IPTC digital source type of a film that shows these takes.

    Args:
        given: the pictures of the person. Where they come from is not known; they are a source of their own.

    Source: IPTC NewsCodes, Digital Source Type (http://cv.iptc.org/newscodes/digitalsourcetype/).
    """
    has_trained = any(is_trained(one) for one in takes)
    has_algorithm = not all(is_trained(one) for one in takes)
    has_picture = any(starts_from_picture(one, given) for one in takes)
    if has_trained:
        return COMPOSITE_SYNTHETIC if has_algorithm or has_picture else TRAINED
    return COMPOSITE if has_picture else ALGORITHMIC
