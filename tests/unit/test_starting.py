"""What stands in the way of a start is said in a line, not in a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.local.__main__ import main


@pytest.mark.parametrize(
    ("variable", "value"), [("KIM_PORT", "eighty"), ("KIM_SERVERS", "0"), ("KIM_SCHEDULES", "maybe")]
)
def test_a_variable_that_cannot_work_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
):
    monkeypatch.setenv("KIM_DATA", str(tmp_path / "data"))
    monkeypatch.setenv(variable, value)

    with pytest.raises(SystemExit, match=f"KIM cannot start: {variable}: ") as ended:
        main()

    assert "\n" not in str(ended.value)
    assert not (tmp_path / "data").exists(), "nothing was begun"
