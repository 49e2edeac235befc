"""How long a film is to be: which of the amounts of time in a text is its length, and which belongs to the story."""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.intent.film_words import FILM, HEDGE, LENGTH, PART, REQUEST, WANT
from services.intent.languages import LETTER, Span, Text, any_of
from services.intent.quantities import Quantity, quantities


@dataclass(frozen=True)
class Length:
    """A length of the film, in seconds."""

    seconds: float
    why: str = ""
    """Where the words leave something open (a range): what was taken and why."""


@dataclass(frozen=True)
class Lengths:
    """What the words say about the film's length."""

    said: tuple[Length, ...]
    """Distinct lengths that were asked for; more than one contradict each other."""
    implied: Length | None
    """A length that follows from the words without having been asked for."""
    spans: tuple[Span, ...]
    """Where these words stand; they are no part of the picture."""


_BEFORE = re.compile(
    any_of(
        "first|opening|next|initial|every|each|after|another|other|per|within|past|previous|remaining|"
        "until|till|since|instead of|"
        "rather than|not|than the|waits|wait|waited|waiting|waits for|wait for|waited for|waiting for|"
        "pause|pauses|pauses for|"
        "pause for|pause of|hold|holds|hold for|holds for|hold it for|stay for|stays for|stays|stands for|"
        "stand for|freeze for|"
        "freezes for|freezes|freeze|lingers for|linger for|sleeps for|sleeps|sleep|count|counts|counts "
        "down|last|the last|final|"
        "stares for|looks for|at the|only has|has|have|had|delay of|a good|silence of|silence for|still "
        "for|breath for|every other|"
        "ersten|erste|letzten|letzte|nachsten|nachste|jede|jeder|alle|nach|pro|innerhalb|vor|wartet|warten|"
        "halt|halten|pausiert|"
        "statt|anstatt|pause von|seit|nicht|wartet er|wartet sie|eine pause von|einer pause von|"
        "premieres|premiere|dernieres|derniere|prochaines|toutes les|chaque|apres|par|attend|pause de|au "
        "lieu de|bout de|il y a|"
        "attend pendant|silence de|pas|"
        "primeros|primer|ultimos|ultimo|cada|tras|despues de|dentro de|espera|pausa de|en lugar de|en vez "
        "de|hace|"
        "esperar|proximos|espera durante|silencio de|"
        "primeiros|apos|depois de|daqui a|em vez de|pausa de|espera por|durante os|ha|"
        "primi|ultimi|ogni|dopo|aspetta|attende|pausa di|invece di|tra|fra|prossimi|aspetta per|silenzio di|"
        "前|最后|最後|最初|头|每|每隔|每过|过了|等|等了|等待|等待了|停|停了|停顿|停顿了|停留|停留了|暂停|"
        "第|开头|接下来|而不是|不是|"
        "沉默|沉默了|静止|静止了|过|还有|还剩|最初の|最後の|毎|"
        "पहले|पहली|आखिरी|अंतिम|हर|प्रति|अगले|शुरुआती|"
        "اول|هر|پس از|بعد از|مکث|ظرف|آخر|"
        "كل|بعد|أول|آخر|قبل|ينتظر|تنتظر|انتظر|توقف|توقف لمدة|ينتظر لمدة|تنتظر لمدة|"
        "первые|последние|каждые|каждую|через|после|ждет|ждёт|следующие|пауза|вместо|паузу|спустя|ждет еще|"
        "毎回|"
    )
    + r"\s*[-:]?\s*$"
)
_AFTER = re.compile(
    r"\s*[-]?\s*"
    + any_of(
        "later|ago|earlier|until|till|before|after|away|late|early|apart|to midnight|to noon|to go|past|"
        "from now|per|pause|pauses|delay|hold|"
        "wait|break|silence|of silence|of black|of darkness|of pause|of waiting|countdown|timer|walk|drive|"
        "ride|exposure|interval|"
        "intervals|old|mark|rule|egg|fade|fade in|fade out|crossfade|transition|intro|outro|remaining|left|"
        "workout|meal|nap|"
        "freeze|freeze frame|black screen|still|window|apiece|in|into|deadline|lap|gap|head start|title "
        "card|dissolve|hand|"
        "spater|vorher|danach|davor|alt|pause|stille|schweigen|countdown|entfernt|lang still|fussweg|lang "
        "wartet|"
        "plus tard|de pause|de silence|apres|avant|d'attente|a pied|de noir|"
        "después|despues|mas tarde|de pausa|de silencio|antes|de espera|"
        "depois|mais tarde|de silêncio|atrás|"
        "dopo|più tardi|di pausa|di silenzio|fa|prima|di attesa|"
        "后|後|之后|之後|以后|前|之前|以前|的停顿|停顿|的静止|的沉默|沉默|倒计时|过后|的等待|的暂停|暂停|"
        "淡出|淡入|の間|間待|待|後に|止|ごと|おき|"
        "बाद|पहले|रुक*|तक रुक*|का विराम|विराम|इंतज़ार|तक इंतज़ार|की चुप्पी|का मौन|"
        "بعد|پیش|قبل|صبر|مکث|اول|آخر|پایانی|سکوت|ابتدایی|نخست|منتظر|"
        "الأولى|الأخيرة|لاحقا|من الصمت|توقف|من التوقف|صمت|"
        "спустя|назад|позже|до|тишины|паузы|пауза|молчания|"
        "걸"
    )
)
_WAITS = re.compile(
    any_of(
        "wait*|pause*|hold*|stare*|stand*|freez*|linger*|sleep*|silen*|breath*|motionless|still|wartet|"
        "pausiert|attend|espera*|"
        "aspetta|attende|ждет|等|停|待|ينتظر|تنتظر|صبر|इंतज़ार|रुक*"
    )
)
_FOR = re.compile(
    any_of("for|in|over|during|within|während|pendant|durante|por|per|für|लिए|برای|خلال|در") + r"\s*(?:about\s+)?$"
)
_LAST_VERB = re.compile(
    any_of("should last|to last|will last|must last|can last|it last|film last|video last|that last") + r"\s*$"
)
_CLOCK_TIME = re.compile(
    any_of("at|by|until|till|since|from|um|ab|seit|vers|las|alle|shows|showing|clock|reads|uhr|在|の|a las|à")
    + r"[^,]{0,10}$"
)
_CLOCK_AFTER = re.compile(r"\s*(?:am|pm|a\.m|p\.m|o'clock|uhr|h\b|heures|时|時|点)")
_FILM = re.compile(any_of(FILM))
_PART = re.compile(any_of(PART))
_LENGTH = re.compile(any_of(LENGTH))
_WANT = re.compile(r"\s*" + any_of(WANT))
_HEDGE = re.compile(any_of(HEDGE))
_FILLING = re.compile(
    any_of(
        f"{HEDGE}|{REQUEST}|{FILM}|{LENGTH}|{WANT}|{PART}|instead|now|then|also|but|or|yes|no|actually|rather|longer|"
        f"shorter|ok|okay|fine|well|change|set|use|we|ein clip|bitte|lieber|shots|scenes"
    )
)
_LINK_OF_OTHER = re.compile(
    any_of("begin*|start*|open*|end*|then|followed|after|finally|close* with|and a|plus a|begin* mit|endet")
)
_EACH = re.compile(
    r"\s*,?\s*(?:long\s+)?"
    + any_of(
        "each|apiece|per shot|per scene|per clip|jeweils|je|chacun*|cada uno|cada una|ciascun*|每个|每段|ہر "
        "ایک|हर एक|لكل|هر کدام|каждый|каждая"
    )
)
_EACH_BEFORE = re.compile(
    any_of(
        "each|each one|jeweils|je|chacun|cada uno|cada una|ciascuno|各|每个|每段|每个镜头|per shot|each "
        "shot|every "
        "shot|each scene|each clip|each segment"
    )
    + r"[^.]{0,12}$"
)
_CORRECTED = re.compile(
    any_of(
        "no|actually|rather|sorry|better|make that|i mean|nein|besser|lieber|non|plutôt|mejor|melhor|"
        "meglio|不|不对|还是|नहीं|نه|لا|нет|instead|or rather|wait"
    )
)
_MENDED = re.compile(
    r"[\s,;.–—-]{0,4}"
    + any_of("no|nein|non|não|actually|sorry|make that|make it|i mean|rather|or rather|better|besser|lieber|mejor")
    + r"[\s,]{1,3}(?:make (?:that|it) )?(\d{1,3})(?=\s*(?:[.,;!?\n]|$))"
)
"""A figure that takes the place of the one before it: `20 seconds, no, 30`."""
_DECADE_BEFORE = re.compile(
    any_of("his|her|their|the|early|mid|late|in|19|18|20|from the|of the|like the|une|los|les|die|den|gli|my|our")
    + r"\s*'?$|'$"
)
_DECADE_AFTER = re.compile(
    r"[\s-]*"
    + any_of(
        "anime|sitcom|look|style|aesthetic|music|disco|vibe|vibes|tokyo|fashion|film|movie|movies|films|"
        "horror|sci fi|retro|cartoon|synth*|kids|era|hairstyle|hair|neon|thriller|action|dress|car|cars|tv|"
        "television|home|vhs|japan*|american|new|rock|pop"
    )
)
_DECADE_FITS = re.compile(
    r"[\s-]*(?:$|[,.;:!?)\n\]]|"
    + any_of(f"{FILM}|{LENGTH}|of|about|total|max|please|vertical|and|with|showing|where")
    + ")"
)
_TIMELINE_AFTER = re.compile(r"\s*[)\]]?\s*[:：\-—|]|\s*[)\]]")
_HERE_ONLY = re.compile(r"^[\s\d.,:;%&+/'\"()-]*$")
_OF = re.compile(r"\s*of\b")
_SENTENCE_OVER = re.compile(r"\s*(?:[.!?;\n]|$)")
STORY_MIN_S = 180.0
"""What goes on for longer goes on in the story: a film is seldom longer than a few minutes."""
BEFORE_WINDOW, AFTER_WINDOW = 40, 40


