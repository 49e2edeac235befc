"""Words in one comparable form whatever their script, where their clauses end, and which language they are in."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_MARKS = "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963"
LETTER = rf"[^\W\d_{_CJK}]|[{_MARKS}]"
"""A letter of a script that separates its words, or a vowel sign of one."""
START = rf"(?<![^\W\d_{_CJK}])(?<![{_MARKS}])"
"""No such letter stands before. Digits may: `20sec`."""
STOP = rf"(?![^\W\d_{_CJK}]|[{_MARKS}])"
"""No such letter follows."""

_TOKEN = re.compile(rf"\d+(?:[.,]\d+)?|\.\d+|(?:{LETTER})+|[^\s]")
_CLAUSE_END = re.compile(r"[,;!?\n()\[\]{}—。、؛،।…\"“”«»|]|[.:](?!\d)|(?<!\d)[.:]|(?<=\s)-(?=\s)|(?<=\s)/(?=\s)")
_SENTENCE_END = re.compile(r"[!?\n。।…]|[.](?!\d)")
_SPECIAL = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i",
    "½": ".5", "¼": ".25", "¾": ".75",
    "‘": "'", "’": "'", "ʼ": "'", "′": "'", "´": "'", "`": "'", "″": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "−": "-", "〜": "-", "～": "-", "~": "-", "×": "x",
    "ی": "ي", "ى": "ي", "ک": "ك", "ة": "ه", "ۀ": "ه", "ٱ": "ا", "٫": ".", "٬": "",
    "ँ": "ं", "\u200c": " ", "\u00a0": " ", "—": "—", "…": "…", "\u3000": " ",
}  # fmt: skip
_SILENT = frozenset("\u0640\u093c\u200b\u200d\u200e\u200f\u2060\ufeff\u00ad\ufe0e\ufe0f\u202a\u202b\u202c")


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    if character in _SILENT:
        return ""
    special = _SPECIAL.get(character.lower())
    if special is not None:
        return special
    if unicodedata.category(character) == "Nd":
        return str(unicodedata.decimal(character))
    plain = unicodedata.normalize("NFKC", character).lower()
    if re.match(rf"[{_CJK}{_MARKS}]", plain):
        return plain
    letters = (one for one in unicodedata.normalize("NFD", plain) if unicodedata.category(one) != "Mn")
    return "".join(_SPECIAL.get(one, one) for one in letters)


def fold(words: str) -> str:
    """Return the words in lower case, without accents, with ASCII digits and one form for letters of many forms."""
    return "".join(_fold_character(one) for one in unicodedata.normalize("NFC", words))


def words_of(words: str) -> frozenset[str]:
    """Return the words as a set, as they are written."""
    return frozenset(words.split())


@dataclass(frozen=True)
class Token:
    """A number, a run of letters, one Chinese or Japanese character, or one sign, and where it stands (folded)."""

    text: str
    start: int
    end: int

    @property
    def is_digits(self) -> bool:
        """Say whether the token is a number in figures."""
        # Ethiopic digits and the like are digits of no decimal system, and no figures here.
        return self.text[0].isdecimal() or (self.text[0] == "." and len(self.text) > 1)

    @property
    def is_word(self) -> bool:
        """Say whether the token is made of letters."""
        return self.text[0].isalpha()


MATCHES_MAX = 60
"""As many places of one kind are looked at in a message: the work for a text stays in proportion to its length."""
Span = tuple[int, int]
"""Start and end in the folded text."""


@dataclass(frozen=True)
class Text:
    """What a person said, beside its folded form; `places` leads from an index of the second to one of the first."""

    said: str
    folded: str
    places: tuple[int, ...]

    @classmethod
    def of(cls, words: str) -> Text:
        """Return the words as text."""
        said = unicodedata.normalize("NFC", words)
        pieces: list[str] = []
        places: list[int] = []
        for index, character in enumerate(said):
            piece = _fold_character(character)
            pieces.append(piece)
            places.extend([index] * len(piece))
        places.append(len(said))
        return cls(said, "".join(pieces), tuple(places))

    def said_at(self, span: Span) -> str:
        """Return the person's own wording of a span."""
        return self.said[self.places[span[0]] : self.places[span[1]]].strip()

    def said_at_raw(self, span: Span) -> str:
        """Return the person's own wording of a span with the blanks at its edges."""
        return self.said[self.places[span[0]] : self.places[span[1]]]

    def said_from(self, index: int) -> str:
        """Return the person's own wording from an index of the folded text on."""
        return self.said[self.places[index] :].strip()

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """Return the tokens in order."""
        return tuple(Token(one.group(), one.start(), one.end()) for one in _TOKEN.finditer(self.folded))

    @cached_property
    def clauses(self) -> tuple[Span, ...]:
        """Return the stretches between commas, full stops, brackets and dashes, in order, none of them empty."""
        return _stretches(self.folded, _CLAUSE_END)

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """Return the stretches between full stops and line ends, in order."""
        return _stretches(self.folded, _SENTENCE_END)

    def clause_at(self, index: int) -> Span:
        """Return the clause that holds the index."""
        return next((one for one in self.clauses if one[0] <= index < one[1]), (index, len(self.folded)))

    def tokens_between(self, start: int, end: int) -> tuple[Token, ...]:
        """Return the tokens that lie between two places."""
        return tuple(one for one in self.tokens if start <= one.start and one.end <= end)

    def without(self, spans: Iterable[Span]) -> str:
        """Return the person's words less the spans."""
        kept, at = list[str](), 0
        for start, end in sorted(spans):
            kept.append(self.said_at_raw((at, max(at, start))))
            at = max(at, end)
        kept.append(self.said_at_raw((at, len(self.folded))))
        return " ".join(kept).strip()

    def blanked(self, spans: Iterable[Span]) -> str:
        """Return the folded text with the spans turned into blanks, every index as before."""
        letters = list(self.folded)
        for start, end in spans:
            letters[start:end] = " " * (end - start)
        return "".join(letters)


