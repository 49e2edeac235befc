"""One example of every event type with every field set, and the envelope around it: what the golden files pin."""

from __future__ import annotations

import msgspec

from bus import events as e
from bus.ids import EventId, ProductionId, digest_of
from bus.likeness import Comparison, Difference, Likeness
from bus.plan import (
    Artifact,
    Assumption,
    Brief,
    BriefImage,
    Continue,
    Criterion,
    CriterionKind,
    Crossfade,
    Cut,
    Figure,
    Finding,
    FromImage,
    FromSegment,
    FromText,
    ImageRole,
    Look,
    Lora,
    LoraWish,
    Made,
    Mode,
    Movement,
    Order,
    Outcome,
    Plan,
    Segment,
    SegmentNote,
    ShotSize,
    Size,
    Verdict,
)

PRODUCTION = ProductionId("lighthouse-at-dusk-7q2k")
PICTURE = Artifact(
    digest=digest_of(b"a picture"), media_type="image/png", size_bytes=104_857, width=832, height=480, frame_count=1
)
POSTER = Artifact(
    digest=digest_of(b"a poster"), media_type="image/jpeg", size_bytes=20_480, width=832, height=480, frame_count=1
)
CLIP = Artifact(
    digest=digest_of(b"a clip"), media_type="video/mp4", size_bytes=1_048_576, width=832, height=480, frame_count=81
)
MANIFEST = Artifact(
    digest=digest_of(b"a manifest"), media_type="application/json", size_bytes=4096, width=1, height=1, frame_count=1
)
SIGNED = Artifact(
    digest=digest_of(b"a signed film"),
    media_type="video/mp4",
    size_bytes=1_050_000,
    width=832,
    height=480,
    frame_count=81,
)
MADE = Made(
    by="ollama",
    version="0.12.0",
    model="qwen3:8b",
    model_digest="sha256:500a1f067a9f",
    prompt_digest=digest_of(b"a prompt"),
    options='{"seed":7,"temperature":0}',
    tokens_in=812,
    tokens_out=344,
    took_s=4.25,
    why="The larger model did not answer.",
)
COST = e.Cost(render_s=41.2, total_s=43.7, share=0.04)
PROBLEM = e.Problem(
    kind="takes_used_up",
    about="segment 3",
    what="None of the 3 takes of segment 3 was approved.",
    why="The boat flickers.",
    help="Accept one, or say what to change.",
)
POSTING = e.Posting(renderer="comfyui wan2.1", server="gpu-1", key="5f0c7a52-6c1e-5d0a-9a57-1f2d3c4b5a69")
LOOK = Look(
    style="painterly", light="dusk", palette=("#1b1b3a", "#d95d39", "#f0e2a3"), words="oil on canvas, warm dusk light"
)
LORA = Lora(name="oil-on-canvas", strength=0.8)
ORDER = Order(
    shown=Size(832, 352),
    renderer="wan21_i2v",
    mode=Mode.FLF2V,
    prompt="The keeper rows out. Oil on canvas, warm dusk light. Closer.",
    negative="text, watermark",
    seed=200_013,
    width=832,
    height=480,
    frame_count=81,
    fps=16,
    look=LOOK,
    shot=ShotSize.WIDE,
    movement=Movement.PUSH_IN,
    caption="3  The keeper rows out.",
    start=digest_of(b"a first frame"),
    end=digest_of(b"a last frame"),
    loras=(LORA,),
    draft=True,
    steps=8,
    colour_reference=digest_of(b"an opening frame"),
)
FAILURE = e.Failure(
    kind="out_of_memory",
    what="The render ran out of memory.",
    why="81 frames of 832×480 need 14 GiB; 12 GiB are free.",
    help="A smaller setting is tried.",
    is_retryable=True,
    smaller=ORDER,
)
BRIEF = Brief(
    title="Lighthouse at Dusk",
    logline="A keeper rows out and comes back.",
    subject="a lighthouse keeper rows out at dusk",
    prompt="A lighthouse keeper rows out at dusk.",
    language="en",
    mode=Mode.I2V,
    mode_reason="A picture came with the words.",
    duration_s=20.0,
    aspect="2.39:1",
    style="painterly",
    style_prompt="painterly",
    avoid=("text",),
    shots=("the lighthouse", "the boat"),
    shot_prompts=("The lighthouse.", "The boat."),
    shot_count=2,
    images=(BriefImage(artifact=PICTURE, role=ImageRole.FIRST_FRAME, shows="A harbour at dusk."),),
    notes=(SegmentNote(segment=3, words="closer, and slower"),),
    assumed=(Assumption(field="fps", value=16, why="Nothing was said."),),
)
VERDICT = Verdict(
    findings=(
        Finding(
            criterion="sharpness",
            outcome=Outcome.FAIL,
            must_hold=True,
            value=12.5,
            threshold=40.0,
            unit="grey levels²",
            source="Pech-Pacheco et al., 2000",
            evidence="Frames 20 to 31 are soft.",
        ),
        Finding(criterion="boat", outcome=Outcome.UNOBSERVED, must_hold=False),
    ),
    score=0.625,
    advice="Keep the boat in focus.",
)


