"""The declared settings: every one has its words, and an impossible change is refused in a sentence."""

import pytest

from ownchannel.outreach import ComingBack, Habit


def test_the_change_is_taken_from_the_sliders():
    settings = ComingBack(first_rate=0.4, later_rate=0.6, interval=100, points=0.05, days_sooner=30)
    assert settings.today == Habit(0.4, 0.6, 100)
    assert settings.changed == Habit(0.45, 0.65, 70)
    assert settings.only_sooner == Habit(0.4, 0.6, 70)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"first_rate": 0.95, "points": 0.1}, "105% of new customers would return"),
        ({"later_rate": 0.9, "points": 0.1}, "100% would return after each further order"),
        ({"interval": 20, "days_sooner": 20}, "after 20 days on average and cannot return 20 days sooner"),
        ({"later_rate": 0.97}, "later_rate must lie between 0 and 0.95"),
    ],
)
def test_an_impossible_change_is_refused(values, said):
    with pytest.raises(ValueError, match=said):
        ComingBack(**values)


def test_declared_defaults_are_likely_and_go_together():
    assert ComingBack().unlikely("USD") == []
