"""What is refused whatever the settings say, and what an operator adds: decided over words, pictures and LoRAs alone.

Two refusals are built in: sexual content with minors, and undressing or sexualising a picture of a person that was uploaded.
Words are compared in eleven languages, past spelling tricks: spaced letters, figures and signs for letters, letters of other
scripts that look alike, invisible characters. A rule of words can't judge everything; it errs towards refusing where a minor
and a sexual word stand in one text, and towards allowing everywhere else.
"""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct

MINORS = "minors"
UPLOADED_PERSON = "uploaded-person"


class Rule(Struct, frozen=True, kw_only=True):
    """A rule of the operator: any of these words or phrases is refused, and this is said."""

    name: str
    words: tuple[str, ...]
    why: str


class Refusal(Struct, frozen=True, kw_only=True):
    """Which rule refuses, why, and what one can do instead."""

    rule: str
    why: str
    help: str


def refusal(
    words: str,
    *,
    has_uploaded_picture: bool,
    lora_purposes: tuple[str, ...] = (),
    operator_rules: tuple[Rule, ...] = (),
) -> Refusal | None:
    """Return why the words are refused, or None where they may be filmed.

    Args:
        words: everything that would reach a model: all messages of a request, or a prompt.
        has_uploaded_picture: a picture came from outside, so it may show a real person.
        lora_purposes: what each LoRA in use was made for.
        operator_rules: refused on top of the two that are built in.
    """
    spellings = _spellings(words)
    purposes = _spellings(" . ".join(lora_purposes))
    if _is_about_minors(spellings, purposes):
        return Refusal(
            rule=MINORS,
            why="This is refused because it brings together minors, or people described as looking like them, and sexual content.",
            help="Describe a scene without sexual content. Films about children and teenagers are welcome otherwise.",
        )
    if has_uploaded_picture and _sexualises(spellings, purposes):
        return Refusal(
            rule=UPLOADED_PERSON,
            why="This is refused because it would undress or sexualise somebody in a picture that was uploaded.",
            help="Ask for another movement or scene (a smile, a walk, other light), or leave the picture out.",
        )
    for rule in operator_rules:
        if any(
            _operators(phrase).search(spelling) for phrase in rule.words if phrase.strip() for spelling in spellings
        ):
            return Refusal(
                rule=rule.name, why=rule.why, help="Say it without that, or ask whoever runs this installation."
            )
    return None


def _is_about_minors(spellings: tuple[str, ...], purposes: tuple[str, ...]) -> bool:
    everything = (*spellings, *purposes)
    if any(_ALWAYS_MINORS.search(one) for one in everything):
        return True
    is_explicit = any(_holds(_EXPLICIT, one) for one in everything)
    if not is_explicit and not any(_holds(_SUGGESTIVE, one) for one in everything):
        return False
    if any(_holds(_MINOR, one) or _names_young_age(one) for one in everything):
        return True
    # `Girl` is said of women too: it counts beside explicit words, where nothing says that adults are meant.
    return (
        is_explicit
        and any(_holds(_GIRL, one) for one in everything)
        and not any(_ADULT.search(one) for one in everything)
    )


def _sexualises(spellings: tuple[str, ...], purposes: tuple[str, ...]) -> bool:
    patterns = (_EXPLICIT, _SUGGESTIVE, _UNDRESSES)
    return any(_holds(pattern, one) for pattern in patterns for one in (*spellings, *purposes))


def _holds(pattern: re.Pattern[str], spelling: str) -> bool:
    """Say whether the pattern occurs other than after a `no` or `without`."""
    return any(
        not _NEGATED.search(spelling[max(0, one.start() - 24) : one.start()]) for one in pattern.finditer(spelling)
    )


def _names_young_age(spelling: str) -> bool:
    for pattern in (_AGE_AFTER, _AGE_BEFORE):
        for match in pattern.finditer(spelling):
            said = match.group("age")
            age = float(said) if said.isdigit() else _AGE_WORDS.get(said.replace("-", " "), 99)
            if age < 18:
                return True
    return False


