"""Write docs/measures.md and docs/glossary.md: what each number and each word means that the workbooks show.

python etc/write_pages.py docs
"""

import sys
from pathlib import Path

from ownchannel.answers import glossary_page, measures_as_markdown

if __name__ == "__main__":
    for name, page in {"measures.md": measures_as_markdown(), "glossary.md": glossary_page()}.items():
        (Path(sys.argv[1]) / name).write_text(page, encoding="utf-8", newline="\n")
