"""Run the `ess` command: ``python -m operate``."""

import sys

from operate.cli import main

sys.exit(main())
