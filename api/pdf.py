"""Sets documents as PDF: tagged for screen readers (PDF/UA-1), with fonts that come with the library.

What people wrote reaches the template as data and is never read as markup.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

# ISO 14289-1: every heading, paragraph, list and table is tagged, title and language are given.
STANDARD: Final = "ua-1"


def render_pdf(template: Path, data: Mapping[str, Any], *, written_at: datetime) -> bytes:
    """The template filled in, as a tagged PDF; the same input gives the same bytes.

    `data` needs `title` and `lang` (PDF/UA asks for both). A letter takes about 50 ms: call it in a thread.
    """
    import typst  # large, and needed for a letter alone

    # Only the template's own folder can be read, and no font or package from the machine is used.
    pdf = typst.Compiler(
        str(template), root=str(template.parent), ignore_system_fonts=True
    ).compile(
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=[STANDARD],
        timestamp=int(written_at.timestamp()),
    )  # fmt: skip
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave several files where one was asked for")
    return pdf
