"""What the pictures that came with the words are for, and what a film is therefore made from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from bus.plan import Artifact, Assumption, BriefImage, ImageRole, Mode
from services.intent.film_words import FILM, HEDGE, REQUEST, WANT
from services.intent.languages import MATCHES_MAX, Span, Text, any_of, has_letters


@dataclass(frozen=True)
class Roles:
    """The pictures with their roles; `assumed` says which of them the words left open."""

    images: tuple[BriefImage, ...]
    assumed: tuple[Assumption, ...] = ()


_PICTURE = (
    "photo|photos|picture|pictures|image|images|photograph|photographs|pic|pics|selfie|screenshot|"
    "snapshot|frame|still|foto|fotos|bild|bilder|aufnahme|cliché|imagen|imágenes|fotografía|fotografia|"
    "imagem|imagens|immagine|immagini|फोटो|तस्वीर|चित्र|तस्वीरें|पिक्चर|इमेज|عکس|عکس‌ها|تصویر|صورة|"
    "الصورة|صورتي|الصور|صورتين|الصورتين|фото|фотографи*|картинк*|изображени*|снимок|照片|图片|圖片|"
    "图像|相片|图|"
    "写真|画像|绘画|사진"
)
_PICTURE_PATTERN = re.compile(any_of(_PICTURE))
_DRAWING = "drawing|painting|portrait|sketch|artwork|logo|illustration|zeichnung|gemälde|dessin|dibujo|desenho|disegno"
_START = re.compile(
    any_of(
        "start|starts|starting|first frame|first|opening|open|opens|begin|begins|beginning|from|initial|"
        "anfang|erste*|beginn*|start*|anfangsbild|début|première|premiere|départ|commence*|inicio|primer|"
        "primero|primera|comienza|empieza|início|primeiro|primeira|começa|inizio|primo|prima|iniziale|"
        "शुरुआत|शुरू|पहला|पहली|पहले|शुरुआती|اول|آغاز|شروع|ابتدا|نخست|الأولى|الاولى|بداية|البداية|أول|يبدأ|"
        "первый|первая|начало|начал*|首帧|首|第一|开头|开始|起始|最初|始め|先頭|冒頭"
    )
)
_END = re.compile(
    any_of(
        "end|ends|ending|last frame|last|final|finish|finishes|closing|close on|ende|letzte*|schluss|"
        "endbild|endet|fin|dernière|derniere|finale|finit|final|último|última|ultimo|ultima|termina|acaba|"
        "fine|finisce|अंत|आखिरी|अंतिम|آخر|پایان|انتها|الأخيرة|الاخيرة|نهاية|النهاية|ينتهي|последн*|конец|"
        "конц*|финал*|尾帧|结尾|结束|最后|末|最終|最後|終わり"
    )
)
_REFERENCE = re.compile(
    any_of(
        "style|styles|reference|references|character|look like|looks like|look|looks|inspiration|inspired|"
        "mood|moodboard|palette|colours|colors|aesthetic|resemble|similar to|like this|like in|like the "
        "one|her face|his face|my face|"
        "same person|same face|guide|stil|stilreferenz|stilvorlage|referenz*|vorlage|inspiration|aussehen|"
        "aussehen wie|figur|charakter|style|référence|reference|inspire*|ressemble*|personnage|estilo|"
        "referencia|personaje|inspira*|parece*|"
        "referência|personagem|stile|riferimento|personaggio|ispira*|शैली|स्टाइल|संदर्भ|रेफरेंस|किरदार|"
        "जैसा|जैसी|سبک|مرجع|الگو|شخصیت|شبیه|أسلوب|بأسلوب|نمط|مرجع|كمرجع|شخصية|تشبه|يشبه|стил*|референс*|"
        "персонаж*|похож*|风格|参考|人物|角色|像|长得像|スタイル|参考|キャラクター|雰囲気"
    )
)
_BOTH = re.compile(
    any_of(
        "from|start|starts|first|between|morph|morphs|morphing|transition|transitions|transform|transforms|"
        "turn into|turns into|becomes|become|into|begin|begins|beginning|von|zwischen|verwandel*|anfang|de|"
        "du|entre|depuis|desde|da|dal|dalla|tra|से|از|بین|من|بين|от|из|между|从|從|首|から|最初|начал*|"
        "начина*|"
        "شروع|آغاز|بداية|يبدأ|शुरू|शुरुआत|commence|comienza|empieza|começa|inizia|beginnt|primera|primeira|"
        "prima|première|erste*|premier|primer|第一|开始"
    )
    + r"[^.!?。]{0,80}?"
    + any_of(
        "to|end|ends|last|final|second|and|into|becomes|bis|zu|zum|ende|letzte*|und|à|vers|fin|et|dernière|"
        "a|hasta|final|y|último|última|até|para|e|alla|al|fino|fine|तक|और|अंत|به|تا|و|پایان|إلى|الى|و|"
        "نهاية|ينتهي|до|к|в|и|конц*|заканчив*|到|变成|尾|和|结束|まで|へ|最後|ends with|finisce|termina|"
        "acaba|endet|"
        "zweite*|second|segunda|seconda|第二|dernier|últim*"
    )
)
_TRANSITION = re.compile(
    any_of(
        "morph|morphs|morphing|between|transition|transitions|transform|transforms|turn into|turns into|"
        "start and end|first and last|from this|from the first|from one|from image|from picture|from photo|"
        "start frame|end frame|zwischen|verwandel*|von bild|vom ersten|entre|de la première|de l'image|de "
        "la primera|de la imagen|da primeira|da imagem|dalla prima|dall'immagine|tra|بین|از عکس|از تصویر|"
        "بين|من الصورة|между|от первой|从第一|从图|首尾|首帧|尾帧"
    )
)
_NUMBER_OF = (
    re.compile(
        r"(?:"
        + any_of(
            "first|1st|one|erste*|première|premiere|primera|primeira|prima|primo|पहली|पहला|اول|الأولى|الاولى|"
            "первая|первое|первую"
        )
        + rf"\s(?:one\b|{any_of(_PICTURE)})?)|{any_of(_PICTURE)}\s?(?:#|nr\.?|n°)?\s?(?:1\b|one\b|"
        rf"{any_of('اول|الأولى')})|第一(?:张|幅|个)|图一|图1"
    ),
    re.compile(
        r"(?:"
        + any_of(
            "second|2nd|other|two|zweite*|deuxième|seconde|segunda|seconda|secondo|दूसरी|दूसरा|دوم|الثانية|"
            "الثانيه|вторая|второе|вторую"
        )
        + rf"\s(?:one\b|{any_of(_PICTURE)})?)|{any_of(_PICTURE)}\s?(?:#|nr\.?|n°)?\s?(?:2\b|two\b|"
        rf"{any_of('دوم|الثانية')})|第二(?:张|幅|个)|图二|图2"
    ),
)
_THIS = any_of(
    "this|these|that|my|our|the attached|attached|the enclosed|enclosed|uploaded|the uploaded|the "
    "provided|provided|"
    "the given|following|above|dieses|diesem|dieser|diese|dies|mein|meine|meinem|meiner|meinen|angehängte*|"
    "beigefügte*|hochgeladene*|cette|ce|ma|mes|esta|este|estas|mi|mis|adjunta|la adjunta|essa|esse|"
    "minha|meu|minhas|"
    "anexada|anexa|questa|questo|queste|la mia|mia|mio|allegata|मेरी|मेरा|मेरे|इस|यह|ये|संलग्न|इन|این|"
    "پیوست|هذه|هذا|هاتين|"
    "المرفقة|эту|этой|это|этого|мою|моей|моё|моего|приложенн*|прикрепленн*|загруженн*"
)
_ADJECTIVES = (
    r"(?:(?:attached|uploaded|two|old|new|favorite|favourite|own|beautiful|little|family|holiday|"
    r"wedding|profile|last|"
    r"first|angehängte\w*|beiden|alte[ns]?|deux|dos|due|zwei|do)\s){0,2}"
)
_ATTACHED = any_of(
    "i attached|i uploaded|i sent|i've attached|i have attached|i gave|attached|below|above|provided|"
    "uploaded|here|"
    "jointe|ci-jointe|adjunta|anexa|anexada|em anexo|allegata|angehängt|ich angehängt|j'ai envoyée|que "
    "adjunto|"
    "que subí|que enviei|che ho allegato|im anhang|en pièce jointe"
)
_HAN_THIS = (
    r"(?:这|那|我的|附|上传的|附上的|附件|提供的)(?:张|幅|个|些|两张|件)?(?:的)?(?:照片|图片|图像|相片|"
    r"图|自拍)"
    r"|(?:この|私の|添付の|添付した|アップロードした)(?:写真|画像|イラスト|絵)"
)
_MY_PICTURE = any_of(
    "عکس من|عکس‌های من|عکسم|عکسمو|عکس پیوست|تصویر من|تصویر پیوست|عکس ضمیمه|عکسی که فرستادم|صورتي|صوري|"
    "الصورة المرفقة|"
    "الصورة المرفوعة|الصورة التي أرفقتها|صورتى|मेरी फोटो|संलग्न तस्वीर|image to video|i2v|img2vid|photo "
    "to video|"
    "bild zu video"
)
_ANIMATES = any_of(
    "animate|bring to life|use|from|start from|start with|starting from|starting with|based on|anime|"
    "animiere|belebe|"
    "nutze|verwende|anima|utilise|usa"
)
_MY = any_of("this|my|these|the attached|dieses|meine|mein|cette|mon|ce|mi|este|minha|meu|mio|questo")
_DEICTIC = re.compile(
    rf"{_THIS}[\s:]{{1,2}}{_ADJECTIVES}{any_of(_PICTURE)}(?!-)"
    rf"|{any_of('the|das|die|la|el|a|o|il|den')}\s{any_of(_PICTURE)}\s(?:(?:that|which|die|das|que|"
    rf"che)\s)?{_ATTACHED}"
    rf"|{_HAN_THIS}|{_MY_PICTURE}|{_ANIMATES}\s{_MY}\s(?:\w{{2,12}}\s)?{any_of(_DRAWING)}"
    rf"|{any_of('this|attached|uploaded|the attached|the uploaded')}\s(?:attached\s|"
    rf"uploaded\s)?{any_of(_DRAWING)}"
    r"(?=\s*(?:$|[,.:;]|come|to life|moving|and|into|as|should|in motion))"
)
_IN_THE_STORY = re.compile(
    any_of(
        "look at|looks at|looking at|holds|holding|takes|taking|take|show|shows|says|reads|of the|draws|"
        "paints|hangs|hung|sees"
    )
    + r"\s*$"
)
NO_PICTURE = re.compile(
    any_of(
        "no picture|no photo|no image|without a picture|without a photo|without an image|without the "
        "picture|without the photo|without the image|without any picture|from words|text only|only text|"
        "just text|i don't have one|"
        "i do not have one|don't have one|do not have one|forget the picture|forget the photo|forget the image|i "
        "have none|have no picture|"
        "ohne bild|ohne foto|kein bild|kein foto|sans image|sans photo|pas d'image|pas de photo|sin imagen|"
        "sin foto|sem imagem|sem foto|senza immagine|senza foto|没有图片|没有照片|不用图片|无图|बिना फोटो|"
        "बिना तस्वीर|"
        "بدون عکس|بدون تصویر|بدون صورة|без фото|без картинки|写真なし|画像なし"
    )
)


def names_a_missing_picture(text: Text) -> bool:
    """Say whether the words speak of a picture that is to come with them, such as `my photo`."""
    return any(
        not _IN_THE_STORY.search(text.folded[max(0, one.start() - 12) : one.start()])
        for one in islice(_DEICTIC.finditer(text.folded), MATCHES_MAX)
    )


SMALL = re.compile(any_of(f"{HEDGE}|{FILM}|{WANT}|{REQUEST}"))
MOVES = re.compile(
    any_of(
        "animate|animated|come alive|comes alive|come to life|comes to life|to life|alive|bring|move|moves|moving|"
        "in motion|"
        "turn|into|use|start|from|with|slowly|gently|soll|sich|bewegen|lebendig|werden|animiere|animieren|anima|animer|"
        "lass|lassen|erwecke|erwecken|zum leben|leben|cobre vida|cobra vida|cobrar vida|que|ganhe vida|ganhar vida|"
        "prenda vita|prendere vita|donne vie|prend vie|prenne vie|एनिमेट|जीवित|को|"
        "bouger|fais|vivre|mover|moverse|da vida|haz|faça|fai|muovere|动起来|动|让|活|"
        "生き|動かして|चलाओ|जीवंत|زنده|متحرک|کن|حرك|"
        "оживи|оживить"
    )
)


def is_only_about_picture(text: Text) -> bool:
    """Say whether the words are to move a picture and nothing more: `animate this photo`."""
    left = MOVES.sub(" ", _DEICTIC.sub(" ", text.folded))
    if len(text.folded.split()) <= 2:
        # What is left of `animate my picture` once the asking is taken off.
        left = _PICTURE_PATTERN.sub(" ", left)
    return not has_letters(SMALL.sub(" ", left))


_HERE = re.compile(
    any_of(
        "here|here it is|here you go|here you are|there|there you go|this one|attached|done|sorry|"
        "added|hier|hier ist es|"
        "bitte sehr|voilà|voici|la voilà|aquí|aquí está|aqui|aqui está|ecco|eccola|"
        "这里|给你|यह रही|यहाँ|بفرما|اینجاست|تفضل|"
        "ها هي|вот|вот она"
    )
)


def hands_over_picture(text: Text) -> bool:
    """Say whether the words do no more than hand a picture over: `here it is`, `my photo`."""
    return not has_letters(SMALL.sub(" ", _HERE.sub(" ", _PICTURE_PATTERN.sub(" ", _DEICTIC.sub(" ", text.folded)))))


def does_without_picture(text: Text) -> bool:
    """Say whether the person goes on without a picture."""
    return NO_PICTURE.search(text.folded) is not None


def without_mention(words: str) -> str:
    """Return the words less what says that there is no picture."""
    text = Text.of(words)
    kept, at = "", 0
    for match in islice(NO_PICTURE.finditer(text.folded), MATCHES_MAX):
        kept += text.said_at_raw((at, match.start()))
        at = match.end()
    return f"{kept}{text.said_at_raw((at, len(text.folded)))}".strip() if at else words


def roles_of(pictures: tuple[Artifact, ...], text: Text) -> Roles:
    """Return each picture's role: as the words say, or else the first frame for the first of them."""
    if not pictures:
        return Roles(())
    single = _role_in(text.folded)
    if len(pictures) == 1:
        if single is not None:
            return _roles(pictures, (single,))
        why = "one picture came with the words; they don't say what it is for"
        return _roles(pictures, (ImageRole.FIRST_FRAME,), why)
    mentioned = _mentioned(text, len(pictures))
    if mentioned is not None:
        return _roles(pictures, mentioned)
    if len(pictures) == 2 and (
        _TRANSITION.search(text.folded)
        or (_START.search(text.folded) and _END.search(text.folded))
        or _both_named(text)
    ):
        return _roles(pictures, (ImageRole.FIRST_FRAME, ImageRole.LAST_FRAME))
    if single is ImageRole.REFERENCE:
        return _roles(pictures, (ImageRole.REFERENCE,) * len(pictures))
    rest = (ImageRole.REFERENCE,) * (len(pictures) - 1)
    why = "several pictures came with the words; the first is taken as the first frame, the others show how things look"
    return _roles(pictures, (ImageRole.FIRST_FRAME, *rest), why)


