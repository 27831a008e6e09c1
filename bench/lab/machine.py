"""Programs, processes and ports of this machine."""
import os
import pathlib
import shutil
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BENCH = ROOT / "bench"
OUT = ROOT / "target" / "bench"
JAR = ROOT / "target" / "rentcache.jar"
CLASSES = OUT / "classes"

SERVER_CORE = os.environ.get("SERVER_CORE", "0")
LOAD_CORE = os.environ.get("LOAD_CORE", "1")
FIRST_PORT = int(os.environ.get("BENCH_PORT", "28000"))

# Program: the Debian package that has it.
PACKAGES = {
    "java": "openjdk-17-jdk-headless", "javac": "openjdk-17-jdk-headless", "taskset": "util-linux", "wrk": "wrk",
    "h2load": "nghttp2-client", "nginx": "nginx", "traffic_server": "trafficserver", "varnishd": "varnish",
    "redis-server": "redis-server", "openssl": "openssl",
}

_started = []


def need(*programs):
    """Stops where programs are missing, and says which packages have them."""
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        packages = " ".join(sorted({PACKAGES.get(program, program) for program in missing}))
        sys.exit(f"bench: missing: {', '.join(missing)} (Debian: apt-get install {packages})")


def has(program):
    return shutil.which(program) is not None


def start(command, log, core=SERVER_CORE, env=None, cwd=None):
    """Starts a server on a core, in a session of its own so that its children end with it."""
    with open(log, "ab") as out:
        process = subprocess.Popen(
            ["taskset", "-c", core, *map(str, command)], stdout=out, stderr=out, stdin=subprocess.DEVNULL,
            env={**os.environ, **(env or {})}, cwd=cwd, start_new_session=True)
    _started.append(process)
    return process


def stop(process):
    """Ends a server and its children, at most after 15 s by force."""
    if process in _started:
        _started.remove(process)
    for number, patience in ((signal.SIGTERM, 15), (signal.SIGKILL, 5)):
        try:
            os.killpg(process.pid, number)
            process.wait(patience)
            return
        except ProcessLookupError:
            process.wait()
            return
        except subprocess.TimeoutExpired:
            pass


def stop_all():
    for process in list(_started):
        stop(process)


def run(command, core=LOAD_CORE, **more):
    """Runs a program to its end on the load's core and returns what it prints."""
    done = subprocess.run(
        ["taskset", "-c", core, *map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stderr[-2000:]}{done.stdout[-500:]}")
    return done.stdout


def fetch(url, headers=None, timeout=30):
    """Status, headers and body of a GET; never raises for an answer with an error's status."""
    request = urllib.request.Request(url, headers=headers or {})
    try:
        # Certificates here are made for the run, and nobody vouches for them.
        with urllib.request.urlopen(request, timeout=timeout, context=ssl._create_unverified_context()) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def until_up(url, process, log, headers=None):
    """Waits until a server answers, at most a minute."""
    for _ in range(1200):
        try:
            fetch(url, headers, 5)
            return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
    raise RuntimeError(f"{url} does not answer:\n{pathlib.Path(log).read_text(errors='replace')[-3000:]}")


def certificate(work):
    """A certificate and its private key for this run."""
    chain, private = work / "certificate.pem", work / "private.pem"
    if not chain.exists():
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
             "-subj", "/CN=localhost", "-keyout", str(private), "-out", str(chain)],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return chain, private


def family(process):
    """A process and its descendants."""
    children = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, open_ends = [], [process.pid]
    while open_ends:
        pid = open_ends.pop()
        found.append(pid)
        open_ends += children.get(pid, [])
    return found


def footprint(process):
    """Resident bytes and open file handles of a process with its descendants."""
    resident = handles = 0
    for pid in family(process):
        try:
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            handles += len(os.listdir(f"/proc/{pid}/fd"))
        except OSError:
            continue
        resident += sum(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS"))
    return resident, handles


def compile_java():
    """Compiles the laboratory's Java programs, which need nothing but RentCache's own jar."""
    CLASSES.mkdir(parents=True, exist_ok=True)
    sources = [BENCH / name for name in ("Origin.java", "OpenLoop.java", "BareServer.java", "Flames.java")]
    newest = max(source.stat().st_mtime for source in sources)
    made = CLASSES / "Origin.class"
    if not made.exists() or made.stat().st_mtime < newest:
        subprocess.run(["javac", "-nowarn", "-cp", str(JAR), "-d", str(CLASSES),
                        *map(str, sources)], check=True)


def java(*arguments):
    return ["java", "-cp", f"{CLASSES}:{JAR}", *arguments]


def version_of(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines = [line.strip() for line in done.stdout.splitlines() if any(c.isdigit() for c in line)]
    return lines[0] if lines else "unknown"


def description():
    """What the figures were measured on, and how busy it was."""
    cpu = "unknown"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            cpu = line.split(":", 1)[1].strip()
            break
    asked = {
        "java": ("java", "-version"), "nginx": ("nginx", "-v"), "trafficserver": ("traffic_server", "-V"),
        "varnish": ("varnishd", "-V"), "wrk": ("wrk", "-v"), "h2load": ("h2load", "--version"),
        "redis": ("redis-server", "--version"),
    }
    return {
        "cpu": cpu, "cores": os.cpu_count(), "kernel": os.uname().release,
        "load average at the start": [round(load, 2) for load in os.getloadavg()],
        "versions": {name: version_of(*command) for name, command in asked.items() if has(command[0])},
    }
