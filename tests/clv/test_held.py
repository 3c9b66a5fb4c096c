"""A model held at a limit, against the free one."""

import numpy as np
import pytest

from ownchannel.clv import ShiftedBetaGeoModel

# inside: a maximum of the free model that no fit gives out
from ownchannel.clv._optimum import SAME, highest

START = np.array([0.0, 1.0])


def test_a_limit_that_explains_the_customers_as_well_is_given():
    model = ShiftedBetaGeoModel([1000, 700, 490, 343])
    free = highest(model.likelihood, [START])
    limit = model._at_limit(free, [({"alpha": np.inf}, START, "All alike.")])
    assert limit.meaning == "All alike." and limit.left.tolist() == [False, True]
    assert model.to_params(limit.point).tolist() == pytest.approx([np.inf, 7 / 3])
    assert limit.optimum.value == pytest.approx(free.value, abs=SAME)


def test_a_limit_that_explains_the_customers_worse_is_none():
    model = ShiftedBetaGeoModel([1000, 700, 600, 550])
    free = highest(model.likelihood, [START])
    assert model._at_limit(free, [({"alpha": np.inf}, START, "All alike.")]) is None
