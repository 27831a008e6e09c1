"""What asks the contestants, on the load's core."""
import json
import re

from lab import machine

UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


def wrk(url, key, connections, seconds, pipelined=1, scripts=None):
    """Requests a second in a closed loop by wrk."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-H", f"X-Api-Key: {key}"]
    if pipelined > 1:
        command += ["-s", machine.BENCH / "peers" / "pipelined.lua"]
    command.append(url)
    if pipelined > 1:
        command += ["--", str(pipelined)]
    printed = machine.run(command)
    if "Non-2xx" in printed:
        raise RuntimeError(f"errors from {url}:\n{printed}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", printed).group(1))


def h2load(url, key, connections, seconds, streams=1):
    """Requests a second over HTTP/2 by h2load: with prior knowledge for http, by ALPN for https."""
    printed = machine.run([
        "h2load", "-t1", f"-c{connections}", f"-m{streams}", f"-D{seconds}", "--warm-up-time=1",
        "-H", f"x-api-key: {key}", url])
    done = re.search(r"requests: .* (\d+) done, (\d+) succeeded, (\d+) failed, (\d+) errored", printed)
    if not done or int(done.group(2)) == 0 or int(done.group(3)) or int(done.group(4)):
        raise RuntimeError(f"errors from {url}:\n{printed}")
    codes = re.search(r"status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx", printed)
    if int(codes.group(3)) or int(codes.group(4)):
        raise RuntimeError(f"errors from {url}:\n{printed}")
    return int(codes.group(1)) / seconds


def open_loop(port, core=machine.LOAD_CORE, **options):
    """
    What OpenLoop.java prints: one JSON object, or one for each interval and the last for all. Where it measures latency,
    its first two seconds, while it is compiled itself, are not counted. It never sleeps, and gives way to what else is on
    the load's core: that has part in the answers it waits for.
    """
    if "rate" in options and "seconds" in options:
        options = {"before": 2, **options}
    arguments = [f"{name}={value}" for name, value in {"port": port, **options}.items()]
    printed = machine.run(
        ["nice", "-n", "15", *machine.java("-Xmx2g", "-XX:+UseSerialGC", "OpenLoop", *arguments)], core=core)
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    return lines if "interval" in options else lines[-1]
