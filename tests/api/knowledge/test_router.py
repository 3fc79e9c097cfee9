from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

SEARCH = "/api/v1/knowledge/search"


def test_search_has_the_shape_of_the_contract(client: TestClient) -> None:
    answer = client.get(SEARCH, params={"q": "må jeg få aktindsigt i min sag", "limit": 1}).json()
    assert set(answer) == {"query", "answered", "results"}
    (result,) = answer["results"]
    assert result["article"] == "aktindsigt"
    assert {"title", "section", "snippet", "score", "sources", "anchor", "text"} <= set(result)
    assert {"label", "paragraph", "url"} <= set(result["sources"][0])


def test_post_gives_the_same_as_get(client: TestClient) -> None:
    asked = {"q": "nobody answers my letters", "lang": "en", "audience": "caseworker", "limit": 3}
    assert client.post(SEARCH, json=asked).json() == client.get(SEARCH, params=asked).json()


def test_a_cpr_number_is_masked_before_anything_is_done_with_it(client: TestClient) -> None:
    answer = client.post(SEARCH, json={"q": "aktindsigt for 010190-1234"}).json()
    assert "1234" not in answer["query"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"q": ""}, "q"),
        ({"q": "x" * 1001}, "q"),
        ({"q": "x", "lang": "se"}, "lang"),
        ({"q": "x", "audience": "king"}, "audience"),
        ({"q": "x", "limit": 0}, "limit"),
        ({"q": "x", "surprise": 1}, "surprise"),
        ({}, "q"),
    ],
)
def test_bad_input_is_a_problem_that_names_the_field(
    client: TestClient, asked: dict[str, object], field: str
) -> None:
    for response in (client.post(SEARCH, json=asked), client.get(SEARCH, params=asked)):
        assert response.status_code == 422
        assert response.headers["content-type"].startswith("application/problem+json")
        assert response.json()["field"] == field


def test_an_article_comes_whole_with_its_sources(client: TestClient) -> None:
    article = client.get("/api/v1/knowledge/articles/svarpligt", params={"lang": "en"}).json()
    assert (article["slug"], article["lang"]) == ("svarpligt", "en")
    assert [section["anchor"] for section in article["sections"]][:2] == ["kort", "tjekliste"]
    assert article["sections"][2]["audience"] == "citizen"
    assert article["sources"][0]["id"] == "fvl"


def test_an_unknown_article_is_a_404_problem(client: TestClient) -> None:
    response = client.get("/api/v1/knowledge/articles/findes-ikke")
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("application/problem+json")
