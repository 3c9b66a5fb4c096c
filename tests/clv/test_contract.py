"""What is offered works: every public attribute of every public class can be called, results are short."""

import inspect
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ownchannel import clv
from ownchannel.orders import sample_orders
from ownchannel.workspace import Workspace


def _customers() -> pd.DataFrame:
    """Three hundred made-up customers with their spend."""
    generator = np.random.default_rng(4)
    age = generator.uniform(20, 90, 300)
    p = {"r": 0.9, "alpha": 7.0, "a": 1.0, "b": 2.5}
    x, t_x = clv.ModifiedBetaGeoModel.simulated(p, age, generator)
    spent = generator.gamma(4.0 * np.maximum(x, 1)) / np.maximum(x, 1) * 40 / generator.gamma(4.0, size=300)
    values = {"frequency": x, "recency": t_x, "T": age, "monetary_value": np.where(x > 0, spent, 0.0)}
    return pd.DataFrame(values).assign(weights=1, half=["a", "b"] * 150)


CUSTOMERS = _customers()
DONORS = pd.DataFrame(
    {"frequency": [0, 1, 1, 2, 3], "recency": [0, 1, 3, 2, 3], "T": 3, "weights": [410, 120, 50, 90, 210]}
)
SURVIVORS = [1000, 869, 743, 653]

#: By attribute its arguments: of an instance, for those that need some.
ARGUMENTS: dict[str, Callable[[Any], tuple[Any, ...]]] = {
    "alive": lambda model: (parameters(model), model.data_rows),
    "by_customer": lambda fit: ("twice", lambda p: np.full(len(rows(fit)), 2.0), rows(fit), 0.9),
    "counts": lambda table: ("frequency",),
    "expectation": lambda fit: (lambda p: np.array([p[fit.model.parameters[0]]]), rows(fit)),
    "expected_customer_spend": lambda fit: (CUSTOMERS, 0.9),
    "expected_probability_alive": lambda fit: (customers(fit), 0.9),
    "expected_purchases": lambda fit: (customers(fit), 2),
    "expected_purchases_new_customer": lambda fit: (
        [2],
        None,
        0.9,
        CUSTOMERS if fit.model.covariates else None,
    ),
    "expected_residual_lifetime": lambda fit: ([1, 3], 0.1, 0.9),
    "factors": lambda terms: (3,),
    "future_purchases": lambda model: (parameters(model), model.data_rows, 2.0),
    "hessian": lambda model: (model.to_params(point(model)),),
    "likelihood": lambda model: (point(model),),
    "limits": lambda model: (point(model),),
    "loglike": lambda model: (model.to_params(point(model)),),
    "loglikeobs": lambda model: (model.to_params(point(model)),),
    "new_purchases": lambda model: (parameters(model), 2.0),
    "newcomer": lambda fit: (covariates(fit),),
    "of_order": lambda terms: (np.array([50.0]),),
    "orders": lambda curve: (12,),
    "predict": lambda fit: {"alpha,beta": ([1, 3],), "p,q,v": (CUSTOMERS,)}.get(
        ",".join(fit.model.parameters), (customers(fit), 2)
    ),
    "predicted": lambda fit: (lambda p: np.array([p[fit.model.parameters[0]]]), rows(fit), 0.9),
    "retention_rate": lambda fit: ([1, 3], 0.9),
    "row_likelihood": lambda model: (parameters(model), model.data_rows),
    "row_parameters": lambda model: (point(model), model.data_rows),
    "row_scores": lambda model: (point(model),),
    "rows": lambda model: (customers(model.fit()),),
    "score": lambda model: (model.to_params(point(model)),),
    "simulate": lambda fit: (50, 3, 1) if fit.model.parameters == ("alpha", "beta") else ([3.0, 2.0], 1),
    "simulated": lambda model: (parameters(model), np.array([3.0, 2.0]), np.random.default_rng(1)),
    "some": lambda table: (np.array([0, 1]),),
    "spread": lambda table: (table.weights,),
    "starts": lambda model: (model.data_rows,),
    "stretch": lambda model: (point(model),),
    "survival": lambda fit: ([0, 3], 0.9),
    "to_params": lambda model: (point(model),),
    "to_point": lambda model: (model.to_params(point(model)),),
    "total_expected_purchases": lambda fit: (customers(fit), [1, 2], None, 0.9),
    "value": lambda thing: (12,) if isinstance(thing, clv.RepeatCurve) else (*np.ones((4, 2)),),
    "from_formula": lambda model: ("~ half", CUSTOMERS),
}


