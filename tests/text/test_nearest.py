import pytest

from phantombot.text.nearest import not_an_engine
from phantombot.text.tokens import like_engine


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("caspejs", "casperjs"),
        ("CASPER", "casperjs"),
        ("phantom", "phantomjs"),
        ("phantonjs", "phantomjs"),
        ("slimerjs", "casperjs"),
    ],
)
def test_a_word_where_the_command_stands_is_told_the_nearest_that_is_one(word: str, first: str):
    second = {"casperjs": "phantomjs", "phantomjs": "casperjs"}[first]
    assert not_an_engine(word) == (
        f"`{word}` is not a command I can pass on. Use `{first}` or `{second}`, or leave it out."
    )


@pytest.mark.parametrize("word", ["firefox", "node"])
def test_engines_from_elsewhere_are_told_both(word: str):
    said = not_an_engine(word)
    assert all(f"`{named}`" in said for named in ("casperjs", "phantomjs", word))


@pytest.mark.parametrize("word", ["hush0123456789012345678901234567890", "cookie=hush", '"hush'])
def test_what_may_be_a_secret_is_not_echoed(word: str):
    said = not_an_engine(word)
    assert "hush" not in said
    assert said.startswith("the text after the agent is not a command I can pass on.")


@pytest.mark.parametrize("word", ["firefox", "NodeJS", "caspejs", "casper", "ｐｈａｎｔｏｍ"])  # noqa: RUF001 - full width
def test_engines_of_others_and_mistyped_ones_are_like_engines(word: str):
    assert like_engine(word)


@pytest.mark.parametrize("word", ["Search", "Export", "785", "", "js"])
def test_words_of_names_are_not(word: str):
    assert not like_engine(word)
