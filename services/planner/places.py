"""The kinds of places a film plays in, and of deeds that it shows: what words name them, and what there is to see."""

from __future__ import annotations

from typing import Final

from msgspec import Struct, structs

from services.planner.matching import listed


class Place(Struct, frozen=True):
    """One kind of place."""

    kind: str
    phrase: str
    """What it is called where the person gave it no name of its own."""
    by: str
    """The preposition of a thing at rest there."""
    traits: str
    """What it keeps from shot to shot; follows `with`."""
    details: tuple[str, ...]
    """Things that happen in it by themselves, as clauses."""
    colours: tuple[str, ...]
    """Middle colours that it lends to daylight: one dark, one light. Empty: none."""
    names: tuple[str, ...]
    """Words that ask for it: lower case, Latin letters without accents."""


def _place(kind: str, phrase: str, traits: str, details: str, colours: str, names: str) -> Place:
    parts = [tuple(one.strip() for one in text.split("|")) for text in (details, names)]
    by = "on" if kind in {"ocean", "beach", "sea", "mountain", "road", "water", "street"} else "in"
    return Place(kind, phrase, by, traits, parts[0], tuple(colours.split()), parts[1])


# Names: English, German, French, Spanish, Portuguese, Chinese, Hindi, Persian, Arabic. The word that comes first wins.
PLACES: Final = (
    _place(
        "space",
        "open space",
        "distant stars in deep black",
        "stars turn slowly in the black|fine specks glint and drift by|a far rim glows|"
        "a loose cable curls in the void|"
        "a far light blinks|frost creeps over metal",
        "",
        "outer space|in space|space station|in orbit|galaxy|astronaut|spaceship|spacecraft|"
        "moon landing|weltraum|weltall|astronauta|"
        "astronaute|太空|宇宙|宇航员|अंतरिक्ष|فضا|فضانورد|الفضاء",
    ),
    _place(
        "underwater",
        "the open water",
        "drifting particles and swaying weed",
        "a shoal turns as one|weed sways in the current|bubbles thread upward|sand lifts and settles|"
        "light nets the stones|a shadow passes overhead",
        "",
        "underwater|under water|under the sea|deep sea|seabed|coral reef|reef|unterwasser|水下|海底|زیر آب|تحت الماء",
    ),
    _place(
        "ocean",
        "the open sea",
        "long swells and a far horizon",
        "a swell lifts and passes|foam unravels on the dark water|the horizon tilts and rights itself|"
        "seabirds skim the crests|spray blows off a crest|the deep water turns from green to black",
        "#1f4e66 #9fc6cf",
        "ocean|whale|shark|dolphin|orca|open sea|high seas|ozean|baleine|ballena|baleia|tiburon|海洋|鲸鱼|鲨鱼|महासागर|"
        "اقیانوس|نهنگ|محيط",
    ),
    _place(
        "beach",
        "a sandy beach",
        "wet sand and low waves",
        "a wave slides up the sand and slips back|foam fizzes out on the sand|a strand of weed rolls in the foam|"
        "dry grass bends in the wind|footprints fill with water|the wet sand mirrors the sky",
        "#3f7f93 #e3cfa4",
        "beach|surfer|surfboard|strand|plage|playa|praia|沙滩|समुद्र तट|ساحل|شاطئ",
    ),
    _place(
        "sea",
        "a rocky coast",
        "dark water and wet black rocks",
        "waves break over black rocks|water drains from the rocks|foam slides back between the stones|"
        "a rope sways against rusted iron|spray hangs in the air|the horizon line trembles",
        "#2c5d73 #a9cfd2",
        "sea|coast|shore|harbour|harbor|lighthouse|ship|boat|sailor|fisherman|fishermen|"
        "pier|island|bay|waves|meer|ozean|kuste|hafen|leuchtturm|leuchtturmwarter|"
        "schiff|mer|phare|port|bateau|mar|costa|faro|barco|oceano|farol|海|大海|灯塔|船|समुद्र|"
        "دریا|فانوس دریایی|بحر|البحر|منارة",
    ),
    _place(
        "forest",
        "a deep forest",
        "tall trunks, moss and fern",
        "leaves stir and fall still|light drips between the branches|moss glistens on a fallen trunk|"
        "a branch dips and springs back|a pale glow hangs between the trunks|the ferns sway",
        "#27472f #a7bf7e",
        "forest|woods|jungle|tree|trees|wolf|deer|fox|wald|urwald|baum|foret|bois|bosque|selva|arbol|floresta|"
        "arvore|森林|树林|树|जंगल|جنگل|غابة",
    ),
    _place(
        "mountain",
        "a mountain pass",
        "steep rock and distant ridges",
        "clouds snag on the ridge|loose stones slide and come to rest|a loose thread of cloud trails below the peak|"
        "wind combs the dry grass|a far slope takes the light|meltwater glitters on stone",
        "#46586b #c8cdd0",
        "mountain|mountains|mountainous|peak|peaks|cliff|climber|hill|hills|valley|volcano|alps|berg|berge|gipfel|"
        "montagne|montana|montanha|sierra|山|高山|पहाड़|पर्वत|کوه|جبل|جبال",
    ),
    _place(
        "desert",
        "a wide desert",
        "wind-cut dunes and bare stone",
        "sand slips down the side of a dune|heat bends the horizon|a dry bush shivers|wind draws lines in the sand|"
        "a stone's long shadow creeps on|sand rises and thins away",
        "#8a5a33 #e6c28c",
        "desert|dune|dunes|oasis|sahara|camel|canyon|barren|wuste|dune|desierto|deserto|沙漠|रेगिस्तान|بیابان|کویر|صحراء",
    ),
    _place(
        "street",
        "a city street",
        "tall facades and lit windows",
        "steam rises from a grate|a puddle holds the lights upside down|a tram slides by far off|"
        "curtains move behind a pane|a paper cup rolls along the kerb|strangers pass without looking",
        "#3d4a5c #c9b89c",
        "city|street|town|downtown|alley|skyline|skyscraper|rooftop|market|subway|metro|taxi|cyberpunk|tokyo|paris|"
        "new york|london|berlin|marrakech|stadt|strasse|gasse|ville|rue|ciudad|calle|cidade|rua|城市|街道|街|巷|"
        "东京|शहर|सड़क|शहर की|شهر|خیابان|مدينة|شارع",
    ),
    _place(
        "road",
        "an open road",
        "worn asphalt and a far horizon",
        "heat trembles above the asphalt|poles slide by one after the other|the white line goes on and on|"
        "a sign sways in the wind|gravel jumps at the edge|the horizon keeps its distance",
        "#5b5a52 #d6c7a3",
        "road|highway|car|truck|motorcycle|motorbike|bike|bicycle|bus|train|railway|station|landstrasse|auto|zug|"
        "bahnhof|route|voiture|gare|carretera|coche|tren|estrada|carro|trem|公路|山路|汽车|火车|गाड़ी|ट्रेन|"
        "جاده|ماشین|قطار|"
        "طريق|سيارة|قطار",
    ),
    _place(
        "water",
        "the water's edge",
        "still reflections and leaning reeds",
        "rings spread on the water|reeds lean and straighten|a leaf turns in the current|"
        "insects dance above the surface|"
        "the far bank doubles in the water|a heron lifts off",
        "#3c6260 #b9cfae",
        "river|lake|pond|waterfall|stream|canal|fluss|bach|wasserfall|riviere|lac|rio|lago|cascada|cachoeira|河|湖|"
        "瀑布|नदी|झील|رودخانه|دریاچه|نهر|بحيرة",
    ),
    _place(
        "field",
        "an open field",
        "long grass and a wide sky",
        "grass bends and rises again|seeds drift through the air|a cloud's shadow crosses the ground|a gate swings|"
        "seed heads nod all at once|the far treeline darkens",
        "#5d7a3c #d9d38c",
        "field|meadow|grass|grassy|farm|garden|park|barn|village|plains|prairie|horse|cow|sheep|"
        "feld|wiese|garten|dorf|"
        "jardin|village|campo|prado|pueblo|jardim|aldeia|田野|草地|花园|村|खेत|बगीचा|गांव|دشت|باغ|روستا|حقل|حديقة|قرية",
    ),
    _place(
        "sky",
        "the open sky",
        "layered clouds and deep distance",
        "clouds slide past below|the wind tugs and lets go|a gap opens to the land far down|"
        "light pours through a cloud|"
        "a thin trail fades|the edge of a cloud burns white",
        "#3f6ea3 #cfe0ee",
        "sky|cloud|clouds|plane|airplane|balloon|bird|eagle|flying|himmel|wolken|ciel|nuages|cielo|"
        "nubes|ceu|nuvens|"
        "天空|云|आकाश|आसमान|آسمان|السماء",
    ),
    _place(
        "indoors",
        "a lived-in room",
        "deep corners and light from one side",
        "fine specks drift through the light|a pendulum swings on the wall|steam curls from a cup|"
        "a curtain breathes in and out|"
        "shadows settle in the corners|a shadow moves along the wall",
        "#6b4a33 #dcc29a",
        "interior|indoors|indoor|room|kitchen|office|cafe|bar|library|museum|studio|workshop|"
        "bedroom|bathroom|garage|house|"
        "hall|stage|teahouse|restaurant|classroom|mall|shop|store|bookstore|cinema|theatre|theater|factory|"
        "warehouse|tunnel|corridor|attic|"
        "basement|bakery|hospital|school|tavern|pub|laboratory|lab|greenhouse|mansion|church|castle|tailor|"
        "watchmaker|potter|chef|zimmer|"
        "kuche|werkstatt|haus|chambre|cuisine|atelier|maison|cuarto|habitacion|cocina|casa|taller|quarto|cozinha|"
        "室内|房间|厨房|कमरा|रसोई|घर|اتاق|خانه|آشپزخانه|غرفة|بيت|مطبخ",
    ),
)

