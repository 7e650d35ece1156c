"""Runs the unittest cases of a file, and writes a line of JSON for each test: its id, its outcome and the details.

    python run_suite.py list FILE
    python run_suite.py run FILE
"""

import importlib.util
import json
import pathlib
import signal
import sys
import traceback
import unittest

# Seconds after which a test that hangs is broken off.
LIMIT = 120


def load(path):
    sys.path.insert(0, str(pathlib.Path(path).parent))
    spec = importlib.util.spec_from_file_location(pathlib.Path(path).stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    # Cases that the file only imports, as a base to derive from, are not its own.
    suite = unittest.TestSuite()
    for case in vars(module).values():
        if isinstance(case, type) and issubclass(case, unittest.TestCase) and case.__module__ == spec.name:
            suite.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(case))
    return suite


def cases(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from cases(item)
        else:
            yield item


def name(test):
    return test.id().split(".", 1)[1]


class Reporter(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.problems = []

    def startTest(self, test):
        super().startTest(test)
        self.problems = []
        if hasattr(signal, "SIGALRM"):
            signal.alarm(LIMIT)

    def problem(self, kind, detail):
        self.problems.append(f"{kind}: {detail}")

    def addError(self, test, err):
        detail = "".join(traceback.format_exception(*err))
        if isinstance(test, unittest.TestCase):
            self.problem("error", detail)
        else:
            # A class could not be set up: its tests do not run.
            report({"fatal": f"{test.id()}: {detail}"})

    def addFailure(self, test, err):
        self.problem("failure", "".join(traceback.format_exception(*err)))

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.problem(f"subtest {subtest._subDescription()}", "".join(traceback.format_exception(*err)))

    def addSkip(self, test, reason):
        self.problem("skipped", reason)

    def stopTest(self, test):
        if hasattr(signal, "SIGALRM"):
            signal.alarm(0)
        report({"name": name(test), "problems": self.problems})


def report(line):
    # Kernels inherit this process's stdout; a line of theirs must not run into one of ours.
    sys.stdout.write("\n" + json.dumps(line) + "\n")
    sys.stdout.flush()


def too_long(*_):
    raise TimeoutError(f"the test takes more than {LIMIT} s")


if __name__ == "__main__":
    command, path = sys.argv[1:3]
    suite = load(path)
    if command == "list":
        report([name(test) for test in cases(suite)])
    else:
        if hasattr(signal, "SIGALRM"):
            signal.signal(signal.SIGALRM, too_long)
        suite.run(Reporter())
