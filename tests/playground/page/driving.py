"""Firefox and WebKit as Debian has them, both driven by Selenium: real windows, a home of their own, and no way out.

Firefox is spoken to directly, because geckodriver, which Selenium would put between them, is in no package registry.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE, ended, wait_for

DOWNLOADS = "Downloads"
SMALL_TOOLBAR = "* { min-width: 0; padding: 0; margin: 0; -gtk-icon-transform: scale(0.1); font-size: 1px; }"
PREFERENCES = {
    "marionette.port": 0,  # any that is free
    "services.settings.server": "data:,",  # the browser itself is to stay on this machine, too
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.ssl": "127.0.0.1",
}
MAKERS = (
    "mozilla.",
    "firefox.",
    "update.googleapis.com",
)  # Firefox asks these for updates of itself, whatever it shows
COMMANDS = {
    "newSession": "WebDriver:NewSession",
    "quit": "Marionette:Quit",
    "get": "WebDriver:Navigate",
    "getCurrentUrl": "WebDriver:GetCurrentURL",
    "findElement": "WebDriver:FindElement",
    "findElements": "WebDriver:FindElements",
    "clickElement": "WebDriver:ElementClick",
    "w3cExecuteScript": "WebDriver:ExecuteScript",
    "actions": "WebDriver:PerformActions",
    "setWindowRect": "WebDriver:SetWindowRect",
    "w3cGetWindowHandles": "WebDriver:GetWindowHandles",
    "w3cGetCurrentWindowHandle": "WebDriver:GetWindowHandle",
    "switchToWindow": "WebDriver:SwitchToWindow",
    "close": "WebDriver:CloseWindow",
}


class Marionette:
    """Selenium's end of Firefox's own protocol: the WebDriver commands, each as a line of JSON with its length."""

    def __init__(self, port: int) -> None:
        self.line = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.answers = self.line.makefile("rb")
        self._read()  # Firefox introduces itself

    def execute(self, command: str, params: dict[str, Any]) -> dict[str, Any]:
        """Send a command and wait for its answer, in the form in which Selenium expects both."""
        known = {name: value for name, value in params.items() if name != "sessionId"}
        message = json.dumps([0, 1, COMMANDS[command], known]).encode()
        self.line.sendall(b"%d:%b" % (len(message), message))
        _, _, error, value = self._read()
        if error:
            return {"status": 500, "value": json.dumps({"value": error})}
        alone = isinstance(value, dict) and value.keys() == {"value"}
        return {"value": value["value"] if alone else value}

    def _read(self) -> Any:
        size = b""
        while not size.endswith(b":"):
            size += self.answers.read(1)
        return json.loads(self.answers.read(int(size[:-1])))

    def close(self) -> None:
        """Hang up."""
        self.answers.close()
        self.line.close()


def program(name: str) -> str:
    """Where a program is; a test that needs one that is not there is skipped."""
    return shutil.which(name) or pytest.skip(f"{name} is not installed, which runs pages in another engine")


@contextmanager
def firefox(home: Path, proxy: int) -> Iterator[Any]:
    """Firefox without a screen."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed, which drives browsers")
    profile = home / "profile"
    profile.mkdir()
    preferences = PREFERENCES | {"network.proxy.http_port": proxy, "network.proxy.ssl_port": proxy}
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items()]
    (profile / "user.js").write_text("\n".join(lines))
    command = [program("firefox-esr"), "--headless", "--marionette", "--no-remote", "--profile", str(profile)]
    environment = _environment(home) | {"MOZ_REMOTE_SETTINGS_DEVTOOLS": "1"}  # allows services.settings.server
    with _running(command, environment):
        port = _read(profile / "MarionetteActivePort")
        driver = webdriver.Remote(Marionette(int(port)), options=webdriver.FirefoxOptions())
        try:
            yield driver
        finally:
            driver.quit()


@contextmanager
def webkit(home: Path, proxy: int) -> Iterator[Any]:
    """WebKit, the engine of Safari, in the small browser that comes with it, on a screen in memory."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed, which drives browsers")
    service = pytest.importorskip("selenium.webdriver.webkitgtk.service")
    remote = pytest.importorskip("selenium.webdriver.remote.remote_connection")
    config = pytest.importorskip("selenium.webdriver.remote.client_config")
    own, screen = home / ".config" / "gtk-3.0" / "gtk.css", home / "screen"
    own.parent.mkdir(parents=True)
    own.write_text(SMALL_TOOLBAR)  # a window cannot be narrower than its toolbar, and a phone is
    (home / ".config" / "user-dirs.dirs").write_text(f'XDG_DOWNLOAD_DIR="$HOME/{DOWNLOADS}"\n')
    options = webdriver.WebKitGTKOptions()
    options.binary_location = _minibrowser()
    for argument in ("--automation", "--javascript-can-open-windows-automatically=true"):
        options.add_argument(argument)
    outside = f"127.0.0.1:{proxy}"
    options.set_capability(
        "proxy", {"proxyType": "manual", "httpProxy": outside, "sslProxy": outside, "noProxy": ["127.0.0.1"]}
    )
    with screen.open("w") as number:
        display = [program("Xvfb"), "-displayfd", str(number.fileno()), "-screen", "0", "1400x1000x24"]
        with _running(display, dict(os.environ), number.fileno()):
            environment = _environment(home) | {"DISPLAY": f":{_read(screen)}", "GDK_BACKEND": "x11"}
            environment["LC_ALL"] = "C"  # no language at all, which the pages have to take
            own_driver = service.Service(program("WebKitWebDriver"), env=environment)
            own_driver.start()
            line = remote.RemoteConnection(client_config=config.ClientConfig(own_driver.service_url))
            driver = webdriver.Remote(line, options=options)
            try:
                yield driver
            finally:
                driver.quit()
                own_driver.stop()


def _minibrowser() -> str:
    found = sorted(Path("/usr").glob("lib*/**/webkit2gtk-4.*/MiniBrowser"))
    return str(found[0]) if found else pytest.skip("MiniBrowser is not installed, in which WebKit runs")


ENGINES = {"firefox": firefox, "webkit": webkit}


def _environment(home: Path) -> dict[str, str]:
    """An environment in which a browser finds nothing of the person's who runs the tests."""
    (home / DOWNLOADS).mkdir()
    return {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config")}


@contextmanager
def _running(command: list[str], environment: dict[str, str], *files: int) -> Iterator[None]:
    quiet: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with ended(subprocess.Popen(command, env=environment, pass_fds=files, **quiet)):
        yield


def _read(path: Path) -> str:
    """Read what a program writes when it is ready."""
    return wait_for(lambda: path.is_file() and path.read_text().strip(), f"{path.name} was never written")


class Outside:
    """All that is not this machine: a proxy that serves nothing and remembers who asked for what."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.server.settimeout(0.2)
        self.port: int = self.server.getsockname()[1]

    def asked(self) -> list[str]:
        """What was asked for since the last time."""
        found = []
        with contextlib.suppress(TimeoutError):
            while True:
                with closing(self.server.accept()[0]) as line:
                    line.settimeout(PATIENCE)
                    found.append(line.recv(1000).split(b"\r\n")[0].decode())
        return [one for one in found if not any(name in one for name in MAKERS)]

    def close(self) -> None:
        """Stop listening."""
        self.server.close()
