"""python -m rialto.cli, which is how one verb starts another."""

import sys

from rialto.cli.main import main

sys.exit(main())
