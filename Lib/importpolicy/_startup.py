"""What runs without being called: when Python starts, when something is
installed, when another program looks for plugins."""

import configparser
import tomllib

from importpolicy import _uses
from importpolicy._parts import Found, Part

_AT_START = {"sitecustomize.py", "usercustomize.py"}
_PROGRAMS = {"console_scripts", "gui_scripts"}
# What installing has no reason to do.
_NOT_TO_INSTALL = {"net", "run", "ffi"}
# What importing has no reason to do.
_NOT_TO_IMPORT = {"net", "run"}
# Of the network or of processes, and reaches neither yet.
_HARMLESS = {"socket.gethostname", "socket.socket", "os.fork",
             "urllib3.PoolManager", "requests.Session", "httpx.Client",
             "httpx.AsyncClient", "aiohttp.ClientSession",
             "http.client.HTTPConnection", "http.client.HTTPSConnection",
             "urllib.request.build_opener"}


def when(package, name):
    """When does the body of this file run?"""
    if name in _AT_START:
        return "start"
    if name == "setup.py" and package.kind in ("source", "directory"):
        return "install"
    return "import"


def look_at(report):
    """All but the sources."""
    for file in report.package.files:
        if file.name.endswith(".pth"):
            _look_at_pth(report, file)
        elif file.name in _AT_START:
            report.start.append(Found(file, Part(
                None, "start", "runs whenever Python starts")))
        elif file.name == "pyproject.toml":
            _look_at_project(report, file)
        elif file.name in report.package.unlisted:
            report.opaque.append(Found(file, Part(
                None, "unlisted", "is not in the RECORD of what was "
                "installed")))
    _look_at_entry_points(report)


def _look_at_pth(report, file):
    text = file.read().decode("utf-8", "replace")
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith(("import ", "import\t")):
            continue
        report.start.append(Found(file, Part(
            number, "pth", "a line that runs whenever Python starts: "
            f"{line.strip()[:100]}")))
        try:
            source = _uses.scan(line, own=report.package.principals,
                                when="start")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        source.uses = [use._replace(line=number) for use in source.uses]
        source.imports = [use._replace(line=number)
                          for use in source.imports]
        source.signs = [sign._replace(line=number) for sign in source.signs]
        report.take(file, source)


def _look_at_entry_points(report):
    parser = configparser.ConfigParser(delimiters=("=",), strict=False,
                                       interpolation=None)
    parser.optionxform = str
    try:
        parser.read_string(report.package.entry_points)
    except configparser.Error:
        return
    file = next((file for file in report.package.files
                 if file.name.endswith("entry_points.txt")), None)
    for group in parser.sections():
        if group not in _PROGRAMS and file is not None:
            targets = sorted({value for _, value in parser.items(group)})
            more = f" and {len(targets) - 3} more" if len(targets) > 3 else ""
            report.start.append(Found(file, Part(
                None, "plugin", f"is loaded by whoever looks for {group}: "
                f"{', '.join(targets[:3])}{more}")))


def _look_at_project(report, file):
    try:
        project = tomllib.loads(file.read().decode("utf-8", "replace"))
        build = project.get("build-system", {})
        own = build.get("backend-path")
    except (ValueError, AttributeError, RecursionError):
        return
    if own:
        report.start.append(Found(file, Part(
            None, "install", "brings the program along that builds it: "
            f"{build.get('build-backend')} in {own}")))


def judge(report):
    """Uses that nobody expects at the time at which they happen."""
    for found in report.uses:
        use = found.what
        unexpected = {"install": _NOT_TO_INSTALL,
                      "import": _NOT_TO_IMPORT}.get(use.when, ())
        if use.capability in unexpected and use.called \
                and not found.in_tests and use.what not in _HARMLESS:
            report.start.append(Found(found.file, Part(
                use.line, use.when, f"{use.what} when it is "
                + ("imported" if use.when == "import" else "installed"))))
