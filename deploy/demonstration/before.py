"""What `./run` asks before it installs anything: is the command line right, and will it be a window or the browser?"""

from __future__ import annotations

import os
import sys

from deploy.demonstration.failures import CannotStart
from deploy.demonstration.options import parse
from deploy.demonstration.screen import wants_window

if __name__ == "__main__":
    try:
        print("window" if wants_window(parse(sys.argv[1:]), os.environ) else "browser")
    except CannotStart as reason:
        sys.exit(f"./run: {reason}")
