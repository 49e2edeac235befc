"""The style a person named, in their own wording: a painter, a technique, a genre of film, `X style`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from services.intent.film_words import FILM, HEDGE, LENGTH, REQUEST, WANT
from services.intent.languages import LETTER, MATCHES_MAX, Span, Text, any_of, has_letters, words_of


@dataclass(frozen=True)
class Styles:
    """The style in the person's wording, and where these words stand beside the story and inside it."""

    style: str | None
    spans: tuple[Span, ...]
    """Words that are about the film only and leave the picture."""
    is_replacement: bool = False
    """It was asked for instead of another one."""


# What is a style wherever it stands.
_ALWAYS = re.compile(
    any_of(
        "painterly|photorealistic|photo realistic|hyperrealistic|hyper realistic|hyperrealism|photorealism|"
        "claymation|clay animation|stop motion|"
        "stop motion animation|pixel art|8 bit|16 bit|ukiyo e|anime|manga|film noir|neo noir|cel shaded|"
        "cel shading|cell shaded|low poly|"
        "3d animation|3d animated|2d animation|2d animated|cg animation|cgi|3d render|3d rendered|hand "
        "drawn|hand drawn animation|rotoscope*|"
        "cyberpunk|steampunk|solarpunk|vaporwave|synthwave|dieselpunk|lo fi|lofi|impressionist|"
        "impressionistic|expressionist|expressionistic|"
        "surrealist|cubist|art deco|art nouveau|pop art|bauhaus|comic book style|cinematic|studio ghibli|"
        "ghibli|pixar|ink wash|ink wash painting|"
        "sumi e|found footage|super 8|super 8mm|16mm|16 mm|35mm|35 mm|70mm|8mm|vhs|technicolor|sepia|sepia "
        "toned|film grain|grainy|storybook illustration|"
        "paper cutout|paper cut out|cut out animation|papercraft|origami style|felt animation|puppet "
        "animation|line art|double exposure|infrared|"
        "monochrome|gouache|charcoal drawing|pencil sketch|pencil drawing|pastel "
        "drawing|dreamcore|"
        "photographic|documentary style|mockumentary|unreal engine|octane render|"
        "malerisch*|fotorealistisch*|knetanimation|zeichentrick*|aquarellstil|"
        "kinoreif|filmisch*|pixelkunst|ölgemälde|"
        "dokumentarisch*|bleistiftzeichnung|bleistiftskizze|kohlezeichnung|impressionistisch*|"
        "expressionistisch*|"
        "photoréaliste|photorealiste|hyperréaliste|cinématographique*|cinematographique*|"
        "pâte à modeler|animation en volume|pictural*|"
        "dessin animé|impressionniste|peinture à l'huile|au crayon|aquarelle|à l'aquarelle|"
        "fotorrealista|hiperrealista|cinematográfico|cinematográfica|acuarela|pintura al "
        "óleo|plastilina|dibujos animados|pictórico|"
        "impresionista|a lápiz|estilo anime|animación 3d|"
        "fotorrealista|cinematográfico|aquarela|pintura a óleo|massinha|desenho animado|"
        "pictórico|impressionista|animação 3d|"
        "fotorealistico|fotorealistica|cinematografico|cinematografica|acquerello|pittura a "
        "olio|plastilina|cartone animato|"
        "impressionista|a matita|pittorico|pittorica|animazione 3d|"
        "水彩|水彩画|水墨|水墨画|水墨风|动漫|动画风格|赛博朋克|像素艺术|像素画|黏土动画|"
        "粘土动画|定格动画|超写实|照片级真实|电影感|"
        "胶片感|浮世绘|铅笔画|国画|印象派|吉卜力|皮克斯|3d动画|三维动画|二次元|"
        "蒸汽朋克|黑色电影|"
        "水彩画風|モノクロ|アニメ調|油絵風|浮世絵|ドット絵|クレイアニメ|ストップモーション|"
        "写実的|映画的|サイバーパンク|ジブリ風|水墨画風|鉛筆画|"
        "जलरंग|वॉटरकलर|वाटरकलर|एनीमे|एनिमे|साइबरपंक|तैल चित्र|तेल चित्रकला|"
        "ऑयल पेंटिंग|सिनेमैटिक|क्लेमेशन|पिक्सेल आर्ट|"
        "यथार्थवादी|फोटोरियलिस्टिक|फोटो यथार्थवादी|पेंसिल स्केच|3डी एनिमेशन|"
        ""
        "آبرنگ|آبرنگی|انیمه|سایبرپانک|رنگ روغن|نقاشی رنگ روغن|واقع‌گرایانه|"
        "فوتورئالیستی|استاپ موشن|پیکسل آرت|"
        "انیمیشن سه‌بعدی|نوآر|طراحی با مداد|"
        "ألوان مائية|الألوان المائية|بالألوان المائية|أنمي|انمي|"
        "سايبربانك|لوحة زيتية|رسوم متحركة|"
        "ثلاثي الأبعاد|رسم بالقلم الرصاص|نوار|"
        "аниме|киберпанк*|кинематографич*|"
        "масляная живопись|маслом|фотореалистичн*|"
        "пластилинов*|пиксель арт|нуар|карандашный рисунок|3d анимация|"
        "수채화|애니메이션 스타일|시네마틱"
    )
)
# What is a style beside a word for a film or where the clause holds nothing else: a vintage car is a car.
_MAYBE = re.compile(
    any_of(
        "卡通|复古|手绘|写实|素描|油画|纪录片|日系|像素|油絵|実写|手描き|कार्टून|विंटेज|डॉक्यूमेंट्री|"
        "वृत्तचित्र|सिनेमाई|مستند|کارتونی|سینمایی|سينمائي*|واقعي*|وثائقي*|كرتوني|документальн*|акварел*|"
        "زيتية|مینیاتور|digital art|concept art|cg|"
        "watercolor|watercolour|watercolors|watercolours|oil painting|oil paint|acrylic|"
        "acrylic painting|sketch|documentary|vintage|"
        "retro|noir|cartoon|comic|comic book|minimalist|minimalistic|abstract|surreal|surrealistic|gothic|"
        "baroque|renaissance|realistic|naturalistic|stylized|stylised|"
        "animated|dreamlike|dreamy|gritty|moody|whimsical|epic|handheld|horror|fantasy|sci fi|science "
        "fiction|futuristic|psychedelic|pastel|"
        "charcoal|crayon|ink|collage|mosaic|stained glass|graffiti|woodcut|fresco|illustration|digital art|"
        "concept art|painting|film photography|"
        "polaroid|analog|analogue|nostalgic|romantic|western|newsreel|music video|silent film|slow cinema|"
        "fairy tale|picture book|children's book|"
        "illustrated|painted|fashion|commercial|vlog|gothic horror|medieval|victorian|wes anderson|van "
        "gogh|monet|picasso|hopper|tarkovsky|"
        "aquarell|aquarelle|ölmalerei|zeichnung|bleistift|skizze|comic|dokumentarfilm|doku|retro|knete|"
        "abstrakt|surreal|realistisch*|verträumt|"
        "croquis|esquisse|bande dessinée|rétro|documentaire|réaliste|onirique|surréaliste|abstrait|féerique|"
        "boceto|documental|realista|surrealista|onírico|abstracto|cómic|óleo|antiguo|"
        "esboço|documentário|onírico|abstrato|quadrinhos|"
        "schizzo|documentario|realistico|realistica|surreale|onirico|astratto|fumetto|"
        "梦幻|唯美|极简|抽象|超现实|科幻|恐怖|童话|漫画|幻想的|レトロ|ノスタルジック|抽象的|"
        "यथार्थ|अमूर्त|स्वप्निल|रेट्रो|रहस्यमय|रंगीन पेंसिल|"
        "رئال|انتزاعی|رویایی|فانتزی|قدیمی|نوستالژیک|"
        "تجريدي|حالم|قديم|خيالي|"
        "реалистичн*|сюрреалистичн*|абстрактн*|винтажн*|ретро|сказочн*"
    )
)
_COLOURLESS = re.compile(
    any_of(
        "black and white|black & white|b&w|bw|schwarz weiss|schwarzweiss|noir et blanc|blanco y negro|"
        "preto e branco|"
        "bianco e nero|黑白|白黒|ब्लैक एंड व्हाइट|श्वेत श्याम|سیاه و سفید|أبيض وأسود|الأبيض والأسود|بالأبيض "
        "والأسود|черно бел*|흑백"
    )
)
_IN_IT = re.compile(any_of("in|en|em|im|in schönem|به صورت|به رنگ|в") + r"\s*$|(?:用|以|で)$")
_NOUN = (
    "style|styles|look|aesthetic|aesthetics|vibe|vibes|feel|animation|rendering|render|grade|grading|"
    "footage|photography|cinematography|"
    "film|movie|video|clip|short|texture|painting|drawing|art|artwork|illustration|tone|tones|mood|"
    "treatment|effect|genre|"
    "stil|look|optik|ästhetik|ästhetisch|"
    "estilo|estética|aspecto|look|stile|estetica|style|esthétique|ambiance|"
    "风格|风|画风|质感|效果|感觉|風格|風|スタイル|調|風に|風の|タッチ|शैली|स्टाइल|अंदाज़|लुक|سبک|استایل|"
    "به سبک|أسلوب|بأسلوب|"
    "طراز|стиль|стиле|стилистик*|스타일"
)
_NOUN_NEXT = re.compile(r"[\s-]{0,2}(?:and\s|的|の|में\s|का\s|की\s)?" + any_of(f"{_NOUN}|{FILM}"))
_AS_STYLE = re.compile(
    any_of(
        "in|as|as a|in a|as an|like a|like an|im|als|in|en|à l'|a l'|comme|como|em|a|con|made of|done in|"
        "painted in|style|estilo|stile|shot in|shot on|filmed in|drawn in|rendered in|rendered as|more|"
        "less|very|in schönem|più|más|mais|plus|mehr|به سبک|بأسلوب|в|в стиле"
    )
    + r"\s*$"
)
_MODIFIER = re.compile(
    r"(?:(?<=\s)|(?<=^)|(?<=[,.;:(]))(?:(?:"
    + any_of(
        "very|more|less|slightly|soft|softly|dark|bright|warm|cold|gritty|grainy|high contrast|vibrant|"
        "japanese|chinese|classic|classical|old|"
        "vintage|modern|smooth|loose|rough|detailed|delicate|colorful|colourful|muted|pastel|dreamy|moody|"
        "retro|epic|hyper|ultra|1920s|1930s|1940s|1950s|1960s|"
        "1970s|1980s|1990s|80s|90s|70s|60s|50s|3d|2d|hand painted|traditional|mehr|plus|más|mais|più|full|"
        "early|italian|french|german|nordic|sehr|etwas"
    )
    + r"[\s-]{1,2}){1,3})$"
)
# A comma ends the name of a style; so do the words that go on with the story.
_NAME = (
    r"(?:(?!\b(?:of|with|about|where|showing|in which|and then|that|featuring|who|please|mit|uber|avec|"
    r"sobre|con|com|che|qui|que|but)\b)[^,.;:!?()\n\[\]{}。，、؛،।\"“”—]){1,48}"
)
_STYLE_OF = re.compile(
    r"(?:" + any_of(
        "in the style of|in the manner of|in the vein of|in the aesthetic of|in the look of|in style of|"
        "styled like|styled as|inspired by the style of|inspired by the work of|"
        "as if painted by|as if directed by|as if drawn by|directed by|à la|reminiscent of"
    ) + r")\s(?P<en>" + _NAME + r")"
    r"|(?:" + any_of("im stil von|im stile von|im stil eines|im stil einer|im stil der|im stil des|dans le style de|"
        "dans le style du|dans le style des|dans le style d|dans un style|au style|"
           "al estilo de|en el estilo de|con estilo de|en estilo|con estilo|al estilo|estilo|no estilo de|no "
        "estilo do|no estilo da|ao estilo de|em estilo|no estilo|com estilo|nello stile di|"
           "nello stile del|in stile|con stile|alla maniera di|به سبک|با سبک|در سبک|به شیوه|بأسلوب|على طراز|"
        "على طريقة|بنمط|в стиле|в манере|im stil|nach art von|à la manière de|stile")
    + r")['\s](?P<other>" + _NAME + r")"
)  # fmt: skip
_X_STYLE = re.compile(
    r"(?P<name>(?:[^\W_][^\s,.;:!?()\n\"“”]{0,20}[\s-]{1,2}){1,5})(?:style|aesthetic|art style|"
    r"animation style|painting style)"
    r"(?![\w'])(?!\s*(?:is|at|into|down|up|from|back|out|for|like|through|over|in|around|towards?|"
    r"away|as|closer|the|very)\b)"
)
_X_STIL = re.compile(
    r"(?P<name>(?:[^\W_][^\s,.;:!?()\n]{0,20}[\s-]{1,2}){1,3})(?:stil|optik|(?<=-)look)(?![\w'])|"
    r"(?P<glued>\b[^\W\d_]{4,20}stil)(?![\w'])"
)
_HAN_STYLE = re.compile(
    r"(?P<name>[^\s，,。；;：:！？、的\-()（）]{1,10}?)(?:的)?(?:风格|画风(?!格)|質感|质感|風格|"
    r"スタイル|風(?=[のに、。,]|$|動画|アニメ)|调|風の)"
)
_HINDI_STYLE = re.compile(
    rf"(?P<name>(?:(?:{LETTER}|\d){{1,14}}\s){{1,4}})(?:की\s|के\s)?(?:शैली|स्टाइल|अंदाज|"
    rf"लुक)(?:\s(?:में|का|की|के|वाला|वाली))?"
)
# A clause that is nothing but a kind of picture: `CG game concept digital art`, `soft vintage film texture photo`.
_ART_CLAUSE = re.compile(
    r"\s*(?!(?:an?|the|his|her|their|my|with|and|in|on|he|she|they|it)\s)(?:[\w'-]+\s+){0,5}[\w-]*?"
    r"(?:digital art|concept art|illustration|photography|cinematography|animation|artwork|"
    r"cel[- ]shading|render|"
    r"texture photo|film photo|film still|写真|插画|插图|摄影|原画|イラスト)\s*"
)
_NAME_START = words_of(
    "a an the in with of and make it please video film clip style as like at on using want i is are "
    "was be should this its his her "
    "ein eine einen im in mit dem der die das und als le la un une du de des d mach mache mit einem "
    "einer give me do try use more "
    "का की के में एक वीडियो"
)
_OBJECT_AFTER = re.compile(
    r"[\s-]{1,2}(?!"
    + any_of(
        f"{_NOUN}|{FILM}|{HEDGE}|but|where|showing|about|of|instead|fresh|vintage|colors|colours|lighting|"
        f"poster|vertical|square"
    )
    + rf")(?:{LETTER})"
)
_FILLING = re.compile(
    any_of(
        f"{_NOUN}|{FILM}|{HEDGE}|{REQUEST}|{LENGTH}|{WANT}|more|less|very|quite|bit|instead|rather|now|then|style|"
        f"look|slightly|shot|filmed|rendered|painted|drawn|done|mehr|plus|más|mais|più|sehr|stattdessen|"
        f"生成|制作|做|拍|拍摄|创建|来|plutôt|mejor|更|再|点|一点|もっと|और|ज़्यादा|ज्यादा|थोड़ा|بیشتر|أكثر|"
        f"более|больше|colors|colours|but|"
        f"yes|"
        f"no|ok|also"
    )
)
_INSTEAD = re.compile(
    any_of(
        "instead|rather|change to|change it to|switch to|stattdessen|lieber|plutôt|en su lugar|mejor|em "
        "vez|invece|改成|换成|改为|换|बदल*|به جای|بدلا|вместо|лучше"
    )
)
_NOT = re.compile(
    any_of(
        "not|no|less|without|isn't|don't make it|nicht|kein|keine|pas|sin|sem|senza|не|不要|别|instead of|"
        "rather than|statt|au lieu de"
    )
    + r"\s*(?:a|an|the|too|so|zu|trop)?\s*$"
)
_ABOUT = re.compile(r"\s+(?:about|of|on|uber|von|sur|sobre|su|di|de)\b")
_STYLE_NOUN = re.compile(r"[\s-]{0,2}" + any_of("style|look|aesthetic|vibe|feel|stil|optik|风格|风"))
STYLES_MAX = 6