def _both_named(text: Text) -> bool:
    return any(_PICTURE_PATTERN.search(one.group()) for one in islice(_BOTH.finditer(text.folded), MATCHES_MAX))


def _roles(pictures: tuple[Artifact, ...], roles: tuple[ImageRole, ...], why: str = "") -> Roles:
    images = tuple(BriefImage(artifact=one, role=role) for one, role in zip(pictures, roles, strict=True))
    assumed = (Assumption(field="images", value=", ".join(roles), why=why),) if why else ()
    return Roles(images, assumed)


def _role_in(folded: str) -> ImageRole | None:
    """Return the role that words near a word for a picture give it."""
    near = [folded[max(0, one.start() - 40) : one.end() + 40] for one in _PICTURE_PATTERN.finditer(folded)] or [
        folded[:200]
    ]
    for window in near[:20]:
        if _REFERENCE.search(window):
            return ImageRole.REFERENCE
        if _END.search(window) and not _START.search(window):
            return ImageRole.LAST_FRAME
        if _START.search(window):
            return ImageRole.FIRST_FRAME
    return ImageRole.REFERENCE if _LIKE_IT.search(folded) else None


_LIKE_IT = re.compile(
    any_of(
        "look like her|look like him|look like me|looks like her|looks like me|as a reference|as reference|same style|"
        "in this style|als referenz|comme référence|como referencia|como referência|come riferimento"
    )
)