def _stretches(folded: str, ends: re.Pattern[str]) -> tuple[Span, ...]:
    found, start = [], 0
    for mark in ends.finditer(folded):
        found.append((start, mark.start()))
        start = mark.end()
    found.append((start, len(folded)))
    return tuple(one for one in found if folded[one[0] : one[1]].strip())


@lru_cache(maxsize=512)
def any_of(phrases: str) -> str:
    """Return a pattern for any of the phrases, which are separated by `|`, on folded text.

    A blank matches a blank or a hyphen, an ending `*` up to eight more letters of inflection. Scripts that separate
    their words match whole words only; Chinese and Japanese match anywhere. Its work is bounded at each place.
    """
    apart: list[str] = []
    together: list[str] = []
    for phrase in sorted({one.strip() for one in phrases.split("|") if one.strip()}, key=len, reverse=True):
        inflected = phrase.endswith("*")
        body = re.escape(fold(phrase.rstrip("*")))
        body = re.sub(r"(?:\\ |\\-)+", r"[\\s-]{1,2}", body)
        if re.match(rf"[{_CJK}]", body):
            together.append(body)
        else:
            # A class of few ranges is compiled many times faster, and only Devanagari needs its vowel signs.
            ending = rf"(?:{LETTER}){{0,8}}" if re.search(r"[\u0900-\u097f]", body) else r"[^\W\d_]{0,8}"
            apart.append(body + (ending if inflected else ""))
    parts = ([rf"{START}(?:{'|'.join(apart)}){STOP}"] if apart else []) + together
    return f"(?:{'|'.join(parts)})"


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
    """Return the pattern compiled, once for all calls; blanks in it are meant as they stand."""
    return re.compile(pattern)


_LETTERS = re.compile(rf"{LETTER}|[{_CJK}]")


def has_letters(folded: str) -> bool:
    """Say whether there is a letter of any script."""
    return _LETTERS.search(folded) is not None


def is_wordless(words: str) -> bool:
    """Say whether there is no letter and no figure in the words: blanks, punctuation or pictures only."""
    return not any(one.isalnum() for one in words)


