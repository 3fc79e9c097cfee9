"""Draws a table as a chart: SVG by itself, no script, nothing from elsewhere; what is hidden is not drawn."""

from __future__ import annotations

import sys
from functools import cache
from types import ModuleType
from typing import Any

from api.oversight.tables import Table

# Lines beyond this many would be too narrow to read; the table has them all.
MOST_ROWS = 20
# Each at least 4.5 to 1 against white, and told apart by people who see few colours (Okabe and Ito, darkened).
COLOURS = ("#005a9c", "#a34700", "#00684a", "#7a3b69", "#5c5c00")
LOOK = {
    "background": "#ffffff", "plot_background": "#ffffff", "foreground": "#1a1a1a",
    "foreground_strong": "#000000", "foreground_subtle": "#595959", "colors": COLOURS,
    "opacity": "1", "opacity_hover": "1", "transition": "0s", "font_family": "sans-serif",
    "label_font_size": 13, "legend_font_size": 13, "title_font_size": 15, "value_font_size": 12,
    "value_label_font_size": 12, "major_label_font_size": 13, "no_data_font_size": 16,
}  # fmt: skip


@cache
def _library() -> ModuleType:
    """The library; it hooks itself into all later imports, for plugins that we have none of, and is unhooked."""
    import pygal  # type: ignore[import-untyped]
    import pygal.style  # type: ignore[import-untyped]

    # Only its own hook: what finds the versions of installed packages came along with it and is needed by others.
    sys.meta_path[:] = [one for one in sys.meta_path if type(one).__module__ != pygal.__name__]
    module: ModuleType = pygal
    return module


def chart(table: Table, title: str) -> bytes:
    """The chart of a table, as SVG."""
    rows = [row for row in table.rows if row.label][:MOST_ROWS]
    # The first line is at the top.
    rows.reverse()
    many = len(table.charted) > 1
    pygal = _library()
    config = pygal.Config(
        js=[], css=["file://base.css", "file://style.css", "file://graph.css"], style=pygal.style.Style(**LOOK),
        width=860, height=140 + 26 * len(rows) * max(1, len(table.charted) // 2), title=title,
        show_legend=many, legend_at_bottom=True, truncate_label=38, truncate_legend=40,
        print_values=not many, explicit_size=True, no_prefix=True, disable_xml_declaration=False, pretty_print=False,
        x_labels_major_count=5, min_scale=2, max_scale=8, include_x_axis=True, margin=12,
    )  # fmt: skip
    config.value_formatter = lambda value: f"{value:g}"
    drawn = pygal.HorizontalBar(config)
    drawn.add_xml_filter(_without_scripts)
    drawn.x_labels = [row.label for row in rows]
    for at in table.charted:
        drawn.add(table.columns[at], [row.cells[at].value for row in rows])
    svg: bytes = drawn.render()
    return svg


def _without_scripts(root: Any) -> Any:
    # The library writes its settings as a script even when there is no script to read them.
    for parent in list(root.iter()):
        for child in list(parent):
            if isinstance(child.tag, str) and child.tag.endswith("script"):
                parent.remove(child)
    return root
