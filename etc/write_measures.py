"""Write docs/measures.md: what each number means that the workbooks show.

python etc/write_measures.py docs/measures.md
"""

import sys
from pathlib import Path

from ownchannel.answers import measures_as_markdown

if __name__ == "__main__":
    Path(sys.argv[1]).write_text(measures_as_markdown(), encoding="utf-8", newline="\n")
