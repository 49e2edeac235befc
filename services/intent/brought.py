"""Pictures that later messages bring, and new roles for those that are there."""

from __future__ import annotations

import msgspec

from bus.plan import Artifact, Brief, BriefImage, ImageRole
from services.intent.images import gives_a_role, mode_of, names_a_picture, roles_of
from services.intent.languages import Text, is_wordless


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
