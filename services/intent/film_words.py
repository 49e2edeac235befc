"""What a film is called, what asks for one, and the small words around such a request, in eleven languages."""

from __future__ import annotations

from services.intent.languages import any_of

FILM = (
    "film|films|movie|movies|video|videos|clip|clips|short film|animation|animations|ad|advert|"
    "advertisement|commercial|trailer|"
    "teaser|reel|reels|story|loop|timelapse|time lapse|spot|montage|gif|episode|footage|short|vlog|cut|"
    "piece|cartoon|edit|"
    "music video|promo|vid|tiktok|documentary|dokumentarfilm|doku|documentaire|documental|documentário|"
    "documentario|"
    "kurzfilm*|film*|video*|clip*|werbespot|werbefilm|streifen|animationsfilm|kurzvideo|werbeclip|"
    "court metrage|film|films|court-métrage|séquence video|publicité|bande annonce|dessin anime|"
    "película|peli|cortometraje|corto|anuncio|vídeo|filme|curta|curta-metragem|propaganda|anúncio|"
    "clipe|vídeos|"
    "filmato|filmino|cortometraggio|spot|animazione|animación|animação|clip|"
    "视频|視頻|短片|影片|电影|電影|微电影|动画|動畫|片子|短视频|片段|动画片|宣传片|广告|纪录片|预告片|"
    "故事片|微视频|小电影|"
    "動画|映像|映画|ビデオ|ムービー|クリップ|アニメ|ショート|"
    "वीडियो|विडियो|फिल्म|फ़िल्म|क्लिप|मूवी|एनिमेशन|रील|"
    "فیلم|ویدیو|ویدئو|کلیپ|انیمیشن|ویدیویی|فیلمی|کلیپی|ویدیوی|فیلم‌کوتاه|تیزر|ویدئویی|ویدئوی|"
    "فيلم|فيلما|الفيلم|فيديو|فيديوهات|الفيديو|مقطع|مقطعا|مقطع فيديو|المقطع|كليب|إعلان|رسوم متحركة|"
    "фильм*|видео|видеоролик*|ролик*|клип*|мультфильм*|анимаци*|видос*|кино|"
    "영상|비디오|동영상|영화"
)
PART = (
    "shot|scene|sequence|take|segment|einstellung|szene|plan|plano|toma|escena|cena|scena|inquadratura|"
    "镜头|场景|シーン|кадр|сцена"
)
LENGTH = (
    "long|length|duration|runtime|run time|running time|lasting|lasts|should last|that lasts|to last|"
    "lang|lange|langer|langes|langen|dauer|dauert|dauern|lange|lauflange|laufzeit|lang sein|"
    "longueur|durée|dure|durer|durant|qui dure|d'une durée|long de|"
    "duración|dura|dure|durar|que dure|de largo|duração|durar|com duração|longo|comprimento|"
    "durata|lungo|lunga|durare|della durata|che duri|duri|"
    "时长|時長|长度|長度|总长|總長|长|長|长达|時長|"
    "長さ|尺|再生時間|"
    "लंबा|लंबी|लम्बा|लम्बी|लंबे|अवधि|लंबाई|"
    "مدت|به مدت|طول|بطول|به طول|زمان|مدته|مدتها|مدة|المدة|بمدة|طوله|لمدة|مدت زمان|"
    "длиной|длительность*|продолжительность*|длится|длина|длину|хронометраж*|"
    "길이|분량"
)
WANT = (
    "make it|make this|keep it|make that|i want|i'd like|we want|we need|i need|should be|let it be|"
    "let's make it|set it to|"
    "change it to|cut it to|trim it to|extend it to|stretch it to|go for|give me|let's do|let's go "
    "with|needs to be|must be|"
    "change the length to|mach|mach es|mach ihn|mach sie|mach daraus|mach das|soll|sollte|ich mochte|ich "
    "will|bitte|"
    "fais le|fais la|fais en|faites le|je veux|je voudrais|mets le|passe a|il faut|"
    "hazlo|hazla|que sea|que dure|quiero|ponlo|dejalo|faça|deixe|quero|que seja|fallo|falla|voglio|"
    "vorrei|facciamolo|rendilo|"
    "改成|改为|改為|变成|做成|设为|要|请|"
    "बनाओ|बनाएं|बनाइए|कर दो|करो|चाहिए|कीजिए|रखो|"
    "بساز|بسازید|باشد|باشه|کن|کنید|می‌خواهم|میخوام|بشه|"
    "اجعل*|اجعله|اجعلها|ليكن|أريد|اريد|أريده|"
    "сделай*|пусть|хочу|нужен|нужно"
)
HEDGE = (
    "about|around|roughly|approximately|approx|circa|ca|exactly|only|just|max|maximum|at most|at least|"
    "under|up to|please|total|after all|either|instead|rather|better|preferably|"
    "mejor|lieber|besser|plutot|plutôt|melhor|"
    "meglio|finalement|each|jeweils|chacun|chacune|cada una|ognuno|al final|am ende doch|doch|draus|daraus|"
    "in total|overall|altogether|or so|or less|in all|ish|no more than|not longer than|no longer than|"
    "not more than|less than|"
    "more than|"
    "min|minimum|for|of|over|in|with|a|an|the|and|it|is|that|to|at|as|be|by|on|all|"
    "etwa|ungefähr|rund|circa|genau|nur|höchstens|maximal|mindestens|bitte|insgesamt|gesamt|in|mit|und|"
    "von|ein|eine|einen|der|"
    "die|das|im|als|für|soll|sein|"
    "environ|à peu près|exactement|seulement|maximum|au total|en|de|avec|et|un|une|d|le|la|s'il te "
    "plaît|s'il vous plaît|à|"
    "unos|unas|aproximadamente|más o menos|exactamente|solo|máximo|como mucho|en total|de|con|y|un|una|"
    "el|por favor|"
    "cerca de|mais ou menos|apenas|no máximo|no total|com|e|um|uma|o|por|uns|umas|"
    "circa|all'incirca|esattamente|solo|massimo|in totale|di|con|per favore|il|lo|"
    "大约|大概|约|左右|总共|一共|大約|的|请|要|一个|一段|一部|一条|共|"
    "約|くらい|ぐらい|程度|の|で|を|"
    "लगभग|करीब|सिर्फ|केवल|कुल|का|की|के|एक|में|और|हो|"
    "حدود|تقریبا|حدودا|فقط|کلا|یک|با|در|به|و|از|برای|که|ای|"
    "حوالي|تقريبا|نحو|فقط|كله|من|مع|في|على|عن|ل|"
    "около|примерно|только|всего|на|с|и|в|не более|пожалуйста"
)
"""Words that say nothing by themselves: a clause of nothing else holds no picture."""

REQUEST = (
    "could|you|can|would|something|i|we|do|like|love|would love|have|see|get|prefer|i'd prefer|try|keep|rest|the rest|"
    "whole|entire|thing|everything|instagram|youtube|facebook|insta|whatsapp|snapchat|my|our|page|channel|phone|story|stories|"
    "change|switch|use|set|für|kannst|du|mir|etwas|ich|hätte|gern|peux|tu|me|moi|quelque|chose|puedes|algo|pode|fazer|"
    "puoi|qualcosa|用|以|我|想|要|帮|给|换"
)
"""Words that ask for something, beside words about a film: `could you do something around 40 seconds`."""

FILM_PATTERN = any_of(FILM)