def read_styles(text: Text, known: tuple[Span, ...]) -> Styles:
    """Return the style the words name.

    Args:
        known: what else in the text is about the film: lengths and aspects.
    """
    named = _phrases(text)
    found = list(named)
    for pattern, is_sure in ((_ALWAYS, True), (_COLOURLESS, False), (_MAYBE, False)):
        for match in islice(pattern.finditer(text.folded), MATCHES_MAX):
            span = _with_modifiers(text, match.span())
            # `Grainy 16mm` takes the place of `grainy`.
            found = [one for one in found if one in named or not (span[0] <= one[0] and one[1] < span[1])]
            if any(span[0] < end and start < span[1] for start, end in found) or len(found) >= STYLES_MAX:
                continue
            is_colourless = pattern is _COLOURLESS and _IN_IT.search(text.folded[: match.start()][-12:])
            if is_sure or is_colourless or _is_about_the_look(text, match.span(), span, known):
                found.append(span)
    wanted = sorted(one for one in found if not _NOT.search(text.folded[max(0, one[0] - 20) : one[0]]))
    if not wanted:
        return Styles(None, ())
    wording = tuple(dict.fromkeys(_wording(text, one) for one in wanted))
    spans = tuple(_with_noun(text, one) for one in wanted if one in named or _leaves(text, one, known, tuple(wanted)))
    around = text.folded[max(0, wanted[0][0] - 30) : wanted[-1][1] + 30]
    return Styles(", ".join(wording), spans, is_replacement=_INSTEAD.search(around) is not None)


