# JupyterHub for a class on one machine, whose users are the machine's own: one installation for all of them.
#     pip install jupyterhub jupyterlab convfuse-VERSION-py3-none-any.whl, in an environment that only root can write
#     npm install --global configurable-http-proxy
#     convfuse-kernel install --sys-prefix --no-history
c = get_config()  # noqa: F821

c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.Spawner.default_url = "/lab"

# Who has an account on this machine may use it: JupyterHub 5 and later let nobody in whom no rule names. For fewer, put
# `c.Authenticator.allowed_users = {"name", ...}`, or `c.LocalAuthenticator.allowed_groups = {"class"}`, in its place.
c.Authenticator.allow_all = True

# What a user's server and kernels may take together. A server takes about 130 MB, a kernel 200 and what its cells keep. The spawner that
# JupyterHub has by itself holds nobody to it: systemdspawner does, as containers do. `install --memory MB` holds each kernel's
# variables to a limit of their own, whatever the spawner.
c.Spawner.mem_limit = "1G"
c.Spawner.cpu_limit = 1

# JupyterLab asks npm, where there is one, for its folder: without this, npm keeps a record of that in every home.
c.Spawner.environment = {"NPM_CONFIG_LOGS_MAX": "0"}

# Kernels that nobody uses end after an hour, and servers without kernels after two.
c.Spawner.args = [
    "--MappingKernelManager.cull_idle_timeout=3600",
    "--MappingKernelManager.cull_interval=300",
    "--ServerApp.shutdown_no_activity_timeout=7200",
]
