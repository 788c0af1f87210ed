import pytest

from tests.docs import DOCS, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_what_the_code_says_today(name):
    """When this fails: python -m tests.docs"""
    assert (DOCS / name).read_text() == PAGES[name]()