def read_lengths(text: Text, taken: tuple[Span, ...], shot_count: int | None, *, is_change: bool = False) -> Lengths:
    """Return the film's length as far as the words say one.

    Args:
        taken: what is known to be about the film and not of the story, such as its aspect.
        shot_count: how many shots were asked for, for lengths that are meant for each of them.
        is_change: the words change an earlier brief, where a length alone says more.
    """
    found = [one for one in quantities(text) if not any(one.start < end and start < one.end for start, end in taken)]
    blanked = text.blanked((*taken, *((one.start, one.end) for one in found)))
    said: list[Length] = []
    spans: list[Span] = []
    weak: Length | None = None
    timeline = [one for one in found if one.is_range and _is_timeline(text, one, found)]
    for one in found:
        if one in timeline:
            spans.append((one.start, one.end))
            continue
        if _is_each(text, one) and not _belongs_elsewhere(text, one):
            total = one.seconds * (shot_count or 1)
            weak = Length(
                total,
                f"each shot is to be {one.seconds:g} s long" + (f", and there are {shot_count}" if shot_count else ""),
            )
            spans.append((one.start, one.end))
            continue
        strength = _strength(text, one, blanked, len(found))
        if strength == "said":
            # A correction takes the place of what was said before it.
            if said and _CORRECTED.search(text.folded[spans[-1][1] : one.start][:40]):
                said.clear()
            mended = _MENDED.match(text.folded, one.end)
            if mended is not None:
                unit_s = 60 if "min" in text.folded[one.start : one.end] else 1
                said.append(Length(float(mended.group(1)) * unit_s))
                spans.append((one.start, mended.end()))
                continue
            said.append(_length(one))
            spans.append((one.start, one.end))
        elif strength == "weak" and weak is None:
            weak = Length(
                one.seconds, f"the words mention {text.said_at((one.start, one.end))}, and nothing else says how long"
            )
    if timeline and not said:
        weak = Length(max(one.seconds for one in timeline), "the times in the shot list end there")
    distinct = tuple({one.seconds: one for one in said}.values())
    return Lengths(distinct, weak if not distinct else None, tuple(spans))