SUGGESTING: Final = frozenset(
    listed(
        "astronaut|astronauta|astronaute|宇航员|فضانورد|whale|shark|dolphin|orca|baleine|ballena|baleia|tiburon|鲸鱼|"
        "鲨鱼|نهنگ|"
        "ship|boat|sailor|fisherman|fishermen|schiff|bateau|barco|船|surfer|surfboard|tree|trees|wolf|deer|fox|"
        "wald|baum|"
        "arbol|arvore|树|camel|taxi|climber|car|truck|motorcycle|motorbike|bike|bicycle|bus|train|auto|zug|"
        "voiture|coche|"
        "tren|carro|trem|汽车|火车|गाड़ी|ट्रेन|ماشین|قطار|سيارة|horse|cow|sheep|grass|plane|airplane|balloon|bird|"
        "eagle|flying|"
        "cloud|clouds|wolken|nuages|nubes|nuvens|云|tailor|watchmaker|potter|chef|hall|stage|bar|house|haus|"
        "maison|casa|家"
    )
)
"""Names of who or what is usually found in a place: they suggest it only where no place is named."""

ANYWHERE: Final = _place(
    "anywhere",
    "a plain, quiet setting",
    "an uncluttered background",
    "the background falls out of focus|the shadows shift a little|a breath of air moves through|"
    "light slides across the ground|the stillness holds|something stirs at the edge of the frame",
    "",
    "—",
)
"""Where nothing names a place."""

