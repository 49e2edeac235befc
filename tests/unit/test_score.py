"""The score of a review and its advice, from the findings alone."""

from hypothesis import given
from hypothesis import strategies as st

from bus.plan import Finding, Verdict
from services.reviewer.checks import advice_of, score_of
from services.reviewer.criteria import RULES, found, unobserved


@st.composite
def findings(draw: st.DrawFn) -> list[Finding]:
    """Return findings on all criteria, with any value or none."""
    made = []
    for name, rule in RULES.items():
        if draw(st.booleans()):
            made.append(unobserved(name, ""))
        elif rule.threshold is None:
            made.append(found(name, None, "", holds=draw(st.booleans())))
        else:
            made.append(found(name, draw(st.floats(0, 4)) * rule.threshold, ""))
    return made


@given(findings())
def test_a_good_take_scores_higher_than_any_that_is_not(made: list[Finding]) -> None:
    """0.5 divides them: so the best take kept is a good one if there is one."""
    score = score_of(made)
    is_good = Verdict(findings=tuple(made), score=score).is_good
    assert 0 <= score <= 1
    assert (score >= 0.5) is is_good


@given(findings(), st.sampled_from([name for name, rule in RULES.items() if rule.weighs]))
def test_no_margin_gets_better_by_failing(made: list[Finding], name: str) -> None:
    """With one value moved to the bad end, the score is no higher."""
    rule = RULES[name]
    assert rule.threshold is not None
    good, bad = (4 * rule.threshold, 0.0) if rule.is_lower_limit else (0.0, 4 * rule.threshold)

    def with_value(value: float) -> list[Finding]:
        return [found(name, value, "") if one.criterion == name else one for one in made]

    assert score_of(with_value(bad)) <= score_of(with_value(good))


def test_advice_says_what_is_wanted() -> None:
    """It ends a prompt: one phrase for each thing that failed, the grave ones first, none twice."""
    made = [
        found("still", 2.0, ""),
        found("noise", 9.0, ""),
        found("frozen", 0.9, "", holds=False),
        found("blurred", 99.0, ""),
    ]
    assert advice_of(made) == "with visible, continuous motion, a clean, calm picture"


def test_advice_never_names_what_is_unwanted() -> None:
    """Models render what a prompt names: `no flicker` brings flicker."""
    for rule in RULES.values():
        assert not set(rule.advice.replace(",", "").split()) & {"no", "not", "without", "avoid", rule.criterion}
