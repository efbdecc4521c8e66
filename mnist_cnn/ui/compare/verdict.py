"""One sentence on top: which of the chosen is best, by how much, and if by chance."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from mnist_cnn.analysis.comparison import by_test_set
from mnist_cnn.analysis.verdict import SeedGroup, Verdict, ranked, verdict
from mnist_cnn.digits.mnist import Dataset
from mnist_cnn.experiments.differences import differences
from mnist_cnn.runs.predictions import Predictions
from mnist_cnn.ui.compare.runs import Compared, listed
from mnist_cnn.ui.text import _, escape, ngettext


def finding(chosen: list[Compared], digits: Dataset | None) -> None:
    """The verdict on those tested on the same digits; what to do without any."""
    read = {each.run.id: each.predictions(digits)[0] for each in chosen}
    groups = by_test_set({run_id: own for run_id, own in read.items() if own})
    same = {run_id: read[run_id] for run_id in groups[0]} if groups else {}
    by_id = {each.run.id: each for each in chosen}
    ranking = ranked({run_id: by_id[run_id].run.config for run_id in same}, same)
    if len(ranking) > 1:
        st.markdown(_sentence(verdict(ranking, same), by_id, same))
    elif ranking and len(same) > 1:
        low, high = min(ranking[0].mistakes), max(ranking[0].mistakes)
        st.markdown(
            _(
                "The same settings with **{count} seeds**: from {low:,} to {high:,} "
                "mistakes. So far can chance alone go."
            ).format(count=len(same), low=low, high=high)
        )
    else:
        _best_of_all()


def _best_of_all() -> None:
    tested = [each for each in listed() if each.accuracy is not None]
    best = max(tested, key=lambda each: each.accuracy, default=None)
    if best is None:
        st.markdown(_("Tick two runs to see which is better, and whether by chance."))
        return
    st.markdown(
        _(
            "Best so far: **{name}**, {accuracy:.2%} right. Tick two runs to see which "
            "is better, and whether by chance."
        ).format(name=escape(best.name), accuracy=best.accuracy)
    )


def _sentence(
    found: Verdict, by_id: Mapping[str, Compared], read: Mapping[str, Predictions]
) -> str:
    best, other = (by_id[group.ids[0]] for group in (found.best, found.other))
    total = len(read[best.run.id].labels)
    parts = [
        _("**{name}** is best: {mistakes} in {total:,} digits.").format(
            name=_name(found.best, best),
            mistakes=_mistakes(found.best.mean),
            total=total,
        ),
        _difference(found, best, other),
    ]
    if found.spread is not None:
        told = (
            _(
                "That is **within the spread of seeds**: up to {spread:,.0f} is what "
                "other seeds alone can make (Student's test, 95%)."
            )
            if found.is_chance
            else _(
                "That is **more than the spread of seeds**: up to {spread:,.0f} is "
                "what other seeds alone can make (Student's test, 95%)."
            )
        ).format(spread=found.spread)
    else:
        told = (
            _(
                "That is **within chance**, were the test digits others (McNemar's "
                "test, {p})."
            )
            if found.is_chance
            else _(
                "That is **more than chance** in the choice of test digits (McNemar's "
                "test, {p}); train both with other seeds to see their spread."
            )
        ).format(p=_p_value(found.p_value))
    return " ".join([*parts, told])


def _difference(found: Verdict, best: Compared, other: Compared) -> str:
    settings = _settings(best, other)
    text = _("**{name}**: {difference} more, with {parameters}.")
    if settings:
        text = _("**{name}**: {difference} more, with {parameters}; {settings}.")
    return text.format(
        name=_name(found.other, other),
        difference=_mistakes(found.difference),
        parameters=_parameters(best, other),
        settings=settings,
    )


def _p_value(p: float) -> str:
    return _("p < 0.001") if p < 0.001 else _("p = {p:.2g}").format(p=p)


def _name(group: SeedGroup, first: Compared) -> str:
    if len(group.ids) == 1:
        return escape(first.name)
    return _("{name} and its other seeds, {count} in all").format(
        name=escape(first.name), count=len(group.ids)
    )


def _mistakes(count: float) -> str:
    told = f"{count:,.1f}".removesuffix(".0")
    return ngettext("{told} mistake", "{told} mistakes", round(count, 1)).format(
        told=told
    )


def _parameters(best: Compared, other: Compared) -> str:
    own, less = (each.run.config.network.parameters for each in (other, best))
    if own == less:
        return _("as many parameters")
    ratio = max(own, less) / min(own, less)
    told = f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.2g}"
    if own > less:
        return _("{ratio} times the parameters").format(ratio=told)
    return _("{ratio} times fewer parameters").format(ratio=told)


def _settings(best: Compared, other: Compared) -> str:
    differing = differences([best.run.config, other.run.config])
    differing.pop("Seed", None)
    if not differing:
        return ""
    title, (own, theirs) = next(iter(differing.items()))
    text, more = _("{title} {theirs} instead of {own}"), len(differing) - 1
    if more:
        text = ngettext(
            "{title} {theirs} instead of {own}, and {more} other setting",
            "{title} {theirs} instead of {own}, and {more} other settings",
            more,
        )
    return text.format(title=_(title).lower(), theirs=_(theirs), own=_(own), more=more)
