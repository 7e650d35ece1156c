"""`python -m convfuse`: the command, where scripts are not on the PATH."""

from convfuse.launch import command

if __name__ == "__main__":
    command()
