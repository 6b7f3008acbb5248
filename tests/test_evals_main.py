"""`python -m evals`: what it lists, and that nothing is imported but what is asked for."""

import subprocess
import sys
from pathlib import Path

import pytest

import evals
from evals.__main__ import MODULES, main


def test_without_a_name_everything_is_listed_with_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    for name in MODULES:
        (line,) = (line for line in lines if line.split()[:1] == [name])
        assert len(line.split()) > 2


def test_every_module_that_can_be_run_has_a_name() -> None:
    folder = Path(evals.__file__).parent
    runnable = {
        path.relative_to(folder).with_suffix("").as_posix().replace("/", ".")
        for path in folder.glob("*/**/*.py")
        if "\ndef add_options(" in path.read_text("utf-8")
    }
    assert runnable == set(MODULES.values())


@pytest.mark.parametrize("name", MODULES)
def test_each_tells_its_options(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert f"usage: python -m evals {name}" in capsys.readouterr().out


def test_a_name_that_is_not_there_is_told_with_the_way_to_the_list(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["sped"]) == 2
    assert "There is no 'sped'; `python -m evals` lists what there is." in capsys.readouterr().err


def test_what_the_user_can_mend_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["attribution", str(tmp_path / "none.jsonl")]) == 1
    assert "check the path" in capsys.readouterr().err


def test_a_library_of_the_extra_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    monkeypatch.delitem(sys.modules, "evals.training.export_encoder", raising=False)
    assert main(["export_encoder"]) == 1
    assert "onnx is missing; run `pip install '.[evals]'`" in capsys.readouterr().err


def test_a_benchmark_does_not_load_what_training_needs() -> None:
    code = (
        "import sys; from evals.__main__ import main; main(['attribution']);"
        " sys.exit('torch' in sys.modules or 'sklearn' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0
