"""A camera that reads QR codes: OpenCV takes the pictures, zxing-cpp reads them.

`reading` turns one picture into a code and `aiming` into a hint, both without I/O; `verbs` is the device; the wire is
`devices.wires.camera_source`. OpenCV's own QR readers are not used: they read fewer than half of the codes and raise
UnicodeDecodeError on a stranger's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from devices.rig import Driver, Options, RigError
from devices.roles import CODE_CAMERA

if TYPE_CHECKING:
    from devices.roles import CodeCamera


class CameraSettings(NamedTuple):
    """What the rig file says about the camera."""

    source: str
    width: int
    height: int
    mirror: bool


def _settings(options: Options) -> CameraSettings:
    source, mirror = options.get("source", ""), options.get("mirror", True)
    if isinstance(source, bool) or not isinstance(source, (str, int)) or source == "":
        raise RigError("code_camera: source must be a device such as /dev/video0, a camera's number, or a URL")
    if not isinstance(mirror, bool):
        raise RigError(f"code_camera: mirror must be true or false, not {mirror!r}")
    return CameraSettings(str(source), _pixels(options, "width", 1280), _pixels(options, "height", 720), mirror)


def _pixels(options: Options, name: str, default: int) -> int:
    pixels = options.get(name, default)
    if not isinstance(pixels, int) or isinstance(pixels, bool) or not 240 <= pixels <= 4096:
        raise RigError(f"code_camera: {name} must be a number of pixels from 240 to 4096, not {pixels!r}")
    return pixels


def _open(options: Options) -> CodeCamera:
    # OpenCV takes tens of milliseconds to load, so only a kiosk with a camera does.
    from devices.drivers.opencv_camera.verbs import OpencvCamera  # noqa: PLC0415
    from devices.wires.camera_source import CameraSource  # noqa: PLC0415

    settings = _settings(options)
    return OpencvCamera(CameraSource(settings.source, settings.width, settings.height), mirror=settings.mirror)


OPENCV_CAMERA: Driver[CodeCamera] = Driver(
    name="opencv_camera",
    role=CODE_CAMERA,
    open=_open,
    options={
        "source": "The camera: /dev/v4l/by-id/… or /dev/video0, its number, or a URL of an MJPEG or RTSP stream.",
        "width": "Width of its pictures in pixels, 1280 unless given.",
        "height": "Height of its pictures in pixels, 720 unless given.",
        "mirror": "Show the picture as a mirror does, true unless given: people aim better that way.",
    },
    check=_settings,
)
