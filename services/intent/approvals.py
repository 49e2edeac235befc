"""Whether a message is nothing but a yes, and whether one starts over."""

from __future__ import annotations

from services.intent.languages import Text, any_of, compiled

_APPROVAL = any_of(
    "yes|yep|yeah|yup|ok|okay|k|sure|fine|good|great|perfect|nice|lovely|love it|i love it|i like it|"
    "like it|looks good|looks great|looks perfect|looks fine|looks nice|that's it|thats it|"
    "exactly|go|go ahead|go on|continue|proceed|approved|approve|i approve|that works|works for me|"
    "works|ship it|all good|very good|wonderful|excellent|amazing|beautiful|do it|"
    "that's the vibe|this is the vibe|that's the one|keep it|keep going|carry on|sounds good|right|"
    "correct|absolutely|definitely|of course|awesome|brilliant|it's perfect|it is perfect|it's great|"
    "this is great|"
    "this is perfect|that's perfect|that's great|that's good|this is good|no changes|leave it|leave it "
    "as it is|leave it like that|"
    "ja|gut|sehr gut|super|passt|perfekt|genau|genau so|toll|weiter|einverstanden|gefällt mir|sieht "
    "gut aus|mach weiter|in ordnung|prima|klasse|ja bitte|das passt|so machen wir es|wunderbar|schön|"
    "oui|parfait|c'est parfait|c'est bon|très bien|super|d'accord|ça me plaît|j'aime|j'aime bien|"
    "continue|continuez|vas y|allez y|génial|c'est ça|magnifique|bien|ça marche|"
    "sí|si|perfecto|está bien|muy bien|me gusta|me encanta|adelante|vale|de acuerdo|genial|continúa|"
    "así está bien|se ve bien|correcto|bien|"
    "sim|perfeito|está bom|tá bom|ótimo|muito bom|gostei|adorei|pode continuar|continue|em frente|"
    "beleza|certo|ficou bom|ficou ótimo|"
    "sì|perfetto|va bene|ottimo|molto bene|mi piace|avanti|continua|d'accordo|esatto|bello|bene|bellissimo|"
    "是|是的|好|好的|可以|行|很好|不错|完美|没问题|就这样|就是这样|继续|同意|喜欢|我喜欢|非常好|太好了|"
    "棒|赞|对|"
    "はい|いいね|いいです|良い|良いです|完璧|完璧です|オーケー|続けて|続けてください|お願いします|"
    "素晴らしい|最高|大丈夫|大丈夫です|そのまま|"
    "हां|हाँ|जी|जी हां|ठीक है|ठीक|बढ़िया|बहुत बढ़िया|बहुत अच्छा|अच्छा है|अच्छा|पसंद है|मुझे पसंद है|"
    "मुझे पसंद आया|सही|सही है|आगे बढ़ो|आगे बढ़ें|शानदार|परफेक्ट|एकदम सही|बिल्कुल सही|"
    "بله|آره|خوب|خوبه|خوب است|عالی|عالیه|عالی است|همینه|همین خوبه|ادامه بده|ادامه بدهید|موافقم|دوست "
    "دارم|دوستش دارم|قبوله|باشه|تایید|بسیار خوب|خیلی خوب|خیلی خوبه|مناسبه|"
    "نعم|أجل|تمام|جيد|جيد جدا|ممتاز|رائع|موافق|حسنا|مثالي|استمر|تابع|أعجبني|يعجبني|هذا جيد|هذا رائع|"
    "صحيح|جميل|"
    "да|хорошо|отлично|супер|нравится|мне нравится|идеально|продолжай|продолжайте|согласен|согласна|"
    "именно|так и оставь|прекрасно|ок|класс|"
    "네|예|좋아요|좋습니다|완벽해요"
)
_POLITE = any_of(
    "please|thanks|thank you|now|so|very|really|just|it|this|that|is|it's|the|and|much|like|to me|for "
    "me|danke|bitte|merci|gracias|por favor|obrigado|obrigada|grazie|谢谢|了|的|吧|ありがとう|धन्यवाद|"
    "ممنون|مرسی|"
    "شكرا|спасибо|all|vibe|sample|one|a|lot|as|gut|so"
)
_APPROVAL_PATTERN = compiled(_APPROVAL)
_THUMBS = ("👍", "👌", "✅", "💯", "❤", "🙌", "🎉")


def is_approval(text: str) -> bool:
    """Say whether the words are nothing but a yes, `looks good`, or a thumb up."""
    folded = Text.of(text).folded
    if not any(one.isalnum() for one in folded):
        return any(one in text for one in _THUMBS)
    if len(folded) > 80:
        return False
    rest = _APPROVAL_PATTERN.sub(" ", folded)
    return (
        rest != folded and _POLITE_PATTERN.sub(" ", rest).strip(" \t\n.,!?…。，、！؟।-:;'\"👍👌✅❤️🙌🎉💯😀😍🔥") == ""
    )


_POLITE_PATTERN = compiled(_POLITE)

_START_OVER = (
    "i changed my mind|i've changed my mind|changed my mind|ich habe es mir anders überlegt|j'ai changé d'avis|"
    "he cambiado de idea|mudei de ideia|ho cambiato idea|我改主意了|я передумал|я передумала|"
    "start over|start again|start from scratch|from scratch|forget that|forget it|forget everything|"
    "forget all that|scrap that|scrap it|new idea|different idea|something completely different|"
    "something else entirely|a completely different film|fang neu an|vergiss das|vergiss alles|ganz "
    "neu|neue idee|recommence|recommençons|oublie ça|oublie tout|nouvelle idée|empieza de nuevo|olvida "
    "eso|olvida todo|nueva idea|comece de novo|esqueça|esqueça tudo|nova ideia|ricomincia|dimentica "
    "tutto|lascia perdere|nuova idea|重新开始|从头开始|算了|新的想法|重来|やり直し|最初から|नए सिरे से|"
    "फिर से शुरू करो|भूल जाओ|از نو شروع کن|از اول|فراموش کن|ابدأ من جديد|انس ذلك|ابدأ من البداية|начни "
    "заново|забудь"
)
_AFRESH = compiled(
    rf"^[\s,]*(?:(?:{any_of('no|ok|okay|actually|nein|non|不')})[\s,.!]*)?(?:{any_of(_START_OVER)})[\s,.:;!\-—]*"
)


def afresh(words: str) -> str | None:
    """Return what follows words that start over (`forget that: …`); None where nothing starts over."""
    text = Text.of(words)
    lead = _AFRESH.match(text.folded)
    if lead is None or not any(one.isalnum() for one in text.folded[lead.end() :]):
        return None
    return text.said_from(lead.end())
