from pathlib import Path

from worker.templates import given_out, keep, volumes


def write(folder: Path) -> None:
    for volume in volumes(folder):
        volume.path.parent.mkdir(parents=True, exist_ok=True)
        volume.path.write_text(volume.text, encoding="utf-8")


def test_what_was_never_given_out_is_version_one(tmp_path: Path) -> None:
    """Until its first release a template may change as it likes."""
    assert {1} == {volume.version for volume in volumes(tmp_path)}


def test_a_released_template_keeps_its_version_while_it_is_the_same(tmp_path: Path) -> None:
    """Kept and current are the same text, so nothing is written."""
    write(tmp_path)
    kept = [keep(tmp_path, volume) for volume in volumes(tmp_path)]

    assert kept
    assert all(volume.is_current and volume.version == 1 for volume in volumes(tmp_path))


def test_a_change_after_the_release_is_a_new_version(tmp_path: Path) -> None:
    """The kept file stays as it was given out; the new version says its number in the header too."""
    first = next(iter(volumes(tmp_path)))
    kept = keep(tmp_path, first)
    kept.write_text(kept.read_text(encoding="utf-8").replace('"Azure OpenAI"', '"Something else"'), encoding="utf-8")
    before = kept.read_text(encoding="utf-8")
    changed = next(iter(volumes(tmp_path)))
    keep(tmp_path, changed)

    assert changed.version == 2
    assert '"version": 2,' in changed.text
    assert '"value": "2"' in changed.text
    assert given_out(tmp_path, changed.template) == [1, 2]
    assert kept.read_text(encoding="utf-8") == before


def test_the_names_of_others_are_no_versions(tmp_path: Path) -> None:
    """`azure-openai-image-3.json` is no version of `azure-openai.json`."""
    first = next(iter(volumes(tmp_path)))
    kept = keep(tmp_path, first)
    kept.with_name(f"{first.path.stem}-image-3.json").write_text("{}", encoding="utf-8")

    assert given_out(tmp_path, first.template) == [1]
