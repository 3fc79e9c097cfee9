"""Set-up repeats nothing that has not changed, and says what to do when it cannot go on."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from setup import environments, interpreters, uv
from setup.lock import plain
from setup.paths import LOCKS
from setup.steps import SetupError, fingerprint, once, run


@pytest.fixture(autouse=True)
def own_var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STAFET_VAR", str(tmp_path / "var"))
    return tmp_path / "var"


def test_a_step_is_done_once_until_something_changes(tmp_path: Path) -> None:
    result, done = tmp_path / "result", []

    def work() -> None:
        done.append(1)
        result.write_text("made")

    assert once("mark-1", tmp_path / "stamp", result, work)
    assert not once("mark-1", tmp_path / "stamp", result, work)
    assert once("mark-2", tmp_path / "stamp", result, work)
    result.unlink()
    assert once("mark-2", tmp_path / "stamp", result, work)
    assert len(done) == 3


def test_a_step_that_failed_is_done_again(tmp_path: Path) -> None:
    result = tmp_path / "result"
    result.write_text("old")
    assert once("a", tmp_path / "stamp", result, lambda: None)

    def fail() -> None:
        raise SetupError("no", "try")

    with pytest.raises(SetupError):
        once("b", tmp_path / "stamp", result, fail)
    assert once("a", tmp_path / "stamp", result, lambda: None)


def test_the_fingerprint_sees_content_names_and_words(tmp_path: Path) -> None:
    folder = tmp_path / "f"
    folder.mkdir()
    (folder / "a").write_text("1")
    first = fingerprint([folder])
    assert fingerprint([folder]) == first
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "a.pyc").write_text("x")
    assert fingerprint([folder]) == first
    assert fingerprint([folder], "word") != first
    (folder / "a").write_text("2")
    changed = fingerprint([folder])
    assert changed != first
    (folder / "a").rename(folder / "b")
    assert fingerprint([folder]) not in (first, changed)


def test_a_failing_command_shows_its_last_words_and_the_advice(own_var: Path) -> None:
    command = [sys.executable, "-c", "print('the disk is full'); raise SystemExit(3)"]
    with pytest.raises(SetupError, match="the disk is full") as caught:
        run("Doing", command, log="doing", advice="Make room.")
    assert caught.value.advice.startswith("Make room.")
    assert str(own_var / "log" / "setup-doing.log") in caught.value.advice


def test_too_little_disk_is_said_before_anything_is_fetched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        environments.shutil, "disk_usage", lambda _path: SimpleNamespace(free=2**30)
    )
    with pytest.raises(SetupError, match=r"1\.0 GiB free") as caught:
        environments.require_room()
    assert "Make room" in caught.value.advice


def test_a_folder_that_cannot_be_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("STAFET_VAR", str(tmp_path / "file" / "var"))
    with pytest.raises(SetupError, match="cannot be written to"):
        environments.require_room()


def shim(folder: Path, name: str, body: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(0o755)
    return file


def test_a_dead_shim_is_passed_over_for_the_version_managers_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pyenv's shim stands on the PATH and refuses to run while 3.10 is not switched on."""
    shim(tmp_path / "shims", "python3.10", "echo 'python3.10: command not found' >&2; exit 127")
    real = shim(tmp_path / "pyenv" / "versions" / "3.10.13" / "bin", "python", "echo 3.10")
    monkeypatch.setenv("PATH", f"{tmp_path / 'shims'}:/usr/bin:/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    assert interpreters.find_python(["3.10"]) == real


def test_versions_are_tried_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in ("3.12", "3.11"):
        shim(tmp_path, f"python{version}", f"echo {version}")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert interpreters.find_python(["3.11", "3.12"]) == tmp_path / "python3.11"
    assert interpreters.find_python(["3.12"]) == tmp_path / "python3.12"


def test_a_wish_that_does_not_work_is_an_error_not_a_guess(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAFET_PYTHON_BOT", str(tmp_path / "nothing"))
    with pytest.raises(SetupError, match="not a working Python 3.10"):
        interpreters.ensure_python(tmp_path / "uv", ["3.10"], "Rasa", "STAFET_PYTHON_BOT", {})


def test_no_interpreter_to_be_had_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interpreters, "find_python", lambda _versions, _wish=None: None)
    monkeypatch.delenv("STAFET_PYTHON_BOT", raising=False)
    broken = shim(tmp_path, "uv", "echo 'no route to host'; exit 2")
    with pytest.raises(SetupError, match="no route to host") as caught:
        interpreters.ensure_python(broken, ["3.10"], "Rasa", "STAFET_PYTHON_BOT", {})
    assert "STAFET_PYTHON_BOT" in caught.value.advice


def test_what_pip_is_configured_with_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    configured = {
        "index-url": "https://mirror.example/simple", "cert": "/certs/all.pem",
        "extra-index-url": "file:///here https://other.example/simple", "find-links": "/wheels /more",
    }  # fmt: skip
    monkeypatch.setattr(uv, "pip_configuration", lambda: configured)
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_FIND_LINKS", "SSL_CERT_FILE", "UV_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    told = uv.uv_environment()
    assert told["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert told["UV_INDEX"] == "https://other.example/simple"
    assert told["UV_FIND_LINKS"] == "/wheels,/more"
    assert told["SSL_CERT_FILE"] == "/certs/all.pem"


def test_uv_keeps_to_the_checkout(own_var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UV_CACHE_DIR", "UV_PYTHON_INSTALL_DIR"):
        monkeypatch.delenv(name, raising=False)
    told = uv.uv_environment()
    assert Path(told["UV_CACHE_DIR"]).is_relative_to(own_var)
    assert Path(told["UV_PYTHON_INSTALL_DIR"]).is_relative_to(own_var)


def test_the_locks_hold_plain_versions_that_hold_anywhere() -> None:
    for name in ("app", "bot", "dev", "synapse"):
        lock = (LOCKS / f"{name}.txt").read_text()
        requirements = re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", lock, re.M)
        assert len(requirements) > 10
        assert not [pair for pair in requirements if "+" in pair[1]]
        assert not re.search(r"https?://|file:|^--|nvidia|@ ", lock, re.M)
        for named in re.findall(r"^([A-Za-z][\w.-]*)", (LOCKS / f"{name}.in").read_text(), re.M):
            wanted = named.lower().replace("_", "-").replace(".", "-")
            locked = {got.lower().replace("_", "-").replace(".", "-") for got, _ in requirements}
            assert wanted in locked, f"{named} is in {name}.in but not in its lock: run `make lock`"


def test_the_local_build_of_torch_is_made_plain() -> None:
    lock = (
        "a==1 \\\n    --hash=sha256:x\nnvidia-cublas==13 \\\n    --hash=sha256:y\n"
        "torch==2.13.0 ; sys_platform == 'darwin'\ntorch==2.13.0+cpu ; sys_platform == 'linux' \\\n"
        "    --hash=sha256:z\ntriton==3 \\\n    --hash=sha256:q\nz==2 \\\n    --hash=sha256:w\n"
    )
    assert (
        plain(lock) == "a==1 \\\n    --hash=sha256:x\ntorch==2.13.0\nz==2 \\\n    --hash=sha256:w\n"
    )