def _length(one: Quantity) -> Length:
    if one.from_s is None or one.from_s >= one.seconds:
        return Length(one.seconds)
    middle = (one.from_s + one.seconds) / 2
    return Length(middle, f"anything from {one.from_s:g} to {one.seconds:g} s was asked for; the middle of it is taken")


def _is_timeline(text: Text, one: Quantity, found: list[Quantity]) -> bool:
    """Say whether a range is a place in a shot list, `0–3 s:`, and not a choice of lengths, `10 to 15 seconds`."""
    if one.from_s == 0:
        return True
    ranges = [other for other in found if other.is_range]
    if any(other.seconds == one.from_s or other.from_s == one.seconds for other in ranges if other is not one):
        return True
    if one.is_clock and len(ranges) > 1:
        return True
    if one.is_clock and text.folded[: one.start].rstrip()[-1:] in {"[", "("}:
        return True
    before = text.folded[: one.start].rstrip(" ([")
    opens_line = not before or before[-1] in "\n.;"
    follows = _TIMELINE_AFTER.match(text.folded, one.end)
    return opens_line and follows is not None and ":" in text.folded[one.end : one.end + 3]


def _is_each(text: Text, one: Quantity) -> bool:
    before = text.folded[max(0, one.start - BEFORE_WINDOW) : one.start]
    return bool(_EACH.match(text.folded, one.end) or _EACH_BEFORE.search(before))


