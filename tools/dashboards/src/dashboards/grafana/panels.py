"""Functions for the kinds of panels, each with a title, a description, a unit and queries."""

from dataclasses import dataclass

from grafana_foundation_sdk.builders import bargauge, common, prometheus, stat, timeseries
from grafana_foundation_sdk.builders.dashboard import FieldColor
from grafana_foundation_sdk.builders.dashboard import ThresholdsConfig as Thresholds
from grafana_foundation_sdk.models.common import (
    BarGaugeDisplayMode,
    BarGaugeNamePlacement,
    BarGaugeValueMode,
    BigValueColorMode,
    BigValueGraphMode,
    BigValueTextMode,
    GraphThresholdsStyleMode,
    GraphTransform,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    StackingMode,
    TooltipDisplayMode,
    VisibilityMode,
    VizOrientation,
)
from grafana_foundation_sdk.models.dashboard import (
    DataSourceRef,
    DynamicConfigValue,
    FieldColorModeId,
    Panel,
    Threshold,
    ThresholdsMode,
)

from dashboards.grafana import palette, promql

DATA_SOURCE = DataSourceRef(type_val="prometheus", uid="prometheus")

LAST_VALUE = ["lastNotNull"]


@dataclass(frozen=True)
class Query:
    expr: str
    legend: str


def percentiles(histogram: str, *matchers: str) -> list[Query]:
    """Return three queries: the 50th, 95th and 99th percentile."""
    return [
        Query(promql.percentile(quantile, histogram, *matchers), f"p{quantile * 100:.0f}")
        for quantile in (0.5, 0.95, 0.99)
    ]


def line_panel(
    title: str,
    description: str,
    unit: str,
    *queries: Query,
    stacked: bool = False,
    limit: float | None = None,
    most: float | None = None,
    below_zero: bool = False,
    downwards: str | None = None,
) -> Panel:
    """Return a panel of lines over time.

    `limit` draws a dashed line, `most` ends the axis, `below_zero` lets it begin there; `downwards` is a pattern of
    names that are drawn below the others.
    """
    panel = (
        timeseries.Panel()
        .title(title)
        .description(description)
        .datasource(DATA_SOURCE)
        .unit(unit)
        .targets([_query_target(query, number) for number, query in enumerate(queries)])
        .color_scheme(FieldColor().mode(FieldColorModeId.PALETTE_CLASSIC_BY_NAME))
        .line_width(1)
        .fill_opacity(30 if stacked else 8)
        .show_points(VisibilityMode.NEVER)
        .stacking(
            common.StackingConfig().mode(StackingMode.NORMAL if stacked else StackingMode.NONE)
        )
        .legend(_legend())
        .tooltip(
            common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING)
        )
    )
    if not below_zero and downwards is None:
        panel.min(0)
    if most is not None:
        panel.max(most)
    if limit is not None:
        panel.thresholds(_threshold_steps((None, palette.TRANSPARENT), (limit, palette.RED)))
        panel.thresholds_style(
            common.GraphThresholdsStyleConfig().mode(GraphThresholdsStyleMode.DASHED)
        )
    for name, colour in _colours(queries).items():
        panel.override_by_name(name, [_fixed_colour(colour)])
    if downwards is not None:
        turned = DynamicConfigValue("custom.transform", GraphTransform.NEGATIVE_Y)
        panel.override_by_regexp(downwards, [turned])
    return panel.build()


def figure_panel(
    title: str,
    description: str,
    unit: str,
    query: Query,
    thresholds: Thresholds | None = None,
    *,
    trend: bool = True,
) -> Panel:
    """Return a panel of current values as large numbers, one per series."""
    name = BigValueTextMode.VALUE_AND_NAME if "{{" in query.legend else BigValueTextMode.VALUE
    return (
        stat.Panel()
        .title(title)
        .description(description)
        .datasource(DATA_SOURCE)
        .unit(unit)
        .targets([_query_target(query, 0)])
        .reduce_options(common.ReduceDataOptions().calcs(LAST_VALUE))
        .color_scheme(FieldColor().mode(FieldColorModeId.THRESHOLDS))
        .thresholds(thresholds or _threshold_steps((None, palette.WHITE)))
        .color_mode(BigValueColorMode.VALUE)
        .graph_mode(BigValueGraphMode.AREA if trend else BigValueGraphMode.NONE)
        .text_mode(name)
        .build()
    )


def ranking_panel(
    title: str, description: str, unit: str, query: Query, thresholds: Thresholds | None = None
) -> Panel:
    """Return a panel of bars for the highest values over the whole time range."""
    return (
        bargauge.Panel()
        .title(title)
        .description(description)
        .datasource(DATA_SOURCE)
        .unit(unit)
        .min(0)
        .targets([_query_target(query, 0, at_the_end=True)])
        .reduce_options(common.ReduceDataOptions().calcs(LAST_VALUE))
        .color_scheme(FieldColor().mode(FieldColorModeId.THRESHOLDS))
        .thresholds(thresholds or _threshold_steps((None, palette.PHOSPHOR)))
        .display_mode(BarGaugeDisplayMode.BASIC)
        .value_mode(BarGaugeValueMode.TEXT)
        .name_placement(BarGaugeNamePlacement.LEFT)
        .orientation(VizOrientation.HORIZONTAL)
        .show_unfilled(False)
        .build()
    )


def thresholds_above(doubtful: float, bad: float) -> Thresholds:
    return _threshold_steps((None, palette.PHOSPHOR), (doubtful, palette.AMBER), (bad, palette.RED))


def thresholds_below(doubtful: float, bad: float) -> Thresholds:
    return _threshold_steps((None, palette.RED), (bad, palette.AMBER), (doubtful, palette.PHOSPHOR))


def _query_target(query: Query, number: int, *, at_the_end: bool = False) -> prometheus.Dataquery:
    target = (
        prometheus.Dataquery()
        .datasource(DATA_SOURCE)
        .ref_id(chr(ord("A") + number))
        .expr(query.expr)
        .legend_format(query.legend)
    )
    return target.instant() if at_the_end else target.range()


def _legend() -> common.VizLegendOptions:
    return (
        common.VizLegendOptions()
        .show_legend(True)
        .display_mode(LegendDisplayMode.LIST)
        .placement(LegendPlacement.BOTTOM)
        .calcs([])
    )


def _colours(queries: tuple[Query, ...]) -> dict[str, str]:
    return {
        name: colour
        for query in queries
        for name, colour in palette.colours_of(query.legend).items()
    }


def _fixed_colour(colour: str) -> DynamicConfigValue:
    return DynamicConfigValue("color", {"mode": FieldColorModeId.FIXED, "fixedColor": colour})


def _threshold_steps(*steps: tuple[float | None, str]) -> Thresholds:
    return (
        Thresholds()
        .mode(ThresholdsMode.ABSOLUTE)
        .steps([Threshold(value=value, color=colour) for value, colour in steps])
    )
