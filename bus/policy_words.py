"""The words that the content policy compares, in eleven languages, and how they are spelled for comparing."""

from __future__ import annotations

import re
import unicodedata

_SIGNS = {"ß": "ss", "’": "'", "‘": "'", "`": "'", "´": "'", "ı": "i"}
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
_KEPT_MARKS = re.compile(r"[\u0900-\u0903\u093a\u093b\u093e-\u094f\u3099\u309a]")


def plain(words: str) -> str:
    """Return the words for comparing: lower case, without accents and invisible signs, digits as ASCII."""
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
            letters.append(_SIGNS.get(one, one))
    return unicodedata.normalize("NFC", "".join(letters)).translate(_ARABIC_FORMS).replace("\u093c", "")


_LETTER = r"[^\W\d_\u3040-\u30ff\u4e00-\u9fff]|[\u0900-\u0903\u093a-\u094f]"
_START = r"(?<![^\W\d_\u3040-\u30ff\u4e00-\u9fff])(?<![\u0900-\u0903\u093a-\u094f])"
_STOP = rf"(?!{_LETTER})"
_ARABIC_PREFIX = "(?:و|ف)?(?:ب|ل|ك)?(?:ال)?"


def _pattern(phrases: str, unless_followed_by: str = "") -> re.Pattern[str]:
    """Return a pattern for any of the phrases: whole words, `*` for an ending; Chinese and Japanese anywhere."""
    apart, together = [], []
    for phrase in sorted({one.strip() for one in phrases.split("|") if one.strip()}, key=len, reverse=True):
        body = re.sub(r"(?:\\ |\\-)+", r"[\\s\\-]{1,2}", re.escape(plain(phrase.rstrip("*"))))
        if re.match(r"[\u3040-\u30ff\u4e00-\u9fff]", body):
            # Katakana words run on: noodles and clowns hold the signs of other words.
            is_katakana = re.fullmatch(r"[\u30a0-\u30ff]+", body)
            together.append(rf"(?<![\u30a0-\u30ff]){body}(?![\u30a0-\u30ff])" if is_katakana else body)
            continue
        prefix = _ARABIC_PREFIX if re.match(r"[\u0600-\u06ff]", body) else ""
        # A class of few ranges is compiled many times faster, and only Devanagari needs its vowel signs.
        ending = rf"(?:{_LETTER}){{0,8}}" if re.search(r"[\u0900-\u097f]", body) else r"[^\W\d_]{0,8}"
        apart.append(prefix + body + (ending if phrase.endswith("*") else ""))
    whole = [rf"{_START}(?:{'|'.join(apart)}){_STOP}"] if apart else []
    return re.compile(f"(?:{'|'.join((*whole, *together))}){unless_followed_by}")


def operators_phrase(phrase: str) -> re.Pattern[str]:
    """Return the pattern of an operator's word or phrase."""
    return _pattern(phrase.replace("|", " "))


HARMLESS = re.compile(
    r"\b(?:same|opposite|single|unisex)[\s-]sex\b|\bsex(?:ual)? (?:education|ed|health)\b|\bsafe sex\b|"
    r"\bkind of\b"
    r"|\bbreast[\s-]?(?:cancer|feeding|stroke|milk|fed|bone)\w*|\b(?:chicken|turkey|duck) breasts?\b|"
    r"\bnude (?:suit|tights)\b"
    r"|\b(?:undress\w*|strip\w*) (?:the|her|his|their|a) (?:dolls?|teddy|salad|bed|windows?|cake|table|trees?|"
    r"stage|walls?|mannequin|chicken|burger|paint|wires?)\b"
    r"|\b(?:summa |magna )?cum laude\b|\bmaking out (?:the|a|what|shapes|figures|letters)\b|"
    r"\bpussy[\s-]?willow\w*"
    r"|\bminor (?:key|chord|detail|role|character|injur\w+|planet|scale|league)\w*"
    r"|\b(?:menor|menores) (?:duda|importancia|problema|cambio|dudas)\b|\bjog\w+ pelada\b|\bpelada de "
    r"futebol\b"
    # Bare feet, hands, eyes and trees are no nudity in any language.
    r"|\bnackte[nr]? (?:fu\w*|hand\w*|wand|wande\w*|baum\w*|fels\w*)|\b(?:oeil|œil|olho|occhio) nu(?:do)?\b"
    r"|\b(?:pieds?|mains?|arbres?|tete|bras|pies?|manos?|arboles|pes?|maos?|bracos?|arvores?|piedi?|"
    r"mani|alber[oi]|rami) "
    r"(?:nue?s?|nuas?|desnud[oa]s?|nud[oiea])\b"
    r"|नंगे (?:पैर|पैरों|पाव|पांव|हाथ)|(?:پاي|پا|پاهاي) برهنه|عاري[ةه]? القدمين"
    r"|гол\w{2,3} (?:ног\w*|рук\w*|ветк\w*|ветв\w*|дерев\w*|скал\w*|стен\w*)"
    r"|裸足|裸眼|裸麦|裸電球|(?:赤裸|裸露)的?(?:双脚|脚|手臂|岩|石|土|山|树|地面|砖|钢|电线|混凝土)"
    r"|(?<=[個可能男女理感知異習特])性的|(?<!少女)(?<!幼女)(?<=[女男個个知理])性感"
)
"""Phrases that hold a word of the lists below and mean something else."""

