"""`kindling make`: from the request to the film, with the person asked where it takes one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import assert_never

from rich.text import Text

from bus import board
from bus.board import AwaitingApproval, Done, Stalled, status_of
from bus.events import IntentParsed, PlanRevised, PlanWritten, Problem, ProductionDone, Recorded, SampleOrdered
from bus.plan import Plan
from bus.production import Production, Question, Sample, Stall
from bus.wire.waiting import end
from kindling import screen
from kindling.client import Answer, Gateway
from kindling.display import REFRESH_S, Display, NoAnswer
from kindling.exits import Exit, Trouble
from kindling.manner import Left, Manner
from kindling.places import Places
from kindling.terminal import trouble_view
from kindling.watch import Watch, is_no, is_yes
from kindling.wording import sentence
from services.gateway import forks, script
from services.gateway.branch_view import outlook_in_words
from services.gateway.estimate import estimate_of

STUCK_AFTER_S = 1.5
"""A production with an open problem, nobody at work and no fact for so long waits for a person."""
NAMED_WITHIN_S = 5.0
"""How long the readable name of the film may take to follow its event."""
ASK_AGAIN_S = 1.0
SETTLED_WITHIN_S = 5.0
"""How long after a refusal the fact may come that explains it: somebody else was faster."""

VIBE = "is this the vibe? [Y/n/what to change]"


class Making:
    """Watches one production to its end, and asks on the way."""

    def __init__(self, gateway: Gateway, watch: Watch, display: Display, places: Places, manner: Manner) -> None:
        self._gateway, self._watch, self._display = gateway, watch, display
        self._places, self._manner = places, manner
        self._shown: set[str] = set()
        self._is_away = False

    @property
    def _production(self) -> Production:
        return self._watch.production

    async def run(self, since: int) -> Production:
        """Return the production once it is over, or waits for somebody who is not here.

        Args:
            since: the ordinal up to which facts are history, and are not told one by one.

        Raises:
            Trouble: the gateway refuses to show it.
            Left: there is nobody to ask any more.
        """
        following = asyncio.create_task(self._watch.run(self._gateway))
        steps = asyncio.create_task(self._until_over(since))
        try:
            await asyncio.wait({following, steps}, return_when=asyncio.FIRST_COMPLETED)
            if not steps.done():
                following.result()
            return await steps
        finally:
            self._display.close()
            await end(following, steps)

    async def _until_over(self, since: int) -> Production:
        self._watch.experience = await self._gateway.experience()
        await self._watch.until(since)
        if self._production.plan is not None or len(self._production.briefs) > 1:
            self._display.show(screen.request_note(self._production))
        while True:
            self._show_news(since)
            match status_of(self._production):
                case board.Asking(question=question):
                    if not await self._answer(question):
                        return self._production
                case AwaitingApproval(sample=sample):
                    await self._judge(sample)
                case Stalled(stalls=(Stall(problem=Problem(kind=forks.HOLD)) as hold,)):
                    if not await self._let_go(hold):
                        return self._production
                case Stalled(stalls=stalls) if self._is_stuck():
                    if not await self._unstick(stalls):
                        return self._production
                case Done(cut=cut) if self._is_to_be_compared(cut):
                    await self._look_on()
                case Done(cut=cut):
                    await self._until_named(lambda: self._places.is_naming(self._production.id, cut))
                    return self._production
                case board.Refused() | board.Cancelled() | board.Failed() | board.Deleted() | board.Outdated():
                    return self._production
                case _:
                    await self._look_on()

    def _is_to_be_compared(self, cut: ProductionDone) -> bool:
        """Say whether this is a film that is made again, and was not held against the recorded one yet."""
        is_compared = any(one.number == cut.number for one in self._production.compared)
        return self._production.is_again and not (is_compared and script.is_over(self._production))

    async def _look_on(self) -> None:
        self._display.update(self._production, self._watch.paces, self._watch.experience)
        await self._watch.change(REFRESH_S)
        if self._watch.paces:
            # Steps come many times a second; a screen need not follow each.
            await asyncio.sleep(REFRESH_S / 2)

    def _is_stuck(self) -> bool:
        return not self._watch.is_at_work and self._watch.quiet_s() >= STUCK_AFTER_S

    # -- what is shown

    def _show_news(self, since: int) -> None:
        """Show what came, in its order; of what was there before, where it led to."""
        for one in self._watch.take_news():
            if one.event.ordinal > since:
                self._show_fact(one)
        if bool(self._watch.is_lost) != self._is_away:
            self._is_away = not self._is_away
            lost = f"Kindling does not answer ({self._watch.is_lost}); trying again. Nothing is lost."
            self._display.show(Text(lost if self._is_away else "Kindling answers again.", style="yellow"))
        if self._production.briefs:
            self._show_brief(self._production.briefs[-1])
        if self._production.plan is not None:
            self._show_plan(self._production.plan, len(self._production.plans))

    def _show_fact(self, one: Recorded) -> None:
        fact = one.event.fact
        match fact:
            case IntentParsed():
                self._show_brief(fact)
            case PlanWritten() | PlanRevised():
                self._display.fact(one)
                self._show_plan(fact.plan, fact.number)
                self._remark(fact.remarks)
            case SampleOrdered():
                self._display.fact(one)
                self._remark(fact.remarks)
            case _:
                self._display.fact(one)

    def _remark(self, remarks: Sequence[str]) -> None:
        """Show what a person should know, each sentence once."""
        for remark in remarks:
            if self._is_new(remark):
                self._say(sentence(remark), "yellow")

    def _show_brief(self, parsed: IntentParsed) -> None:
        if self._is_new(f"brief {parsed.number}"):
            is_first = self._is_new("a brief")
            self._display.show(screen.brief_panel(parsed, is_new=is_first, width=self._display.width))

    def _show_plan(self, plan: Plan, number: int) -> None:
        if self._is_new(f"plan {number}"):
            self._display.show(screen.plan_table(plan, number, self._display.width))

    def _is_new(self, what: str) -> bool:
        """Say whether this is shown for the first time; from now on it is not."""
        is_new = what not in self._shown
        self._shown.add(what)
        return is_new

    def _say(self, text: str, style: str = "dim") -> None:
        self._display.show(screen.words(text, style))

    # -- what is asked

    async def _judge(self, sample: Sample) -> None:
        """Show the sample and take the person's word on it."""
        name = f"{sample.brief}-{sample.take}"
        if script.is_repeated(self._production):
            # A film that is made again: what the person said then is said again, by itself.
            await self._look_on()
            return
        if self._is_new(f"sample {name}"):
            self._display.close()
            await self._show_sample(sample)
        if self._manner.yes:
            if self._is_new(f"yes to {name}"):
                self._say("approved without asking (--yes)")
            await self._act(lambda: self._gateway.approve(self._production.id, name))
            return
        if not self._manner.is_asking:
            await self._wait_for_others(name)
            return
        answer = await self._display.ask(VIBE, lambda: self._settled(name))
        match answer:
            case NoAnswer.WITHDRAWN:
                self._say("somebody else decided")
            case NoAnswer.CLOSED:
                raise Left
            case str() if not answer or is_yes(answer):
                await self._act(lambda: self._gateway.approve(self._production.id, name))
            case str():
                await self._change(answer, name)
            case _:
                assert_never(answer)

    async def _show_sample(self, sample: Sample) -> None:
        if self._display.has_true_colour:
            from kindling.preview import draw

            poster = await self._gateway.sample_poster(self._production.id, sample.brief, sample.take)
            picture = await asyncio.to_thread(draw, poster, self._display.width - 2)
            if picture is not None:
                self._display.show(picture)
        await self._until_named(lambda: self._places.is_naming_sample(self._production.id, sample))
        where = self._places.sample(self._production.id, sample.brief, sample.take)
        if not where.startswith("http"):
            where = screen.short_path(Path(where))
        self._display.show(screen.sample_line(sample))
        self._display.show_address(where)
        if sample.rendered is not None and sample.rendered.cost.share < 1:
            self._say("It shows the look of the film, not how it moves: it was rendered in few steps.", "")
        self._watch.experience = await self._gateway.experience()
        estimate = estimate_of(self._production, self._watch.experience)
        if estimate is not None:
            self._say(screen.estimate_in_words(estimate), "")

    async def _change(self, answer: str, name: str) -> None:
        words: str | NoAnswer = answer
        if is_no(answer):
            asked = "what should be different? [Enter calls the film off]"
            words = await self._display.ask(asked, lambda: self._settled(name))
        match words:
            case NoAnswer.CLOSED:
                raise Left
            case NoAnswer.WITHDRAWN:
                self._say("somebody else decided")
            case "":
                why = "not the vibe"
                await self._act(lambda: self._gateway.cancel(self._production.id, why))
            case str():
                said = words
                await self._act(lambda: self._gateway.redirect(self._production.id, said, (), name))
            case _:
                assert_never(words)

    async def _wait_for_others(self, name: str) -> None:
        if self._is_new(f"how to approve {name}"):
            production = self._production.id
            self._say("There is no terminal to ask on. Waiting for somebody to say, in another one:", "bold")
            self._say(f"  kindling approve {production}")
            self._say(f'  kindling redirect {production} "what to change"')
        await self._look_on()

    async def _settled(self, name: str) -> None:
        """Wait until a sample is no longer the one that waits for a word."""
        while True:
            status = status_of(self._production)
            is_open = isinstance(status, AwaitingApproval) and f"{status.sample.brief}-{status.sample.take}" == name
            if not is_open:
                return
            await self._watch.change(60)

    async def _answer(self, question: Question) -> bool:
        """Have a question answered; say whether it can go on. What has no assumption needs a person's words."""
        asked, production = question.asked, self._production.id
        if script.is_repeated(self._production) and asked.assumed:
            await self._look_on()
            return True
        if self._is_new(f"question {question.number}"):
            self._display.close()
            self._display.show(screen.question_panel(question, self._display.width))
        if self._manner.yes and not asked.assumed:
            return False
        if self._manner.yes:
            if self._is_new(f"yes to question {question.number}"):
                self._say(f"taking what is assumed (--yes): {asked.assumed}")
            await self._act(lambda: self._gateway.answer(production, ""))
            return True
        if not self._manner.is_asking:
            if self._is_new(f"how to answer {question.number}"):
                self._say("There is no terminal to ask on. Waiting for somebody to say, in another one:", "bold")
                self._say(f'  kindling answer {production} "…"')
            await self._look_on()
            return True

        async def settled() -> None:
            while self._production.open_question == question:
                await self._watch.change(60)

        choice = " [Enter takes the assumption]" if asked.assumed else ""
        words = await self._display.ask(f"your answer{choice}", settled)
        if words is NoAnswer.CLOSED:
            raise Left
        if isinstance(words, str) and (words or asked.assumed):
            said = words
            await self._act(lambda: self._gateway.answer(production, said))
        return True

    async def _unstick(self, stalls: tuple[Stall, ...]) -> bool:
        """Show what is in the way; say whether the person let it go on."""
        production = self._production
        self._display.close()
        for stall in stalls:
            if self._is_new(f"problem {stall.number}"):
                self._display.show(screen.problem_panel(stall, production, self._display.width))
        if self._manner.yes or not self._manner.is_asking:
            return False

        async def settled() -> None:
            while self._production.open_stalls == stalls:
                await self._watch.change(60)

        answer = await self._display.ask("try again? [y/N/what to change]", settled)
        match answer:
            case NoAnswer.CLOSED:
                raise Left
            case NoAnswer.WITHDRAWN:
                return True
            case str() if not answer or is_no(answer):
                return False
            case str():
                if not is_yes(answer):
                    said = answer
                    await self._act(lambda: self._gateway.say(production.id, said))
                await self._act(lambda: self._gateway.resume(production.id, None))
                return True
            case _:
                assert_never(answer)

    async def _let_go(self, hold: Stall) -> bool:
        """Say what a held fork would render, and let it go on if that is wanted; false where nobody can say so."""
        production = self._production
        if self._is_new(f"hold {hold.number} of plan {len(production.plans)}"):
            self._display.close()
            says = outlook_in_words(forks.outlook(production, self._watch.experience))
            self._say(f"{says[0].upper()}{says[1:]}.", "bold")
        if not self._manner.yes and not self._manner.is_asking:
            return False

        async def settled() -> None:
            while hold in self._production.open_stalls:
                await self._watch.change(60)

        answer = "" if self._manner.yes else await self._display.ask("make it? [Y/n/what to change]", settled)
        match answer:
            case NoAnswer.CLOSED:
                raise Left
            case NoAnswer.WITHDRAWN:
                return True
            case str() if not answer or is_yes(answer):
                await self._act(lambda: self._gateway.resume(production.id, hold.number))
            case str() if is_no(answer):
                await self._act(lambda: self._gateway.cancel(production.id, "not this change"))
            case str():
                said = answer
                await self._act(lambda: self._gateway.say(production.id, said))
            case _:
                assert_never(answer)
        return True

    async def _act(self, act: Callable[[], Awaitable[Answer]]) -> None:
        """Do what the person said, and wait until it is seen; a gateway that is away is waited for.

        A refusal is shown, and what is then the case is asked about anew.
        """
        was_lost = False
        while True:
            try:
                answer = await act()
            except Trouble as trouble:
                if trouble.code is Exit.UNREACHABLE:
                    if not was_lost:
                        self._say(f"{trouble.what} Trying again.", "yellow")
                    was_lost = True
                    await asyncio.sleep(ASK_AGAIN_S)
                    continue
                if was_lost:
                    # The lost answer may have been a yes: then the stream says so.
                    return
                if self._manner.yes and not await self._watch.change(SETTLED_WITHIN_S):
                    raise
                if self._manner.yes:
                    return
                self._display.show(trouble_view(trouble))
                return
            await self._watch.until(answer.revision)
            return

    async def _until_named(self, is_naming: Callable[[], bool]) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(NAMED_WITHIN_S):
                # A file that somebody else names tells nobody.
                while is_naming():  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
