"""The base-size reader's body: joined from its packages, in int8."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import DamagedModel
from assistant.models import base_cross_encoder, mpnet
from assistant.models.cross_encoder import MAX_TOKENS, CrossEncoder, Window, tokenise
from assistant.models.encoder import load_tokenizer
from assistant.models.mpnet import SEAL, WEIGHTS, Mpnet, prepared
from assistant.reading import load_reader, readers
from assistant.text.language import sentences

TEXT = "The ferry leaves at noon. Ada Bloom steers it. It was built in Lisbon in 1931."


def window(question: str, text: str = TEXT) -> Window:
    return Window(question, "The harbour", text, tuple(sentences(text)))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def encoder(cache: Path) -> CrossEncoder:
    return base_cross_encoder(cache)


@pytest.mark.parametrize(("question", "number"), [("Who steers the ferry?", 1), ("When was it built?", 2)])
def test_the_sentence_that_answers_stands_out(encoder: CrossEncoder, question: str, number: int) -> None:
    (reading,) = encoder.read([window(question)])
    assert int(np.argmax(reading.sentences)) == number
    assert TEXT[slice(*reading.spans[number])] in ("Ada Bloom", "1931", "in 1931")


def test_int8_says_what_the_model_in_full_says(cache: Path, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    from safetensors.numpy import load, load_file
    from transformers import MPNetConfig, MPNetModel

    base, ours = (
        load_file(mpnet.base_model(tmp_path)),
        load((Path(mpnet.__file__).parent / mpnet.CHANGES).read_bytes()),
    )
    for name, array in base.items():
        part = next((p for p, own in mpnet.NAMES.items() if name.endswith(f"{own}.weight")), None)
        change = f"layer.{name.split('.')[2]}.{part}" if name.startswith("encoder.layer.") else ""
        if f"{change}.up" in ours:
            up, down = (ours[f"{change}.{end}"].astype(np.float32) for end in ("up", "down"))
            base[name] = array + mpnet.LOW_RANK_SCALE * up @ down
    model = MPNetModel(
        MPNetConfig(vocab_size=30527, max_position_embeddings=514, layer_norm_eps=1e-5),
        add_pooling_layer=False,
    )
    weights = {
        n: torch.from_numpy(np.ascontiguousarray(a)) for n, a in base.items() if not n.startswith("pooler.")
    }
    model.load_state_dict(weights, strict=False)
    tokens = tokenise([window("Who steers the ferry?")], load_tokenizer(MAX_TOKENS)).tokens
    second = int(tokens.types[0].argmax())
    ids = np.concatenate([tokens.ids[0][:second], [0], tokens.ids[0][second:]]) + mpnet.OFFSET
    ids[0], ids[[second - 1, second, -1]] = mpnet.FIRST, mpnet.SEPARATOR
    with torch.no_grad():
        full = model.eval()(torch.from_numpy(ids)[None]).last_hidden_state[0].numpy()
    ours_in_int8 = Mpnet(prepared(cache)).states(tokens)[0]
    assert np.corrcoef(np.delete(full, second, axis=0).ravel(), ours_in_int8.ravel())[0, 1] > 0.99


def test_weights_are_joined_once_and_again_where_they_are_damaged(cache: Path) -> None:
    folder = prepared(cache)
    made = (folder / SEAL).stat().st_mtime_ns
    assert prepared(cache) == folder
    assert (folder / SEAL).stat().st_mtime_ns == made
    with (folder / WEIGHTS).open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"damage")
    assert prepared(cache) == folder
    assert json.loads((folder / SEAL).read_text("utf-8"))[WEIGHTS] == mpnet._digest(folder / WEIGHTS)
    assert {path.name for path in cache.iterdir()} == {folder.name, "joining.lock"}, "nothing half made stays"


def test_without_its_base_one_sentence_says_so_and_the_small_reader_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mpnet, "find_spec", lambda _: None)
    with pytest.raises(DamagedModel, match="part-001 is missing"):
        prepared(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(readers, "_loaded", {})
    reader = load_reader()
    assert reader.notes[0].endswith("Until then the small reader is used.")
    assert reader.threshold == load_reader("small").threshold


def test_damaged_weights_of_ours_are_told_of(
    cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole = mpnet.read_changes()
    monkeypatch.setattr(mpnet, "read_changes", lambda name: whole[: len(whole) // 2])
    with pytest.raises(DamagedModel, match="are damaged"):
        prepared(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["joining.lock"], "nothing half made stays"
    monkeypatch.undo()
    monkeypatch.setattr(mpnet, "CHANGES", "nothing.safetensors")
    with pytest.raises(DamagedModel, match="are missing"):
        prepared(tmp_path)


def test_two_that_join_at_a_time_get_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    joined: list[Path] = []
    join = mpnet._make
    monkeypatch.setattr(
        mpnet, "_make", lambda folder, changes: (joined.append(folder), join(folder, changes))
    )
    with ThreadPoolExecutor(2) as pool:
        folders = list(pool.map(prepared, [tmp_path, tmp_path]))
    assert joined == [folders[0]] == [folders[1]]


def test_a_cache_that_cannot_be_written_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DamagedModel, match="cannot be stored"):
        prepared(tmp_path / "file" / "cache")
