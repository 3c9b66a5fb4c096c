"""What brings customers back, and what it is worth."""

from ownchannel.customers import Floats
from ownchannel.outreach._coming_back import ComingBack
from ownchannel.outreach._repeat_habit import (
    DAYS_A_MONTH,
    HORIZON,
    Gain,
    Habit,
    MeasuredHabit,
    gain,
    measured_habit,
)

__all__ = [
    "DAYS_A_MONTH",
    "HORIZON",
    "ComingBack",
    "Floats",
    "Gain",
    "Habit",
    "MeasuredHabit",
    "gain",
    "measured_habit",
]
