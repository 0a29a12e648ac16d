"""Log lines are JSON, and metrics read the running parts when they are asked for."""

import logging
import sys

import msgspec

from rialto.telemetry import JsonLines, Metrics


def test_a_log_line_is_one_json_object_with_its_extra_fields() -> None:
    record = logging.makeLogRecord(
        {"name": "rialto.engine", "levelname": "INFO", "msg": "opened %s", "args": ("here",)}
    )
    record.sequence = 7
    line = msgspec.json.decode(JsonLines().format(record))
    assert line.pop("time")
    assert line == {"level": "INFO", "from": "rialto.engine", "what": "opened here", "sequence": 7}


def test_an_exception_is_a_field_and_not_more_lines() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        record = logging.makeLogRecord({"msg": "failed", "exc_info": sys.exc_info()})
    text = JsonLines().format(record)
    assert "\n" not in text
    assert "ValueError: two\nlines" in msgspec.json.decode(text)["exception"]


def test_a_metric_is_read_when_the_page_is() -> None:
    depth = 3
    metrics = Metrics()
    metrics.watch("rialto_inbox_commands", "Commands that wait.", lambda: depth)
    assert b"rialto_inbox_commands 3.0" in metrics.page()
    depth = 4
    assert b"rialto_inbox_commands 4.0" in metrics.page()