# -- spelling -------------------------------------------------------------------------------------------------

_ALIKE = str.maketrans("аеорсухіјѕԁһкмтвнгпαεορικυνχτ", "aeopcyxijsdhkmtbhrnaeopikuvxt")
"""Cyrillic and Greek letters that look like Latin ones; used only in words that also hold Latin letters."""
_FIGURES = str.maketrans("013457@$!|€", "oieastasile")
_ARABIC_FORMS = str.maketrans(
    {
        "ی": "ي",
        "ى": "ي",
        "ک": "ك",
        "ة": "ه",
        "ۀ": "ه",
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ؤ": "و",
        "ئ": "ي",
        "ـ": "",
    }
)
_SPACED = re.compile(r"(?<![^\W\d_])(?:[^\W_][\s._*·•\-/]{1,2}){2,24}[^\W_](?![^\W_])")
_KEPT_MARKS = re.compile(r"[\u0900-\u0903\u093a\u093b\u093e-\u094f\u3099\u309a]")
_DECORATED = re.compile(r"(?<=[^\W\d_])[*._·•~^]{1,2}(?=[^\W\d_])")
_TOKEN = re.compile(r"[^\s]+")


def _plain(words: str) -> str:
    letters: list[str] = []
    for one in unicodedata.normalize("NFKD", words.replace("\u200c", " ")).lower():
        category = unicodedata.category(one)
        if category == "Cf" or (category in {"Mn", "Me"} and not _KEPT_MARKS.match(one)):
            continue
        if category == "Nd":
            letters.append(str(unicodedata.decimal(one)))
        elif category == "Pd":
            letters.append("-")
        else:
            letters.append("ss" if one == "ß" else "'" if one in "’‘`´" else "ı" == one and "i" or one)
    return unicodedata.normalize("NFC", "".join(letters)).translate(_ARABIC_FORMS).replace("\u093c", "")


def _spellings(words: str) -> tuple[str, ...]:
    """Return the words as they may be meant: plain, and with each spelling trick undone."""
    plain = _plain(words)
    alike = _TOKEN.sub(
        lambda one: one.group().translate(_ALIKE) if re.search(r"[a-z]", one.group()) else one.group(), plain
    )
    joined = _SPACED.sub(lambda one: re.sub(r"[^\w]|_", "", one.group()), _DECORATED.sub("", alike))
    figures = _TOKEN.sub(lambda one: _without_figures(one.group()), joined)
    # `Nuuude` has letters repeated; English doubles at most.
    calm = re.sub(r"([^\W\d_])\1{2,}", r"\1", figures)
    return tuple(dict.fromkeys(_HARMLESS.sub(" ", one) for one in (plain, alike, joined, figures, calm)))


def _without_figures(token: str) -> str:
    has_both = re.search(r"[a-z]", token) and re.search(r"[013457@$!|€]", token.rstrip("!"))
    return token.rstrip("!").translate(_FIGURES) if has_both else token


# -- words ----------------------------------------------------------------------------------------------------

_LETTER = r"[^\W\d_\u3040-\u30ff\u4e00-\u9fff]|[\u0900-\u0903\u093a-\u094f]"
_START = r"(?<![^\W\d_\u3040-\u30ff\u4e00-\u9fff])(?<![\u0900-\u0903\u093a-\u094f])"
_STOP = rf"(?!{_LETTER})"
_ARABIC_PREFIX = "(?:و|ف)?(?:ب|ل|ك)?(?:ال)?"


