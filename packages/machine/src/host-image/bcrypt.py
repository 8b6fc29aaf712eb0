# Takes the place of the bcrypt extension inside a host image. The extension is written with PyO3, which
# refuses to load into the sub-interpreters a Ceph manager gives each of its modules. This one asks
# libxcrypt for the same algorithm; hashes are interchangeable with the extension's.
import ctypes
import hmac
import os

__version__ = "4.2.0"

_lib = ctypes.CDLL("libcrypt.so.1", use_errno=True)
_lib.crypt_gensalt_rn.restype = ctypes.c_char_p
_lib.crypt_gensalt_rn.argtypes = [ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int]
_lib.crypt_r.restype = ctypes.c_char_p
_lib.crypt_r.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p]

_CRYPT_DATA_SIZE = 32768
_CRYPT_OUTPUT_SIZE = 384
_PASSWORD_BYTES_MAX = 72


def gensalt(rounds: int = 12, prefix: bytes = b"2b") -> bytes:
    if prefix not in (b"2a", b"2b"):
        raise ValueError("Supported prefixes are b'2a' or b'2b'")
    if not 4 <= rounds <= 31:
        raise ValueError("Invalid rounds")
    out = ctypes.create_string_buffer(_CRYPT_OUTPUT_SIZE)
    salt = _lib.crypt_gensalt_rn(b"$" + prefix + b"$", rounds, os.urandom(16), 16, out, _CRYPT_OUTPUT_SIZE)
    if salt is None:
        raise ValueError("Invalid salt")
    return salt


def hashpw(password: bytes, salt: bytes) -> bytes:
    if isinstance(password, str) or isinstance(salt, str):
        raise TypeError("Strings must be encoded before hashing")
    if b"\x00" in password:
        raise ValueError("password may not contain NUL bytes")
    data = ctypes.create_string_buffer(_CRYPT_DATA_SIZE)
    hashed = _lib.crypt_r(bytes(password[:_PASSWORD_BYTES_MAX]), bytes(salt), data)
    if hashed is None or not hashed.startswith(b"$2"):
        raise ValueError("Invalid salt")
    return hashed


def checkpw(password: bytes, hashed_password: bytes) -> bool:
    return hmac.compare_digest(hashpw(password, hashed_password), hashed_password)
