"""Pictures that later messages bring or take away, and new roles for those that are there."""

from __future__ import annotations

import re

import msgspec

from bus.plan import Artifact, Brief, BriefImage, ImageRole
from services.intent.images import MOVES, NO_PICTURE, SMALL, gives_a_role, mode_of, names_a_picture, roles_of
from services.intent.languages import Text, any_of, has_letters, is_wordless


def with_images(brief: Brief, words: str, pictures: tuple[Artifact, ...]) -> Brief:
    """Return the brief with the pictures a later message brought; a new first frame takes the place of the old."""
    roles = roles_of(pictures, Text.of(f"{words}\n{brief.subject}" if is_wordless(words) else words))
    brought = roles.images
    old = brief.images
    has_first = any(one.role is ImageRole.FIRST_FRAME for one in old)
    if roles.assumed and len(brought) == 1 and has_first:
        brought = (BriefImage(artifact=brought[0].artifact, role=ImageRole.FIRST_FRAME),)
    taken = {one.role for one in brought} - {ImageRole.REFERENCE}
    digests = {one.artifact.digest for one in brought}
    images = (*(one for one in old if one.role not in taken and one.artifact.digest not in digests), *brought)
    mode, reason = mode_of(images)
    assumed = (*(one for one in brief.assumed if one.field != "images"), *roles.assumed)
    return msgspec.structs.replace(brief, images=images, mode=mode, mode_reason=reason, assumed=assumed)


_DROPPED = re.compile(
    NO_PICTURE.pattern
    + "|"
    + any_of(
        "no pictures|no photos|no images|without the pictures|without the photos|without the images|"
        "without my picture|without my photo|without pictures|without photos|without any pictures|"
        "drop the picture|drop the photo|drop the pictures|drop the photos|leave out the picture|"
        "leave the picture out|remove the picture|remove the photo|instead of the picture|"
        "instead of the photo|instead of a picture|from the words|ohne das bild|ohne das foto|ohne bilder|"
        "ohne die bilder|ohne fotos|ohne die fotos|sans l'image|sans la photo|sans les images|"
        "sans les photos|sin la imagen|sin la foto|sem a imagem|sem a foto|senza l'immagine|senza la foto"
    )
)
_GOES_ON = re.compile(any_of("now|then|alone|again|made|back to|go back to|purely|jetzt|wieder"))


def taken_back(brief: Brief, words: str) -> tuple[Brief, str] | None:
    """Return the brief without the picture that the words want no more, and what else they say; None if they keep it.

    A clause that says no more than that there is to be none does: `from words, without the photo`. `No photo on the
    wall` is about what is to be seen.
    """
    text = Text.of(words)
    spans = tuple(one for one in text.clauses if _only_goes_without(text.folded[slice(*one)])) if brief.images else ()
    return (without_frames(brief), text.without(spans)) if spans else None


def speaks_of_picture(words: str) -> bool:
    """Say whether the words name a picture anywhere."""
    text = Text.of(words)
    return any(names_a_picture(text, one) for one in text.clauses)


def _only_goes_without(clause: str) -> bool:
    if _DROPPED.search(clause) is None:
        return False
    left = clause
    for pattern in (_DROPPED, MOVES, _GOES_ON, SMALL):
        left = pattern.sub(" ", left)
    return not has_letters(left)


def without_frames(brief: Brief) -> Brief:
    """Return the brief of the same film made from words: pictures that only show how things look stay, if others go."""
    looks = tuple(one for one in brief.images if one.role is ImageRole.REFERENCE)
    return with_only(brief, looks if len(looks) < len(brief.images) else ())


def with_only(brief: Brief, images: tuple[BriefImage, ...]) -> Brief:
    """Return the brief with these of its pictures and no other."""
    mode, reason = mode_of(images)
    if not images:
        reason = "The person wants it without a picture, so the film starts from the words."
    assumed = tuple(one for one in brief.assumed if one.field != "images")
    return msgspec.structs.replace(brief, images=images, mode=mode, mode_reason=reason, assumed=assumed)


def is_seen_in_picture_only(brief: Brief) -> bool:
    """Say whether nobody said what is to be seen, and no picture shows it any more."""
    has_frame = any(one.role is not ImageRole.REFERENCE for one in brief.images)
    return not has_frame and brief.assumed_value("subject") == brief.subject


def figures_with(brief: Brief, words: str) -> str:
    """Return what a brief has besides what is to be seen, and the words after it, as the rules read them again."""
    length = "" if brief.duration_s is None else f"{brief.duration_s:g} seconds"
    return ", ".join(one for one in (length, brief.aspect or "", brief.style or "", words.strip(" ,.;")) if one)


def roles_anew(images: tuple[BriefImage, ...], text: Text) -> tuple[tuple[BriefImage, ...], str] | None:
    """Return pictures of an earlier message with the roles that later words give them, and what else the words say.

    None where they give none: `use the photo as the last frame`.
    """
    spans = tuple(one for one in text.clauses if names_a_picture(text, one) and gives_a_role(text, one))
    if not images or not spans:
        return None
    said = Text.of(" ".join(text.said_at(one) for one in spans))
    found = roles_of(tuple(one.artifact for one in images), said)
    if found.assumed:
        return None
    shown = {one.artifact.digest: one.shows for one in images}
    again = tuple(
        BriefImage(artifact=one.artifact, role=one.role, shows=shown[one.artifact.digest]) for one in found.images
    )
    return again, text.without(spans)
