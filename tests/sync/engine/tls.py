"""A front with a certificate before the server, as hospitals have one; the certificate varies."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"
_SPAN = timedelta(days=30)


class Authority:
    """The hospital's own certificate authority, and what it signs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(f"CA of {folder.name}")
        own = _unsigned(self._name, self._name, self._key)
        ca = x509.BasicConstraints(ca=True, path_length=0)
        self.bundle = folder / "ca.pem"
        signed = own.add_extension(ca, critical=True).sign(self._key, hashes.SHA256())
        self.bundle.write_bytes(signed.public_bytes(serialization.Encoding.PEM))

    def certificate(self, host: str = HOST, *, ended: bool = False) -> Path:
        """Certificate and key of a server, in one file."""
        key = ec.generate_private_key(ec.SECP256R1())
        until = datetime.now(UTC) + (-_SPAN / 2 if ended else _SPAN)
        made = _unsigned(_name("server"), self._name, key, until)
        names = x509.SubjectAlternativeName([_alternative(host)])
        signed = made.add_extension(names, critical=False).sign(self._key, hashes.SHA256())
        path = self._folder / f"{'ended' if ended else 'good'}-{host}.pem"
        path.write_bytes(
            signed.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return path


class Front:
    """Passes everything on to the server behind it, and counts what got so far."""

    def __init__(self, behind: str, certificate: Path) -> None:
        self.passed = 0
        self._behind = urlsplit(behind)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.show(certificate)
        self._server = HTTPServer((HOST, 0), self._handler())
        self._server.socket = self._tls.wrap_socket(self._server.socket, server_side=True)

    @property
    def base_url(self) -> str:
        return f"https://{HOST}:{self._server.server_port}{self._behind.path}"

    def show(self, certificate: Path) -> None:
        """Show this certificate from the next connection on."""
        self._tls.load_cert_chain(certificate)

    @contextmanager
    def serving(self) -> Iterator[Front]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="front")
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        front = self

        class Handler(BaseHTTPRequestHandler):
            def _pass(self) -> None:
                front.passed += 1
                length = int(self.headers.get("Content-Length", "0"))
                names = ("Content-Type", "Accept", "Prefer", "If-Match", "Cache-Control")
                headers = {name: self.headers[name] for name in names if self.headers[name]}
                server = http.client.HTTPConnection(front._behind.netloc)
                server.request(self.command, self.path, self.rfile.read(length), headers)
                answer = server.getresponse()
                body = answer.read()
                self.send_response_only(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("content-length", "connection"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                server.close()

            do_GET = do_POST = do_PUT = do_DELETE = _pass  # noqa: N815 - names of the library

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _unsigned(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    until: datetime | None = None,
) -> x509.CertificateBuilder:
    end = until or datetime.now(UTC) + _SPAN
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(end - 2 * _SPAN)
        .not_valid_after(end)
    )


class Tunnel:
    """Takes the encryption off and hands every byte on, websockets too; one certificate."""

    def __init__(self, target: int, certificate: Path) -> None:
        self._target = target
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate)
        self._listening = socket.create_server((HOST, 0))
        self.base_url = f"https://{HOST}:{self._listening.getsockname()[1]}/fhir"
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    @contextmanager
    def serving(self) -> Iterator[Tunnel]:
        accepting = threading.Thread(target=self._accept, name="tunnel")
        accepting.start()
        try:
            yield self
        finally:
            self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            accepting.join()
            for end in self._ends:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            for thread in self._threads:
                thread.join()
            for end in self._ends:
                end.close()

    def _accept(self) -> None:
        while True:
            try:
                plain, _ = self._listening.accept()
            except OSError:
                return
            try:
                near = self._tls.wrap_socket(plain, server_side=True)
            except OSError:  # the client did not believe the certificate
                plain.close()
                continue
            far = socket.create_connection((HOST, self._target))
            self._ends += [near, far]
            for ends in ((near, far), (far, near)):
                thread = threading.Thread(target=_pump, args=ends, name="tunnel")
                self._threads.append(thread)
                thread.start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