_HARMLESS_NEXT = (
    r"(?!['s]{0,2}[\s-]+(?:statues?|sculptures?|figurines?|marble|eye|mole|paintings? (?:in|by|from)|"
    r"education|ed\b|chromosome|colou?red?|lipstick|heels?|shade|"
    r"tones?|pumps|trees?|branch|branches|flames?|truth|juice|cats?|dogs?|raft|bike))"
)
EXPLICIT = _pattern(
    "sex|sexual*|sexo|sexual intercourse|porn*|pornograph*|xxx|nsfw|hentai|ecchi|erotic*|erotik*|"
    "erotism*|nude|nudes|nudity|naked|nakedness|unclothed|undress*|disrobe*|disrobing|topless|"
    "bottomless|without clothes|"
    "without any clothes|with no clothes|wearing nothing|no clothes on|without clothing|fuck*|blowjob*|"
    "handjob*|masturbat*|orgasm*|penis*|vagina*|genital*|pussy|cum|cumshot|creampie|anal sex|oral sex|"
    "rape|raped|raping|molest|molests|molested|molesting|molester*|molestation|groping|fondle|fondles|"
    "fondled|fondling|incest*|fetish*|bdsm|bondage|striptease|stripper*|strip club|stripping naked|"
    "strips naked|having sex|makes love|making love|nipples|boobs|tits out|bare breasts|"
    "bare breasted|exposed breasts|ahegao|deepfake porn|onlyfans|nudify|deepnude|clothes off|clothing off|"
    "nackt|nackte|nackter|nacktes|nackten|entblößt*|entkleid*|zieht sich aus|sich ausziehen|"
    "geschlechtsverkehr|ficken|fickt|vergewaltig*|unbekleidet*|oben ohne|sexuell*|sexy szene|ohne "
    "kleidung|ohne kleider|splitternackt|porno*|"
    "nu|nue|nus|nues|nudité|déshabill*|sans vêtements|seins nus|sexuel*|violée|violées|érotique*|pénis|"
    "porno|à poil|se dénude|dénud*|"
    "desnud*|sexual|sexo|follar|follando|sin ropa|pechos desnudos|erótic*|violación|violada|pene|porno|"
    "se desviste|desvestid*|"
    "nu|nua|nus|nuas|nudez|pelad*|sem roupa|sem roupas|transando|transar|foder|erótic*|estupro|pênis|"
    "despid*|despe se|"
    "nudo|nuda|nudi|nude|nudità|si spoglia|spogliata|spogliato|spogliarsi|spogliarello|spogliando|"
    "senza vestiti|sesso|sessual*|scopare|scopano|erotic*|stupro|pene|svestit*|"
    "नग्न|नंगा|नंगी|नंगे|निर्वस्त्र|सेक्स|यौन|अश्लील|कामुक|बिना कपड़ों|बिना कपड़े|कपड़े उतार*|बलात्कार|"
    "संभोग|पोर्न|न्यूड|"
    "لخت|برهنه|عریان|سکس|سکسی|جنسی|پورن|پورنو|شهوانی|اروتیک|بدون لباس|بی‌لباس|لباس‌هایش را درآور*|"
    "تجاوز جنسی|عشق بازی|"
    "عاري|عاريا|عارية|عراة|عري|الجنس|جنسي|جنسيا|إباحي*|إباحية|بورنو|بدون ملابس|بلا ملابس|تخلع ملابسها|"
    "يخلع ملابسه|خلع ملابس*|اغتصاب|شهواني*|سكس|مثير جنسيا|"
    "голый|голая|голые|голого|голой|голую|голых|обнажен*|обнаженн*|раздет*|раздевается|раздевает|"
    "раздеваться|раздевание|секс|секса|сексом|секси|сексапил*|сексуальн*|порно*|эротич*|эротик*|без "
    "одежды|изнасил*|"
    "裸|裸体|裸照|裸露|全裸|半裸|赤裸|裸身|一丝不挂|性爱|性交|做爱|色情|情色|淫|强奸|脱衣|脱光|"
    "没穿衣服|不穿衣服|脱掉衣服|自慰|露点|性感写真|性行为|"
    "ヌード|全裸|裸の|エロ|セックス|性的行為|性的な|性的に|性的コンテンツ|ポルノ|服を脱|おっぱい|"
    "下着姿|裸にな",
    _HARMLESS_NEXT,
)
SUGGESTIVE = _pattern(
    "sexy|sexier|sexily|sexualized|sexualised|sensual*|seductive*|seduce*|seducing|provocative pose*|"
    "provocatively|provocative dance|provocative outfit|lewd*|lascivious*|horny|aroused|sexually "
    "arous*|lingerie|thong|g string|panties|micro bikini|string bikini|tiny bikini|"
    "in her underwear|in his underwear|in their underwear|see through clothes|see through dress|see "
    "through shirt|see through top|transparent dress|transparent clothes|wet t shirt|cleavage|upskirt|"
    "underboob|french kiss*|making out|"
    "twerk*|lap dance|pole dance|pole dancing|suggestive pose*|suggestively|erotically|kinky sex|kinky "
    "outfit|voyeur*|dominatrix|big breasts|bigger breasts|large breasts|huge breasts|breasts|bust size|"
    "lasziv*|verführerisch*|aufreizend*|reizwäsche|dessous|aguicheu*|aguichant*|séduisant*|sensuel*|"
    "sexi|provocant*|provocativ*|lencería|seductor*|sugerente*|sensual|tanga|sedutor*|seduttiv*|"
    "seducente|sensuale|provocante|"
    "सेक्सी|कामोत्तेजक|मादक|अंतर्वस्त्र|تحریک‌آمیز|تحریک آمیز|اغواگر*|لباس زیر|مثير جنسيا|مثيرة جنسيا|"
    "إثارة جنسية|إغراء جنسي|ملابس داخلية|соблазнительная|соблазнительно|сексуально возбужд*|нижнем "
    "белье|нижнее белье|стринги|"
    "性感|性诱惑|诱惑姿势|诱惑的姿势|撩人|挑逗|内衣|情趣内衣|比基尼写真|大胸|巨乳|丁字裤|セクシー|下着|"
    "巨乳|挑発的|エッチ",
    _HARMLESS_NEXT,
)
_HER_CLOTHES = (
    r"(?:all\s+)?(?:of\s+)?(?:her|his|their|the|my|all|its|your)?\s*(?:\w{1,8}\s+)?(?:clothes|clothing|"
    r"dress|shirt|blouse|top|"
    r"pants|trousers|skirt|underwear|bra|panties|swimsuit|jeans|shorts|garments?|outfit|t-shirt|undies|"
    r"leggings)\b"
    r"(?!\s+(?:shelf|floor|button|of\s+the\s+(?:hill|mountain|stairs|building)))"
)
UNDRESSES = re.compile(
    r"(?:"
    + _pattern(
        "bikini|bikinis|in a swimsuit instead|into a swimsuit|lingerie|bra and panties|underwear|strip her|"
        "strip him|strip them|strip off|strips off|strip down|strips down|stripped naked|stripped down|"
        "gets stripped|stripping off|stripping her|stripping him|stripping down|undress|undresses|"
        "undressed|undressing|"
        "undress her|unclothe*|x ray clothes|clothes removal|clothing removal|remove clothing|remove "
        "clothes|clothes remover|make her shirtless|make him shirtless|bare her|jiggle*|jiggling|bounce "
        "her|"
        "im bikini|in unterwäsche|zieh sie aus|zieh ihn aus|ausgezogen|en bikini|en sous-vêtements|"
        "déshabille*|en ropa interior|desnúd*|quítale la ropa|desvíst*|de biquíni|biquíni|tire a roupa|"
        "tira a roupa|de calcinha|in biancheria|"
        "in mutande|spogliala|spoglialo|toglile i vestiti|बिकिनी|बिकनी|कपड़े हटा*|कपड़े उतार*|कपड़े निकाल*|"
        "بیکینی|لباسش را در*|لباس‌هایش را در*|لباسهایش را در*|بیکینی|بكيني|البكيني|جردها من*|انزع ملابس*|"
        "اخلع ملابس*|"
        "أزل ملابس*|بدون ثياب|бикини|раздень*|сними с не*|снять одежд*|убери одежд*|снимает одежд*|снимает "
        "платье|снимает юбку|снимает блузк*|сними одежд*|"
        "比基尼|泳装换|脱衣服|脱下衣服|去掉衣服|脱掉她的|脱掉裙子|脱下裙子|脱掉上衣|脱下上衣|脱下她的|"
        "脱掉他的衣|脱下他的衣|去衣|换上泳装|换成泳装|内衣|ビキニ|水着に|服を脱|脱がせ|下着"
    ).pattern
    + r"(?!\s+(?:island|atoll|bottom))"
    + rf"|\b(?:remov\w{{1,3}}|rip\w{{0,4}}|tear\w{{0,3}}|drop\w{{0,4}}|get\s+rid\s+of)\s+(?:off\s+|"
    rf"away\s+)?{_HER_CLOTHES}"
    rf"|\b(?:tak\w{{1,3}}|took|pull\w{{0,3}}|slip\w{{0,4}}|peel\w{{0,3}})\s+(?:off|away|down|"
    rf"out\s+of)\s+{_HER_CLOTHES}"
    rf"|\b(?:tak\w{{1,3}}|took|pull\w{{0,3}}|slip\w{{0,4}}|peel\w{{0,3}})\s+{_HER_CLOTHES}\s+(?:off|"
    rf"away|down)\b"
    r"|\b(?:clothes|clothing|dress|shirt|blouse|skirt|outfit|top|suit)\s+(?:\w+\s+){0,2}(?:transparent|translucent|invisible|"
    r"see[\s-]?through)\b|\b(?:under|beneath|underneath)\s+(?:her|his|their)\s+(?:clothes|clothing|dress|shirt|skirt|blouse)\b"
    r"|衣服(?:去掉|去除|脱|拿掉|消失|变透明)|(?<![^\W\d_])(?:عرها|عريها|عره|جردها|جرده)(?![^\W\d_])"
    r"|\b(?:her|his|their|the)\s+(?:clothes|clothing|dress|shirt|blouse|skirt|pants|top|"
    r"outfit)\s+(?:\w+\s+)?(?:disappears?|vanish\w*|falls?\s+off|comes?\s+off|drops?|dissolves?|"
    r"melts?\s+away|slips?\s+off|gone|removed)"
    r"|\b(?:zieh\w*|zieht)\s+(?:ihr|ihm|ihnen|sich|ihre|seine|die)\s+(?:\w+\s+){0,2}aus\b|"
    r"\b(?:enl[eè]ve\w*|retire\w*|[oô]te\w*)\s+(?:lui\s+)?(?:ses|sa|son|les|la|le|"
    r"leurs)\s+(?:v[eê]tements?|robe|habits?|chemise|jupe|haut)"
    r"|\b(?:qu[ií]ta\w*|saca\w*)\s+(?:la|el|su|sus)\s+(?:ropa|vestido|camisa|blusa|falda)|"
    r"\b(?:tir[ae]\w*|remov[ae]\w*)\s+(?:a|o|as|os|sua|seu)\s+(?:roupas?|vestido|camisa|blusa|saia)"
    r"|\b(?:togli\w*|rimuovi\w*|leva\w*)\s+(?:i|il|la|le|gli|suoi)\s+(?:suoi\s+|sua\s+)?(?:vestit[oi]|"
    r"abiti|camicia|gonna|maglietta)"
    r")"
)
MINOR = _pattern(
    "child|children|childs|kid|kids|kiddo|minor|minors|toddler*|infant|infants|baby|babies|preteen*|"
    "pre teen*|tween|tweens|teen|teens|teenager*|teenage|teenaged|adolescen*|underage*|under age|under "
    "18|under eighteen|"
    "schoolgirl*|schoolboy*|school girl*|school boy*|schoolchild*|school child*|school uniform|"
    "kindergart*|preschool*|nursery school|elementary school*|primary school*|middle school*|high "
    "school*|high schooler*|grade school*|junior high|"
    "first grader*|fifth grader*|sixth grader*|seventh grader|eighth grader|ninth grader|little girl*|"
    "little boy*|young girl*|young boy*|small girl*|small boy*|boy|boys|girl scout*|boy scout*|lolita|"
    "loli|lolis|shota|jailbait|youngster*|"
    "looks young|looking young|look young|young looking|looks underage|looks like a child|looks like a "
    "kid|looks like a teen|childlike|child like|childish body|barely legal|barely 18|prepubescent|"
    "pubescent|juvenile|daughter*|"
    "ein kind|das kind|dem kind|einem kind|eines kindes|kleines kind|nacktes kind|kindes|kinder|"
    "kindern|kleinkind*|säugling*|jugendlich*|minderjährig*|schulmädchen*|schülerin*|schüler|ein junge|"
    "kleiner junge|kleinen jungen|nackter junge|jungs|bub|buben|kleines mädchen|kleine mädchen|kleinen "
    "mädchen|junges mädchen|junge mädchen|teenie*|grundsch*|schuluniform|jung aussehend*|wie ein kind|"
    "gymnasiast*|"
    "enfant*|gamin*|gosse*|fillette*|garçon*|garconnet|petite fille|petites filles|petit garçon|jeune "
    "fille|jeunes filles|mineur|mineure|mineurs|mineures|adolescent*|un ado|une ado|ados|écolier*|"
    "écolière*|lycéen*|collégien*|bébé*|uniforme scolaire|"
    "niño|niña|niños|niñas|menor|menores|menor de edad|adolescente*|colegiala*|colegial|escolar*|"
    "chiquill*|bebé*|jovencit*|crío|cría|quinceañera|infantil|uniforme escolar|"
    "criança*|menino|menina|meninos|meninas|garoto|garota|garotos|garotas|menor de idade|adolescente*|"
    "colegial|estudante do ensino|bebê*|moleque|infantil|"
    "bambin*|ragazzin*|minorenn*|minore|minori|adolescent*|scolar*|scolaret*|liceal*|neonat*|fanciull*|bimb*|"
    "बच्चा|बच्चे|बच्ची|बच्चों|बच्चियां|बच्चियों|नाबालिग|किशोर|किशोरी|किशोरों|छोटी लड़की|छोटा लड़का|"
    "लड़का|लड़के|स्कूल|स्कूली|शिशु|बालिका|बालक|नाबालिग|टीनएज*|छात्रा|कम उम्र|"
    "کودک|کودکان|بچه|بچه‌ها|بچه ها|نوجوان*|دختربچه|دختر بچه|پسربچه|پسر بچه|خردسال*|نابالغ|دانش‌آموز*|"
    "دانش آموز*|دختر کوچک|پسر کوچک|زیر سن قانونی|مدرسه*|نوزاد|طفل|کم سن|زیر ۱۸ سال|"
    "طفل|طفلة|أطفال|قاصر|قاصرة|قاصرين|قاصرات|مراهق*|مراهقة|صبي|صبية|صبيان|ولد|أولاد|بنت صغيرة|فتاة "
    "صغيرة|تلميذ*|مدرسة|رضيع|صغيرة السن|صغيرة في السن|طالبة مدرسة|دون السن|"
    "ребенок|ребенка|дети|детей|детьми|детск*|девочк*|мальчик*|подрост*|несовершеннолетн*|школьни*|"
    "малыш*|младен*|малолет*|юная девушка|школьной форме|"
    "儿童|孩子|小孩|小女孩|小男孩|男孩|女童|男童|幼女|少女|少年|未成年|青少年|小学生|中学生|初中生|"
    "高中生|女学生|学生妹|萝莉|正太|婴儿|幼儿|宝宝|校服|看起来很年轻|看起来像孩子|"
    "子供|子ども|こども|少女|少年|幼女|男の子|女の子|小学生|中学生|高校生|女子高生|男子高生|未成年|"
    "赤ちゃん|ロリ|ショタ|幼児|制服の女"
)
GIRL = _pattern(
    "girl|girls|mädchen|fille|filles|chica joven|chica muy joven|ragazza giovane|लड़की|लड़कियां|"
    "लड़कियों|دختر|فتاة|فتيات|بنت|بنات|女孩|女孩子|女生|девчонк*"
)
ADULT = _pattern(
    "adult|adults|woman|women|lady|ladies|wife|girlfriend|grown up|grown|mature|erwachsen*|frau|frauen|"
    "adulte|adultes|femme|femmes|"
    "adulto|adulta|adultos|adultas|mujer|mujeres|mulher|mulheres|donna|donne|взросл*|женщин*|वयस्क|"
    "महिला|औरत|بزرگسال|زن|بالغ|بالغة|"
    "امرأة|成年人|成年女|成人|女人|大人|女性"
)
ALWAYS_MINORS = _pattern(
    "lolicon|shotacon|loli hentai|loli porn|shota porn|child porn*|kiddie porn|kid porn|teen porn|teen "
    "sex|csam|jailbait|child erotica|preteen nude|kinderporn*|pédopornograph*|pornografía infantil|"
    "pornografia infantil|pedopornograf*|pedophil*|paedophil*|pädophil*|"
    "चाइल्ड पोर्न|پورن کودک|детское порно|儿童色情|幼女色情|炼铜|ロリコン|ショタコン|児童ポルノ"
)
NEGATED = re.compile(
    r"(?:\b(?:no|not|without|without any|avoid|avoid any|never|non|isn't|aren't|free of|ohne|kein|"
    r"keine|keinen|nicht|sans|pas de|pas|sin|nada de|sem|senza|niente|без|никаких|бес|बिना|"
    r"कोई)\s+(?:any\s+|de\s+|explicit\s+|a\s+)?"
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
    "один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать "
    "четырнадцать пятнадцать шестнадцать семнадцать",
    "一 二 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五 十六 十七",
    "سنة سنتين ثلاث أربع خمس ست سبع ثماني تسع عشر أحد_عشر اثني_عشر ثلاثة_عشر أربعة_عشر خمسة_عشر ستة_عشر سبعة_عشر",
)
AGE_WORDS = {
    plain(one).replace("-", " ").replace("_", " "): age
    for row in _NUMBERS
    for age, one in enumerate(row.split(), start=1)
}
AGE_WORDS |= {
    plain(one): age
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
    + "|".join(re.escape(one).replace("\\ ", r"[\s-]") for one in sorted(AGE_WORDS, key=len, reverse=True))
    + ")"
)
AGE_AFTER = re.compile(
    rf"(?:{_START}|(?<=[\u4e00-\u9fff])){_AGE}[\s-]{{0,2}}(?:years?[\s-]?old|yrs?[\s-]?old|"
    rf"year[\s-]?olds?|y\.?\s?/?o\b|yo\b|yr\b|years? of age|jahre?\b|jahrig\w{{0,2}}|ans\b|anos\b|"
    rf"anni\b|летн\w{{0,4}}|лет\b|года?\b|岁|歳|"
    + "|".join(plain(one) for one in ("साल", "वर्ष", "ساله", "سالگی", "سال", "سنة", "سنوات", "عاما", "أعوام", "عام"))
    + ")"
)
AGE_BEFORE = re.compile(
    rf"\b(?:aged?|age of|ages|alter von|agee? de|edad de|idade de|eta di|عمره|عمرها|возраст\w*|年龄|年齢|"
    rf"looks|turning|turns|is only|just turned)[\s:]{{0,2}}(?:about |around |like "
    rf")?{_AGE}(?![\s-]*(?:seconds?|minutes?|%|:))\b"
)
AGE_IS = re.compile(
    rf"\b(?:is|she's|he's|are|they're|i'm|am) (?:only |just )?{_AGE}(?=\s*(?:$|[,.;!?)]|and\b|but\b|now\b))"
)
"""`She is 17 and …`, which names no years."""
