"""Finds words in a person's sentence: names of a table in whatever script, and English verbs and nouns."""

from __future__ import annotations

import enum
import re
import unicodedata
from functools import lru_cache
from typing import Final

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ARABIC_PREFIXES = ("وال", "بال", "ال")


def listed(words: str) -> tuple[str, ...]:
    """Return the words of a list that is written as one text: parted by bars where it has any, else by spaces."""
    return tuple(one.strip() for one in words.split("|" if "|" in words else None))


def folded(text: str) -> str:
    """Return the text in lower case with its Latin accents off; marks of other scripts carry meaning and stay."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in parts if not "\u0300" <= letter <= "\u036f")
    return unicodedata.normalize("NFC", bare).replace("’", "'")


def names_in(text: str, names: tuple[str, ...]) -> bool:
    """Say whether the text holds one of the names as a whole word, also as an English plural.

    Chinese and Japanese put no spaces between words, so their names are looked for anywhere. Of the light it is a
    guess, and a wrong one shows in the sample; what a person is refused for is not decided here.
    """
    return first_of(text, names) is not None


def first_of(text: str, names: tuple[str, ...]) -> int | None:
    """Return where the first of the names stands in the folded text, or None."""
    plain = folded(text)
    found = [match.start() for name in names if (match := _pattern(name).search(plain)) is not None]
    return min(found, default=None)


@lru_cache(maxsize=4096)
def _pattern(name: str) -> re.Pattern[str]:
    plain = folded(name)
    if _UNSPACED.search(plain):
        return re.compile(re.escape(plain))
    if re.search(r"[\u0600-\u06ff]", plain):
        prefixes = "|".join(_ARABIC_PREFIXES)
        return re.compile(rf"(?<!\w)(?:{prefixes})?{re.escape(plain)}(?!\w)")
    # \w leaves out the vowel signs of Hindi, so a boundary is told by the letters of the script itself.
    if re.search(r"[\u0900-\u097f]", plain):
        return re.compile(rf"(?<![\u0900-\u0963]){re.escape(plain)}(?![\u0900-\u0963])")
    return re.compile(rf"(?<!\w){re.escape(plain)}(?:e?s)?(?!\w)")


def words_in(text: str) -> tuple[str, ...]:
    """Return the words of a text as they were written."""
    return tuple(_WORD.findall(text))


def capitalised(sentence: str) -> str:
    """Return the sentence with its first letter as a capital and the rest untouched."""
    return sentence[:1].upper() + sentence[1:]


# -- English verbs -------------------------------------------------------------------------------------------


class Form(enum.Enum):
    """The form a verb stands in."""

    BASE = "row"
    THIRD = "rows"
    PARTICIPLE = "rowing"
    PAST = "rowed"


_VERBS: Final = listed(
    "walk run climb sit stand look go come fly swim dance play eat drink read write open close light find turn ride "
    "drive fall rise jump leap sleep wake wait watch sing paint build carry hold pull push throw catch cross "
    "enter leave "
    "meet pass reach return roll sail search smile cry laugh start stop take give travel wander work change become "
    "appear disappear vanish break burn grow move make cook repair kneel hide chase follow fight bake pour wash fix "
    "discover explore drift float glide soar gallop hunt race step stroll get knit sew land form forge hammer gather "
    "swing whisper hang lie stretch bloom melt feed shake approach descend ascend dive surf skate spin begin "
    "row paddle "
    "fish ski kick hit strike drum rain snow blow crash rush flow drip splash sink surface flicker glow shine sparkle "
    "shimmer flash fade emerge crawl creep slide slip hop skip bounce tumble trip stumble march parade dash sprint jog "
    "hike trek ramble trudge wade plunge sneak prowl stalk pounce bark howl growl meow purr chirp roar graze peck nest "
    "hover circle dart swoop perch flap flutter buzz swarm spread cover fill empty cut chop slice stir fry boil grill "
    "roast knead mix taste serve lift lower raise drop pick place put lay set pack unpack load unload tie untie wrap "
    "unwrap fold unfold brush comb shave dress undress clean sweep mop scrub polish dust dig plant water "
    "harvest mow rake "
    "prune chase herd milk shear saddle groom pet stroke hug embrace kiss touch squeeze grab grip clutch tap "
    "knock ring "
    "call shout scream yell speak talk tell say ask answer argue pray bow wave nod wink stare gaze glance peer notice "
    "see hear listen smell feel think dream remember forget learn teach study count measure draw sketch sculpt carve "
    "weave spin stitch mend tinker craft weld solder assemble test launch orbit dock explode erupt collapse crumble "
    "shatter crack burst bend twist curl rotate whirl swirl ripple sway rock tilt lean rest doze nap snore yawn "
    "breathe "
    "sigh shiver tremble sweat bleed heal die live arrive depart escape flee board ride steer cycle pedal park stretch "
    "train exercise box wrestle shoot aim fire juggle perform play conduct strum film photograph capture record type "
    "print sign post send receive deliver bring fetch buy sell pay trade shop browse choose wear try win lose "
    "celebrate "
    "cheer clap toast blow decorate hunt trap free release save rescue guard protect attack defend battle duel sharpen "
    "swallow bite chew lick sip gulp nibble devour share help guide lead join hurry head drag tow haul unfurl "
    "hoist anchor patrol inspect examine study check unlock lock slam shut rattle creak hum tick chime toll echo "
    "sprout wither bud ripen freeze thaw evaporate condense steam simmer smoke smoulder blaze ignite kindle scatter "
    "settle pile stack sort arrange balance keep stay remain rub press pluck tune strut waddle scurry slither "
    "bathe bask play relax meditate stream trickle gush surge swell churn tower loom stretch wind lap lean nestle "
    "steal brew trot tend tidy tiptoe moor overlook await greet welcome observe ponder wonder hatch stroll"
)  # fmt: skip
_IRREGULAR_PASTS: Final = dict(
    pair.split(":")
    for pair in listed(
        "ran:run sat:sit stood:stand went:go came:come flew:fly swam:swim ate:eat drank:drink wrote:write lit:light "
        "found:find rode:ride drove:drive fell:fall rose:rise leapt:leap slept:sleep woke:wake sang:sing built:build "
        "held:hold threw:throw caught:catch left:leave met:meet took:take gave:give became:become broke:break "
        "grew:grow "
        "made:make knelt:kneel hid:hide fought:fight got:get swung:swing hung:hang lay:lie fed:feed shook:shake "
        "dove:dive "
        "spun:spin began:begin struck:strike blew:blow sank:sink shone:shine crept:creep slid:slide swept:sweep "
        "dug:dig "
        "rang:ring spoke:speak told:tell said:say saw:see heard:hear felt:feel thought:think taught:teach drew:draw "
        "wove:weave burst:burst bent:bend fled:flee shot:shoot sent:send brought:bring bought:buy sold:sell paid:pay "
        "wore:wear won:win lost:lose bit:bite led:lead froze:freeze kept:keep chose:choose stole:steal"
    )
)
_DOUBLING: Final = frozenset(
    listed(
        "run sit swim stop get knit cut chop slip hop skip trip jog hug grab grip tap pet nod drop wrap hit "
        "stir put set "
        "begin spin win dig drip flap unwrap mop drum step drag bud nap strum trot slam shut sip clap hum trap rub"
    )
)


def third(verb: str) -> str:
    """Return the form after `she`: `rows`, `watches`, `carries`."""
    if verb.endswith(("s", "sh", "ch", "x", "z", "o")):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if re.search(r"[^aeiou]y$", verb) else f"{verb}s"


def _stem(verb: str) -> str:
    return verb + verb[-1] if verb in _DOUBLING else verb


def _participle(verb: str) -> str:
    if verb.endswith("ie"):
        return f"{verb[:-2]}ying"
    return f"{verb[:-1]}ing" if re.search(r"[^eoy]e$", verb) else f"{_stem(verb)}ing"


def _past(verb: str) -> str:
    if verb.endswith("e"):
        return f"{verb}d"
    return f"{verb[:-1]}ied" if re.search(r"[^aeiou]y$", verb) else f"{_stem(verb)}ed"


_FORMS: Final[dict[str, tuple[str, Form]]] = (
    {_past(verb): (verb, Form.PAST) for verb in _VERBS}
    | {past: (verb, Form.PAST) for past, verb in _IRREGULAR_PASTS.items()}
    | {_participle(verb): (verb, Form.PARTICIPLE) for verb in _VERBS}
    | {third(verb): (verb, Form.THIRD) for verb in _VERBS}
    | {verb: (verb, Form.BASE) for verb in _VERBS}
)


def verb_of(word: str) -> tuple[str, Form] | None:
    """Return the verb that the word is a form of, and the form; None where it is no verb we know.

    A past participle counts as the past: `covered`. What a word is in its sentence is for the sentence to tell.
    """
    return _FORMS.get(word)


NOUN_LIKE: Final = frozenset(
    listed(
        "light wave leave ship train hand rock flower star bloom shadow face step sound fire water paint cloud "
        "boat sail "
        "cover pile stack plant park place play film sign post box knot lock tower wind stream swell smoke "
        "steam dust drum "
        "fish milk fry snow rain rake plow wheel pet nest plunge bud groom bow head model stick bark race ring "
        "roll work "
        "land form hammer record trap guard guide rest dream swing slice measure dash crack launch share pass record "
        "shop toy test ski watch point cook object start market dance hunt cycle balance smile touch wash drip spin"
    )
)
"""Verbs that are as often nouns: `the city lights`, `ocean waves`."""
WITHOUT_OBJECT: Final = frozenset(
    listed(
        "walk run climb sit stand look go come fly swim dance jump leap sleep wake wait rise fall return sail "
        "smile cry "
        "laugh travel wander float drift glide soar gallop dive crawl creep slide hop dash sprint step stroll "
        "kneel march "
        "arrive appear disappear vanish begin shine sink lie row paddle emerge play sing work rush"
    )
)
"""Verbs without an object: their past form after a subject is no passive."""

# -- English nouns -------------------------------------------------------------------------------------------

ANIMALS: Final = frozenset(
    listed(
        "cat kitten dog puppy puppie corgi retriever horse foal wolf wolve fox bear panda lion "
        "lioness tiger leopard elephant "
        "giraffe zebra monkey gorilla rabbit hare mouse mice rat squirrel deer moose cow bull calf "
        "sheep lamb goat pig camel "
        "donkey whale shark dolphin orca seal turtle tortoise octopus jellyfish fish goldfish crab bird "
        "eagle hawk owl raven "
        "crow parrot penguin swan duck goose geese heron flamingo sparrow chicken rooster butterfly bee "
        "mosquito spider ant "
        "snake lizard crocodile dragon dinosaur frog hedgehog otter raccoon badger snail bat beetle "
        "firefly fireflie unicorn "
        "hummingbird falcon koala kangaroo pigeon seagull gull starling hen swallow salmon pony stag lynx cub "
        "caterpillar worm"
    )
)
PLACE_NOUNS: Final = frozenset(
    listed(
        "mansion museum forest road street city town village harbour harbor beach coast shore "
        "desert mountain canyon valley "
        "lake river waterfall garden park library castle church temple palace ruin island market square "
        "alley skyline bay "
        "ocean sea jungle oasis field meadow house cottage farm barn station cathedral bridge cave "
        "landscape room kitchen "
        "lighthouse teahouse pichu alhambra picchu reef cliff glacier volcano"
    )
)
PEOPLE: Final = frozenset(
    listed(
        "man woman men women person people girl boy child children kid baby lady gentleman couple "
        "mother father grandmother "
        "grandfather granny grandma grandpa son daughter brother sister friend king queen prince "
        "princess knight monk nun "
        "priest witch wizard detective pilot soldier sailor student nurse chef cook thief clown guard "
        "guide bride groom "
        "poet athlete astronaut samurai ninja geisha cowboy captain stranger crew team family crowd "
        "twins robot android "
        "alien ghost angel mermaid fisherman fishermen chess-player blacksmith watchsmith beauty teen "
        "teenager widow hero "
        "heroine spy boxer tourist beggar shepherd tailor potter nomad scientist violinist pianist monks pirate "
        "clockmaker ballerina cellist diver runner mechanic mason miner astronomer"
    )
)
NOT_PEOPLE: Final = frozenset(
    listed(
        "tower flower water river paper computer helicopter corner spider tiger panther center theater theatre letter "
        "motor mirror reactor door floor monitor butter rocker counter thunder winter summer meter "
        "matter laser car bar "
        "star container trailer skyscraper rover cruiser steamer freighter tanker feather ladder silver "
        "copper cheeseburger "
        "burger saucer lantern planter printer roller-coaster coaster poster harbor color motor tractor ember "
        "interior exterior"
    )
)
ADJECTIVES: Final = frozenset(
    listed(
        "old young small big large little tiny huge giant tall short long lonely lone red orange yellow green "
        "blue purple "
        "pink white black brown grey gray golden silver dark bright pale quiet wild tired ancient modern wooden stone "
        "empty full hot cold warm wet dry rusty dusty snowy rainy busy happy sad brave curious beautiful new "
        "fresh first "
        "last lost abandoned vintage paper glass toy hidden single"
    )
)
CLOTHES: Final = frozenset(
    listed(
        "dress coat suit hat gear uniform armour armor kimono sunglasses jacket cloak robe shirt "
        "jeans wear clothes helmet "
        "scarf apron boots sari hoodie hood gown costume outfit gloves mask glasses sweater jumper raincoat"
    )
)
CITIES: Final = frozenset(listed("paris london tokyo berlin marrakech rome venice amsterdam istanbul kyoto"))
MASSES: Final = frozenset(
    listed(
        "firewood air water smoke fire snow rain sand light fog mist lava coffee tea milk dust ink paint food bread "
        "music time nature traffic life grass ice wind steam honey chocolate wine macro slow timelapse drone cinematic"
    )
)
PARTICLES: Final = frozenset(
    listed("out up away across off down back home together apart around about ahead alone again")
)
ADVERBS: Final = frozenset(
    listed("suddenly slowly quickly still never always just also again finally now often almost")
)
LY_WORDS: Final = frozenset(
    listed("butterfly dragonfly firefly family lonely elderly lovely friendly ugly curly italy")
)
NO_VERBS: Final = frozenset(
    listed(
        "evening morning building ceiling king ring string wedding thing spring wing swing painting something nothing "
        "anything everything offspring sibling clothing railing awning wingling duckling gosling sapling young viking "
        "flying-fish sewing-machine lightning pudding stocking"
    )
)
PREPOSITIONS: Final = frozenset(
    listed(
        "in at on onto into inside outside under over above below beneath through across along by near beside behind "
        "between among around towards toward from against during before after while without within up down past as "
        "with wearing dressed featuring for to off"
    )
)