def _phrases(text: Text) -> list[Span]:
    found: list[Span] = []

    def add(span: Span) -> None:
        if span[1] > span[0] and not any(span[0] < end and start < span[1] for start, end in found):
            found.append(span)

    for match in islice(_STYLE_OF.finditer(text.folded), MATCHES_MAX):
        name = match.group("en") or match.group("other")
        if any(letter.isalnum() for letter in name):
            add((match.start(), match.start() + len(match.group().rstrip())))
    for pattern in (_X_STYLE, _X_STIL):
        for match in islice(pattern.finditer(text.folded), MATCHES_MAX):
            is_glued = match.groupdict().get("glued") is not None
            start = match.start() if is_glued else _name_start(text, match.start(), match.end("name"))
            named = text.folded[start : match.end()] if is_glued else text.folded[start : match.end("name")]
            # `Her style of dancing` is no style of a film, `the watercolor style of Turner` is.
            is_of = text.folded[match.end() :].startswith(" of ") and not (
                _ALWAYS.search(named) or _MAYBE.search(named)
            )
            if named.strip() and not is_of and not _OBJECT_AFTER.match(text.folded, match.end()):
                add((start, match.end()))
    for span in text.clauses if len(text.clauses) > 1 else ():
        if _ART_CLAUSE.fullmatch(text.folded[span[0] : span[1]]):
            add((span[0] + len(text.folded[span[0] : span[1]]) - len(text.folded[span[0] : span[1]].lstrip()), span[1]))
    for pattern in (_HAN_STYLE, _HINDI_STYLE):
        for match in islice(pattern.finditer(text.folded), MATCHES_MAX):
            start = _hindi_start(text, match) if pattern is _HINDI_STYLE else _han_start(match)
            if start < match.end("name"):
                add((start, match.end()))
    return found


