"""Measures a class on JupyterHub: hub.py FOLDER NODE PROXY NOTEBOOK CONFIG USERS (see hub.mjs)."""

import asyncio
import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
import uuid

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import websocket_connect

folder, node, proxy, lesson, class_config, count = sys.argv[1:]
work = pathlib.Path(folder)
token = secrets.token_hex(16)
names = [f"student{n}" for n in range(int(count))]
first_user = 54_400


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


port, api_port, hub_port = free_port(), free_port(), free_port()
base = f"http://127.0.0.1:{port}"
config = f'''
import os
from jupyterhub.spawner import SimpleLocalProcessSpawner

load_subconfig("{class_config}")

class OtherUser(SimpleLocalProcessSpawner):
    """Each name is a user of the system's own, who is in no list."""

    home_dir_template = "{work}/homes/{{username}}"

    def make_preexec_fn(self, name):
        number, home = {first_user} + int(name.removeprefix("student")), self.home_dir
        def become():
            os.setgroups([])
            os.setgid(number)
            os.setuid(number)
            os.umask(0o077)
            os.chdir(home)
        return become

c.JupyterHub.spawner_class = OtherUser
c.JupyterHub.authenticator_class = "dummy"
c.JupyterHub.bind_url = "{base}"
c.JupyterHub.hub_port = {hub_port}
c.JupyterHub.db_url = "sqlite:///{work}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{work}/cookie"
c.JupyterHub.log_level = "ERROR"
c.ConfigurableHTTPProxy.command = ["{node}", "{proxy}", "--log-level", "error"]
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api_port}"
c.ConfigurableHTTPProxy.pid_file = "{work}/proxy.pid"
c.Spawner.cmd = ["{sys.executable}", "-m", "jupyterhub.singleuser"]
c.Spawner.environment = {{**c.Spawner.environment, "JUPYTER_PATH": "{work}/share/jupyter"}}
c.Spawner.env_keep = ["PATH", "LANG", "LD_LIBRARY_PATH", "PYTHONPATH"]
c.Spawner.args = [*c.Spawner.args, "--ServerApp.log_level=ERROR"]
c.Spawner.start_timeout = 300
c.Spawner.http_timeout = 300
c.JupyterHub.services = [dict(name="measure", api_token="{token}")]
c.JupyterHub.load_roles = [dict(name="measure", services=["measure"], scopes=["admin:users", "admin:servers", "access:servers"])]
'''


async def call(method, path, body=None):
    request = HTTPRequest(
        base + path,
        method=method,
        headers={"Authorization": f"token {token}"},
        body=None if body is None else json.dumps(body),
        allow_nonstandard_methods=True,
        request_timeout=300,
    )
    response = await AsyncHTTPClient().fetch(request)
    return json.loads(response.body) if response.body else None


async def until(check):
    deadline = time.monotonic() + 300
    while True:
        try:
            if await check():
                return
        except OSError:
            pass
        except Exception as error:
            if getattr(error, "code", 0) not in (502, 503, 404, 424, 599):
                raise
        if time.monotonic() > deadline:
            raise TimeoutError
        await asyncio.sleep(0.2)


async def ready(name):
    user = await call("GET", f"/hub/api/users/{name}")
    return user["servers"].get("", {}).get("ready")


async def run_lesson(name):
    """Runs the lesson's cells; gives back seconds to the first reply, and the failures."""
    start = time.monotonic()
    kernel = await call("POST", f"/user/{name}/api/kernels", {"name": "convfuse"})
    url = f"ws{base.removeprefix('http')}/user/{name}/api/kernels/{kernel['id']}/channels"
    channel = await websocket_connect(HTTPRequest(url, headers={"Authorization": f"token {token}"}))
    cells = [cell for cell in json.loads(pathlib.Path(lesson).read_text())["cells"] if cell["cell_type"] == "code"]
    first, failures = None, []
    for code in ["1 + 1", *("".join(cell["source"]) for cell in cells)]:
        number = uuid.uuid4().hex
        content = dict(code=code, silent=False, store_history=True, user_expressions={}, allow_stdin=False)
        header = dict(msg_id=number, msg_type="execute_request", session=name, username=name, version="5.3", date="")
        message = dict(channel="shell", header=header, parent_header={}, metadata={}, content=content)
        await channel.write_message(json.dumps(message))
        while True:
            reply = json.loads(await channel.read_message())
            if reply["parent_header"].get("msg_id") == number and reply["msg_type"] == "execute_reply":
                break
        first = first or time.monotonic() - start
        if reply["content"]["status"] != "ok":
            failures.append(reply["content"]["evalue"])
    return first, failures