COMPARISON = Comparison(
    likeness=Likeness.EQUIVALENT,
    wanted=CLIP.digest,
    found=digest_of(b"another clip"),
    frame_count=81,
    ssim=0.991,
    ssim_worst=0.962,
    delta_e=0.41,
    delta_e_worst=0.87,
    differences=(Difference(what="device", was="NVIDIA RTX 4090", now="NVIDIA RTX 3060"),),
    why="The recorded clip has one frame more.",
)
ADOPTED = msgspec.Raw(
    b'{"id":"3c9d1b7a-5f0e-4c8e-9a57-1f2d3c4b5a69","production":"lighthouse-at-dusk-2k7q","ordinal":17,'
    b'"type":"production.directed","version":1,"time":"2026-03-01T18:00:00.000Z",'
    b'"by":{"service":"gateway","version":"0.1.0","host":"workshop"},'
    b'"data":{"number":1,"words":"darker","images":[]}}'
)
"""What lies on another production's log, word for word."""


def _plan() -> Plan:
    first = Segment(
        id=1,
        beat="The lighthouse stands.",
        prompt="A lighthouse on a rock.",
        negative="text",
        shot=ShotSize.EXTREME_WIDE,
        movement=Movement.STATIC,
        mode=Mode.T2V,
        start=FromText(),
        transition=Cut(),
        frame_count=33,
        in_frame=0,
        out_frame=33,
        seed=8,
    )
    second = Segment(
        id=2,
        beat="The keeper pushes off.",
        prompt="A keeper pushes a boat off.",
        negative="text",
        shot=ShotSize.MEDIUM,
        movement=Movement.TRACK_LEFT,
        mode=Mode.FLF2V,
        start=FromImage(PICTURE.digest),
        transition=Crossfade(8),
        frame_count=33,
        in_frame=1,
        out_frame=33,
        seed=9,
        end_image=digest_of(b"a last frame"),
        loras=(LORA,),
        criteria=(
            Criterion(id="boat", question="Is there one boat?", kind=CriterionKind.SEEN, must_hold=False),
            Criterion(id="decodes", question="Does it decode?", kind=CriterionKind.MEASURED),
        ),
    )
    third = Segment(
        id=3,
        beat="The keeper rows out.",
        prompt="A keeper rows out.",
        negative="text",
        shot=ShotSize.CLOSE_UP,
        movement=Movement.CRANE_UP,
        mode=Mode.I2V,
        start=FromSegment(2),
        transition=Continue(),
        frame_count=81,
        in_frame=1,
        out_frame=81,
        seed=10,
        why="The rowing is one movement.",
        steps=30,
    )
    # Not checked: rules for plans may grow, and what is stored stays.
    return Plan(
        title="Lighthouse at Dusk",
        logline="A keeper rows out and comes back.",
        language="en",
        brief=1,
        renderer="wan21_i2v",
        fps=16,
        size=Size(832, 480),
        crop=Size(832, 348),
        frame_count=137,
        look=LOOK,
        segments=(first, second, third),
        people=(Figure(name="the keeper", description="an old man in oilskin", reference=PICTURE.digest),),
        places=(Figure(name="the rock", description="a black rock", reference=PICTURE.digest),),
        caption=False,
        sample="1-2",
        match_colours=True,
    )


PLAN = _plan()
OPTIONS = e.Options(
    takes_max=5,
    when_takes_are_used_up=e.WhenTakesAreUsedUp.STALL,
    sample=False,
    review=False,
    caption=False,
    accept_smaller=False,
    renderer="wan21_i2v",
    seed=7,
    duration_max_s=60.0,
    llm="ollama",
    loras=(LoraWish(name="gouache", strength=0.7),),
)
WORDS = "A lighthouse keeper rows out at dusk, 20 seconds — »painterly«"

