"""What stands in the way of a start is said in a line, not in a traceback; and what it must be told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.__main__ import main
from infra.local.server import listen
from infra.local.settings import RuntimeSettings
from shared.municipality import municipality
from shared.settings import settings


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that is not there yet."""
    monkeypatch.setenv("KIM_DATA", str(tmp_path / "data"))
    for cached in (settings, municipality):
        cached.cache_clear()
    yield tmp_path / "data"
    for cached in (settings, municipality):
        cached.cache_clear()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        *(("KIM_PORT", "eighty"), ("KIM_PORT", "65536"), ("KIM_SERVERS", "0"), ("KIM_SCHEDULES", "maybe")),
        *(("KIM_THREADS", "0"), ("KIM_DISPATCHERS", "0"), ("KIM_POST_LIMIT", "lots"), ("KIM_PROXY", "the one")),
    ],
)
def test_a_variable_that_cannot_work_is_named(data: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str):
    monkeypatch.setenv(variable, value)

    with pytest.raises(SystemExit, match=f"KIM cannot start: {variable}: ") as ended:
        main()

    assert "\n" not in str(ended.value)
    assert not data.exists(), "nothing was begun"


def test_a_municipality_without_a_pack_is_named_before_anything_is_said_to_run(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("KIM_MUNICIPALITY", "nowhere")

    with pytest.raises(SystemExit, match=r"KIM cannot start: .*nowhere"):
        main()

    assert (capsys.readouterr().out, data.exists()) == ("", False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "kim.stadt.example"])
def test_where_others_can_reach_it_nobody_signs_in_without_a_password_unless_that_is_meant(
    data: Path, monkeypatch: pytest.MonkeyPatch, host: str
):
    monkeypatch.setenv("KIM_HOST", host)

    with pytest.raises(SystemExit, match="KIM cannot start: others can reach KIM_HOST: say KIM_DEVELOPMENT=off"):
        main()

    assert not data.exists()


@pytest.mark.parametrize(("host", "said"), [("localhost", None), ("::1", None), ("0.0.0.0", "off"), ("::", "on")])
def test_whoever_says_so_is_taken_at_her_word(monkeypatch: pytest.MonkeyPatch, host: str, said: str | None):
    monkeypatch.setenv("KIM_HOST", host)
    if said is not None:
        monkeypatch.setenv("KIM_DEVELOPMENT", said)

    assert RuntimeSettings.read().development == (said or "on")


def test_an_address_that_somebody_else_has_is_named():
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        taken.listen()

        with pytest.raises(OSError, match=rf"127\.0\.0\.1, port {port} \(KIM_HOST, KIM_PORT\): Address already in use"):
            listen("127.0.0.1", port)
