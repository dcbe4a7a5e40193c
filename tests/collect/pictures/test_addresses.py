"""Whom a download may ask, before any byte is sent."""

import asyncio

import pytest
from picture_server import Names

from echoloop.collect.pictures import ForbiddenAddress, Reach, admit_address, admit_url
from echoloop.collect.pictures.addresses import GuardedResolver


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *(
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "192.0.0.8",
            "192.88.99.1",
            "198.18.0.1",
            "203.0.113.9",
        ),
        *("::1", "::", "fe80::1", "fd00:ec2::254", "fc00::1", "ff02::1", "fec0::1", "2001:db8::1", "3fff::1"),
        *("::ffff:8.8.8.8", "::ffff:127.0.0.1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2"),
        *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808", "::8.8.8.8", "fe80::1%eth0"),
    ],
)
def test_what_is_not_the_open_internet_is_refused(address: str) -> None:
    with pytest.raises(ForbiddenAddress):
        admit_address(address, Reach())


@pytest.mark.parametrize("address", ["8.8.8.8", "151.101.1.140", "2606:4700::1111", "64:ff9b::808:808"])
def test_the_open_internet_may_be_asked(address: str) -> None:
    admit_address(address, Reach())


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://pictures.example/a.jpg",
            "ftp://pictures.example/a",
            "file:///etc/passwd",
            "data:image/png;base64,AA",
        ),
        *(
            "https://user@pictures.example/a",
            "https://user:word@pictures.example/a",
            "https://:@pictures.example/a",
        ),
        *(
            "https://pictures.example:8080/a",
            "https://pictures.example:22/a",
            "https://pictures.example:99999/a",
        ),
        *(
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://0x7f.1/",
        ),
        *("https://127.0.0.1./", "https://１２７.0.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/"),
        *(
            "https://[fe80::1%25eth0]/",
            "https://%31%32%37.0.0.1/",
            "https://8.8.8.8.0x7f/",
            "https://1.2.3.4.5/",
        ),
        *(
            "https://8.8.8.8\\@pictures.example/",
            "https:///a.jpg",
            "//pictures.example/a",
            "",
            "a.jpg",
            "https://",
        ),
        *(
            "https://pict ures.example/",
            "https://pictures.example\u0000.example2/",
            "https://[::1/",
            "https://a" + "b" * 9000,
        ),
    ],
)
def test_urls_that_lead_astray_are_refused(url: str) -> None:
    with pytest.raises(ForbiddenAddress):
        admit_url(url, Reach())


def test_a_signed_url_is_asked_byte_for_byte() -> None:
    signed = "https://preview.pictures.example/a%20b.jpg?auto=webp&s=a%2Fb%2B%3D&x=%7e"
    assert str(admit_url(signed + "#part", Reach())) == signed


def test_letters_of_the_world_are_made_askable() -> None:
    assert str(admit_url("https://bücher.example/ä b.jpg", Reach())) == (
        "https://xn--bcher-kva.example/%C3%A4%20b.jpg"
    )


def test_an_intranet_opens_only_the_networks_it_names() -> None:
    reach = Reach(plain_http=True, allow_private=("10.1.0.0/16",), ports=None)
    assert admit_url("http://10.1.2.3:9000/a", reach).port == 9000
    with pytest.raises(ForbiddenAddress):
        admit_url("http://10.2.2.3/a", reach)


def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    resolver = GuardedResolver(
        Reach(), Names(mixed_example=[["8.8.8.8", "10.0.0.1"]], fine_example=[["8.8.8.8"]])
    )
    with pytest.raises(ForbiddenAddress, match=r"10\.0\.0\.1"):
        asyncio.run(resolver.resolve("mixed.example"))
    assert [found["host"] for found in asyncio.run(resolver.resolve("fine.example"))] == ["8.8.8.8"]
