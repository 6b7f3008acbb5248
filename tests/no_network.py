"""Runs a program that can reach nobody, and writes down whom it tried to reach.

    NETWORK_RECORD=FILE unshare --net --mount python -m tests.no_network COMMAND ...

In the namespace every address is taken for one of this machine's own. So nothing leaves it, nothing has to wait for an
answer, and each packet passes the loopback interface, where it is read whoever sent it: Python, a library's own
threads, or a program that goes past the C library.
"""

import fcntl
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

SIOCSIFFLAGS, IFF_UP, SO_RCVBUFFORCE = 0x8914, 1, 33
RTM_NEWROUTE, REQUEST_NEW_WITH_REPLY, RTA_OIF = 24, 0x405, 4
TABLE_LOCAL, PROTOCOL_BOOT, SCOPE_HOST, TYPE_LOCAL = 255, 3, 254, 2
ETH_P_ALL, ETH_P_IP, ETH_P_IPV6 = 3, 0x0800, 0x86DD
SOL_PACKET, PACKET_STATISTICS = 263, 6
SYN, ACK, DNS = 0x02, 0x10, 53
# Names are looked up by packets, not by asking a service of the machine over a socket in the file system.
RESOLVER = {
    "/etc/resolv.conf": "nameserver 192.0.2.53\nsearch .\n",
    "/etc/nsswitch.conf": "hosts: files dns\n",
}


def bring_up_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", IFF_UP))


def take_every_address() -> None:
    """As `ip route add local default dev lo` does, which is not on every machine."""
    for family in (socket.AF_INET, socket.AF_INET6) if socket.has_ipv6 else (socket.AF_INET,):
        kind = (family, 0, 0, 0, TABLE_LOCAL, PROTOCOL_BOOT, SCOPE_HOST, TYPE_LOCAL, 0)
        route = struct.pack("=8BI", *kind) + struct.pack("=HHI", 8, RTA_OIF, socket.if_nametoindex("lo"))
        header = struct.pack("=IHHII", 16 + len(route), RTM_NEWROUTE, REQUEST_NEW_WITH_REPLY, 1, 0)
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as netlink:
            netlink.send(header + route)
            (error,) = struct.unpack_from("=i", netlink.recv(4096), 16)
        if error and family == socket.AF_INET:  # a machine may be without IPv6
            raise OSError(-error, "no route to every address")


def look_up_by_packets(folder: Path) -> None:
    for path, content in RESOLVER.items():
        if Path(path).exists():
            (folder / Path(path).name).write_text(content)
            subprocess.run(["mount", "--bind", str(folder / Path(path).name), path], check=True)
    if Path("/run/nscd").exists():
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run/nscd"], check=True)


def attempt(packet: bytes, kind: int) -> str | None:
    """The look-up, or the first packet to another machine, that this is; replies and the like are neither."""
    if kind == ETH_P_IP:
        start, protocol, to = (packet[0] & 15) * 4, packet[9], ip_address(packet[16:20])
    elif kind == ETH_P_IPV6:
        start, protocol, to = 40, packet[6], ip_address(packet[24:40])
    else:
        return None
    port = int.from_bytes(packet[start + 2 : start + 4], "big")
    if protocol == socket.IPPROTO_UDP and port == DNS:
        return f"look-up of {asked_name(packet[start + 20 :])}"
    first = protocol == socket.IPPROTO_TCP and packet[start + 13] & (SYN | ACK) == SYN
    if to.is_loopback or not (first or protocol == socket.IPPROTO_UDP):
        return None
    return f"connection to {to}:{port}"


def asked_name(question: bytes) -> str:
    labels = []
    while question and question[0]:
        labels.append(question[1 : question[0] + 1].decode("ascii", "replace"))
        question = question[question[0] + 1 :]
    return ".".join(labels)


def watch(packets: socket.socket, record: Path) -> None:
    with record.open("a", encoding="utf-8", buffering=1) as file:
        while True:
            packet, (_, kind, *_) = packets.recvfrom(512)  # the beginning says all
            if tried := attempt(packet, kind):
                file.write(f"{tried}\n")


def main() -> int:
    record, command = Path(os.environ["NETWORK_RECORD"]), sys.argv[1:]
    packets = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
    with suppress(PermissionError):  # a user who is root only here
        packets.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 25)
    bring_up_loopback()
    take_every_address()
    with tempfile.TemporaryDirectory() as folder:
        look_up_by_packets(Path(folder))
        threading.Thread(target=watch, args=[packets, record], daemon=True).start()
        status = subprocess.run(command, check=False).returncode
    _, lost = struct.unpack("=II", packets.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
    if lost:
        sys.exit(f"{lost} packets were not seen")
    return status


if __name__ == "__main__":
    sys.exit(main())
