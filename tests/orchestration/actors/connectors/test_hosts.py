"""Can anything be called that is not on the list, by whatever trick?

Each test is a trick by which programs were led to call what they should not (server-side request forgery).
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import Any

import httpcore2
import pytest

from audit.services import Origin
from orchestration.actors.hosts.addresses import HostRefused, Listed, address_refused, permitted, plain_host
from orchestration.actors.hosts.client import Bounds, Sent, WireFault, exchange
from orchestration.actors.hosts.register import host_allow, host_forget, listed_hosts
from orchestration.ground.refusals import Refused
from orchestration.models import AllowedHost
from orchestration.shell.verification.control import verify_control
from tests.orchestration.actors.connectors.server import Reply, System, running, trickling

TEST = Origin("person:ada")
PUBLIC = (Listed("shop.example"),)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What the name server says, by name; each question takes the first of what is left, the last one stays."""
    known: dict[str, list[str]] = {}
    really = socket.getaddrinfo

    def asked(host: str, port: int, *more: Any, **named: Any) -> list[tuple[Any, ...]]:
        if host[-1].isdigit() or ":" in host:
            return really(host, port, *more, **named)
        if host not in known:
            raise socket.gaierror(-2, "not known")
        answer = known[host].pop(0) if len(known[host]) > 1 else known[host][0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in answer.split()]

    monkeypatch.setattr(socket, "getaddrinfo", asked)
    return known


@pytest.fixture
def other() -> Iterator[System]:
    with running() as found:
        yield found


def ask(url: str, *listed: Listed, method: str = "GET", **bounds: Any) -> int:
    bound = Bounds(**{"seconds": 5.0} | bounds)
    return exchange(Sent(method, url, credentials={"X-Api-Key": "s3cr3t"}), listed or PUBLIC, bound).status


def refused(url: str, *listed: Listed, **more: Any) -> str:
    with pytest.raises(WireFault) as fault:
        ask(url, *listed, **more)
    assert not fault.value.temporary and fault.value.undone
    return str(fault.value)


def here(system: System, private: bool = True) -> Listed:
    return Listed("127.0.0.1", system.port, private)


# ---------------------------------------------------------------- the list


def test_a_listed_host_is_called_and_another_is_not(system: System, other: System) -> None:
    assert ask(system.url, here(system)) == 200
    assert "not on the list" in refused(other.url, here(system))
    assert not other.came


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "evil.example", "shop.example.evil.example", "evilshop.example", "example",
        "shop.example@evil.example", "evil.example#shop.example", "evil.example%2f.shop.example",
    ],
)  # fmt: skip
def test_only_the_very_host_is_on_the_list(host: str) -> None:
    assert refused(f"https://{host}/")


@pytest.mark.parametrize(
    "url", ["https://us@shop.example/", "https://us:them@shop.example/", "https://:x@shop.example/"]
)
def test_an_address_with_a_user_in_it_is_not_called(url: str) -> None:
    assert "user's name" in refused(url)


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "gopher://shop.example/", "ftp://shop.example/", "//shop.example/", "shop.example", "", "http:///x",
     "https://", "https://shop.example:99999/", "https://shop.example:0/", "https://shop.example:80a/", "https://[::1/"],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_not_called(url: str) -> None:
    assert refused(url)


def test_a_port_is_part_of_what_is_listed(system: System, other: System) -> None:
    assert "not on the list" in refused(f"http://127.0.0.1:{other.port}/", here(system))
    assert ask(other.url, Listed("127.0.0.1", None, True)) == 200


@pytest.mark.parametrize("name", ["SHOP.example", "shop.example.", "Shop.Example."])
def test_a_host_has_one_form_whatever_its_letters_and_last_dot(name: str) -> None:
    assert permitted(name, 443, PUBLIC) == PUBLIC[0]


@pytest.mark.parametrize("spelling", ["xn--mnchen-3ya.example", "münchen.example", "MÜNCHEN.example"])
def test_a_host_of_other_letters_has_one_form(spelling: str) -> None:
    assert plain_host(spelling) == "xn--mnchen-3ya.example"


# ---------------------------------------------------------------- other spellings of an address