def _mentioned(text: Text, count: int) -> tuple[ImageRole, ...] | None:
    """Return the roles where the words go through the pictures: `the first is the start, the second the style`."""
    places = [pattern.search(text.folded) for pattern in _NUMBER_OF]
    if count != 2 or places[0] is None or places[1] is None:
        return None
    marks = sorted((places[0], places[1]), key=lambda one: one.start())
    lead = text.folded[max(0, marks[0].start() - 40) : marks[0].start()]
    if _LEADS_TO.search(lead):
        # `Start with image 2 and end with image 1`: what each is for stands before it.
        between = text.folded[marks[0].end() : marks[1].start()]
        said = {marks[0]: _word_role(lead), marks[1]: _word_role(between)}
        if all(said.values()):
            return tuple(said[places[index] or marks[0]] or ImageRole.REFERENCE for index in range(2))
    stretches = {
        marks[0]: text.folded[marks[0].end() : marks[1].start()],
        marks[1]: text.folded[marks[1].end() : marks[1].end() + 60],
    }
    roles = [_word_role(stretches[places[index] or marks[0]]) for index in range(2)]
    if roles == [None, None]:
        return None
    defaults = (ImageRole.FIRST_FRAME, ImageRole.REFERENCE if roles[0] is not None else ImageRole.LAST_FRAME)
    return tuple(role or default for role, default in zip(roles, defaults, strict=True))


