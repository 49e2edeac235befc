import asyncio
import json
import struct
import zlib
from collections.abc import AsyncIterator
from typing import Annotated

import pytest
from msgspec import UNSET, Meta, Struct, structs

from services._kit.llm import Answer, FailureKind, LanguageModel, ModelFailed, Picture, Prompt, Question
from services._kit.minds import Mind, StandIn
from services._kit.settings import Llm, LlmUse
from tests.fakes.ollama import (
    LLAMA_VISION,
    QWEN3,
    QWEN3_VL,
    QWEN3_VL_THINKING,
    FakeModel,
    FakeOllama,
    Fault,
    Reply,
    ollama,
)


class Sight(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be seen."""

    count: Annotated[int, Meta(ge=0, le=9)]
    subject: Annotated[str, Meta(max_length=100)]


PROMPT = Prompt(name="look", text="# look\n\nSay what is to be seen.", digest="ab" * 32)
FOX = {"count": 1, "subject": "a fox"}
QUESTION = Question(prompt=PROMPT, words="A fox on the ice.")


def png(width: int, height: int) -> Picture:
    """Return a grey picture."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return Picture(content=content, width=width, height=height, label="frame 1")


@pytest.fixture
async def fake() -> AsyncIterator[FakeOllama]:
    """Return a server; what it was asked in a wrong way fails the test."""
    async with ollama() as running:
        running.scripts["look"] = lambda _: FOX
        yield running


def model_of(fake: FakeOllama, **changes: float | str | tuple[str, ...]) -> LanguageModel:
    return LanguageModel(structs.replace(Llm(url=fake.url), **changes))


async def failure_of(model: LanguageModel, question: Question = QUESTION, tries_max: int = 2) -> ModelFailed:
    try:
        with pytest.raises(ModelFailed) as caught:
            await model.answer(question, Sight, tries_max=tries_max)
    finally:
        await model.close()
    return caught.value


async def answer_of(model: LanguageModel, images: tuple[Picture, ...] = ()) -> Answer[Sight]:
    try:
        return await model.answer(QUESTION, Sight, images)
    finally:
        await model.close()


async def test_an_answer_says_how_it_came_to_be(fake: FakeOllama) -> None:
    """The value is of the type; model, digests, options, tokens and time go along for the event."""
    answer = await answer_of(model_of(fake))
    assert answer.value == Sight(count=1, subject="a fox")
    source = answer.source
    assert (source.by, source.version, source.model) == ("ollama", "0.32.1", "qwen3:8b")
    assert source.model_digest == QWEN3.digest
    assert source.prompt_digest == PROMPT.digest
    assert json.loads(source.options) == {"num_ctx": 8192, "num_predict": 2048, "seed": 1, "temperature": 0.0}
    assert source.tokens_in > 0
    assert source.tokens_out > 0
    assert source.took_s > 0
    assert source.why == ""


async def test_the_request_is_what_the_interface_enforces(fake: FakeOllama) -> None:
    """Two messages, the schema in format and prompt, thinking off, streamed; the fake refuses anything unpublished."""
    await answer_of(model_of(fake))
    chat = fake.asked[0].chat
    assert [one.role for one in chat.messages] == ["system", "user"]
    assert chat.think is False
    assert chat.stream is True
    assert isinstance(chat.format, dict)
    assert '"subject"' in chat.messages[0].content
    assert chat.messages[1].content == "A fox on the ice."


async def test_a_model_that_cannot_think_is_not_told_to_stop(fake: FakeOllama) -> None:
    """`think` is sent to models with that ability only."""
    await answer_of(model_of(fake), (png(832, 480),))
    assert fake.asked[0].chat.model == "qwen3-vl:8b-instruct"
    assert fake.asked[0].chat.think is UNSET


async def test_pictures_stand_where_the_words_name_them(fake: FakeOllama) -> None:
    """Each picture has its own label; marks in the words place none."""
    fake.scripts["look"] = lambda _: FOX
    model = model_of(fake)
    question = structs.replace(QUESTION, words="[img] What is on them? <|im_end|>")
    await model.answer(question, Sight, (png(832, 480), png(832, 480)))
    await model.close()
    words = fake.asked[0].words
    assert words.startswith("Picture 1 (frame 1): [img]\nPicture 2 (frame 1): [img]\n")
    assert words.count("[img]") == 2
    assert "<|" not in words


async def test_the_context_holds_all_that_is_sent(fake: FakeOllama) -> None:
    """Longer words and more pictures get a larger context, in steps, so that the model is seldom loaded anew."""
    model = model_of(fake)
    for words in ("A fox.", "A fox. " * 100, "狐" * 9000):
        await model.answer(structs.replace(QUESTION, words=words), Sight)
    await model.answer(QUESTION, Sight, tuple(png(832, 480) for _ in range(8)))
    await model.close()
    contexts = [one.chat.options.num_ctx for one in fake.asked]
    assert contexts == [8192, 8192, 32768, 16384]


async def test_a_question_that_does_not_fit_is_not_sent(fake: FakeOllama) -> None:
    """Nothing is cut off without a word: what the model can't hold is a failure with both numbers."""
    fake.models = [FakeModel("qwen3:8b", ("completion",), context_length=8192)]
    failure = await failure_of(model_of(fake), structs.replace(QUESTION, words="狐" * 9000))
    assert failure.kind is FailureKind.TOO_LONG
    assert "8192" in failure.why
    assert fake.asked == []


async def test_thoughts_that_hold_the_answer_are_read(fake: FakeOllama) -> None:
    """A thinking variant that is told not to think puts the whole answer among its thoughts: it is taken from there."""
    fake.models = [QWEN3_VL_THINKING]
    answer = await answer_of(model_of(fake), (png(832, 480),))
    assert answer.value.subject == "a fox"
    assert answer.source.model == "qwen3-vl:latest"


async def test_the_instruct_variant_goes_before_the_one_that_thinks(fake: FakeOllama) -> None:
    """Where both are installed, the one that answers in the right place is asked."""
    fake.models = [QWEN3_VL_THINKING, QWEN3_VL]
    answer = await answer_of(model_of(fake), (png(832, 480),))
    assert answer.source.model == "qwen3-vl:8b-instruct"


BAD_ANSWERS = {
    "empty, with full thoughts": (Reply("", thinking="I wonder what is to be seen. " * 20), FailureKind.EMPTY),
    "empty": (Reply(""), FailureKind.EMPTY),
    "truncated by its limit": (Reply('{"count": 1, "subj', done_reason="length"), FailureKind.TRUNCATED),
    "without its last part": (Reply(FOX, fault=Fault.NOT_DONE), FailureKind.TRUNCATED),
    "no JSON": (Reply("It is a fox."), FailureKind.INVALID),
    "broken JSON": (Reply('{"count": 1, "subject": "a f'), FailureKind.INVALID),
    "another field": (Reply({**FOX, "mood": "calm"}), FailureKind.INVALID),
    "a number out of bounds": (Reply({**FOX, "count": 12}), FailureKind.INVALID),
    "a figure as text": (Reply({**FOX, "count": "1"}), FailureKind.INVALID),
    "an error inside": (Reply(FOX, fault=Fault.ERROR_INSIDE), FailureKind.REFUSED),
    "a full queue": (Reply(fault=Fault.BUSY), FailureKind.REFUSED),
    "a runner that died": (Reply(fault=Fault.BROKEN), FailureKind.REFUSED),
    "a connection that broke": (Reply(FOX, fault=Fault.CUT), FailureKind.UNREACHABLE),
}


@pytest.mark.parametrize(("reply", "kind"), BAD_ANSWERS.values(), ids=BAD_ANSWERS)
async def test_a_bad_answer_is_asked_for_again_once(fake: FakeOllama, reply: Reply, kind: FailureKind) -> None:
    """The second answer counts, and what was wrong with the first is said; two bad ones are a failure with a name."""
    fake.queue("look", reply)
    answer = await answer_of(model_of(fake))
    assert answer.value.subject == "a fox"
    assert answer.source.why.startswith("Asked again: ")
    assert len(fake.asked) == 2

    fake.queue("look", reply, reply)
    failure = await failure_of(model_of(fake))
    assert failure.kind is kind
    assert failure.help
    assert len(fake.asked) == 4


async def test_a_model_that_is_asked_again_is_told_why(fake: FakeOllama) -> None:
    """The error stands in the question, with another seed and a little chance, and with more room after a cut."""
    fake.queue("look", Reply({**FOX, "count": 12}))
    await answer_of(model_of(fake))
    first, second = (one.chat for one in fake.asked)
    assert [one.role for one in second.messages] == ["system", "user"]
    assert "<= 9" in second.messages[1].content
    assert (first.options.temperature, second.options.temperature) == (0.0, 0.3)
    assert (first.options.seed, second.options.seed) == (1, 2)

    fake.queue("look", Reply('{"count"', done_reason="length"))
    await answer_of(model_of(fake))
    assert fake.asked[-1].chat.options.num_predict == 4096


async def test_a_check_of_the_caller_is_asked_for_again_too(fake: FakeOllama) -> None:
    """What a type can't say is said by a function; its error is told to the model, as often as is allowed."""

    def no_bears(sight: Sight) -> None:
        if "bear" in sight.subject:
            raise ValueError("there are no bears in this film")

    fake.queue("look", {"count": 1, "subject": "a bear"}, {"count": 2, "subject": "bears"})
    model = model_of(fake)
    answer = await model.answer(QUESTION, Sight, check=no_bears, tries_max=4)
    await model.close()
    assert answer.value.subject == "a fox"
    assert "there are no bears in this film" in fake.asked[2].words


async def test_what_cannot_get_better_is_not_asked_again(fake: FakeOllama) -> None:
    """A page of another program is a failure at once."""
    fake.queue("look", Reply(fault=Fault.GARBAGE))
    failure = await failure_of(model_of(fake))
    assert failure.kind is FailureKind.REFUSED
    assert "does not speak as Ollama does" in failure.what
    assert len(fake.asked) == 1


@pytest.mark.parametrize(
    ("fault", "limits"),
    [
        (Reply(FOX, fault=Fault.HANG), {"first_token_s": 0.05}),
        (Reply(FOX, delay_s=30), {"first_token_s": 0.05}),
        (Reply(FOX, fault=Fault.STALL), {"between_tokens_s": 0.05}),
        (Reply(FOX, fault=Fault.STALL), {"whole_s": 0.1}),
    ],
    ids=["hangs", "is late", "stalls", "takes too long as a whole"],
)
async def test_a_silent_model_is_a_failure_in_bounded_time(
    fake: FakeOllama, fault: Reply, limits: dict[str, float]
) -> None:
    """There is a limit to the first token, between two, and to the whole; it is not asked again."""
    fake.queue("look", fault)
    failure = await failure_of(model_of(fake, **limits))
    assert failure.kind is FailureKind.TIMED_OUT
    assert len(fake.asked) <= 1, "it is not asked again"


async def test_a_late_answer_within_the_limits_is_an_answer(fake: FakeOllama) -> None:
    """A model that has to be loaded first is waited for."""
    fake.queue("look", Reply(FOX, delay_s=0.2))
    assert (await answer_of(model_of(fake))).value.count == 1


async def test_without_a_model_the_line_that_installs_one_is_said(fake: FakeOllama) -> None:
    """The failure names what was looked for, and can be acted on."""
    fake.models = [FakeModel("nomic-embed-text:latest", ("embedding",))]
    failure = await failure_of(model_of(fake, text=("qwen3:8b", "qwen3")))
    assert failure.kind is FailureKind.MISSING_MODEL
    assert "qwen3:8b, qwen3" in failure.why
    assert "ollama pull qwen3:8b" in failure.help


async def test_a_model_that_cannot_see_is_not_shown_pictures(fake: FakeOllama) -> None:
    """One that is named for pictures by mistake is passed over, and said."""
    fake.models = [QWEN3]
    model = model_of(fake, vision=("qwen3:8b", "llava:13b"))
    with pytest.raises(ModelFailed) as caught:
        await model.answer(QUESTION, Sight, (png(16, 16),))
    await model.close()
    assert "can't see any: qwen3:8b" in caught.value.why


async def test_a_model_that_sees_one_picture_is_not_shown_several(fake: FakeOllama) -> None:
    """llama3.2-vision takes one: with more the next of the list is asked."""
    fake.models = [LLAMA_VISION, FakeModel("llava:13b", ("completion", "vision"))]
    assert (await answer_of(model_of(fake), (png(16, 16),))).source.model == "llama3.2-vision:11b"
    assert (await answer_of(model_of(fake), (png(16, 16), png(16, 16)))).source.model == "llava:13b"


async def test_a_model_that_is_gone_gives_way_to_the_next(fake: FakeOllama) -> None:
    """It may be removed between the list and the question."""
    fake.models = [QWEN3, FakeModel("llama3.1:8b")]
    fake.queue("look", Reply(fault=Fault.UNKNOWN))
    answer = await answer_of(model_of(fake))
    assert answer.source.model == "llama3.1:8b"


async def test_the_last_look_falls_back_to_the_models_that_see(fake: FakeOllama) -> None:
    """The large model is asked where it is installed."""
    model = model_of(fake)
    assert (await model.model("final", pictures=1)).installed.name == "qwen3-vl:8b-instruct"
    fake.models.append(FakeModel("qwen3-vl:32b", ("completion", "vision", "thinking")))
    assert (await model.model("final", pictures=1)).installed.name == "qwen3-vl:32b"
    await model.close()


async def test_what_is_loaded_can_be_seen_and_put_out(fake: FakeOllama) -> None:
    """Unloading asks all of them to leave, and says what is still there until nothing is."""
    fake.lingers = 2
    model = model_of(fake)
    await model.answer(QUESTION, Sight)
    await model.answer(QUESTION, Sight, (png(64, 64),))
    assert {one.name for one in await model.loaded()} == {"qwen3:8b", "qwen3-vl:8b-instruct"}
    seen = [len(await model.unload()) for _ in range(4)]
    assert seen[0] == 2
    assert seen[-1] == 0
    await model.close()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://kindling.invalid:11434"])
async def test_a_server_that_is_not_there_is_said_so(url: str) -> None:
    """The failure names the address and what to do."""
    failure = await failure_of(LanguageModel(Llm(url=url)))
    assert failure.kind is FailureKind.UNREACHABLE
    assert url in failure.what
    assert "ollama serve" in failure.help


async def test_a_server_that_takes_a_connection_and_says_nothing_is_a_failure() -> None:
    """A port that is open is no server yet."""

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        failure = await failure_of(LanguageModel(Llm(url=f"http://127.0.0.1:{port}")))
    assert failure.kind is FailureKind.UNREACHABLE


@pytest.mark.parametrize(("use", "stands_in"), [("auto", True), ("off", True), ("ollama", False)])
async def test_rules_stand_in_only_where_they_may(use: LlmUse, stands_in: bool) -> None:
    """With `auto` the reason is kept, with `off` nobody is asked, and with `ollama` it is a failure."""
    mind = Mind(Llm(url="http://127.0.0.1:9", use="auto"))
    if stands_in:
        found = await mind.as_said(use).answer(QUESTION, Sight)
        assert isinstance(found, StandIn)
        assert ("does not answer" if use == "auto" else "switched off") in found.why
    else:
        with pytest.raises(ModelFailed):
            await mind.as_said(use).answer(QUESTION, Sight)


async def test_a_server_that_dies_is_stood_in_for(fake: FakeOllama) -> None:
    """An answer that breaks off in the middle is asked for again, and then rules have it."""
    fake.queue("look", Reply(FOX, delay_s=30))
    mind = Mind(Llm(url=fake.url))
    asking = asyncio.ensure_future(mind.answer(QUESTION, Sight))
    await fake.is_asked.wait()
    await fake.serving.kill()
    found = await asking
    await mind.close()
    assert isinstance(found, StandIn)
    assert "does not answer" in found.why
