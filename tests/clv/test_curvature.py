"""The second derivatives on the parameters' own scale, against differences of the gradient there."""

import numpy as np
import pandas as pd

from ownchannel.clv import ModifiedBetaGeoModel


def test_the_hessian_is_the_slope_of_the_score():
    columns = {"frequency": [0, 1, 2, 4], "recency": [0, 8.0, 20.0, 30.0], "T": [39.0] * 4}
    model = ModifiedBetaGeoModel(pd.DataFrame(columns), unit="weeks")
    at, step = np.array([0.5, 6.0, 0.9, 1.6]), 1e-5
    slopes = [
        (model.score(at + step * side) - model.score(at - step * side)) / (2 * step) for side in np.eye(4)
    ]
    np.testing.assert_allclose(model.hessian(at), np.array(slopes), rtol=1e-4, atol=1e-6)