@pytest.mark.parametrize(
    "host",
    [
        "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.1", "127.0.1", "127.0.0.1.1",
        "0", "0x7f.1", "127.00.0.1", "1.0x2", "example.0x7f", "a..b", "-a.example", "a" * 64 + ".example",
        "fe80::1%eth0", "a b",
    ],
)  # fmt: skip
def test_a_number_that_the_system_would_take_for_an_address_is_no_host(host: str) -> None:
    with pytest.raises(HostRefused):
        plain_host(host)
    assert isinstance(host_allow(host, None, origin=TEST), Refused) if " " not in host else True


@pytest.mark.parametrize(
    "host", ["①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.0.0.1", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "[0:0:0:0:0:0:0:1]"]
)
def test_letters_that_become_an_address_are_not_on_the_list(host: str) -> None:
    assert refused(f"http://{host}/", *PUBLIC)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "169.254.1.1",
        "100.64.0.1", "0.0.0.0", "0.1.2.3", "255.255.255.255", "224.0.0.1", "192.0.2.1", "198.18.0.1", "240.0.0.1",
        "100.100.100.200",
        "168.63.129.16", "::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:169.254.169.254", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::", "2002:a00:1::1", "2001:0:0:0:0:0:80ff:fffe", "2001:db8::1",
    ],
)  # fmt: skip
def test_a_public_name_that_leads_to_such_an_address_is_not_connected_to(
    address: str, names: dict[str, list[str]]
) -> None:
    assert address_refused(ip_address(address), PUBLIC[0])
    names["shop.example"] = [address]
    assert "address" in refused("https://shop.example/")


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_a_public_address_may_be_connected_to(address: str) -> None:
    assert address_refused(ip_address(address), PUBLIC[0]) == ""


def test_a_name_of_which_one_address_is_private_is_not_connected_to(names: dict[str, list[str]]) -> None:
    names["shop.example"] = ["8.8.8.8 127.0.0.1"]
    assert "private" in refused("https://shop.example/")


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "0.0.0.0", "224.0.0.1"])
def test_a_private_listing_of_a_name_does_not_open_the_keys_of_a_cloud(address: str) -> None:
    assert address_refused(ip_address(address), Listed("intranet.example", None, True))


def test_such_an_address_may_be_called_where_it_is_itself_listed_as_private() -> None:
    address = ip_address("169.254.169.254")
    assert address_refused(address, Listed("169.254.169.254", 80, True)) == ""
    assert address_refused(address, Listed("169.254.169.254", 80, False))


def test_a_private_address_is_called_only_where_it_is_listed_as_private(system: System) -> None:
    plain = Sent("GET", system.url)
    with pytest.raises(WireFault, match="not listed as private"):
        exchange(plain, [here(system, private=False)], Bounds())
    assert exchange(plain, [here(system)], Bounds()).status == 200 and len(system.came) == 1


# ---------------------------------------------------------------- names that change, and redirects