_COMMON = {
    "en": "the a an of and is are with in on at to for his her it make film video about from no please she "
    "he this that into its as by "
    "through over under seconds second minute minutes without not long style show shows woman man dog "
    "cat night walks i want like they "
    "near between behind beside their my more down up while where who vertical slowly longer shorter "
    "darker brighter",
    "de": "der die das ein eine einen und ist im mit auf am über nicht ohne von zu den dem sekunden sekunde "
    "bitte wie mach kein keine durch bei "
    "ans beim geht einer eines sein ihre vom zum zur soll sie er mache erstelle lang es ich wir hund "
    "katze mann frau nacht straße läuft minute minuten "
    "wald regen meer unter nach vor aus als auch doch lieber kurz etwas dunkler heller länger kürzer "
    "video film in hochformat querformat wird",
    "fr": "le la les un une des et est dans avec sur au aux du de d l sans pas qui elle il secondes vers "
    "plus en s son sa fais faites crée pour trop "
    "chat chien rue mer ce cette montre homme femme nuit court marche minute minutes format style film "
    "vidéo sous je veux j plutôt lent "
    "évite petit petite vieux vieille forêt pluie joue à jour matin soir verticale",
    "es": "el la los las un una y es en con del al por sin de que segundos segundo haz hazlo crea su para "
    "como muy pero sobre más mar calle noche niña niño "
    "hombre mujer camina corre perro gato minuto minutos formato estilo vídeo video bajo quiero lluvia "
    "bosque viejo vieja playa ciudad haga "
    "no evita muestres hacer película vuela baila sol luna lento rápido nada demasiado oscuro",
    "pt": "o a os as um uma e com no na do da dos das em sem que segundos segundo faça faca ao por pelo pela "
    "seu sua para mais não muito sobre crie rua noite "
    "mulher homem vídeo faz cachorro cão gato minuto minutos formato estilo de sob quero chuva "
    "floresta velho velha praia cidade menina menino "
    "mar evite filme anda corre dança lua é está depois demasiado",
    "it": "il lo la i gli le un uno una e con nel nella del della dei di senza che secondi secondo su sul "
    "sulla al alla per fai crea da più non un troppo "
    "notte mare uomo donna video verso cammina cane gatto minuto minuti formato stile film sotto "
    "voglio pioggia foresta vecchio vecchia spiaggia "
    "città niente sangue testo evita corre vola è mezzo dopo strada bosco nave ragazza bambina bambino "
    "lento montagna",
}
_ENDINGS = {
    "de": ("ung", "isch", "ische", "lich", "schen", "chen"),
    "fr": ("tion", "eux", "euse", "ment", "aux", "eau", "ait"),
    "es": ("cion", "ndo", "dad", "illo", "ero", "era", "mente"),
    "pt": ("cao", "ndo", "dade", "inho", "inha", "eiro", "eira", "agem", "mente"),
    "it": ("zione", "ando", "endo", "ita", "etto", "ella", "ello", "mente", "osso", "otto", "tto", "cchio"),
    "en": ("ing", "ght", "ed", "ly", "ness", "tion"),
}
_OTHERS = {
    "nl": ("", "een het niet van voor naar door zijn haar seconden minuut sneeuw zee vrouw langs onder loopt rent met"),
    "sv": ("å", "ett och är på med som av genom inte från till sekunder minut flicka pojke springer går havet snön"),
    "da": ("åø", "et og er på med som af gennem ikke fra til sekunder minut pige dreng løber går havet sneen"),
    "nb": ("åø", "et og er på med som av gjennom ikke fra til sekunder minutt jente gutt løper går havet snøen"),
    "fi": ("ä", "ja on ei joka kun yli alla läpi sekuntia minuutti nainen mies tyttö poika meri lumi kettu juoksee"),
    "pl": ("ąćęłńśźż", "i w na z się nie przez jest pod nad sekund minuta kobieta dziewczyna chłopiec śnieg morze"),
    "cs": ("ěščřžůť", "a v na se není přes je pod nad sekund minuta žena muž dívka chlapec sníh moře lesem"),
    "hu": ("őű", "egy az és nem van át alatt másodperc perc nő férfi lány fiú hó tenger fut megy róka"),
    "ro": ("ășțţ", "un o și în pe cu nu este prin sub secunde minut femeie bărbat fată băiat zăpadă mare aleargă"),
    "tr": ("ğışç", "bir ve bu ile için değil üzerinde altında saniye dakika kadın adam kız çocuk kar deniz koşan"),
    "vi": ("ạảấầẩậắằặẹẻẽếềểệỉịọỏốồổộớờởợụủứừửựỳỵđư", "một và trong trên với không của qua giây phút cô người biển"),
    "id": (
        "",
        "seorang seekor di dan yang dengan untuk tidak dari detik menit perempuan lelaki anak laut salju berlari",
    ),
}
"""Signs and common words of languages whose lengths and shapes are not read, so that none is taken for another."""
_OTHER_WORDS = {language: frozenset(fold(words).split()) for language, (_, words) in _OTHERS.items()}
_SCRIPTS = {
    "ARMENIAN": "hy", "BENGALI": "bn", "ETHIOPIC": "am", "GEORGIAN": "ka", "GREEK": "el", "GUJARATI": "gu",
    "GURMUKHI": "pa", "HEBREW": "he", "KANNADA": "kn", "KHMER": "km", "LAO": "lo", "MALAYALAM": "ml", "MYANMAR": "my",
    "SINHALA": "si", "TAMIL": "ta", "TELUGU": "te", "THAI": "th",
}  # fmt: skip
_LOANED = frozenset("éèêëïîâàäöüçñåø")
"""Letters that English names and loan words have, too: `naïve`, `café`."""
UNKNOWN = "und"
"""The BCP 47 tag of words whose language can't be told."""
_COMMON_WORDS = {language: frozenset(fold(words).split()) for language, words in _COMMON.items()}
_PERSIAN_WORDS = frozenset(
    fold(
        "است این یک از با در که را برای می و ثانیه بدون فیلم ویدیو بساز ویدئو ثانیه‌ای پیر دختر شب دریا کن عمودی"
    ).split()
)
_ARABIC_WORDS = frozenset(
    fold("في من على مع إلى هذا فيديو فيلم بدون ثواني ثوان اصنع اجعل عن هو هي رجل امرأة عند تحت دقائق مقطع لا").split()
)


