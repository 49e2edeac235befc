"""The words that the animatic knows, and what each of them asks for."""

from __future__ import annotations

import enum
from typing import Final


class Place(enum.StrEnum):
    """Where it plays: each has a set of its own."""

    UNDERWATER = "underwater"
    SPACE = "space"
    PLANET = "planet"
    INTERIOR = "interior"
    STREET = "street"
    CITY = "city"
    SEA = "sea"
    DESERT = "desert"
    FOREST = "forest"
    MOUNTAINS = "mountains"
    HILLS = "hills"
    SKY = "sky"
    STUDIO = "studio"


class Light(enum.StrEnum):
    """The hour and its light."""

    DAY = "day"
    DAWN = "dawn"
    DUSK = "dusk"
    NIGHT = "night"
    NEON = "neon"
    OVERCAST = "overcast"


class Weather(enum.StrEnum):
    """What fills the air."""

    SNOW = "snow"
    RAIN = "rain"
    FOG = "fog"
    EMBERS = "embers"
    DUST = "dust"
    PETALS = "petals"
    FIREFLIES = "fireflies"
    BUBBLES = "bubbles"


class Style(enum.StrEnum):
    """How it is drawn."""

    CINEMATIC = "cinematic"
    PAINTERLY = "painterly"
    WATERCOLOUR = "watercolour"
    MONOCHROME = "monochrome"
    NOIR = "noir"
    ANIME = "anime"
    VINTAGE = "vintage"
    INK = "ink"


class Subject(enum.StrEnum):
    """Who or what stands in the frame."""

    ROWER = "rower"
    ASTRONAUT = "astronaut"
    ROBOT = "robot"
    DRAGON = "dragon"
    CAT = "cat"
    DOG = "dog"
    HORSE = "horse"
    BIRD = "bird"
    WHALE = "whale"
    FISH = "fish"
    CAR = "car"
    TRAIN = "train"
    ROCKET = "rocket"
    SHIP = "ship"
    BALLOON = "balloon"
    PERSON = "person"
    FLOWER = "flower"
    LIGHTHOUSE = "lighthouse"
    HOUSE = "house"
    TREE = "tree"
    CAMPFIRE = "campfire"


class Action(enum.StrEnum):
    """What the subject does."""

    STAND = "stand"
    WALK = "walk"
    RUN = "run"
    SLEEP = "sleep"