def customers(fit: Any) -> Any:
    if isinstance(fit.model, clv.ShiftedBetaGeoModel):
        return pd.DataFrame({"period": [1, 3], "left": [1, 0]})
    return DONORS if isinstance(fit.model, clv.BetaGeoBetaBinomModel) else CUSTOMERS


def covariates(fit: Any) -> Any:
    return CUSTOMERS if fit.model.covariates else None


def rows(fit: Any) -> clv.Histories:
    return fit.model.data_rows


def point(model: clv.CustomerModel) -> np.ndarray:
    return model.to_point(model.starts(model.data_rows)[0])


def parameters(model: clv.CustomerModel) -> Any:
    return model.row_parameters(point(model), model.data_rows)


@pytest.fixture(scope="module")
def instances(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    orders = sample_orders(Workspace(tmp_path_factory.mktemp("workspace")))
    shop = clv.channel_orders(orders, "Shopify", "USD")
    models = [model(CUSTOMERS) for model in clv.MODELS.values()]
    models += [
        clv.GammaGammaModel(CUSTOMERS),
        clv.ShiftedBetaGeoModel(SURVIVORS),
        clv.BetaGeoBetaBinomModel(DONORS),
    ]
    fits = [model.fit() for model in models]
    compared = clv.compare_models(shop, "2025-06-30", models={"MBG/NBD": clv.ModifiedBetaGeoModel})
    channels = clv.fit_channels(clv.customers_by_channel(orders, "USD"), clv.ModifiedBetaGeoModel)
    by_half = clv.ParetoNBDModel.from_formula("~ half", CUSTOMERS).fit()
    test = clv.likelihood_ratio_test(by_half, fits[2])
    curve = clv.fitted_curve(fits[1], 50.0)
    reported = clv.reported_repeats(orders.repeat_rates, "Amazon.com")
    return [
        *models, *fits, by_half, compared, compared.best, channels, channels.fitted["Shopify"],
        test, curve, clv.OrderTerms(), reported, clv.histories(CUSTOMERS, ["frequency"]), clv.FitError("No."),
    ]  # fmt: skip


def public_classes() -> list[type]:
    things = (getattr(clv, name) for name in clv.__all__)
    return [thing for thing in things if inspect.isclass(thing) and not inspect.isabstract(thing)]


def attributes(instance: Any) -> Iterator[str]:
    return (name for name in dir(instance) if not name.startswith("_"))


def called(instance: Any, name: str) -> Any:
    """The attribute, called where it can be; KeyError where it needs arguments that nobody gave here."""
    thing = getattr(instance, name)
    if not callable(thing) or inspect.isclass(thing):
        return thing
    required = [
        parameter
        for parameter in inspect.signature(thing).parameters.values()
        if parameter.default is parameter.empty and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]
    return thing(*(ARGUMENTS[name](instance) if required or name in ARGUMENTS else ()))


def refused(instance: Any, name: str) -> Any:
    """What a model takes no covariates for, it says in a sentence."""
    if name == "from_formula" and not instance.scaled_by_covariates:
        return pytest.raises(ValueError, match="takes no covariates")
    if name == "simulate" and instance.model.covariates:
        return pytest.raises(ValueError, match="With covariates no customers are simulated")
    return nullcontext()


def test_every_public_class_has_an_instance_here(instances):
    classes = public_classes()
    assert len(classes) > 15
    assert not [kind for kind in classes if not any(isinstance(instance, kind) for instance in instances)]


def test_every_public_attribute_works(instances):
    seen = 0
    for instance in (each for each in instances if not isinstance(each, clv.FitError)):
        for name in attributes(instance):
            with refused(instance, name):
                called(instance, name)
            seen += 1
    assert seen > 250


def test_an_attribute_that_needs_arguments_unknown_here_is_seen():
    class Further(clv.OrderTerms):
        def of_nothing(self, missing: int) -> int:
            return missing

    with pytest.raises(KeyError, match="of_nothing"):
        called(Further(), "of_nothing")


def test_results_say_their_answer_in_short_and_in_html(instances):
    for instance in instances:
        assert 10 < len(repr(instance)) < 1_000 and " object at 0x" not in repr(instance), repr(instance)
    shown = [instance for instance in instances if hasattr(instance, "_repr_html_")]
    assert len(shown) > 12
    for instance in shown:
        assert instance._repr_html_().startswith("<p>")
    assert all(pickle.loads(pickle.dumps(fit)).llf == fit.llf for fit in instances if hasattr(fit, "llf"))


def test_many_channels_are_printed_in_short():
    channels = clv.ChannelFits({}, {f"Channel {at}": "no file has customer keys" for at in range(200)})
    assert 900 < len(repr(channels)) < 1_000 and repr(channels).endswith("…")
    assert channels._repr_html_().startswith("<p>Models fitted to 0 channels.<br>Channel 0: no file")


def test_information_criteria_count_the_parameters_that_are_left():
    inside = clv.ModifiedBetaGeoModel(CUSTOMERS).fit()
    never = pd.DataFrame({"frequency": [1, 2, 3] * 20, "recency": [8, 9, 9.5] * 20, "T": [10.0] * 60})
    ended = clv.BetaGeoModel(never).fit()
    assert ended.boundary and not inside.boundary
    for fit, left, number in ((inside, 4, 300), (ended, 1, 60)):
        assert fit.aic == pytest.approx(2 * left - 2 * fit.llf)
        assert fit.bic == pytest.approx(left * np.log(number) - 2 * fit.llf)
        assert fit.bse.notna().sum() == left == np.isfinite(fit.conf_int()["lower"]).sum()
        assert np.sqrt(np.diag(fit.cov_params())) == pytest.approx(fit.bse.to_numpy(), nan_ok=True)
    # On the log scale an interval is the estimate times and by one factor.
    ends = inside.conf_int(alpha=0.1)
    assert (ends["upper"] / inside.params).to_numpy() == pytest.approx(
        (inside.params / ends["lower"]).to_numpy()
    )
    width = np.log(ends["upper"] / ends["lower"]) / 2 / (inside.bse / inside.params)
    assert width.to_numpy() == pytest.approx(1.644854, abs=1e-6)


@pytest.mark.parametrize("name", ["BG/NBD", "MBG/NBD", "Pareto/NBD"])
def test_parameters_by_row_are_each_rows_own(name):
    """Covariates and drawn parameters come as arrays: each row then has the value of a model of its own."""
    model, table = clv.MODELS[name], clv.histories(CUSTOMERS.head(8), ["frequency", "recency", "T"])
    size = len(table)
    by_row = {each: np.linspace(0.4, 2.5, size) * (at + 1) for at, each in enumerate(model.parameters)}
    values, slopes = model.row_likelihood(by_row, table)
    alive, future = model.alive(by_row, table), model.future_purchases(by_row, table, 12.0)
    new = model.new_purchases(by_row, 12.0)
    for at in range(size):
        own, row = {each: float(value[at]) for each, value in by_row.items()}, table.some(np.array([at]))
        value, slope = model.row_likelihood(own, row)
        assert values[at] == pytest.approx(value[0], rel=1e-9)
        for each in model.parameters:
            assert np.broadcast_to(slopes[each], size)[at] == pytest.approx(
                np.broadcast_to(slope[each], 1)[0], rel=1e-8
            )
        assert alive[at] == pytest.approx(model.alive(own, row)[0], rel=1e-9)
        assert future[at] == pytest.approx(model.future_purchases(own, row, 12.0)[0], rel=1e-9)
        assert new[at] == pytest.approx(model.new_purchases(own, 12.0)[0], rel=1e-9)


def test_opening_the_room_loads_neither_statistics_nor_optimisers():
    look = (
        "import sys, ownchannel.clv; print({'statsmodels', 'scipy.stats', 'scipy.optimize'} & {*sys.modules})"
    )
    ran = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
