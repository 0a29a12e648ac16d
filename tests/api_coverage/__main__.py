"""Prints docs/api-coverage.md."""

from tests.api_coverage.document import document

print(document(), end="")
