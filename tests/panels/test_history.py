"""A step to undo is what a person did in one go."""

from ownchannel.panels._controls import History

HOME = {"fee": 0.1, "months": 1.0}


def history(*seconds: float) -> History:
    return History(clock=iter(seconds).__next__)


def test_moves_more_than_a_second_apart_are_steps_of_their_own() -> None:
    kept = history(0, 1.1)
    kept.note(HOME, HOME | {"fee": 0.2})
    kept.note(HOME | {"fee": 0.2}, HOME | {"fee": 0.3})
    assert [kept.take_back(), kept.take_back()] == [HOME | {"fee": 0.2}, HOME]


def test_another_slider_is_another_step_however_soon() -> None:
    kept = history(0, 0.1)
    kept.note(HOME, HOME | {"fee": 0.2})
    kept.note(HOME | {"fee": 0.2}, {"fee": 0.2, "months": 2.0})
    assert len(kept) == 2


def test_what_was_moved_and_moved_back_leaves_nothing_to_undo() -> None:
    kept = history(0, 0.1, 0.2)
    kept.note(HOME, HOME | {"fee": 0.2})
    kept.note(HOME | {"fee": 0.2}, HOME)
    assert len(kept) == 0
    kept.note(HOME, HOME | {"fee": 0.3})  # within the second, and yet a step: the last is forgotten
    assert kept.take_back() == HOME


def test_a_move_right_after_an_undo_is_a_step_of_its_own() -> None:
    kept = history(0, 2, 2.1)
    kept.note(HOME, HOME | {"fee": 0.2})
    kept.note(HOME | {"fee": 0.2}, HOME | {"fee": 0.3})
    kept.take_back()
    kept.note(HOME | {"fee": 0.2}, HOME | {"fee": 0.4})
    assert [kept.take_back(), kept.take_back()] == [HOME | {"fee": 0.2}, HOME]