_AIRS: Final = {
    "snow": ("open, snow-covered land", "soft drifts and bare trees"),
    "rain": ("a rain-soaked square", "wet stone and wide puddles"),
    "fog": ("open ground", "a pale, empty distance"),
    "neon": ("a narrow street", "wet asphalt and glowing signs"),
    "fire": ("a dark clearing", "warm light on what is near"),
    "night": ("a quiet open space", "darkness all around"),
}


def anywhere_in(light: str) -> Place:
    """Return the place of a film that names none, as its light suggests it."""
    phrase, traits = _AIRS.get(light, (ANYWHERE.phrase, ANYWHERE.traits))
    return structs.replace(ANYWHERE, phrase=phrase, traits=traits)


# -- deeds ---------------------------------------------------------------------------------------------------


class Deed(Struct, frozen=True):
    """A kind of action: what is to be seen of it from very near, and where it must be."""

    verbs: frozenset[str]
    of_people: tuple[str, ...]
    """Details as clauses in the present, where a person does it."""
    of_others: tuple[str, ...] = ()
    """The same where an animal or a thing does it; empty: nothing is sure."""
    place: str = ""
    """`water` where it can't be on land, `sky` where it is up in the air. Empty: anywhere."""
    by_means_of: str = ""
    """What a person does it with or in, where the words leave it out: `in a wooden boat`."""


def _deed(verbs: str, of_people: str, of_others: str = "", place: str = "", by_means_of: str = "") -> Deed:
    parts = [tuple(one.strip() for one in text.split("|")) if text else () for text in (of_people, of_others)]
    return Deed(frozenset(listed(verbs)), parts[0], parts[1], place, by_means_of)