_LEADS_TO = re.compile(
    any_of(
        "start|starts|begin|begins|open|end|ends|close|finish|beginne*|starte*|ende|commence*|finis*|empieza|termina"
    )
    + r"\s(?:it\s|the film\s)?(?:with|on|from|at|mit|bei|par|avec|con|com)\s(?:the\s)?$"
)


def _word_role(folded: str) -> ImageRole | None:
    for pattern, role in (
        (_REFERENCE, ImageRole.REFERENCE),
        (_END, ImageRole.LAST_FRAME),
        (_START, ImageRole.FIRST_FRAME),
    ):
        if pattern.search(folded):
            return role
    return None


_GIVES_A_ROLE = re.compile(
    any_of(
        "use|take|as|is the|are the|be the|start from|start with|starts from|starts with|starting from|begin with|"
        "begin from|open on|end on|end with|ends on|ends with|close on|nutze|verwende|nimm|als|ist das|ist der|ist die|"
        "beginne mit|utilise|comme|est la|est le|commence par|usa|como|es el|es la|empieza con|é o|é a|comece com|come|"
        "è il|è la|inizia con|को|را|من هذه|من هذا|ابدأ|استخدم|начни|используй|как|с этой"
    )
    + "|作为|为首|为尾|参考|用这|以这|として|から始"
)