def _han_start(match: re.Match[str]) -> int:
    """Return where the name begins, past what asks for it: `用`, `改成`, `一个`, figures of a length."""
    lead = re.match(
        r".*(?:用|改成|换成|采用|以|使用|一个|一段|一部|做成|要|是|秒的?|钟的?|更|个)(?=.)", match.group("name")
    )
    return match.start("name") + (lead.end() if lead else 0)


def _hindi_start(text: Text, match: re.Match[str]) -> int:
    """Return where the name begins: at a style that is known, or two words back."""
    known = list(_ALWAYS.finditer(text.folded, match.start("name"), match.end("name")))
    if known:
        return known[-1].start()
    words = [one for one in text.tokens_between(*match.span("name")) if one.text not in {"की", "के"}]
    return _name_start(text, words[-2:][0].start, match.end("name")) if words else match.end()


def _name_start(text: Text, start: int, end: int) -> int:
    """Return where the name of a style begins: after the last small word before `style`."""
    last = start
    for token in text.tokens_between(start, end):
        if token.text in _NAME_START:
            last = token.end
    while last < end and text.folded[last] in " -":
        last += 1
    return last


def _with_modifiers(text: Text, span: Span) -> Span:
    before = _MODIFIER.search(text.folded[max(0, span[0] - 40) : span[0]])
    return (span[0] - len(before.group()), span[1]) if before else span