def language_of(text: Text) -> str:
    """Return the BCP 47 tag of the language the words are most likely in; `en` where nothing speaks for another.

    `und` stands for letters of a script or a kind that none of the languages here has.

    Scripts decide first, then a few common words of each language, and letters that only one of them has.
    """
    said, letters = text.said.lower(), [one for one in text.said if one.isalpha()]
    if not letters:
        return "en"
    counts = {
        script: sum(1 for one in letters if low <= one <= high)
        for script, (low, high) in {
            "kana": ("\u3040", "\u30ff"), "han": ("\u4e00", "\u9fff"), "hangul": ("\uac00", "\ud7af"),
            "cyrillic": ("\u0400", "\u04ff"), "arabic": ("\u0600", "\u06ff"), "devanagari": ("\u0900", "\u097f"),
        }.items()
    }  # fmt: skip
    # One Han character says about as much as a short Latin word.
    counts["han"] *= 3
    script = max(counts, key=lambda one: counts[one])
    if counts["kana"] and counts["kana"] * 3 >= len(letters) * 0.15:
        return "ja"
    if counts[script] < max(1.0, 0.3 * len(letters)):
        latin = sum(unicodedata.name(one, "").startswith("LATIN") for one in letters)
        return _latin_language(text, said) if latin * 2 >= len(letters) else _language_of_script(letters)
    match script:
        case "arabic":
            return _arabic_language(text, said)
        case "han":
            return "zh"
        case other:
            return {"hangul": "ko", "cyrillic": "ru", "devanagari": "hi", "kana": "ja"}[other]


def _language_of_script(letters: list[str]) -> str:
    scripts = Counter(unicodedata.name(one, "").partition(" ")[0] for one in letters)
    return _SCRIPTS.get(scripts.most_common(1)[0][0], UNKNOWN)


def _arabic_language(text: Text, said: str) -> str:
    words = [one.text for one in text.tokens]
    persian = 2 * sum(said.count(one) for one in "پچژگکی") + sum(one in _PERSIAN_WORDS for one in words)
    arabic = 2 * sum(said.count(one) for one in "ةىأإيك") + sum(one in _ARABIC_WORDS for one in words)
    arabic += sum(one.startswith("ال") and len(one) > 4 for one in words)
    return "fa" if persian > arabic else "ar"


def _latin_language(text: Text, said: str) -> str:
    words = [one.text for one in text.tokens if one.is_word]
    score = {language: float(sum(one in known for one in words)) for language, known in _COMMON_WORDS.items()}
    for language, signs in (("de", "äöüß"), ("fr", "êèœùçûàî"), ("es", "ñ¿¡"), ("pt", "ãõ"), ("it", "òì")):
        score[language] += 0.9 * any(one in said for one in signs)
    for language, endings in _ENDINGS.items():
        score[language] += 0.5 * sum(one.endswith(endings) and len(one) > 4 for one in words)
    best = max(score, key=lambda one: score[one])
    others = {
        language: sum(one in _OTHER_WORDS[language] for one in words) + 0.9 * any(one in said for one in signs)
        for language, (signs, _) in _OTHERS.items()
    }
    other = max(others, key=lambda one: others[one])
    if others[other] > max(score[best], 1.5):
        return other
    if not score[best] and any(one.isalpha() and not one.isascii() and one not in _LOANED for one in said):
        return UNKNOWN
    return "en" if score["en"] >= score[best] else best