# English first, and the nouns people use most in German, French, Spanish and Italian. The order is the precedence.
PLACES: Final = (
    (
        Place.UNDERWATER,
        "underwater|under water|coral|reef|seabed|deep sea|ocean floor|unterwasser|sous-marin|submarino",
    ),
    (Place.PLANET, "mars|martian|on the moon|lunar|alien planet|exoplanet"),
    (
        Place.SPACE,
        "space|galaxy|nebula|orbit|cosmos|cosmic|spaceship|starship|asteroids?|planets?|weltraum|weltall|espace|espacio",
    ),
    (
        Place.INTERIOR,
        "interior|indoors|room|kitchen|bedroom|window|windowsill|lived-in|library|cabin|attic|workshop|office|desk|"
        "fireplace|caf[eé]|zimmer|fenster|küche|chambre|fenêtre|cuisine|habitación|ventana|stanza|finestra",
    ),
    (
        Place.STREET,
        "street|streets|alley|avenue|market|rain-soaked square|road at night|crossing|straße|gasse|rue|calle|strada|"
        "vicolo|街道|街|巷|सड़क|خیابان|شارع",
    ),
    (
        Place.CITY,
        "city|cities|skyline|skyscrapers?|rooftops?|downtown|metropolis|tokyo|new york|paris|london|stadt|ville|"
        "ciudad|città",
    ),
    (
        Place.SEA,
        "sea|ocean|beach|waves?|harbou?r|bay|coast|lake|shore|island|sail\\w*|boats?|ships?|rows(?! of)|rowing|"
        "lighthouses?|rivers?|pond|water's edge|fjord|meer|strand|leuchtturm\\w*|boot|küste|mer|plage|phare|bateau|mar|"
        "playa|faro|barco|海|灯塔|船|समुद्र|प्रकाशस्तंभ|دریا|فانوس دریایی|بحر|منارة|море|маяк|"
        "spiaggia|barca",
    ),
    (Place.DESERT, "desert|dunes?|sahara|canyon|mesa|wüste|désert|desierto|deserto|沙漠|रेगिस्तान|بیابان|صحراء"),
    (
        Place.FOREST,
        "forests?|woods?|woodland|jungle|wald|forêt|bosque|foresta|bosco|森林|树林|जंगल|جنگل|غابة|лесу?|леса",
    ),
    (
        Place.MOUNTAINS,
        "mountains?|alps|peaks?|summit|glacier|himalaya|cliffs?|valley|berge?|montagnes?|montañas?|montagna",
    ),
    (Place.HILLS, "hills?|meadows?|fields?|farm|garden|village|countryside|prairie|wiese|garten|campo|prato"),
    (Place.SKY, "open sky|in the sky|(?:above|over) the clouds|through the clouds|am himmel|dans le ciel|en el cielo"),
    (Place.STUDIO, "portrait|studio|porträt|retrato|ritratto"),
)
LIGHTS: Final = (
    (Light.NEON, "neon|cyberpunk|synthwave|blade runner"),
    (Light.NIGHT, "night|midnight|moonlit|moonlight|starlit|nacht|nuit|noche|notte"),
    (Light.DUSK, "dusk|sunset|twilight|evening|golden hour|dämmerung|abend\\w*|crépuscule|soir|atardecer|tramonto"),
    (Light.DAWN, "dawn|sunrise|morning|daybreak|morgen\\w*|aube|aurore|amanecer|alba"),
    (Light.OVERCAST, "overcast|grey sky|gray sky|cloudy|storm\\w*|gloomy|fog|foggy|mist|misty|rain|rainy|snow|snowy"),
    (Light.DAY, "day|daylight|noon|midday|sunny|bright|afternoon|mittag|midi|mediodía|mezzogiorno|summer"),
)
WEATHER: Final = (
    (Weather.SNOW, "snow\\w*|blizzard|winter|schnee\\w*|neige|nieve|neve"),
    (Weather.RAIN, "rain\\w*|downpour|drizzle|storm\\w*|regen|pluie|lluvia|pioggia"),
    (Weather.FOG, "fog\\w*|mist|misty|haze|hazy|nebel|brume|brouillard|niebla|nebbia"),
    (Weather.EMBERS, "fire|flames?|embers?|burning|volcano|lava|feuer|feu|fuego|fuoco"),
    (Weather.DUST, "dust\\w*|sandstorm|desert|mars|martian|staub|poussière|polvo"),
    (Weather.PETALS, "petals?|blossoms?|cherry|autumn|falling leaves|blüten|pétales|pétalos|petali"),
    (Weather.FIREFLIES, "fireflies|firefly|magic\\w*|enchanted|fairy|fairies|glühwürmchen|lucioles"),
    (Weather.BUBBLES, "underwater|under water|bubbles?|coral|reef|unterwasser"),
)
STYLES: Final = (
    (Style.NOIR, "noir|film noir"),
    (
        Style.MONOCHROME,
        "black and white|black-and-white|monochrome|b&w|schwarzweiß|schwarz-weiß|noir et blanc|"
        "blanco y negro|bianco e nero",
    ),
    (Style.WATERCOLOUR, "watercolou?rs?|aquarelle?|aquarell|acuarela|acquerello|pastel"),
    (Style.INK, "ink|sumi-e|woodcut|engraving|line drawing|pencil|sketch|etching|tusche"),
    (Style.PAINTERLY, "painterly|paint(?:ing|ed)|oil|impressionist\\w*|van gogh|gouache|brush\\w*|malerisch|gemälde"),
    (Style.ANIME, "anime|manga|ghibli|cartoon|cel[- ]shaded|comic|animated|zeichentrick"),
    (Style.VINTAGE, "vintage|retro|super 8|8mm|16mm|sepia|old film|nostalgi\\w*|kodachrome"),
)
SUBJECTS: Final = (
    (
        Subject.ROWER,
        "rows(?! of)|rowing|rowed|rower|rowboat|rowing boat|canoe|kayak|rudert|rudern|ruderboot|rame|remando",
    ),
    (Subject.ASTRONAUT, "astronauts?|cosmonauts?|spaceman|astronaute|astronauta"),
    (Subject.DRAGON, "dragons?|drachen?|dragón|drago"),
    (Subject.ROBOT, "robots?|androids?|cyborg|mech|roboter"),
    (
        Subject.CAT,
        "猫|बिल्ली|گربه|قطة|кошк[аи]|кот|cats?|kittens?|katzen?|chaton|chats|un chat|le chat|gatos?|gatto|gatti",
    ),
    (
        Subject.DOG,
        "狗|कुत्ता|سگ|كلب|собак[аи]|dogs?|pupp(?:y|ies)|hounds?|wolf|wolves|fox|foxes|fuchs|füchse|renard|zorro|volpe|hund\\w*|chiens?|perros?",
    ),
    (
        Subject.HORSE,
        "马|घोड़ा|اسب|حصان|лошад\\w*|horses?|mares?|stallions?|pon(?:y|ies)|unicorns?|deer|stag|pferde?|cheval|chevaux|caballos?|cavallo|cavalli",
    ),
    (Subject.WHALE, "whales?|dolphins?|orcas?|sharks?|wale?|baleine|ballena|balena"),
    (Subject.FISH, "fish|fishes|turtles?|jellyfish|fische?|poissons?|peces|pesci|coral|reef"),
    (Subject.BALLOON, "balloons?|hot-air balloon|airship|zeppelin|ballon\\w*|montgolfière|globo"),
    (
        Subject.BIRD,
        "birds?|gulls?|seagulls?|eagles?|owls?|crows?|ravens?|geese|swans?|butterfl(?:y|ies)|vögel|vogel|"
        "oiseaux?|pájaros?|uccelli",
    ),
    (Subject.CAR, "cars?|taxi|automobile|truck|van|driv(?:es|ing)|auto|voiture|coche|macchina"),
    (Subject.TRAIN, "trains?|locomotive|railway|zug|tren|treno"),
    (Subject.ROCKET, "rockets?|spaceships?|starships?|spacecraft|rakete|fusée|cohete|razzo"),
    (
        Subject.PERSON,
        "人|आदमी|औरत|مرد|رجل|человек|мужчина|женщина|man|men|woman|women|girl|boy|child|children|person|people|someone|figure|keeper|king|queen|knight|detective|"
        "dancers?|musician|wizard|witch|monk|farmer|sailor|soldier|hiker|traveller|traveler|couple|lovers?|mother|father|"
        "grandmother|grandfather|portrait|face|he|she|they|hero|samurai|mann|frau|mädchen|junge|kind|wärter|homme|femme|"
        "fille|garçon|gardien|hombre|mujer|niña|niño|uomo|donna|ragazza|ragazzo|bambino",
    ),
    (
        Subject.SHIP,
        "船|जहाज|کشتی|سفينة|корабль|ships?|boats?|sailboats?|sailing|yachts?|schooner|schiffe?|boot|bateaux?|navires?|barcos?|barca",
    ),
    (Subject.FLOWER, "flowers?|roses|a rose|tulips?|sunflowers?|lily|lilies|poppies|blumen?|fleurs?|flores|fiori"),
    (Subject.LIGHTHOUSE, "灯塔|маяк|فانوس دریایی|منارة|प्रकाशस्तंभ|lighthouses?|leuchtt\\w*|phares?|faros?"),
    (Subject.HOUSE, "houses?|cottages?|cabins?|huts?|castle|barn|temple|church|häuser|haus|maison|casa|château"),
    (Subject.CAMPFIRE, "campfires?|bonfires?|lagerfeuer|feu de camp|hoguera|falò"),
    (Subject.TREE, "trees?|oaks?|baum|bäume|arbres?|árbol|albero"),
)
PROPS: Final = (Subject.LIGHTHOUSE, Subject.HOUSE, Subject.TREE, Subject.SHIP)
MANY: Final = {
    Subject.CAT: "cats|kittens|katzen|gatos|gatti",
    Subject.DOG: "dogs|puppies|hounds|wolves|foxes|hunde|chiens|perros",
    Subject.HORSE: "horses|mares|ponies|unicorns|deer|herd|pferde|chevaux|caballos|cavalli",
    Subject.WHALE: "whales|dolphins|orcas|sharks",
    Subject.BIRD: "birds|gulls|seagulls|eagles|crows|ravens|geese|swans|butterflies|flock|vögel|oiseaux|pájaros",
    Subject.BALLOON: "balloons",
    Subject.SHIP: "ships|boats|sailboats|yachts|fleet",
    Subject.ROBOT: "robots|androids",
    Subject.ASTRONAUT: "astronauts|cosmonauts",
    Subject.DRAGON: "dragons|drachen",
    Subject.ROCKET: "rockets|spaceships|starships",
    Subject.PERSON: "people|men|women|children|dancers|soldiers|couple|lovers|friends|crowd|they|leute|kinder|enfants",
    Subject.FLOWER: "flowers|roses|tulips|sunflowers|poppies|lilies|blumen|fleurs|flores|fiori",
    Subject.HOUSE: "houses|cottages|huts|häuser|maisons|casas",
    Subject.TREE: "trees|oaks|bäume|arbres",
}
ACTIONS: Final = (
    (Action.SLEEP, "sleep\\w*|asleep|nap\\w*|doz\\w+|curled|rest(?:s|ing)|schläft|schlafend\\w*|dort|duerme|dorme"),
    (
        Action.RUN,
        "run(?:s|ning)?|gallop\\w*|rac(?:es|ing)|chas\\w+|sprint\\w*|flee\\w*|rennt|rennen|corre|corren|corriendo",
    ),
    (
        Action.WALK,
        "walk\\w*|stroll\\w*|wander\\w*|hik\\w+|step\\w*|climb\\w*|march\\w*|geht|läuft|marche|camina|cammina",
    ),
)
_NO_PEOPLE: Final = (
    "attic|barns?|bars?|bench|bicycle|bike|boats?|books?|boots|bridges?|bus|cabins?|café|cafe|cameras?|cars?|castles?|"
    "films?|movies?|cats?|chairs?|chest|church|cinema|city|clocks?|cottages?|docks?|dogs?|doors?|factory|farm|fence|forest|"
    "garden|gates?|gramophone|harbou?r|hat|horses?|hotel|houses?|huts?|kitchen|lamps?|letters?|library|"
    "lighthouse(?! keeper)|mansion|maps?|market|mills?|mine|mirror|oaks?|palace|photos?|photographs?|piano|pier|"
    "port|pub|quarter|radio|rails?|road|rooms?|rope|ruins?|school|ships?|shops?|square|stations?|stones?|streets?|"
    "suitcase|coat|tables?|temples?|theat(?:re|er)|towers?|town|trains?|trams?|trees?|trucks?|typewriter|village|walls?|well|"
    "windmill|windows?"
)
"""What is old without making anybody in the picture so."""
TWO: Final = "two|both|a pair of|zwei|deux|dos|due|dois"
COUPLES: Final = "couple|lovers|twins"
TRAITS: Final = (
    (
        "old",
        f"old(?! (?:[\\w-]+ )?(?:{_NO_PEOPLE})(?![a-z]))|elderly|aged|"
        "grandmother|grandfather|alter|alte|vieux|vieil|viejo|vecchio|wrinkled",
    ),
    ("beard", "beard\\w*|keeper|sailor|fisherman|wizard|old man|captain"),
    ("hat", "hat|cap|keeper|sailor|detective|wizard|witch|cowboy|captain|noir"),
    ("umbrella", "umbrella|rain\\w*|regenschirm|parapluie"),
    ("woman", "woman|women|girl|she|her|queen|mother|grandmother|witch|dancer|frau|mädchen|femme|fille|mujer|donna"),
    ("fox", "fox|foxes|fuchs|füchse|renard|zorro|volpe"),
    ("moon", "moon\\w*|mond|lune|luna"),
    ("fire", "campfires?|bonfires?|by the fire|flames?|burning|feuer|feu|fuego|fuoco"),
)