def _is_about_the_look(text: Text, bare: Span, span: Span, known: tuple[Span, ...]) -> bool:
    clause = text.clause_at(span[0])
    after = text.blanked(known)[bare[1] : min(clause[1], bare[1] + 40)]
    before = text.folded[max(0, span[0] - 24) : span[0]]
    noun = _NOUN_NEXT.match(text.folded, bare[1])
    if _NOUN_NEXT.match(" ".join(("", *after.split()))) and not (noun and _OBJECT_AFTER.match(text.folded, noun.end())):
        return True
    if _stands_alone(text, span, known):
        return True
    lead = text.blanked(known)[clause[0] : span[0]]
    if _ABOUT.match(after) and not re.search(LETTER, _FILLING.sub(" ", lead)):
        return True
    return _AS_STYLE.search(before) is not None and not after.strip()


def _stands_alone(text: Text, span: Span, known: tuple[Span, ...]) -> bool:
    start, end = text.clause_at(span[0])
    left = text.blanked((*known, span))[start:end]
    if len(left.split()) > 14:
        return False
    left = _MAYBE.sub(" ", _COLOURLESS.sub(" ", _ALWAYS.sub(" ", _FILLING.sub(" ", left))))
    return not has_letters(left)


def _leaves(text: Text, span: Span, known: tuple[Span, ...], wanted: tuple[Span, ...]) -> bool:
    """Say whether the words are about the film only. `A cyberpunk city` stays in the picture."""
    others = tuple(one for one in wanted if one != span)
    if _stands_alone(text, span, (*known, *others)):
        return True
    clause = text.clause_at(span[0])
    after = text.blanked((*known, *others))[span[1] : min(clause[1], span[1] + 40)]
    if _NOUN_NEXT.match(" ".join(("", *after.split()))):
        return True
    return _AS_STYLE.search(text.folded[max(0, span[0] - 24) : span[0]]) is not None and not after.strip()


def _with_noun(text: Text, span: Span) -> Span:
    more = _STYLE_NOUN.match(text.folded, span[1])
    return (span[0], more.end()) if more else span


def _wording(text: Text, span: Span) -> str:
    said = text.said_at(span)
    of = re.fullmatch(r"(?:in\s+)?(?:the\s+)?(?:style|manner|vein)\s+of\s+(?:an?\s+|the\s+)?(.+)", said, re.IGNORECASE)
    if of is not None:
        name = of.group(1).strip()
        return name if name.lower().endswith("style") else f"{name} style"
    said = re.sub(
        r"^(?:no|em|com|ao|al|en el|en|con|in|nello|dans le|dans un)\s+(?=(?:estilo|stile|style)\b)",
        "",
        said,
        flags=re.IGNORECASE,
    )
    return re.sub(r"^(?:an?|the)\s+", "", said, flags=re.IGNORECASE)
