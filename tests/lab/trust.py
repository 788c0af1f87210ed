"""Certificate authorities of the lab: one that the device trusts, one that it does not."""

import datetime
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)
HASH = hashes.SHA256()


class Authority:
    """A root, an intermediate and one RSA key for all leaves: chains of a real chain's size."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        folder.mkdir()
        self._key = rsa.generate_private_key(65537, 2048)
        self._leaf_key = rsa.generate_private_key(65537, 2048)
        now = datetime.datetime.now(datetime.UTC)
        self._root_name = _name(f"{name} Root")
        self._inter_name = _name(f"{name} Issuing")
        root = self._certificate(self._root_name, self._root_name, now - 3650 * DAY, 7300)
        # The intermediate shares the root's key: a shorter start, and the chain is as long.
        self._inter = self._certificate(self._inter_name, self._root_name, now - 1000 * DAY, 3000)
        self.root_file = folder / "root.pem"
        self.root_file.write_bytes(_pem(root))
        self.key_file = folder / "leaf.key"
        self.key_file.write_bytes(
            self._leaf_key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )

    def issue(self, host: str, *, shift_days: float = 0) -> Path:
        """A certificate for a host, 90 days long and 30 days old, moved by `shift_days`."""
        start = datetime.datetime.now(datetime.UTC) + (shift_days - 30) * DAY
        leaf = self._certificate(_name(host), self._inter_name, start, 90, host=host)
        path = self.folder / f"{host}.{shift_days}.pem"
        path.write_bytes(_pem(leaf) + _pem(self._inter))
        return path

    def issue_for_another(self, host: str) -> Path:
        """What a server shows that has only a certificate for some other name."""
        start = datetime.datetime.now(datetime.UTC) - 30 * DAY
        other = "www.elsewhere.example"
        leaf = self._certificate(_name(other), self._inter_name, start, 90, host=other)
        path = self.folder / f"{host}.other-name.pem"
        path.write_bytes(_pem(leaf) + _pem(self._inter))
        return path

    def issue_self_signed(self, host: str) -> Path:
        """A certificate that nobody but its own key vouches for."""
        start = datetime.datetime.now(datetime.UTC) - 30 * DAY
        leaf = self._certificate(_name(host), _name(host), start, 90, host=host, own_word=True)
        path = self.folder / f"{host}.self-signed.pem"
        path.write_bytes(_pem(leaf))
        return path

    def issue_all(self, hosts: Iterable[str], *, shift_days: float = 0) -> dict[str, str]:
        """Certificates for many hosts: host to file name."""
        return {host: str(self.issue(host, shift_days=shift_days)) for host in hosts}

    def _certificate(
        self,
        subject: x509.Name,
        issuer: x509.Name,
        start: datetime.datetime,
        days: int,
        host: str | None = None,
        own_word: bool = False,
    ) -> x509.Certificate:
        key = self._key if host is None else self._leaf_key
        signer = key if own_word else self._key
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + days * DAY)
            .add_extension(x509.BasicConstraints(host is None, None), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
                critical=False,
            )
        )
        if host is not None:
            names = x509.SubjectAlternativeName([x509.DNSName(host)])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(signer, HASH)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Small Internet Lab"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
