"""Makes a brief of what a model read and what the rules read: the person's words win over both. Pure.

Figures that the person said (length, shape, number of shots) are the rules' where they found them, and a model's only
with the words that say them. Words are a model's where they are the person's own. What differs is noted.
"""

from __future__ import annotations

import re

from msgspec import Struct, structs

from bus.plan import Artifact, Assumption, Brief, BriefImage, ImageRole, SegmentNote
from services.intent.answers import NO_PICTURE, NO_SUBJECT, Impossible, Limits, Question, wrong_length
from services.intent.assumptions import with_assumptions
from services.intent.brought import is_seen_in_picture_only, speaks_of_picture, with_only, without_frames
from services.intent.figures import LENGTH, SHAPE, SHOTS, Chosen, Read, aspect_of, choose, chosen_length
from services.intent.images import mode_of
from services.intent.languages import Text, fold
from services.intent.reading import Changed, Reading
from services.intent.rules import Understanding, Words
from services.intent.theirs import share_said
from services.intent.titles import logline_of, title_of

OWN = 0.6
"""A text is the person's if they said this share of its words; the rest are endings, articles and order."""
KEPT = 0.4
"""A changed subject that keeps less of the one before has lost what nobody asked to lose."""


class Heard(Struct, frozen=True, kw_only=True):
    """A conversation, and what the rules make of it."""

    words: tuple[Words, ...]
    """All messages that count, in order."""
    held: int
    """How many of them the brief before holds."""
    before: Brief | None
    by_rule: Understanding
    limits: Limits
    can_ask: bool = True
    """Whether a question may still be asked that a guess can stand in for."""

    @property
    def new(self) -> tuple[str, ...]:
        """Return the words that the brief before does not hold."""
        return tuple(one.text for one in self.words[self.held :])

    @property
    def pictures(self) -> tuple[Artifact, ...]:
        """Return all pictures in the order in which they came."""
        return tuple(dict.fromkeys(image for one in self.words for image in one.images))


class Resolved(Struct, frozen=True, kw_only=True):
    """What is understood, and where it is not what a model read."""

    found: Brief | Question | Impossible
    remarks: tuple[str, ...] = ()


def resolve(reading: Reading, heard: Heard) -> Resolved:
    """Return the brief, or what stands in its way."""
    return _Resolving(reading, heard).run()