DEEDS: Final = (
    _deed("row", "the oars dip and rise|water runs off the blades|two hands tighten around the oars|"
          "small whirlpools spin away behind the boat|the wooden rowlocks creak", "", "water", "in a wooden boat"),
    _deed("paddle", "the paddle cuts into the water|drops fall from the blade|the bow parts the water|"
          "two hands tighten around the paddle", "paws and noses part the water", "water"),
    _deed("sail", "a rope runs through two hands|the sail fills with wind|spray flies over the bow",
          "the sails fill with wind|spray flies over the bow|the wake opens behind the stern", "water"),
    _deed("swim", "arms part the water|bubbles stream past|water runs off one shoulder|rings spread across the surface",
          "bubbles rise past|ripples spread across the surface|light plays over wet skin", "water"),
    _deed("surf", "the board cuts into the wave|spray flies off the crest|bare feet grip the board",
          "spray flies off the crest", "water"),
    _deed("dive", "bubbles stream past|two arms part the water", "bubbles stream past"),
    _deed("fish", "the line tightens|rings spread around the float|two hands hold the rod", "", "water"),
    _deed("cook bake fry boil grill roast stir knead taste", "steam curls up|two hands move quickly|"
          "flour dusts the board|"
          "the light catches the rising steam"),
    _deed("run sprint jog dash race chase", "feet strike the ground|dust jumps up behind the heels|"
          "arms swing in rhythm|"
          "breath comes fast", "feet barely touch the ground|dust jumps up behind|the ground streams past below"),
    _deed("walk hike wander stroll march trudge trek ramble step", "one foot follows the other|"
          "footsteps press the ground|"
          "a sleeve swings in rhythm|a shadow moves along the ground", "one foot follows the other|"
          "a shadow moves along"),
    _deed("gallop", "hooves strike the ground|a mane flies in the wind|clods of earth jump up",
          "hooves strike the ground|manes fly in the wind|clods of earth jump up"),
    _deed("climb", "fingers find a hold|one foot searches for the next step|knuckles turn white|"
          "small stones trickle down",
          "claws find a hold|small bits of bark and stone trickle down"),
    _deed("dance twirl", "feet turn on the floor|cloth swirls in the air|fingers trace a line through the air|"
          "the floor carries the rhythm", "light and shadow turn together"),
    _deed("fly soar hover glide swoop", "",
          "the air streams past|the light shines through from behind|a shadow races along below", "sky"),
    _deed("ride cycle pedal", "the world streams past on both sides|the wind pulls at hair and cloth"),
    _deed("drive steer", "two hands turn the wheel|the road slides over the windscreen|the wheels hum over the ground",
          "the wheels turn fast|the ground streams past below|the light slides over the metal"),
    _deed("read study", "a finger moves along the lines|a page turns|the light falls across the page"),
    _deed("write sign", "the pen scratches over the paper|the ink dries on the page|a hand smooths the paper"),
    _deed("paint", "the brush leaves a wet line|two colours run into each other|paint dries on the fingers"),
    _deed("draw sketch", "a line grows, stroke by stroke|dust gathers on the fingers"),
    _deed("eat chew bite devour nibble", "fingers break off a piece|crumbs fall", "crumbs fall|jaws move steadily"),
    _deed("drink sip", "two hands close around the cup|"
          "steam rises past the lips", "rings spread where the mouth touches"),
    _deed("strum perform", "fingers move in quick, sure turns|fingertips find the notes"),
    _deed("sing shout laugh call", "the breath can be seen in the light|lips shape every sound"),
    _deed("build repair fix mend tinker craft assemble carve hammer forge weld solder polish sculpt",
          "two hands work without a pause|a tool catches the light|small pieces fall away|fingertips test the surface"),
    _deed("knit sew weave stitch embroider", "the needle catches the light|the thread draws tight|"
          "fingers guide the thread"),
    _deed("pour fill serve", "the stream catches the light|drops leap up and fall back", "drops leap up and fall back"),
    _deed("plant dig garden harvest rake", "fingers press into the soil|earth crumbles in a hand"),
    _deed("sweep", "the broom draws lines in the dust|dust swirls up|two hands guide the broom"),
    _deed("wash clean scrub", "two hands move in circles|drops run down and fall"),
    _deed("sleep doze nap snore", "the breath comes and goes|an eyelid trembles|the folds of a blanket rise and fall",
          "the breath comes and goes|an ear twitches|a paw stretches and goes slack"),
    _deed("light kindle ignite", "a small flame catches|two hands shield the flame|the glow spreads over the fingers"),
    _deed("open unlock unwrap unpack", "fingers find the edge|a thin line of light widens"),
)  # fmt: skip
"""The verbs that come first in the table win."""


def deed_of(verb: str) -> Deed | None:
    """Return the kind of action that the verb names, or None."""
    return next((one for one in DEEDS if verb in one.verbs), None)


def place_of_deed(deed: Deed, reminded: Place) -> Place | None:
    """Return the place that an action has of itself, given the place that the other words remind of; None: any."""
    kinds = {one.kind: one for one in PLACES}
    if deed.place == "water":
        if reminded.kind in {"ocean", "underwater", "water"}:
            return reminded
        # Who rows away from a coast is no longer on it.
        if reminded.kind in {"sea", "beach"}:
            return kinds["ocean"]
        return structs.replace(kinds["water"], phrase="calm open water")
    return kinds.get(deed.place)
