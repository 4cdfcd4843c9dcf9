"""Keys: Ed25519 to sign, age/X25519 to decrypt; private halves are files of their user only.

A key in a USB token can stand in for `OwnKeys`: it signs 37 bytes and decrypts one payload, nothing else is asked of it.
"""

import hashlib
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pyrage  # type: ignore[import-untyped]  # a compiled module without stubs
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clerk_tui.channel.wrapping import WrongPassphrase, is_wrapped, unwrap, wrap
from clerk_tui.rules.refusal import Refusal

SIGN_FILE, DECRYPT_FILE, LOGIN_FILE = "sign.key", "decrypt.key", "ssh.key"
KID_DIGITS = 16


class CannotDecrypt(Exception):
    """Not for this key, or damaged."""


COLOURS, ANIMALS = "红橙黄绿蓝紫黑白金银铜铁石木水火", "马牛羊鸡狗猪虎兔龙蛇猴鱼鸟象鹿熊"
"""Each byte of a fingerprint is one of 256 words, 红马 to 火熊, which nobody mistakes on the telephone."""


class Fingerprint(NamedTuple):
    """The same 80 bits of a key twice: to be compared on paper, and ten words to be read aloud on the telephone."""

    hex: str
    words: str


@dataclass(frozen=True)
class PublicKeys:
    """The public halves of one side: raw Ed25519 key and age recipient."""

    sign: bytes
    decrypt: str

    @property
    def sign_kid(self) -> str:
        return kid(self.sign)

    @property
    def decrypt_kid(self) -> str:
        return kid(self.decrypt.encode())

    def fingerprint(self) -> Fingerprint:
        """Covers both keys."""
        digest = hashlib.sha256(self.sign + self.decrypt.encode()).digest()[:10]
        text = digest.hex()
        return Fingerprint(
            " ".join(text[i : i + 4] for i in range(0, 20, 4)),
            " ".join(COLOURS[byte >> 4] + ANIMALS[byte & 15] for byte in digest),
        )


@dataclass(frozen=True)
class OwnKeys:
    """The private halves of one side."""

    signing: Ed25519PrivateKey
    decrypting: "pyrage.x25519.Identity"

    @property
    def public(self) -> PublicKeys:
        raw = self.signing.public_key().public_bytes_raw()
        return PublicKeys(raw, str(self.decrypting.to_public()))

    def sign(self, data: bytes) -> bytes:
        return self.signing.sign(data)

    def decrypt(self, data: bytes) -> bytes:
        """Raises CannotDecrypt."""
        try:
            return bytes(pyrage.decrypt(data, [self.decrypting]))
        except pyrage.DecryptError as error:
            raise CannotDecrypt from error


def encrypt(data: bytes, recipients: Sequence[str]) -> bytes:
    """Encrypt to age recipients. Raises ValueError for one that is not a recipient."""
    try:
        return bytes(pyrage.encrypt(data, [pyrage.x25519.Recipient.from_str(text) for text in recipients]))
    except pyrage.RecipientError as error:
        raise ValueError("recipient") from error


def kid(public: bytes) -> str:
    """Name of a key: the first digits of its hash."""
    return hashlib.sha256(public).hexdigest()[:KID_DIGITS]


FILES = (SIGN_FILE, DECRYPT_FILE, LOGIN_FILE)


