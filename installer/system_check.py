"""Says which Debian packages the window still needs, one per line; knows nothing but Python.

`run` asks it with the system's own Python before anything is installed, so that a user without
root is told everything in one line.
"""

from __future__ import annotations

import ctypes
import importlib.util
import sys

# What the wheel of PySide6 links to and does not bring. Names from Debian 12; releases that
# renamed a package (libglib2.0-0t64) still answer to the old name.
ALWAYS = {
    "libstdc++.so.6": "libstdc++6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libbrotlicommon.so.1": "libbrotli1",
    "libbrotlidec.so.1": "libbrotli1",
    "libzstd.so.1": "libzstd1",
}
FOR_A_WINDOW = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
# The widest coverage of rare characters in names; without it they are empty boxes.
CHINESE_FONT = "fonts-noto-cjk"


class _FontSet(ctypes.Structure):
    _fields_ = (("count", ctypes.c_int),)


def is_loadable(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_font_for(language: str) -> bool:
    """Whether fontconfig, which Qt asks too, knows a font that covers `language`."""
    try:
        fontconfig = ctypes.CDLL("libfontconfig.so.1")
    except OSError:
        return False
    fontconfig.FcNameParse.restype = ctypes.c_void_p
    fontconfig.FcObjectSetBuild.restype = ctypes.c_void_p
    fontconfig.FcFontList.restype = ctypes.POINTER(_FontSet)
    pattern = fontconfig.FcNameParse(f":lang={language}".encode())
    wanted = fontconfig.FcObjectSetBuild(b"family", None)
    fonts = fontconfig.FcFontList(None, ctypes.c_void_p(pattern), ctypes.c_void_p(wanted))
    return bool(fonts) and int(fonts.contents.count) > 0


def missing_packages(libraries: dict[str, str]) -> list[str]:
    """The packages of those `libraries` that the loader does not find, each once, in order."""
    return list(dict.fromkeys(p for lib, p in libraries.items() if not is_loadable(lib)))


def main(arguments: list[str]) -> int:
    if not sys.platform.startswith("linux"):
        return 0
    missing = missing_packages(ALWAYS | (FOR_A_WINDOW if "--window" in arguments else {}))
    if not has_font_for("zh-cn"):
        missing.append(CHINESE_FONT)
    if "--venv" in arguments and importlib.util.find_spec("ensurepip") is None:
        missing.append(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
    print("\n".join(missing))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
