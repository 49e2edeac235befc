from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.errors import Unprocessable
from bus.events import FACTS, Fact
from bus.ids import ProductionId
from bus.subjects import NOUNS, STREAM_SUBJECTS, every, is_known, log_of, parse_subject, progress_of, subject_of
from tests.golden.examples import EXAMPLES, PRODUCTION
from tests.histories import facts

production_ids = st.from_regex(r"[a-z0-9]{1,12}(-[a-z0-9]{1,12}){0,2}", fullmatch=True).map(ProductionId)


def matches(subject: str, filter_: str) -> bool:
    """Say whether NATS would: `*` is one token."""
    tokens, wanted = subject.split("."), filter_.split(".")
    return len(tokens) == len(wanted) and all(fnmatchcase(*pair) for pair in zip(tokens, wanted, strict=True))


@given(production_ids, facts())
def test_a_subject_says_what_the_fact_is(production: ProductionId, fact: Fact) -> None:
    """A fact's subject is taken apart into its type, production and which, and lies in the stream once."""
    subject = subject_of(production, fact)
    parsed = parse_subject(subject)
    assert (parsed.type, parsed.production, parsed.which) == (fact.TYPE, production, fact.which())
    assert sum(matches(subject, one) for one in STREAM_SUBJECTS) == 1
    assert matches(subject, log_of(production))
    assert [one.TYPE for one in FACTS if matches(subject, every(one))] == [fact.TYPE]


@given(st.text(max_size=60) | st.from_regex(r"[a-z.*>-]{0,40}", fullmatch=True))
def test_whatever_stands_there_is_taken_apart_or_refused(text: str) -> None:
    """A subject is four tokens, none of them a wildcard, or it is unprocessable; there is no third way."""
    try:
        parsed = parse_subject(text)
    except Unprocessable:
        return
    assert f"{parsed.type}.{parsed.production}.{parsed.which}" == text
    assert not set("*>") & set(text)


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "segment.rendered.film",
        "segment.rendered.film.3-2.more",
        "segment.rendered.Film.3-2",
        "segment.rendered.film.*",
        "segment..film.1",
        "segment.rendered." + "a" * 49 + ".1",
        "segment.rendered.film.1\n",
    ],
)
def test_what_is_no_subject_of_ours_is_named(subject: str) -> None:
    """The refusal shows the subject, and never more of it than a line."""
    with pytest.raises(Unprocessable, match="The subject") as refused:
        parse_subject(subject)
    assert len(refused.value.what) < 220


def test_the_which_of_each_type_is_as_documented() -> None:
    """What tells facts of a type apart is part of the storage format."""
    assert {name: subject_of(PRODUCTION, fact).rpartition(".")[2] for name, fact in EXAMPLES.items()} == {
        "production.requested": "1",
        "production.directed": "2",
        "production.refused": "1",
        "production.stalled": "1",
        "production.resumed": "1",
        "production.reviewed": "1",
        "production.done": "1",
        "production.cancelled": "1",
        "production.failed": "1",
        "production.deleted": "1",
        "intent.questioned": "1",
        "intent.answered": "1",
        "intent.parsed": "2",
        "sample.ordered": "1-2",
        "sample.started": "1-2-1",
        "sample.rendered": "1-2",
        "sample.failed": "1-2",
        "sample.approved": "1-2",
        "sample.redirected": "1-2",
        "plan.written": "1",
        "plan.revised": "2",
        "segment.ordered": "3-2",
        "segment.started": "3-2-1",
        "segment.rendered": "3-2",
        "segment.borrowed": "1-1",
        "segment.failed": "3-2",
        "segment.approved": "3-2",
        "segment.rejected": "3-2",
        "segment.kept": "3-2",
        "segment.overruled": "3-2-1",
        "production.adopted": "17",
        "production.forked": "1",
        "production.rewound": "1",
        "production.compared": "1",
        "segment.compared": "3-2",
        "work.failed": "1",
    }


def test_progress_lies_outside_the_stream() -> None:
    """Progress is no fact: no filter of the stream holds its subject, and its noun is none of ours."""
    assert not any(matches(progress_of("film"), one) for one in STREAM_SUBJECTS)
    assert "progress" not in NOUNS


def test_only_types_of_this_reader_are_known() -> None:
    """A type that is not in the contract is not known, however familiar its noun."""
    assert is_known("segment.rendered")
    assert not is_known("segment.graded")