def test_a_name_is_resolved_once_so_that_it_cannot_lead_elsewhere_a_moment_later(
    system: System, names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    names["shop.example"] = ["93.184.216.34", "127.0.0.1"]
    reached = []

    def connect(_: Any, host: str, *more: Any, **__: Any) -> Any:
        reached.append(host)
        raise httpcore2.ConnectError("not from here")

    monkeypatch.setattr(httpcore2.SyncBackend, "connect_tcp", connect)
    with pytest.raises(WireFault, match="cannot be reached"):
        ask(f"https://shop.example:{system.port}/")
    assert reached == ["93.184.216.34"] and names["shop.example"] == ["127.0.0.1"]


def test_a_name_that_is_listed_as_private_is_called_at_the_address_that_was_judged(
    system: System, names: dict[str, list[str]]
) -> None:
    names["intranet.example"] = ["127.0.0.1"]
    assert ask(f"http://intranet.example:{system.port}/", Listed("intranet.example", None, True)) == 200
    assert system.came[0].headers["host"] == f"intranet.example:{system.port}"


def test_a_redirect_is_not_followed_unless_the_file_says_so(system: System, other: System) -> None:
    system.reply(302, Location=other.url)
    assert ask(system.url, here(system), here(other)) == 302
    assert not other.came


def test_each_hop_of_a_redirect_is_judged(system: System, other: System) -> None:
    system.reply(302, Location=other.url)
    assert "not on the list" in refused(system.url, here(system), redirects=3)
    with pytest.raises(WireFault, match="not listed as private"):
        exchange(Sent("GET", system.url), [here(system), here(other, private=False)], Bounds(redirects=3))
    system.reply(302, Location="http://169.254.169.254/latest/meta-data/")
    assert "not on the list" in refused(system.url, here(system), redirects=3)
    system.reply(302, Location="file:///etc/passwd")
    assert "https://" in refused(system.url, here(system), redirects=3)
    assert not other.came


def test_whom_a_redirect_leads_to_gets_no_secret(system: System, other: System) -> None:
    system.reply(302, Location=other.url + "/there")
    assert ask(system.url, here(system), here(other), redirects=1) == 200
    assert "x-api-key" in system.came[0].headers and "x-api-key" not in other.came[0].headers


def test_redirects_end(system: System) -> None:
    system.says = lambda came: Reply(307, {}, {"Location": came.path + "x"})
    assert "more than 3 times" in refused(system.url + "/", here(system), redirects=3)
    assert len(system.came) == 4


def test_what_changes_something_is_not_sent_on(system: System, other: System) -> None:
    system.reply(307, Location=other.url)
    assert ask(system.url, here(system), here(other), method="POST", redirects=3) == 307
    assert not other.came


def test_no_proxy_of_the_environment_is_asked(system: System, other: System, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, other.url)
    assert ask(system.url, here(system)) == 200
    assert not other.came


def test_a_secret_does_not_leave_the_house_without_tls(names: dict[str, list[str]]) -> None:
    names["shop.example"] = ["93.184.216.34"]
    assert "without TLS" in refused("http://shop.example/")


# ---------------------------------------------------------------- answers without end


def test_an_answer_that_is_too_long_is_given_up(system: System) -> None:
    system.reply(200, b"x" * 5_000)
    with pytest.raises(WireFault, match="more than 4000 bytes"):
        ask(system.url, here(system), most_bytes=4_000)


def test_a_compressed_answer_is_not_blown_up(system: System) -> None:
    system.reply(200, b"\x1f\x8b", Content_Encoding="gzip")
    with pytest.raises(WireFault, match="compressed"):
        ask(system.url, here(system))
    assert system.came[0].headers["accept-encoding"] == "identity"


def test_a_system_that_keeps_silent_is_given_up(system: System) -> None:
    system.says = lambda came: None
    with pytest.raises(WireFault, match="in time") as fault:
        ask(system.url, here(system), seconds=0.2)
    assert fault.value.temporary and not fault.value.undone


def test_an_answer_that_trickles_in_is_given_up_when_its_time_is_over() -> None:
    with trickling() as port, pytest.raises(WireFault, match="in time"):
        ask(f"http://127.0.0.1:{port}/", Listed("127.0.0.1", port, True), seconds=0.3)


# ---------------------------------------------------------------- the list is on the chain


def test_each_change_of_the_list_is_verified(db: None) -> None:
    row = host_allow("Shop.Example.", 443, note="orders", origin=TEST)
    assert isinstance(row, AllowedHost) and row.host == "shop.example"
    host_allow("127.0.0.1", None, private=True, origin=TEST)
    host_allow("shop.example", 443, note="orders and payments", origin=TEST)
    assert verify_control().ok
    host_forget(row.pk, TEST)
    assert verify_control().ok and listed_hosts() == (Listed("127.0.0.1", None, True),)
    assert isinstance(host_forget(row.pk, TEST), Refused)


@pytest.mark.parametrize(
    ("forge", "said"),
    [
        (lambda: AllowedHost.objects.create(host="evil.example"), "nobody put it on the list"),
        (lambda: AllowedHost.objects.update(private=True), "otherwise than it was put there"),
        (lambda: AllowedHost.objects.all().delete(), "is gone"),
    ],
)
def test_a_list_that_was_changed_behind_the_chain_shows(forge: Callable[[], Any], said: str, db: None) -> None:
    host_allow("shop.example", 443, origin=TEST)
    forge()
    verdict = verify_control()
    assert any(said in fault.reason for fault in verdict.faults)


@pytest.mark.parametrize("port", [0, -1, 65_536])
def test_a_port_that_is_none_is_not_listed(port: int, db: None) -> None:
    assert isinstance(host_allow("shop.example", port, origin=TEST), Refused)
