"""What may come in at the door: how long a message is, what an option can be, what the policy refuses. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bus.errors import Reason, Refused
from bus.events import Options
from bus.plan import SEEDS, Artifact
from bus.policy import OperatorRule, refusal
from bus.production import Production

WORDS_LENGTH_MAX = 8000
"""Characters of one message. In UTF-8 it stays well below what one event may hold."""
WHY_LENGTH_MAX = 1000
KEY_LENGTH_MAX = 200
IMAGES_MAX = 8
TAKES_MAX_MAX = 100
LORAS_MAX = 8
LORA_STRENGTH_MAX = 4
DURATION_MAX_MAX_S = 24 * 3600.0
"""What a person may raise the limit of a film's length to; what can be planned is the planner's to say."""

LLM_USES = ("auto", "ollama", "off")
_RENDERER = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*", re.ASCII)


def message_of(
    words: str,
    images: tuple[Artifact, ...] | int,
    production: Production | None = None,
    rules: Sequence[OperatorRule] = (),
    lora_purposes: tuple[str, ...] = (),
) -> str:
    """Return a message as it is written down: without the white space around it.

    Args:
        images: the pictures that come with it, or how many there will be.
        production: the conversation that it continues; the content policy looks at the whole of it.
        rules: what the operator refuses on top.
        lora_purposes: what the LoRAs are for that are asked for with it.

    Raises:
        Refused: it is empty, too long, no text, comes with too many pictures, or is against the content policy.
    """
    said = text_of(words, "message", WORDS_LENGTH_MAX)
    if not said:
        raise Refused(
            Reason.INVALID,
            "The message is empty.",
            why="A film is made from words.",
            help="Say in a sentence what is to be seen: “A lighthouse keeper rows out at dusk, 20 seconds”.",
        )
    _check_policy(said, images, production, rules, lora_purposes)
    return said


def answer_of(
    words: str,
    images: tuple[Artifact, ...] | int,
    production: Production | None = None,
    rules: Sequence[OperatorRule] = (),
) -> str:
    """Return an answer as it is written down; no words mean that what was assumed is taken.

    Raises:
        Refused: as with a message, but for an empty one.
    """
    said = text_of(words, "answer", WORDS_LENGTH_MAX)
    _check_policy(said, images, production, rules)
    return said


def reason_of(why: str, *, is_needed: bool = False) -> str:
    """Return the reason a person gave.

    Raises:
        Refused: it is too long, no text, or missing where one is needed.
    """
    said = text_of(why, "reason", WHY_LENGTH_MAX)
    if is_needed and not said:
        raise Refused(
            Reason.INVALID,
            "The reason is missing.",
            why="Whoever looks at this film later wants to know why the reviewer was overruled.",
            help="Say in a few words why, as in: “the blur is what I wanted”.",
        )
    return said


def text_of(text: str, name: str, length_max: int) -> str:
    """Return the text without the white space around it.

    Raises:
        Refused: it is longer than `length_max` characters, or holds what is no text.
    """
    said = text.strip()
    if len(said) > length_max:
        raise Refused(
            Reason.TOO_LARGE,
            f"The {name} has {len(said):,} characters.",
            why=f"At most {length_max:,} are read.",
            help="Shorten it to what is to be seen and heard; details can follow in further messages.",
        )
    strange = next((one for one in said if unicodedata.category(one) in ("Cc", "Cs") and one not in "\n\r\t"), None)
    if strange is not None:
        raise Refused(
            Reason.INVALID,
            f"The {name} holds the character U+{ord(strange):04X}, which is no text.",
            why="Such characters come from binary files and broken copies.",
            help="Remove it, or type the sentence anew.",
        )
    return said


def _check_policy(
    said: str,
    images: tuple[Artifact, ...] | int,
    production: Production | None,
    rules: Sequence[OperatorRule],
    lora_purposes: tuple[str, ...] = (),
) -> None:
    image_count = images if isinstance(images, int) else len(images)
    if image_count > IMAGES_MAX:
        raise Refused(
            Reason.TOO_LARGE,
            f"{image_count} pictures came with the message.",
            why=f"At most {IMAGES_MAX} are taken at once.",
            help="Send those that matter most; more can follow in further messages.",
        )
    earlier = [one for one in production.conversation if not one.is_refused] if production else []
    found = refusal(
        "\n".join((*(one.words for one in earlier), said)),
        has_uploaded_picture=image_count > 0 or any(one.images for one in earlier),
        operator_rules=rules,
        lora_purposes=lora_purposes,
    )
    if found is not None:
        raise Refused(Reason.POLICY, "The content policy refuses this.", why=found.why, help=found.help)


def check_options(options: Options) -> Options:
    """Return the options if each is in its range.

    Raises:
        Refused: one is not; the first is named.
    """
    if not 1 <= options.takes_max <= TAKES_MAX_MAX:
        raise _out_of_range("takes_max", options.takes_max, f"from 1 to {TAKES_MAX_MAX} takes are made of a segment")
    if options.seed is not None and not 0 <= options.seed < SEEDS:
        raise _out_of_range("seed", options.seed, "seeds are whole numbers from 0 to 2^63-1")
    longest = options.duration_max_s
    if longest is not None and not 1 <= longest <= DURATION_MAX_MAX_S:
        raise _out_of_range("duration_max_s", longest, f"a limit is from 1 to {DURATION_MAX_MAX_S:,.0f} seconds")
    if options.llm is not None and options.llm not in LLM_USES:
        raise _out_of_range("llm", options.llm[:60], "it is auto, ollama or off")
    if options.renderer is not None and not is_renderer(options.renderer):
        raise _out_of_range("renderer", options.renderer[:60], "renderers have names such as animatic or wan2.1")
    if len(options.loras) > LORAS_MAX:
        raise _out_of_range("loras", len(options.loras), f"{LORAS_MAX} LoRAs at most are put into one clip")
    names = [one.name for one in options.loras]
    for one in options.loras:
        if not 0 < len(one.name) <= 100 or names.count(one.name) > 1:
            raise _out_of_range("loras", one.name[:100], "each LoRA is named once, by its name in the catalogue")
        if one.strength is not None and not -LORA_STRENGTH_MAX <= one.strength <= LORA_STRENGTH_MAX:
            raise _out_of_range(
                "loras", one.strength, f"a strength is from -{LORA_STRENGTH_MAX} to {LORA_STRENGTH_MAX}"
            )
    return options


def is_renderer(name: str) -> bool:
    """Say whether a renderer may have this name: that of a workflow, or `animatic`."""
    return len(name) <= 64 and _RENDERER.fullmatch(name) is not None


def _out_of_range(name: str, value: object, rule: str) -> Refused:
    return Refused(
        Reason.INVALID,
        f"The option {name} can't be {value!r}.",
        why=f"{rule[0].upper()}{rule[1:]}.",
        help="Change it, or leave it out: then the default holds.",
    )


def check_key(key: str) -> str:
    """Return the idempotency key.

    Raises:
        Refused: it is empty, too long, or not in printable ASCII.
    """
    if 1 <= len(key) <= KEY_LENGTH_MAX and key.isascii() and key.isprintable() and key.strip() == key:
        return key
    raise Refused(
        Reason.INVALID,
        "The Idempotency-Key can't be used.",
        why=f"It has 1 to {KEY_LENGTH_MAX} printable ASCII characters.",
        help="Send a new UUID for each film, and the same one when you repeat a request.",
    )