def processes():
    """Those of the class's users: user, PSS in MiB, command line."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            user = entry.stat().st_uid - first_user
            if not 0 <= user < len(names):
                continue
            rollup = (entry / "smaps_rollup").read_text()
            pss = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
            found.append((user, pss / 1024, (entry / "cmdline").read_text()))
        except (OSError, StopIteration):
            continue
    return found


async def measure():
    for number, name in enumerate(names):
        home = work / "homes" / name
        home.mkdir(parents=True)
        shutil.copy(lesson, home)
        for path in (home, home / pathlib.Path(lesson).name):
            os.chown(path, first_user + number, first_user + number)
        home.chmod(0o700)
    hub_config = work / "hub_config.py"
    hub_config.write_text(config)
    environment = {**os.environ, "PATH": f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"}
    command = [sys.executable, "-m", "jupyterhub", "--config", str(hub_config)]
    hub = subprocess.Popen(command, cwd=work, env=environment)
    try:
        await until(lambda: call("GET", "/hub/api/"))
        for name in names:
            await call("POST", f"/hub/api/users/{name}")
            await call("POST", f"/hub/api/users/{name}/server", {})
            await until(lambda name=name: ready(name))
        servers = [pss for _, pss, _ in processes()]
        outcomes = await asyncio.gather(*map(run_lesson, names))
        kernels = {}
        for user, pss, command in processes():
            if "singleuser" not in command:
                kernels[user] = kernels.get(user, 0) + pss
        for name in names:
            await call("DELETE", f"/hub/api/users/{name}/server")
        await until(lambda: none_left())
    finally:
        hub.send_signal(signal.SIGTERM)
        hub.wait(60)
    report(outcomes, list(kernels.values()), servers)
    return verdicts(outcomes, list(kernels.values()))


async def none_left():
    return not processes()


def spread(values, unit):
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{low:.1f} to {high:.1f} {unit}, in the median {middle:.1f}"


def report(outcomes, kernels, servers):
    print(f"{len(names)} users at once, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"first reply        {spread([first for first, _ in outcomes], 's')}")
    print(f"memory of a kernel {spread(kernels, 'MiB (PSS)')}")
    print(f"memory of a server {spread(servers, 'MiB (PSS)')}")
    print(f"cells that failed  {failed(outcomes)}")
    print(f"processes left     {len(processes())}")
    print(f"files in the homes {sorted(files_left())}")
    each = statistics.median(kernels) + statistics.median(servers)
    for students in (30, 100):
        print(f"{f'{students} students':18} {students * each / 1024:.1f} GiB, one kernel and one server each")


def failed(outcomes):
    return [failure for _, failures in outcomes for failure in failures]


def files_left():
    """In all homes, with a star for numbers that are drawn."""
    left = set()
    for name in names:
        home = work / "homes" / name
        files = (str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())
        left |= {re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=-)[0-9][0-9T_Z-]*", "*", file) for file in files}
    return left


# What Jupyter's server writes: that it has looked for files of its old versions, and how it and its kernels are reached.
jupyters_own = re.compile(r"\.jupyter/migrated|\.local/share/jupyter/runtime/(jpserver|jupyter_cookie|kernel)-?.*|.*\.ipynb")
most_memory = 220


def verdicts(outcomes, kernels):
    """What does not hold, of all that has to on every machine."""
    found = [f"a cell failed: {failure}" for failure in failed(outcomes)]
    found += [f"a kernel takes {memory:.1f} MiB" for memory in kernels if memory > most_memory]
    if len(kernels) != len(names):
        found.append(f"{len(kernels)} users of {len(names)} had a kernel")
    found += [f"a process is left: {command}" for _, _, command in processes()]
    found += [f"a file is left: {file}" for file in sorted(files_left()) if not jupyters_own.fullmatch(file)]
    return found


wrong = asyncio.run(measure())
for text in wrong:
    print(f"wrong: {text}")
sys.exit(1 if wrong else 0)