def _pattern(phrases: str, unless_followed_by: str = "") -> re.Pattern[str]:
    """Return a pattern for any of the phrases: whole words, `*` for an ending; Chinese and Japanese anywhere."""
    apart, together = [], []
    for phrase in sorted({one.strip() for one in phrases.split("|") if one.strip()}, key=len, reverse=True):
        body = re.sub(r"(?:\\ |\\-)+", r"[\\s\\-]{1,2}", re.escape(_plain(phrase.rstrip("*"))))
        if re.match(r"[\u3040-\u30ff\u4e00-\u9fff]", body):
            together.append(body)
            continue
        prefix = _ARABIC_PREFIX if re.match(r"[\u0600-\u06ff]", body) else ""
        apart.append(prefix + body + (rf"(?:{_LETTER}){{0,8}}" if phrase.endswith("*") else ""))
    whole = [rf"{_START}(?:{'|'.join(apart)}){_STOP}"] if apart else []
    return re.compile(f"(?:{'|'.join((*whole, *together))}){unless_followed_by}")


def _operators(phrase: str) -> re.Pattern[str]:
    return _pattern(phrase.replace("|", " "))


_HARMLESS = re.compile(
    r"\b(?:same|opposite|single|unisex)[\s-]sex\b|\bsex(?:ual)? (?:education|ed|health)\b|\bsafe sex\b|\bbreast[\s-]?(?:cancer|feeding|stroke|milk|fed|bone)\w*|\bchicken breasts?\b"
    r"|\b(?:undress\w*|strip\w*) the (?:salad|bed|windows?|cake|table|trees?|stage|walls?|mannequin|chicken|turkey|burger|paint|wood|wires?)\b|\b(?:comic|film|landing|las vegas) strip\w*"
    r"|\b(?:menor|menores) (?:duda|importancia|problema|cambio|dudas)\b|\bvirgin (?:mary|forest|island|olive)\w*|\bminor (?:key|chord|detail|role|injur\w+|planet|scale|league)\w*"
)
"""Phrases that hold a word of the lists below and mean something else."""