def make(folder: Path, passphrase: str = "") -> OwnKeys:
    """Make the keys of one side in `folder`: to sign, to decrypt, and to log in at the front-end host. With a
    passphrase they are wrapped by it. Raises Refusal keys_exist, keys_unwritable; never overwrites."""
    signing = Ed25519PrivateKey.generate()
    decrypting = pyrage.x25519.Identity.generate()
    login = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    secrets = {
        SIGN_FILE: signing.private_bytes_raw().hex(),
        DECRYPT_FILE: str(decrypting),
        LOGIN_FILE: login.decode().strip(),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, secret in secrets.items():
            _write(folder / name, wrap(secret, passphrase, name) if passphrase else secret)
    except FileExistsError as error:
        raise Refusal(
            "keys_exist", f"{folder.name} 里已经有密钥, 没有覆盖", "请使用现有密钥, 或换一个文件夹"
        ) from error
    except OSError as error:
        raise Refusal("keys_unwritable", f"不能在 {folder.name} 里保存密钥", "请检查文件夹权限和磁盘空间") from error
    return OwnKeys(signing, decrypting)


def load(folder: Path, passphrase: str = "") -> OwnKeys:
    """Read both keys.

    Raises Refusal keys_missing, keys_damaged, keys_open (others can read the file), keys_locked (they are wrapped and
    the passphrase is missing or wrong).
    """
    try:
        signing = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(_secret(folder / SIGN_FILE, passphrase)))
        return OwnKeys(signing, pyrage.x25519.Identity.from_str(_secret(folder / DECRYPT_FILE, passphrase)))
    except FileNotFoundError as error:
        raise Refusal("keys_missing", f"{folder.name} 里没有密钥", "请先登记本站: clerk-tui sync enrol") from error
    except (OSError, ValueError, pyrage.IdentityError) as error:
        raise Refusal("keys_damaged", f"{folder.name} 里的密钥读不出来", "请从备份取回密钥, 或重新登记本站") from error


def login_key(folder: Path, passphrase: str = "") -> str:
    """The private key that logs in at the front-end host, in OpenSSH's form; '' where this side has none.

    Raises Refusal keys_open, keys_locked, keys_damaged.
    """
    try:
        return _secret(folder / LOGIN_FILE, passphrase) + "\n"
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        raise Refusal("keys_damaged", f"{folder.name} 里的登录密钥读不出来", "请从备份取回密钥") from error


def login_public(folder: Path, passphrase: str = "") -> str:
    """The line of this station for the host's authorized_keys; '' where it has no login key."""
    found = login_key(folder, passphrase)
    if not found:
        return ""
    private = serialization.load_ssh_private_key(found.encode(), None)
    return private.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    ).decode()  # fmt: skip


def set_passphrase(folder: Path, old: str, new: str) -> None:
    """Wrap the keys by another passphrase; '' leaves them readable by their user alone.

    Every file is written whole beside its old one first. Raises Refusal keys_missing, keys_locked, keys_unwritable.
    """
    load(folder, old)
    names = [name for name in FILES if (folder / name).exists()]
    try:
        fresh = []
        for name in names:
            secret = _secret(folder / name, old)
            part = folder / f"{name}.new"
            part.unlink(missing_ok=True)
            _write(part, wrap(secret, new, name) if new else secret)
            fresh.append((part, folder / name))
        for part, place in fresh:
            part.replace(place)
    except OSError as error:
        raise Refusal("keys_unwritable", f"不能在 {folder.name} 里保存密钥", "请检查文件夹权限和磁盘空间") from error


def locked(folder: Path) -> bool:
    """Whether the keys are wrapped by a passphrase."""
    try:
        return is_wrapped((folder / SIGN_FILE).read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError):
        return False


def present(folder: Path) -> bool:
    """Whether a side has its keys already."""
    return (folder / SIGN_FILE).exists() and (folder / DECRYPT_FILE).exists()


def public_from_text(sign: str, decrypt: str) -> PublicKeys:
    """Public keys from an enrolment file. Raises ValueError."""
    raw = bytes.fromhex(sign)
    if len(raw) != 32:
        raise ValueError("sign key")
    try:
        pyrage.x25519.Recipient.from_str(decrypt)
    except pyrage.RecipientError as error:
        raise ValueError("decrypt key") from error
    return PublicKeys(raw, decrypt)


def _secret(path: Path, passphrase: str) -> str:
    text = _read(path)
    if not is_wrapped(text):
        return text
    if not passphrase:
        raise Refusal("keys_locked", "本站的密钥有口令保护", "请输入密钥口令", field="passphrase")
    try:
        return unwrap(text, passphrase, path.name)
    except WrongPassphrase as error:
        raise Refusal("keys_locked", "密钥口令不对", "请再输入一次", field="passphrase") from error


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path) -> str:
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Refusal("keys_open", f"密钥文件 {path.name} 别人也能读", "请把它改为只有本用户可读 (chmod 600)")
    return path.read_text(encoding="ascii").strip()
