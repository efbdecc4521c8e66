import ipaddress
import socket

import pytest

from mnist_cnn.ui.server import addresses


@pytest.fixture(autouse=True)
def no_container(monkeypatch):
    monkeypatch.setattr(addresses, "_IN_A_CONTAINER", ())


def test_the_address_is_one_that_others_can_reach():
    found = addresses.network_address()
    assert found is None or addresses._is_usable(found)


def test_ipv4_is_preferred_and_loopback_is_none(monkeypatch):
    monkeypatch.setattr(addresses, "_routed", lambda: ["127.0.0.1", "fd00::2"])
    monkeypatch.setattr(addresses, "_named", lambda: ["169.254.1.1", "192.168.1.7"])
    assert addresses.network_address() == "192.168.1.7"
    monkeypatch.setattr(addresses, "_named", lambda: ["fe80::1%eth0", "nonsense"])
    assert addresses.network_address() == "fd00::2"


def test_without_a_network_there_is_none(monkeypatch):
    def fails(*args):
        raise OSError("Network is unreachable")

    monkeypatch.setattr(socket, "socket", fails)
    monkeypatch.setattr(socket, "getaddrinfo", fails)
    assert addresses.network_address() is None


def test_the_address_of_a_container_is_of_no_use(monkeypatch, tmp_path):
    monkeypatch.setattr(addresses, "_routed", lambda: ["172.17.0.2"])
    assert addresses.network_address() == "172.17.0.2"
    monkeypatch.setattr(addresses, "_IN_A_CONTAINER", (tmp_path,))
    assert addresses.network_address() is None


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_names_of_this_machine(host):
    assert addresses.is_this_machine(host)


@pytest.mark.parametrize("host", ["", "lab.school", "192.168.1.7", "localhost.org"])
def test_names_of_other_machines(host):
    assert not addresses.is_this_machine(host)
    if host[:1].isdigit():
        assert not ipaddress.ip_address(host).is_loopback