_NAMES_A_PICTURE = re.compile(
    f"{any_of(_PICTURE)}|{any_of(_DRAWING)}|{any_of('it|this|these|them|es|vorlage|stilvorlage|fotograma')}|帧"
)


def gives_a_role(text: Text, clause: Span) -> bool:
    """Say whether a clause says what a picture is for: `use it as the last frame`."""
    words = _at(text, clause)
    return _GIVES_A_ROLE.search(words) is not None and any(one.search(words) for one in (_START, _END, _REFERENCE))


def names_a_picture(text: Text, clause: Span) -> bool:
    """Say whether a clause speaks of a picture by its name."""
    return _PICTURE_PATTERN.search(_at(text, clause)) is not None


def role_spans(text: Text) -> tuple[Span, ...]:
    """Return the clauses that only say what a picture is for, `use it as the last frame`, beside other words."""
    found = tuple(
        clause for clause in text.clauses if _NAMES_A_PICTURE.search(_at(text, clause)) and gives_a_role(text, clause)
    )
    return found if len(found) < len(text.clauses) else ()


def _at(text: Text, span: Span) -> str:
    return text.folded[span[0] : span[1]]


def mode_of(images: tuple[BriefImage, ...]) -> tuple[Mode, str]:
    """Return what the film is made from, and why in a sentence."""
    roles = [one.role for one in images]
    if ImageRole.FIRST_FRAME in roles and ImageRole.LAST_FRAME in roles:
        return Mode.FLF2V, "Two images came with the words: the film starts from one and ends on the other."
    if ImageRole.LAST_FRAME in roles:
        return Mode.FLF2V, "An image came with the words, and they want the film to end on it."
    if ImageRole.FIRST_FRAME in roles:
        return Mode.I2V, "An image came with the words, and the film starts from it."
    if roles:
        return (
            Mode.T2V,
            "The image that came with the words only shows how things look, so the film starts from the words.",
        )
    return Mode.T2V, "No image came with the words, so the film starts from them."
