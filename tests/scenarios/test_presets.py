"""Five brands to start from: valid, likely, and each different from today."""

import pytest

from ownchannel.scenarios import PRESETS, dumps, loads, preset


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_likely_by_its_own_sources(name: str) -> None:
    plan = preset(name)
    assert plan.unlikely() == []
    assert plan.currency == "USD"
    assert [(channel.name, channel.kind) for channel in plan.channels] == [
        ("Amazon.com", "marketplace"),
        ("Own store", "owned"),
    ]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_has_a_test_spend_fears_and_ranges(name: str) -> None:
    plan = preset(name)
    assert plan.channel("Own store").reference_spend > 0
    assert {mark.role for value, mark in plan.numbers().values() if value > 0} == {"fact", "decision", "fear"}
    assert 5 <= len(plan.uncertain) <= 8
    for path, (low, high) in plan.uncertain.items():
        _, declared = plan.numbers()[path]
        assert declared.plausible[0] <= low < high <= declared.plausible[1], path


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_moves_budget_and_is_read_back_as_it_was(name: str) -> None:
    plan = preset(name)
    assert plan.growth_budget == plan.today().growth_budget
    assert plan.owned_share_of_growth_budget > plan.today().owned_share_of_growth_budget
    assert loads(dumps(plan)) == plan


def test_an_unknown_preset_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"There is no preset Balanced bran: did you mean Balanced brand\?"):
        preset("Balanced bran")
