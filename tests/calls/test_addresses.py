import pytest

from echoloop.calls.addresses import ForbiddenAddress, admit_job, admit_picture

BFL = "https://api.bfl.ai/v1"


@pytest.mark.parametrize(
    ("url", "base_url"),
    [
        ("https://api.us1.bfl.ai/v1/get_result?id=1", BFL),
        ("https://api.bfl.ai/v1/get_result?id=1", BFL),
        ("https://jobs.maker.co.uk/1", "https://api.maker.co.uk/v1"),
        ("http://127.0.0.1:8000/job", "http://127.0.0.1:8000/v1"),
        ("http://models:8000/job", "http://models:8000/v1"),
    ],
)
def test_a_job_is_asked_about_in_its_own_family(url: str, base_url: str) -> None:
    assert str(admit_job(url, base_url)) == url


@pytest.mark.parametrize(
    ("url", "base_url"),
    [
        ("http://api.us1.bfl.ai/v1/get_result?id=1", BFL),
        ("https://api.bfl.ai.evil.example/1", BFL),
        ("https://evilbfl.ai/1", BFL),
        ("https://other.co.uk/1", "https://api.maker.co.uk/v1"),
        ("http://127.0.0.1:8001/job", "http://127.0.0.1:8000/v1"),
        ("https://127.0.0.2/job", "https://127.0.0.1/v1"),
        ("https://evil.example#.bfl.ai/", BFL),
        ("//api.bfl.ai/1", BFL),
    ],
)
def test_and_nowhere_else(url: str, base_url: str) -> None:
    with pytest.raises(ForbiddenAddress):
        admit_job(url, base_url)


def test_a_picture_lies_anywhere_in_the_open_world_and_is_asked_by_https() -> None:
    assert admit_picture("https://delivery.example/x.png?sig=a%2Fb", BFL).query_string == "sig=a/b"
    assert str(admit_picture("https://93.184.216.34/x.png", BFL)) == "https://93.184.216.34/x.png"
    for closed in ("http://delivery.example/x", "https://192.168.1.1/x", "https://[fe80::1]/x", "https:///x"):
        with pytest.raises(ForbiddenAddress):
            admit_picture(closed, BFL)