_HARMLESS_NEXT = (
    r"(?!['s]{0,2}[\s-]+(?:statues?|sculptures?|figurines?|marble|eye|mole|paintings? (?:in|by|from)|education|ed\b|chromosome|colou?red?|lipstick|heels?|shade|"
    r"tones?|pumps|trees?|branch|branches|flames?|truth|juice|cats?|dogs?|raft|bike))"
)
_EXPLICIT = _pattern(
    "sex|sexual*|sexo|intercourse|porn*|pornograph*|xxx|nsfw|hentai|ecchi|erotic*|erotik*|erotism*|nude|nudes|nudity|naked|nakedness|unclothed|undress*|disrobe*|disrobing|topless|bottomless|without clothes|"
    "without any clothes|with no clothes|wearing nothing|no clothes on|without clothing|fuck*|blowjob*|handjob*|masturbat*|orgasm*|penis*|vagina*|genital*|pussy|cum|cumshot|creampie|anal sex|oral sex|"
    "rape|raped|raping|molest*|groping|fondl*|incest*|fetish*|bdsm|bondage|striptease|stripper*|strip club|stripping naked|strips naked|having sex|makes love|making love|nipples|boobs|tits out|bare breasts|"
    "bare breasted|exposed breasts|crotch|ahegao|deepfake porn|onlyfans|nudify|deepnude|clothes off|clothing off|"
    "nackt|nackte|nackter|nacktes|nackten|entblößt*|entkleid*|ausziehen|zieht sich aus|geschlechtsverkehr|ficken|fickt|vergewaltig*|unbekleidet*|oben ohne|sexuell*|sexy szene|ohne kleidung|ohne kleider|splitternackt|porno*|"
    "nu|nue|nus|nues|nudité|déshabill*|sans vêtements|seins nus|sexuel*|baise|baiser|viol|violée|érotique*|pénis|porno|à poil|se dénude|dénud*|"
    "desnud*|sexual|sexo|follar|follando|sin ropa|pechos desnudos|erótic*|violación|violada|pene|porno|se desviste|desvestid*|"
    "nu|nua|nus|nuas|nudez|pelad*|sem roupa|sem roupas|transando|transar|foder|erótic*|estupro|pênis|despid*|despe|"
    "nudo|nuda|nudi|nude|nudità|spogli*|senza vestiti|sesso|sessual*|scopare|scopano|erotic*|stupro|pene|svestit*|"
    "नग्न|नंगा|नंगी|नंगे|निर्वस्त्र|सेक्स|यौन|अश्लील|कामुक|बिना कपड़ों|बिना कपड़े|कपड़े उतार*|बलात्कार|संभोग|पोर्न|न्यूड|"
    "لخت|برهنه|عریان|سکس|سکسی|جنسی|پورن|پورنو|شهوانی|اروتیک|بدون لباس|بی‌لباس|لباس‌هایش را درآور*|تجاوز|عشق بازی|"
    "عار|عاري|عاريه|عارية|عراة|عري|جنس|جنسي*|إباحي*|إباحية|بورنو|بدون ملابس|بلا ملابس|تخلع ملابسها|يخلع ملابسه|خلع ملابس*|اغتصاب|شهواني*|سكس|مثير جنسيا|"
    "голый|голая|голые|голого|голой|голую|голых|обнажен*|обнаженн*|раздет*|раздева*|секс*|сексуальн*|порно*|эротич*|эротик*|без одежды|изнасил*|интим|"
    "裸|裸体|裸照|裸露|全裸|半裸|赤裸|裸身|一丝不挂|性爱|性交|做爱|色情|情色|淫|强奸|脱衣|脱光|没穿衣服|不穿衣服|脱掉衣服|自慰|露点|性感写真|性行为|"
    "ヌード|全裸|裸の|エロ|セックス|性的|ポルノ|脱がせ|脱ぐ|服を脱|おっぱい|ポルノ|下着姿",
    _HARMLESS_NEXT,
)
_SUGGESTIVE = _pattern(
    "sexy|sexier|sexily|sexualized|sexualised|sensual*|seductive*|seduce*|seducing|provocative*|lewd*|lascivious*|horny|aroused|arousing|arousal|lingerie|thong|g string|panties|micro bikini|string bikini|tiny bikini|"
    "in her underwear|in his underwear|in their underwear|see through clothes|see through dress|see through shirt|see through top|transparent dress|transparent clothes|wet t shirt|cleavage|upskirt|underboob|french kiss*|making out|"
    "make out|twerk*|lap dance|pole dance|pole dancing|suggestive pose*|suggestively|erotically|moaning|kink*|voyeur*|dominatrix|big breasts|bigger breasts|large breasts|huge breasts|breasts|bust size|"
    "lasziv*|verführerisch*|aufreizend*|reizwäsche|dessous|aguicheu*|aguichant*|séduisant*|sensuel*|sexi|provocant*|provocativ*|lencería|seductor*|sugerente*|sensual|tanga|sedutor*|seduttiv*|seducente|sensuale|provocante|"
    "सेक्सी|उत्तेजक|मादक|अंतर्वस्त्र|उत्तेजित|تحریک‌آمیز|تحریک آمیز|اغواگر*|لباس زیر|وسوسه‌انگیز|مثير|مثيره|مثيرة|إغراء|مغري*|ملابس داخلية|соблазнительн*|возбужд*|нижнем белье|нижнее белье|стринги|"
    "性感|诱惑|撩人|挑逗|内衣|情趣|比基尼写真|大胸|巨乳|丁字裤|妩媚|誘惑|セクシー|下着|巨乳|挑発的|エッチ",
    _HARMLESS_NEXT,
)
_UNDRESSES = re.compile(
    r"(?:"
    + _pattern(
        "bikini|bikinis|in a swimsuit instead|into a swimsuit|lingerie|bra and panties|underwear|strip her|strip him|strip them|strip off|strips off|strip down|strips down|stripped|stripping|undress|undresses|undressed|undressing|"
        "undress her|unclothe*|x ray clothes|clothes removal|clothing removal|remove clothing|remove clothes|clothes remover|make her shirtless|make him shirtless|bare her|jiggle*|jiggling|bounce her|"
        "im bikini|in unterwäsche|zieh sie aus|zieh ihn aus|ausgezogen|en bikini|en sous-vêtements|déshabille*|en ropa interior|desnúd*|quítale la ropa|desvíst*|de biquíni|biquíni|tire a roupa|tira a roupa|de calcinha|in biancheria|"
        "in mutande|spogliala|spoglialo|toglile i vestiti|बिकिनी|बिकनी|कपड़े हटा*|कपड़े उतार*|कपड़े निकाल*|بیکینی|لباسش را در*|لباس‌هایش را در*|لباسهایش را در*|بیکینی|بكيني|البكيني|جردها من*|انزع ملابس*|اخلع ملابس*|"
        "أزل ملابس*|بدون ثياب|бикини|раздень*|сними с не*|снять одежд*|убери одежд*|"
        "比基尼|泳装换|脱衣服|脱下衣服|去掉衣服|脱掉|去衣|换上泳装|换成泳装|内衣|ビキニ|水着に|服を脱|脱がせ|下着"
    ).pattern
    + r"(?!\s+(?:island|atoll|bottom))"
    + r"|\b(?:remov\w{1,3}|tak\w{1,3}|took|pull\w{0,3}|rip\w{0,4}|tear\w{0,3}|los\w{1,3}|drop\w{0,4}|get\s+rid\s+of|slip\w{0,4})\s+(?:off\s+|away\s+|out\s+of\s+|down\s+)?(?:all\s+)?(?:of\s+)?(?:her|his|their|the|my|all|its|your)?\s*(?:own\s+|\w{1,8}\s+)?"
    r"(?:clothes|clothing|dress|shirt|blouse|top|pants|trousers|skirt|underwear|bra|panties|swimsuit|jeans|shorts|garments?|outfit|t-shirt|undies|leggings)\b(?!\s+(?:shelf|floor|button|of\s+the\s+(?:hill|mountain|stairs|building)))"
    r"|\b(?:her|his|their|the)\s+(?:clothes|clothing|dress|shirt|blouse|skirt|pants|top|outfit)\s+(?:\w+\s+)?(?:disappears?|vanish\w*|falls?\s+off|comes?\s+off|drops?|dissolves?|melts?\s+away|slips?\s+off|gone|removed)"
    r"|\b(?:zieh\w*|zieht)\s+(?:ihr|ihm|ihnen|sich|ihre|seine|die)\s+(?:\w+\s+){0,2}aus\b|\b(?:enl[eè]ve\w*|retire\w*|[oô]te\w*)\s+(?:lui\s+)?(?:ses|sa|son|les|la|le|leurs)\s+(?:v[eê]tements?|robe|habits?|chemise|jupe|haut)"
    r"|\b(?:qu[ií]ta\w*|saca\w*)\s+(?:la|el|su|sus)\s+(?:ropa|vestido|camisa|blusa|falda)|\b(?:tir[ae]\w*|remov[ae]\w*)\s+(?:a|o|as|os|sua|seu)\s+(?:roupas?|vestido|camisa|blusa|saia)"
    r"|\b(?:togli\w*|rimuovi\w*|leva\w*)\s+(?:i|il|la|le|gli|suoi)\s+(?:suoi\s+|sua\s+)?(?:vestit[oi]|abiti|camicia|gonna|maglietta)"
    r")"
)
_MINOR = _pattern(
    "child|children|childs|kid|kids|kiddo|minor|minors|toddler*|infant|infants|baby|babies|preteen*|pre teen*|tween|tweens|teen|teens|teenager*|teenage|teenaged|adolescen*|underage*|under age|under 18|under eighteen|"
    "schoolgirl*|schoolboy*|school girl*|school boy*|schoolchild*|school child*|school uniform|kindergart*|preschool*|nursery school|elementary school*|primary school*|middle school*|high school*|high schooler*|grade school*|junior high|"
    "first grader*|fifth grader*|sixth grader*|seventh grader|eighth grader|ninth grader|little girl*|little boy*|young girl*|young boy*|small girl*|small boy*|boy|boys|girl scout*|boy scout*|lolita|loli|lolis|shota|jailbait|youngster*|"
    "looks young|looking young|look young|young looking|looks underage|looks like a child|looks like a kid|looks like a teen|childlike|child like|childish body|barely legal|barely 18|prepubescent|pubescent|juvenile|daughter*|"
    "kind|kinder|kindes|kindern|kleinkind*|säugling*|jugendlich*|minderjährig*|schulmädchen*|schülerin*|schüler|junge|jungen|bub|kleines mädchen|kleine mädchen|kleinen mädchen|junges mädchen|junge mädchen|teenie*|grundsch*|schuluniform|jung aussehend*|wie ein kind|gymnasiast*|"
    "enfant*|gamin*|gosse*|fillette*|garçon*|garconnet|petite fille|petites filles|petit garçon|jeune fille|jeunes filles|mineur|mineure|mineurs|mineures|adolescent*|ado|ados|écolier*|écolière*|lycéen*|collégien*|bébé*|uniforme scolaire|"
    "niño|niña|niños|niñas|menor|menores|menor de edad|adolescente*|colegiala*|colegial|escolar*|chiquill*|nena|nenas|bebé*|jovencit*|crío|cría|quinceañera|infantil|uniforme escolar|"
    "criança*|menino|menina|meninos|meninas|garoto|garota|garotos|garotas|menor de idade|adolescente*|colegial|estudante do ensino|bebê*|aluna|moleque|infantil|"
    "bambin*|ragazzin*|minorenn*|minore|minori|adolescent*|scolar*|scolaret*|liceal*|neonat*|fanciull*|bimb*|"
    "बच्चा|बच्चे|बच्ची|बच्चों|बच्चियां|बच्चियों|नाबालिग|किशोर|किशोरी|किशोरों|छोटी लड़की|छोटा लड़का|लड़का|लड़के|स्कूल|स्कूली|शिशु|बालिका|बालक|नाबालिग|टीनएज*|छात्रा|कम उम्र|"
    "کودک|کودکان|بچه|بچه‌ها|بچه ها|نوجوان*|دختربچه|دختر بچه|پسربچه|پسر بچه|خردسال*|نابالغ|دانش‌آموز*|دانش آموز*|دختر کوچک|پسر کوچک|زیر سن قانونی|مدرسه*|نوزاد|طفل|کم سن|زیر ۱۸ سال|"
    "طفل|طفلة|أطفال|قاصر|قاصرة|قصر|مراهق*|مراهقة|صبي|صبية|صبيان|ولد|أولاد|بنت صغيرة|فتاة صغيرة|تلميذ*|مدرسة|رضيع|صغيرة السن|صغيرة في السن|طالبة مدرسة|دون السن|"
    "ребенок|ребенка|дети|детей|детьми|детск*|девочк*|мальчик*|подрост*|несовершеннолетн*|школьни*|малыш*|младен*|малолет*|юная девушка|школьной форме|"
    "儿童|孩子|小孩|小女孩|小男孩|男孩|女童|男童|幼女|少女|少年|未成年|青少年|小学生|中学生|初中生|高中生|女学生|学生妹|萝莉|正太|婴儿|幼儿|宝宝|校服|娃娃|看起来很年轻|看起来像孩子|"
    "子供|子ども|こども|少女|少年|幼女|男の子|女の子|小学生|中学生|高校生|女子高生|男子高生|未成年|赤ちゃん|ロリ|ショタ|幼児|制服の女"
)
_GIRL = _pattern(
    "girl|girls|mädchen|fille|filles|chica joven|chica muy joven|ragazza giovane|लड़की|लड़कियां|लड़कियों|دختر|فتاة|فتيات|بنت|بنات|女孩|女孩子|女生|девчонк*"
)
_ADULT = _pattern(
    "adult|adults|woman|women|man|men|lady|ladies|wife|husband|girlfriend|boyfriend|grown up|grown|mature|erwachsen*|frau|frauen|adulte|adultes|femme|femmes|adulto|adulta|adultos|adultas|mujer|mujeres|mulher|mulheres|donna|donne|"
    "вزрослы*|взросл*|женщин*|वयस्क|महिला|औरत|بزرگسال|زن|بالغ|بالغة|امرأة|成年|成人|女人|大人|女性|18|19|20|21|22|23|24|25|26|27|28|29|30"
)
_ALWAYS_MINORS = _pattern(
    "lolicon|shotacon|loli hentai|loli porn|shota porn|child porn*|kiddie porn|kid porn|teen porn|teen sex|csam|jailbait|child erotica|preteen nude|kinderporn*|pédopornograph*|pornografía infantil|pornografia infantil|pedopornograf*|pedophil*|paedophil*|pädophil*|"
    "चाइल्ड पोर्न|پورن کودک|детское порно|儿童色情|幼女色情|炼铜|ロリコン|ショタコン|児童ポルノ"
)
_NEGATED = re.compile(
    r"(?:\b(?:no|not|without|without any|avoid|avoid any|never|non|isn't|aren't|free of|ohne|kein|keine|keinen|nicht|sans|pas de|pas|sin|nada de|sem|senza|niente|без|никаких|бес|बिना|कोई)\s+(?:any\s+|de\s+|explicit\s+|a\s+)?"
    r"|(?:بدون|بلا|هیچ|دون)\s+(?:اي\s+)?|(?:不要|没有|無|无|避免|禁止|不含)(?:任何|有|出现)?)$"
)
_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen",
    "ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn",
    "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept",
    "un dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete",
    "um dois três quatro cinco seis sete oito nove dez onze doze treze quatorze quinze dezesseis dezessete",
    "un due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette",
    "एक दो तीन चार पांच छह सात आठ नौ दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह",
    "یک دو سه چهار پنج شش هفت هشت نه ده یازده دوازده سیزده چهارده پانزده شانزده هفده",
    "один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать",
    "一 二 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五 十六 十七",
    "سنة سنتين ثلاث أربع خمس ست سبع ثماني تسع عشر أحد_عشر اثني_عشر ثلاثة_عشر أربعة_عشر خمسة_عشر ستة_عشر سبعة_عشر",
)
_AGE_WORDS = {
    _plain(one).replace("-", " ").replace("_", " "): age
    for row in _NUMBERS
    for age, one in enumerate(row.split(), start=1)
}
_AGE_WORDS |= {
    _plain(one): age
    for one, age in {
        "двенадцати": 12,
        "десяти": 10,
        "пятнадцати": 15,
        "шестнадцати": 16,
        "четырнадцати": 14,
        "тринадцати": 13,
        "семнадцати": 17,
        "اثنتي عشرة": 12,
        "خمس عشرة": 15,
        "أربع عشرة": 14,
        "ثلاث عشرة": 13,
        "ست عشرة": 16,
        "سبع عشرة": 17,
    }.items()
}
_AGE = (
    r"(?P<age>(?<![\d.])\d{1,2}(?!\d)|"
    + "|".join(re.escape(one).replace("\\ ", r"[\s-]") for one in sorted(_AGE_WORDS, key=len, reverse=True))
    + ")"
)
_AGE_AFTER = re.compile(
    rf"(?:{_START}|(?<=[\u4e00-\u9fff])){_AGE}[\s-]{{0,2}}(?:years?[\s-]?old|yrs?[\s-]?old|year[\s-]?olds?|y\.?\s?/?o\b|yo\b|yr\b|years? of age|jahre?\b|jahrig\w{{0,2}}|ans\b|anos\b|anni\b|летн\w{{0,4}}|лет\b|года?\b|岁|歳|"
    + "|".join(_plain(one) for one in ("साल", "वर्ष", "ساله", "سالگی", "سال", "سنة", "سنوات", "عاما", "أعوام", "عام"))
    + ")"
)
_AGE_BEFORE = re.compile(
    rf"\b(?:aged?|age of|ages|alter von|agee? de|edad de|idade de|eta di|عمره|عمرها|возраст\w*|年龄|年齢|looks|turning|turns|is only|just turned)[\s:]{{0,2}}(?:about |around |like )?{_AGE}(?![\s-]*(?:seconds?|minutes?|%|:))\b"
)