def _belongs_elsewhere(text: Text, one: Quantity) -> bool:
    after = text.folded[one.end : one.end + AFTER_WINDOW]
    return _AFTER.match(after) is not None


def _strength(text: Text, one: Quantity, blanked: str, count: int) -> str:
    """Return `said`, `weak` or `story` for an amount of time."""
    clause = text.clause_at(one.start)
    before = text.folded[max(0, one.start - BEFORE_WINDOW) : one.start]
    after = text.folded[one.end : one.end + AFTER_WINDOW]
    if _is_of_the_story(one, before, after):
        return "story"
    left, right = blanked[max(clause[0], one.start - 60) : one.start], blanked[one.end : min(clause[1], one.end + 60)]
    near = text.folded[max(clause[0], one.start - 30) : min(clause[1], one.end + 30)]
    has_film = _FILM.search(near) is not None
    has_length = _LENGTH.search(near) is not None
    if one.is_clock:
        fits = has_film or has_length or _WANT.match(left) or re.match(r"\s*min", after) or _is_alone(blanked, clause)
        return "said" if fits and not _CLOCK_TIME.search(before) else "story"
    if one.is_bare:
        if has_film or has_length or (_WANT.match(left) and _is_alone(blanked, clause)):
            return "said"
        if one.seconds > STORY_MIN_S or _WAITS.search(left[-30:]):
            return "story"
        if not text.folded[: one.start].strip() and _OF.match(after):
            return "said"
        return "weak" if _FOR.search(before) and _SENTENCE_OVER.match(text.folded, one.end) else "story"
    if _WAITS.search(left[-30:]) and not (has_film or has_length):
        return "story"
    if has_film or has_length or _is_alone(blanked, clause):
        return "said"
    if _WANT.match(left) and not _PART.search(near):
        return "said"
    if _PART.search(right[:24]):
        return "said" if count == 1 and not _LINK_OF_OTHER.search(left) else "story"
    opens = not _HEDGE.sub(" ", text.folded[: one.start]).strip(" \n") and not before.rstrip().endswith("the")
    if opens and not one.is_decade_like:
        return "said"
    closes = not right.strip() or _HERE_ONLY.match(right) is not None
    if closes and one.has_figures and not _FOR.search(before):
        return "said"
    if _FOR.search(before) and not _WAITS.search(left):
        # `Sails for three hours` is a story.
        if one.seconds > STORY_MIN_S:
            return "story"
        return "said" if one.seconds >= 10 and closes else "weak"
    return "story"


_TOTAL = re.compile(
    r"\s*" + any_of("in total|in all|total|overall|altogether|insgesamt|au total|en total|no total|in totale")
)


def _is_of_the_story(one: Quantity, before: str, after: str) -> bool:
    if one.is_decade_like and (
        _DECADE_BEFORE.search(before)
        or (one.seconds > 100)
        or (one.seconds >= 50 and _DECADE_AFTER.match(after))
        or not _DECADE_FITS.match(after)
    ):
        return True
    if _AFTER.match(after) and not _LENGTH.match(after.lstrip(" -")) and not _TOTAL.match(after):
        return True
    if one.is_clock and _CLOCK_AFTER.match(after):
        return True
    return bool(_BEFORE.search(before)) and not _LAST_VERB.search(before)


def _is_alone(blanked: str, clause: Span) -> bool:
    """Say whether nothing but words about a film is left of the clause, so that it is no part of the story."""
    left = blanked[clause[0] : clause[1]]
    if len(left.split()) > 16:
        return False
    return not re.search(rf"{LETTER}|[\u3040-\u30ff\u4e00-\u9fff]|\d", _FILLING.sub(" ", left))