_FACTS: tuple[e.Fact, ...] = (
    e.ProductionRequested(
        words=WORDS,
        images=(PICTURE,),
        options=OPTIONS,
        origin=e.Origin(production=ProductionId("lighthouse-3xyz"), ordinal=12, digest=digest_of(b"an event")),
        idempotency_key="a-key",
        purpose=e.Purpose.CLIP,
    ),
    e.ProductionDirected(number=2, words="segment 3: closer", images=(PICTURE,)),
    e.ProductionRefused(number=1, heard=2, rule="minors", why="It is not made here.", help="Ask for something else."),
    e.ProductionStalled(number=1, problem=PROBLEM),
    e.ProductionResumed(number=1, why="The server is back."),
    e.ProductionReviewed(
        number=1,
        plan=2,
        takes=(e.CutTake(segment=3, take=2, digest=CLIP.digest, is_flagged=True),),
        findings=VERDICT.findings,
        made=MADE,
    ),
    e.ProductionDone(
        number=1,
        plan=2,
        film=CLIP,
        manifest=MANIFEST,
        takes=(e.CutTake(segment=3, take=2, digest=CLIP.digest, is_flagged=True),),
        duration_s=8.5,
        count=41,
        head=digest_of(b"the last event"),
        made=MADE,
        copied=(3,),
        signed=SIGNED,
    ),
    e.ProductionCancelled(why="Something else came up."),
    e.ProductionFailed(problem=PROBLEM),
    e.ProductionDeleted(why="The disk is full."),
    e.ProductionAdopted(ordinal=17, event=ADOPTED),
    e.ProductionForked(),
    e.ProductionRewound(to=e.Again.ORDERS, cut=1),
    e.ProductionCompared(number=1, comparison=COMPARISON, made=MADE),
    e.IntentQuestioned(
        number=1,
        heard=1,
        field="duration_s",
        text="How long should it be?",
        why="Each second takes a minute to render.",
        assumed="20 s",
        made=MADE,
    ),
    e.IntentAnswered(number=1, words="20 seconds", images=(PICTURE,)),
    e.IntentParsed(
        number=2,
        heard=2,
        brief=BRIEF,
        changes=(e.Change(field="duration_s", was="10 s", now="20 s"),),
        reply="Darker, and she is older now.",
        remarks=("The model read 15 s; the words say 20 s.",),
        made=MADE,
        looked=MADE,
    ),
    e.SampleOrdered(
        brief=1,
        take=2,
        order=ORDER,
        made=MADE,
        remarks=("The quick variant is not there.",),
        film_size=Size(832, 480),
    ),
    e.SampleStarted(brief=1, take=2, posting_number=1, posting=POSTING),
    e.SampleRendered(
        brief=1, take=2, clip=CLIP, poster=POSTER, order_digest=digest_of(b"an order"), cost=COST, made=MADE
    ),
    e.SampleFailed(brief=1, take=2, failure=FAILURE),
    e.SampleApproved(brief=1, take=2),
    e.SampleRedirected(brief=1, take=2, words="darker", images=(PICTURE,)),
    e.PlanWritten(number=1, plan=PLAN, made=MADE, remarks=("The film has 8.5 s instead of 8.",)),
    e.PlanRevised(number=2, plan=PLAN, changes=("segment 3 is closer",), made=MADE, remarks=("It is no slower.",)),
    e.SegmentOrdered(segment=3, take=2, order=ORDER, basis=digest_of(b"a basis"), why="Take 1 was rejected."),
    e.SegmentBorrowed(
        segment=1,
        take=1,
        production=ProductionId("lighthouse-at-dusk-7q2k"),
        name="take 3-2",
        order=ORDER,
        basis=digest_of(b"a basis"),
        clip=CLIP,
        hand_over=PICTURE,
        poster=PICTURE,
        made=MADE,
    ),
    e.SegmentStarted(segment=3, take=2, posting_number=1, posting=POSTING),
    e.SegmentRendered(
        segment=3,
        take=2,
        clip=CLIP,
        hand_over=PICTURE,
        poster=POSTER,
        order_digest=digest_of(b"an order"),
        cost=COST,
        made=MADE,
    ),
    e.SegmentFailed(segment=3, take=2, failure=FAILURE),
    e.SegmentApproved(segment=3, take=2, verdict=VERDICT, made=MADE),
    e.SegmentRejected(segment=3, take=2, verdict=VERDICT, made=MADE),
    e.SegmentKept(segment=3, take=2, score=0.625, why="None of 3 takes was approved; this one is the best of them."),
    e.SegmentOverruled(segment=3, take=2, number=1, ruling=e.Ruling.ACCEPT, why="The blur is what I wanted."),
    e.SegmentCompared(segment=3, take=2, comparison=COMPARISON, made=MADE),
    e.WorkFailed(
        number=1, service="creator", subject="segment.ordered.lighthouse-at-dusk-7q2k.3-2", ordinal=14, problem=PROBLEM
    ),
)
EXAMPLES: dict[str, e.Fact] = {fact.TYPE: fact for fact in _FACTS}


def event_of(fact: e.Fact) -> e.Event:
    """Return the fact in an envelope of which every field is set."""
    return e.Event(
        id=EventId("0b8f2a0e-5f0e-4c8e-9a57-1f2d3c4b5a69"),
        production=PRODUCTION,
        ordinal=17,
        time="2026-03-01T19:04:05.678Z",
        by=e.Writer(service="planner", version="0.1.0", host="workshop"),
        cause=EventId("7d9b1c4e-2f0a-4b6e-8c11-3a2b1c4d5e6f"),
        previous=digest_of(b"the event before"),
        trace="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        fact=fact,
    )
