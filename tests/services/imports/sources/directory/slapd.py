"""A real OpenLDAP server on this machine, with a certificate of its own root, for as long as a test needs it."""

import os
import shutil
import socket
import subprocess
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from simulator.loopback import free_port

BASE = "dc=xy,dc=example"
STAFF = f"ou=员工,{BASE}"
READER, PASSWORD = f"cn=reader,{BASE}", "阅读-only-1"
# To whoever isn't the reader the server gives so many entries, and ends.
MOST = 500
_SCHEMAS = ("core", "cosine", "inetorgperson")
_TRIES, _PAUSE = 200, 0.05


@dataclass
class Slapd:
    """Where it listens, and what its certificate is signed by."""

    url: str
    plain_url: str
    ca_file: Path


def ldif(**values: str) -> str:
    """Return one entry; everything in base64, as Chinese is written."""
    return "\n".join(f"{name}:: {b64encode(text.encode()).decode()}" for name, text in values.items())


def needed() -> None:
    """Skip with a word where Debian's slapd isn't installed; on CI it must be."""
    if shutil.which("slapd", path=f"{os.environ['PATH']}:/usr/sbin") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("slapd is missing: .ci/run installs it")
        pytest.skip("slapd is not installed (apt-get install slapd)")


@contextmanager
def running(folder: Path, entries: Sequence[str]) -> Iterator[Slapd]:
    """Start a server with these LDIF entries below `BASE`."""
    (folder / "db").mkdir()
    certificate(folder)
    (folder / "slapd.conf").write_text(_configuration(folder), "utf-8")
    (folder / "all.ldif").write_text("\n\n".join([_TOP, _READER, *entries]) + "\n", "utf-8")
    _run("slapadd", "-q", "-f", folder / "slapd.conf", "-l", folder / "all.ldif")
    secure, plain = free_port(), free_port()
    urls = f"ldaps://localhost:{secure}/ ldap://localhost:{plain}/"
    process = subprocess.Popen(
        ["/usr/sbin/slapd", "-f", str(folder / "slapd.conf"), "-h", urls, "-d", "0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(process, plain)
        yield Slapd(f"ldaps://localhost:{secure}", f"ldap://localhost:{plain}", folder / "ca.pem")
    finally:
        process.kill()
        process.wait()


_TOP = f"dn: {BASE}\nobjectClass: organization\nobjectClass: dcObject\no: XY\ndc: xy"


_READER = f"""dn: {READER}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword:: {b64encode(PASSWORD.encode()).decode()}"""


def _configuration(folder: Path) -> str:
    includes = "\n".join(f"include /etc/ldap/schema/{name}.schema" for name in _SCHEMAS)
    return f"""{includes}
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/pid
TLSCACertificateFile {folder}/ca.pem
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
sizelimit {MOST}
database mdb
suffix "{BASE}"
directory {folder}/db
maxsize 2147483648
limits dn.exact="{READER}" size=unlimited
"""


def _run(program: str, *words: object) -> None:
    subprocess.run([f"/usr/sbin/{program}", *map(str, words)], check=True, capture_output=True)


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(_TRIES):
        assert process.poll() is None, "slapd ended"
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(_PAUSE)
    raise AssertionError("slapd doesn't listen")


def certificate(folder: Path) -> None:
    """Write a root, and a server's certificate for `localhost` signed by it."""
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _name("XY root")
    ca = _signed(root, root, root_key.public_key(), root_key, is_root=True)
    server = _signed(_name("localhost"), root, key.public_key(), root_key, is_root=False)
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    (folder / "server.pem").write_bytes(server.public_bytes(pem))
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.key").write_bytes(secret)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _signed(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    key: ec.EllipticCurvePrivateKey,
    *,
    is_root: bool,
) -> x509.Certificate:
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
    )
    if not is_root:
        names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
        made = made.add_extension(names, critical=False)
    return made.sign(key, hashes.SHA256())
