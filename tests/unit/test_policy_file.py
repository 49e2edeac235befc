from pathlib import Path

import pytest

from bus.errors import Reason, Refused
from bus.events import SampleFailed
from bus.policy import Rule, refusal
from bus.wire.artifacts import FolderArtifacts
from services._kit.settings import SettingsWrong, load
from services.creator.decide import decide_samples
from services.creator.perform import Creator
from services.gateway.words import message_of
from services.planner.perform import refused_words
from tests.stories import BEGINNING, told

RULES = """\
[[rules]]
name = "brands"
words = ["acme cola", "sparkle soap"]
about = "advertisements for a product that can be bought"
why = "Advertisements are not made here."
"""


def test_the_operators_rules_stand_in_a_file_of_their_own(tmp_path: Path) -> None:
    """`policy.toml` beside the settings adds what is refused here; without it nothing is added."""
    assert load(tmp_path).policy == ()
    (tmp_path / "policy.toml").write_text(RULES, encoding="utf-8")
    (rule,) = load(tmp_path).policy
    assert (rule.name, rule.why) == ("brands", "Advertisements are not made here.")
    found = refusal("a can of ACME Cola on ice", has_uploaded_picture=False, operator_rules=(rule,))
    assert found is not None
    assert (found.rule, found.why) == (rule.name, rule.why)


def test_the_door_refuses_what_the_operator_refuses(tmp_path: Path) -> None:
    """A message is turned away before anything is kept, with the operator's own words."""
    (tmp_path / "policy.toml").write_text(RULES, encoding="utf-8")
    rules = load(tmp_path).policy
    assert message_of("a can of lemonade", 0, rules=rules)
    with pytest.raises(Refused) as caught:
        message_of("a can of acme cola", 0, rules=rules)
    assert caught.value.reason is Reason.POLICY
    assert caught.value.why == "Advertisements are not made here."


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("rules = 3", "array"),
        ("[[rules]]\nname = 'brands'\nwhy = 'no'", "refuses nothing"),
        ("[[rules]]\nname = 'brands'\nwords = ['acme']", "why"),
        ("[[rules]]\nname = 'Two Words'\nwords = ['acme']\nwhy = 'no'", "name"),
        ("[[rules]]\nname = 'brands'\nword = ['acme']\nwhy = 'no'", "word"),
        (RULES + RULES, "two rules are called brands"),
        ("[[rules]", "Expected"),
    ],
)
def test_rules_that_cannot_be_read_stop_the_start(tmp_path: Path, text: str, why: str) -> None:
    """Running without a rule that somebody wrote would be worse than not running."""
    (tmp_path / "policy.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsWrong) as caught:
        load(tmp_path)
    assert "policy.toml" in caught.value.what
    assert why in caught.value.why


RULE = Rule(name="boats", words=("keeper",), why="Keepers are not shown here.")


async def test_the_creator_posts_nothing_that_the_operator_refuses(tmp_path: Path) -> None:
    """Whatever way a prompt came, it is asked about once more before it reaches a renderer."""
    production = told(BEGINNING[:3])
    (task,) = decide_samples(production, None)
    creator = Creator({}, rules=(RULE,))
    (failed,) = await creator(task, production, FolderArtifacts(tmp_path), lambda *_, **__: None)
    assert isinstance(failed, SampleFailed)
    assert (failed.failure.kind, failed.failure.why) == ("policy", RULE.why)


def test_the_planner_writes_no_prompt_that_the_operator_refuses() -> None:
    """A model or a rule may say what the person did not."""
    refused = refused_words(("A keeper rows",), told(BEGINNING[:2]), (RULE,))
    assert refused is not None
    assert (refused.rule, refused.why) == ("boats", RULE.why)