class _Resolving:
    """One resolution: what is noted on the way is gathered."""

    def __init__(self, reading: Reading, heard: Heard) -> None:
        self.reading, self.heard = reading, heard
        self.remarks: list[str] = []
        self.impossible: Impossible | None = None
        rules = heard.by_rule
        self.by_rule = rules if isinstance(rules, Brief) else rules.otherwise if isinstance(rules, Question) else None
        self.rules_ask = rules if isinstance(rules, Question) else None
        is_anew = self.by_rule is not None and reading.starts_over
        self.before = None if heard.before is None or (is_anew and self._rules_start_over()) else heard.before

    def _rules_start_over(self) -> bool:
        """Say whether the rules dropped the old subject too: a model alone can't throw a film away."""
        before, after = self.heard.before, self.by_rule
        assert before is not None
        assert after is not None
        return share_said(before.subject, (after.subject,)) < KEPT

    def run(self) -> Resolved:
        """Return the result."""
        found: Brief | Question | Impossible | None
        found = self._first() if self.before is None else self._later(self.before)
        if isinstance(found, Brief):
            found = self.impossible or self._asked(found) or with_assumptions(found, self.heard.limits)
        return Resolved(found=found, remarks=tuple(dict.fromkeys(self.remarks)))

    # -- a first brief ----------------------------------------------------------------------------------------

    def _first(self) -> Brief | Question:
        reading, rules = self.reading, self.by_rule
        subject = self._subject("", rules.subject if rules else "")
        if not subject:
            return self._question("subject", NO_SUBJECT)
        language = self._language(rules)
        said = "\n".join(one.text for one in self.heard.words)
        mode, mode_reason = mode_of(rules.images if rules else ())
        brief = Brief(
            title=_tidy(reading.title) or (rules.title if rules else title_of(Text.of(said), subject, language)),
            logline=logline_of(subject),
            subject=subject,
            prompt=self._english(reading.subject_english, language),
            language=language,
            mode=mode,
            mode_reason=mode_reason,
            duration_s=None,
            aspect=None,
            style=self._style(rules.style if rules else None),
            style_prompt=self._english(reading.style_english, language) if reading.style else "",
            avoid=self._avoid((), rules.avoid if rules else ()),
            assumed=rules.assumed if rules else (),
            images=rules.images if rules else (),
            notes=rules.notes if rules else (),
        )
        brief = self._with_shots(brief, rules, language)
        return self._with_images(self._with_figures(brief, brief, rules))

    # -- a changed one ----------------------------------------------------------------------------------------

    def _later(self, before: Brief) -> Brief | Question:
        """Return the brief before with what the new messages change, and nothing else."""
        brief = self._changed(before)
        is_dropped = len(brief.images) < len(before.images)
        return self._question("subject", NO_SUBJECT) if is_dropped and is_seen_in_picture_only(brief) else brief

    def _changed(self, before: Brief) -> Brief:
        reading, rules = self.reading, self.by_rule
        brief = before
        if self.rules_ask is not None and self.rules_ask.field == "subject":
            # The rules dropped the pictures, and found that nobody had said what is to be seen.
            brief = without_frames(before)
        if rules is not None:
            # Pictures come with messages, and notes have numbers: both are the rules' to find.
            brief = structs.replace(brief, images=rules.images, notes=rules.notes, mode=rules.mode)
            brief = structs.replace(brief, mode_reason=rules.mode_reason, assumed=rules.assumed)
            shown = {one.artifact.digest: one.shows for one in before.images}
            images = tuple(structs.replace(one, shows=shown.get(one.artifact.digest, "")) for one in brief.images)
            brief = structs.replace(brief, images=images)
        brief = self._with_figures(brief, before, rules)
        brief = self._with_words(brief, before)
        if set(reading.changed) & {Changed.IMAGES} or brief.images != before.images:
            brief = self._with_images(self._without_dropped(brief))
        is_same = structs.replace(brief, assumed=before.assumed) == before
        if is_same and rules is not None and not reading.is_approval and not reading.changed:
            if structs.replace(rules, assumed=before.assumed) != before:
                self.remarks.append("The model found nothing to change in these words; what the rules read holds.")
            return rules
        return self._put_in_english(brief)

    def _with_words(self, brief: Brief, before: Brief) -> Brief:
        reading, rules, changed = self.reading, self.by_rule, set(self.reading.changed)
        language = before.language
        # What a picture was to show is no words of the person's: theirs take its place.
        was_shown = before.assumed_value("subject") == before.subject
        is_told = was_shown and rules is not None and rules.subject != before.subject
        if Changed.SUBJECT in changed or is_told:
            said = "" if is_told else before.subject
            subject = self._subject(said, rules.subject if rules else before.subject)
            prompt = self._english(reading.subject_english, language) if subject == _tidy(reading.subject) else ""
            brief = structs.replace(brief, subject=subject, logline=logline_of(subject), prompt=prompt)
            if is_told and rules is not None:
                brief = structs.replace(brief, title=rules.title)
        if Changed.STYLE in changed:
            style = self._style(rules.style if rules else before.style, before.style)
            english = self._english(reading.style_english, language) if style else ""
            brief = structs.replace(brief, style=style, style_prompt=english)
        if Changed.AVOID in changed:
            brief = structs.replace(brief, avoid=self._avoid(before.avoid, rules.avoid if rules else before.avoid))
        if Changed.SHOTS in changed:
            brief = self._with_shots(brief, rules, language)
        if Changed.TITLE in changed and _tidy(reading.title):
            brief = structs.replace(brief, title=_tidy(reading.title))
        if Changed.NOTES in changed:
            brief = structs.replace(brief, notes=self._notes(brief.notes))
        return brief

    def _put_in_english(self, brief: Brief) -> Brief:
        """Return the brief with its English, where it has none yet: rules may have written the one before."""
        reading = self.reading
        if brief.prompt or brief.language.partition("-")[0] == "en" or brief.subject != _tidy(reading.subject):
            return brief
        return structs.replace(
            brief,
            prompt=self._english(reading.subject_english, brief.language),
            style_prompt=self._english(reading.style_english, brief.language) if brief.style else "",
        )

    # -- words ------------------------------------------------------------------------------------------------

    def _subject(self, before: str, by_rule: str) -> str:
        """Return what is to be seen: the model's text where it is the person's, else the rules'."""
        subject = _tidy(self.reading.subject)
        messages = [one.text for one in self.heard.words]
        if not subject or share_said(subject, (before, *messages)) < OWN:
            if subject and by_rule:
                self.remarks.append("What is to be seen stands in your words, not in the model's.")
            return by_rule or before
        if before and share_said(before, (subject,)) < KEPT and len(before.split()) > 3:
            self.remarks.append("The model left out most of what was to be seen; it is kept, with what you added.")
            return by_rule or before
        return subject

    def _style(self, by_rule: str | None, before: str | None = None) -> str | None:
        style = _tidy(self.reading.style or "")
        if not style:
            # None is an answer only where there was a style to drop; else the rules may have found one.
            return None if before is not None and self.reading.style is None else by_rule
        messages = [one.text for one in self.heard.words]
        return style if share_said(style, (*messages, before or "")) >= OWN else by_rule

    def _avoid(self, before: tuple[str, ...], by_rule: tuple[str, ...]) -> tuple[str, ...]:
        messages = [one.text for one in self.heard.words]
        own = [_tidy(one) for one in self.reading.avoid]
        own = [one for one in own if one and share_said(one, (*messages, *before)) >= OWN]
        taken_back = [one for one in before if one not in by_rule]
        kept = dict[str, str]()
        for one in (*own, *by_rule):
            if one not in taken_back:
                kept.setdefault(fold(one), one)
        # `Blood` and `any blood` are one wish.
        shortest = [one for one in kept if not any(other != one and _holds(one, other) for other in kept)]
        return tuple(kept[one] for one in shortest)

    def _with_shots(self, brief: Brief, rules: Brief | None, language: str) -> Brief:
        messages = [one.text for one in self.heard.words]
        shots = [one for one in self.reading.shots if _tidy(one.said)]
        is_theirs = len(shots) > 1 and share_said(" ".join(one.said for one in shots), messages) >= OWN
        if not is_theirs:
            return structs.replace(brief, shots=rules.shots, shot_prompts=()) if rules else brief
        english = tuple(self._english(one.english, language) for one in shots)
        return structs.replace(
            brief,
            shots=tuple(_tidy(one.said) for one in shots),
            shot_prompts=english if all(english) else (),
        )

    def _notes(self, by_rule: tuple[SegmentNote, ...]) -> tuple[SegmentNote, ...]:
        numbered = {one.segment for one in by_rule}
        own = (
            SegmentNote(segment=one.segment, words=_tidy(one.words))
            for one in self.reading.notes
            if one.segment not in numbered and _tidy(one.words) and share_said(one.words, self.heard.new) >= OWN
        )
        return (*by_rule, *own)

    def _english(self, text: str, language: str) -> str:
        """Return the text if it is English in Latin letters; nothing where the person wrote English anyway."""
        text = _tidy(text)
        letters = [one for one in text if one.isalpha()]
        was_put = self.before is not None and bool(self.before.prompt)
        is_english = all(one.partition("-")[0].lower() == "en" for one in (language, self.reading.language))
        if not letters or (is_english and not was_put):
            return ""
        return text if sum(one.isascii() for one in letters) >= 0.8 * len(letters) else ""

    def _language(self, rules: Brief | None) -> str:
        said = self.reading.language.strip().replace("_", "-")
        if re.fullmatch(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}", said):
            return said
        return rules.language if rules else "en"

    # -- figures ----------------------------------------------------------------------------------------------

    def _with_figures(self, brief: Brief, before: Brief, rules: Brief | None) -> Brief:
        """Return the brief with the length, the shape and the number of shots that the person said."""
        reading, was = self.reading, (before if before is not brief else None)
        messages = self.heard.new if self.before is not None else tuple(one.text for one in self.heard.words)
        read_s = None if reading.duration_s is None else float(reading.duration_s)
        # What a model does not name as changed stays; the words that it quotes may be about anything.
        named = set(Changed) if was is None else set(reading.changed)
        count_read = reading.shot_count if Changed.SHOT_COUNT in named else None
        aspect_read = aspect_of(reading.aspect) if Changed.ASPECT in named else None
        length = self._chosen_length() or choose(
            LENGTH,
            Read(value=read_s, quote=reading.duration_said),
            rules.duration_s if rules else None,
            was.duration_s if was else None,
            messages,
        )
        shape = choose(
            SHAPE,
            Read(value=aspect_read, quote=reading.aspect_said),
            rules.aspect if rules else None,
            was.aspect if was else None,
            messages,
        )
        shots = choose(
            SHOTS,
            Read(value=count_read, quote=reading.shot_count_said),
            rules.shot_count if rules else None,
            was.shot_count if was else None,
            messages,
        )
        self.remarks += [one for one in (length.remark, shape.remark, shots.remark) if one]
        duration, aspect, count = length.value, shape.value, shots.value
        if duration is not None and not 0 < duration <= self.heard.limits.duration_max_s:
            self.impossible = wrong_length(duration, self.heard.limits)
        if count is None and len(brief.shots) > 1:
            count = len(brief.shots)
        assumed = tuple(
            one
            for one in brief.assumed
            if not (one.field == "duration_s" and duration is not None and duration != (rules and rules.duration_s))
            and not (one.field == "aspect" and aspect is not None and aspect != (rules and rules.aspect))
        )
        return structs.replace(brief, duration_s=duration, aspect=aspect, shot_count=count, assumed=assumed)

    def _chosen_length(self) -> Chosen[float] | None:
        asks = self.rules_ask
        if asks is None or asks.field != "duration_s":
            return None
        return chosen_length(self.reading, [one.text for one in self.heard.words])

    # -- pictures ---------------------------------------------------------------------------------------------

    def _with_images(self, brief: Brief) -> Brief:
        """Return the brief with what each picture is for: as the words say, else as the model reads them."""
        if not brief.images or brief.assumed_value("images") is None:
            return brief
        numbers = {artifact.digest: number for number, artifact in enumerate(self.heard.pictures, 1)}
        read = {one.number: one for one in self.reading.images}
        roles = [read.get(numbers.get(one.artifact.digest, 0)) for one in brief.images]
        if any(one is None for one in roles) or not _can_be([one.role for one in roles if one is not None]):
            return brief
        images = tuple(
            BriefImage(artifact=image.artifact, role=one.role, shows=image.shows)
            for image, one in zip(brief.images, roles, strict=True)
            if one is not None
        )
        is_other = [one.role for one in images] != [one.role for one in brief.images]
        mode, reason = mode_of(images)
        why = next((one.why for one in roles if one is not None and one.why.strip()), "")
        assumed = tuple(one for one in brief.assumed if one.field != "images")
        if why:
            guess = Assumption(field="images", value=", ".join(one.role for one in images), why=why)
            assumed = (*assumed, guess)
        return structs.replace(
            brief,
            images=images,
            mode=mode,
            mode_reason=f"{reason} {why}".strip() if is_other else reason,
            assumed=assumed,
        )

    def _without_dropped(self, brief: Brief) -> Brief:
        """Return the brief without pictures that a model left out, if new words speak of a picture and bring none."""
        new = self.heard.words[self.heard.held :]
        speaks = any(speaks_of_picture(one.text) for one in new) and not any(one.images for one in new)
        if not speaks or Changed.IMAGES not in self.reading.changed:
            return brief
        numbers = {artifact.digest: number for number, artifact in enumerate(self.heard.pictures, 1)}
        read = {one.number for one in self.reading.images}
        kept = tuple(one for one in brief.images if numbers.get(one.artifact.digest) in read)
        return brief if kept == brief.images else with_only(brief, kept)

    # -- questions --------------------------------------------------------------------------------------------

    def _asked(self, brief: Brief) -> Question | None:
        """Return a question where a wrong guess would cost a render, and none was asked before."""
        asks, otherwise = self.rules_ask, with_assumptions(brief, self.heard.limits)
        if not self.heard.can_ask:
            return None
        if self.reading.is_picture_missing and not brief.images:
            return structs.replace(self._question("images", NO_PICTURE), otherwise=otherwise)
        if asks is not None and asks.field == "duration_s" and self._chosen_length() is None:
            return structs.replace(self._question("duration", asks), otherwise=otherwise)
        return None

    def _question(self, field: str, by_rule: Question) -> Question:
        """Return the question in the person's language where the model wrote it, else in the rules' words."""
        read = self.reading.question
        if read is None or read.field != field or not _tidy(read.text):
            return by_rule
        return structs.replace(by_rule, text=_tidy(read.text), why=_tidy(read.why) or by_rule.why)


def _can_be(roles: list[ImageRole]) -> bool:
    """Say whether a film can have pictures in these roles: one that ends on a picture starts from one at most."""
    lasts = roles.count(ImageRole.LAST_FRAME)
    return lasts == 0 or (lasts == 1 and roles.count(ImageRole.FIRST_FRAME) <= 1)


def _holds(longer: str, shorter: str) -> bool:
    return f" {shorter} " in f" {longer} "


def _tidy(text: str) -> str:
    return " ".join(text.split()).strip(" \t,;")
