"""The conversation as it went: what the person said, and what Kindling made of it, asked or refused. Pure."""

from __future__ import annotations

from msgspec import Struct

from bus.brief_words import change_in_words
from bus.events import IntentParsed
from bus.ids import Digest, ProductionId
from bus.plan import Artifact
from bus.production import Production
from services.gateway.links import image_link, production_link


class ImageView(Struct, frozen=True, kw_only=True):
    """A picture the person gave."""

    link: str
    thumbnail: str
    digest: Digest
    width: int | None
    height: int | None


class MessageView(Struct, frozen=True, kw_only=True):
    """One message of the conversation."""

    by: str
    """`person` or `kindling`."""
    kind: str
    """Of the person: `request`, `direction`, `redirection`, `answer`. Of Kindling: `question`, `brief`, `refusal`."""
    words: str
    number: int | None = None
    """Which question or brief."""
    images: tuple[ImageView, ...] = ()
    ordinal: int | None = None
    """The event that brought it, where it is the person's."""
    is_refused: bool = False


class Conversation(Struct, frozen=True, kw_only=True):
    """A production's conversation, as it went."""

    production: ProductionId
    revision: int
    messages: tuple[MessageView, ...]
    link: str
    """Where more is said."""


def conversation_of(production: Production) -> Conversation:
    """Return the conversation as a document of its own."""
    return Conversation(
        production=production.id,
        revision=production.ordinal,
        messages=conversation_view(production),
        link=f"{production_link(production.id)}/messages",
    )


def conversation_view(production: Production) -> tuple[MessageView, ...]:
    """Return the messages in the order in which they went; Kindling's stand behind the last one they answer."""
    answers: dict[int, list[MessageView]] = {}
    for question in production.questions:
        asked = question.asked
        message = MessageView(by="kindling", kind="question", words=asked.text, number=question.number)
        answers.setdefault(asked.heard, []).append(message)
    for brief in production.briefs:
        message = MessageView(by="kindling", kind="brief", words=_brief_words(brief), number=brief.number)
        answers.setdefault(brief.heard, []).append(message)
    for refusal in production.refusals:
        words = f"{refusal.why} {refusal.help}".strip()
        answers.setdefault(refusal.heard, []).append(MessageView(by="kindling", kind="refusal", words=words))
    views: list[MessageView] = list(answers.get(0, ()))
    image_count = 0
    for heard, message_ in enumerate(production.conversation, start=1):
        images = []
        for artifact in message_.images:
            image_count += 1
            images.append(
                ImageView(
                    link=image_link(production.id, image_count),
                    thumbnail=image_link(production.id, image_count, "thumbnail"),
                    digest=artifact.digest,
                    width=artifact.width,
                    height=artifact.height,
                )
            )
        views.append(
            MessageView(
                by="person",
                kind=message_.kind.value,
                words=message_.words,
                images=tuple(images),
                ordinal=message_.ordinal,
                is_refused=message_.is_refused,
            )
        )
        views += answers.get(heard, ())
    return tuple(views)


def _brief_words(parsed: IntentParsed) -> str:
    changes = "; ".join(change_in_words(one) for one in parsed.changes)
    said = changes or ("" if parsed.reply else parsed.brief.logline)
    return " ".join(one for one in (parsed.reply, said, *parsed.remarks) if one)


def images_of(production: Production) -> tuple[Artifact, ...]:
    """Return the pictures of the conversation, in the order they came in: `images/1` is the first."""
    return tuple(artifact for message in production.conversation for artifact in message.images)
