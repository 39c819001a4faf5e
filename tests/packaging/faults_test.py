#!/usr/bin/env python3
"""Installing and removing, with a fault at each command that the scripts run: the driver is the former one, the new one, or, where there
was none, none; never between, and another run puts all right.

    faults_test.py PROGRAMS DRIVER
"""

import concurrent.futures
import os
import shutil
import subprocess
import sys

import fake_mac
from fake_mac import NAME, FakeMac, contents, different

WORKERS = 4
OLD, NEW = "0.1.0", "0.2.0"


class Faults(fake_mac.MacTest):
    @classmethod
    def setUpClass(cls):
        """What is installed, as it lies there: the former one and the new one."""
        mac = FakeMac(cls.programs, cls.driver).start()
        try:
            assert mac.install().returncode == 0, mac.said
            (mac.hal / NAME).rename(mac.folder / "former.driver")
            cls.former_contents = contents(mac.folder / "former.driver")
            different(mac.bundle, NEW)
            assert mac.install().returncode == 0, mac.said
            cls.new_contents = mac.installed()
        finally:
            mac.close()

    def computer(self, former, user=None):
        mac = FakeMac(self.programs, self.driver, user)
        if former:
            for name, data in self.former_contents.items():
                path = mac.hal / NAME / name
                if data is None:
                    path.mkdir(parents=True)
                else:
                    path.write_bytes(data)
                    path.chmod(0o755 if path.parent.name == "MacOS" else 0o644)
            mac.own(mac.hal)
        different(mac.bundle, NEW)
        return mac.start()

    def commands_of(self, former, script, arguments=(), user=None, **environment):
        """What a script runs where nothing goes wrong."""
        mac = self.computer(former, user)
        try:
            mac.run(script, *(arguments or ((mac.bundle,) if script == "install.sh" else ())), FAKE_AT="none", **environment)
            return mac.log
        finally:
            mac.close()

    def each(self, one, numbers):
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            wrong = [words for words in pool.map(one, numbers) if words]
        self.assertEqual(wrong, [])

    def fault(self, mac, number, how, command, script, arguments, allowed, environment):
        """Runs a script with a fault. Gives what is wrong then, or None; `allowed`: what may be installed."""
        done = mac.run(script, *arguments, FAKE_AT=str(number), FAKE_HOW=how, **environment)
        mac.where = f"{script}, {how} at {number}, {command}: {done.returncode}\n{mac.said}"
        if mac.installed() not in allowed:
            return f"between: {mac.where}"
        if how in ("killed", "half") and done.returncode != -9:
            return f"is not killed: {mac.where}"
        if how == "fails" and script == "install.sh" and (done.returncode == 0) != (mac.installed() == self.new_contents):
            return f"says what is not so: {mac.where}"
        mac.restart()  # as if the Mac were switched on again
        version = {None: None, OLD: OLD, NEW: NEW}[self.version_of(mac)]
        return None if mac.running() == version else f"runs {mac.running()}: {mac.where}"

    def version_of(self, mac):
        now = mac.installed()
        return NEW if now == self.new_contents else OLD if now is not None else None

    def another_install(self, mac, environment):
        done = mac.install(mac.bundle, **environment)
        if done.returncode != 0 or mac.installed() != self.new_contents or mac.running() != NEW:
            return f"another run does not install: {done.returncode}, runs {mac.running()}\n{mac.said}\n{mac.where}"
        # Where this one had nothing to do as root the empty lock of a killed one stays, and does no harm.
        left = [path for path in mac.left_over() if path.parent == mac.hal.parent and path.name != ".gecko-lock"]
        return f"another run leaves {left}\n{mac.said}\n{mac.where}" if left else None

    def install_with_faults(self, how, former, user=None, only=None, **environment):
        """At each command; `only`: at each of which it is true."""
        before = self.former_contents if former else None
        log = self.commands_of(former, "install.sh", user=user, **environment)
        self.assertGreater(len(log), 30)

        def one(number):
            mac = self.computer(former, user)
            try:
                return self.fault(mac, number, how, log[number - 1], "install.sh", (mac.bundle,), (before, self.new_contents),
                                  environment) or self.another_install(mac, environment)  # fmt: skip
            finally:
                mac.close()

        self.each(one, [number for number in range(1, len(log) + 1) if only is None or only(log, number)])

    # A script that is killed or ended at a command leaves what the commands before it have done: of several that change nothing one does.
    CHANGING = ("chmod", "chown", "codesign --force", "cp", "gecko-install-tool exchange", "gecko-install-tool forget", "gecko-install-tool lock",
                "gecko-install-tool place", "gecko-install-tool sync", "killall", "launchctl", "mkdir", "mktemp", "mv", "plutil", "rm", "xattr")  # fmt: skip

    @classmethod
    def after_a_change(cls, log, number):
        before = log[number - 2] if number > 1 else "nothing"
        return before.startswith(cls.CHANGING) or (before.startswith("find ") and " -exec " in before) or number == 1

    @staticmethod
    def from_the_lock_on(log, number):
        """What comes before is the user's, and the same for whoever installs."""
        return number >= next(place for place, line in enumerate(log, 1) if line.startswith("gecko-install-tool lock"))

    @staticmethod
    def from_the_journal_on(log, number):
        """What comes before is the same whatever is installed."""
        return number >= next(place for place, line in enumerate(log, 1) if line.startswith("mv "))

    @classmethod
    def both(cls, one):
        return lambda log, number: one(log, number) and cls.after_a_change(log, number)

    @staticmethod
    def half_doable(log, number):
        return log[number - 1].split()[0] in ("cp", "rm", "codesign")

    def test_a_first_install_that_is_killed(self):
        self.install_with_faults("killed", former=False, only=self.both(self.from_the_journal_on))

    def test_a_first_install_that_is_ended(self):
        self.install_with_faults("ended", former=False, only=self.both(self.from_the_journal_on))

    def test_a_first_install_whose_command_fails(self):
        self.install_with_faults("fails", former=False, only=self.from_the_journal_on)

    def test_another_version_that_is_killed(self):
        self.install_with_faults("killed", former=True, only=self.after_a_change)

    def test_another_version_that_is_ended_by_ctrl_c_or_logout(self):
        self.install_with_faults("ended", former=True, only=self.after_a_change)

    def test_another_version_whose_command_fails(self):
        """As it does on a full disk, or where it is refused."""
        self.install_with_faults("fails", former=True)

    def test_another_version_whose_command_is_killed_with_its_work_half_done(self):
        self.install_with_faults("half", former=True, only=self.half_doable)

    def test_another_version_by_a_user_with_sudo_that_is_killed(self):
        self.install_with_faults("killed", former=True, user=12345 if os.getuid() == 0 else None, FAKE_UID="501", FAKE_SUDO="yes",
                                 only=self.both(self.from_the_lock_on))  # fmt: skip

    def test_a_driver_whose_device_never_appears_with_a_fault_on_the_way_back(self):
        """The device that it has is of another version than the bundle says."""
        for how in ("killed", "ended", "fails"):
            mac = self.never_appearing()
            mac.install(mac.bundle, FAKE_AT="none", GECKO_WAIT="0")
            self.assertEqual(mac.installed(), self.former_contents, mac.said)
            log = mac.log
            never = self.contents_of_never_appearing(mac)

            def one(number, how=how, log=log, never=never):
                mac = self.never_appearing()
                try:
                    done = mac.install(mac.bundle, FAKE_AT=str(number), FAKE_HOW=how, GECKO_WAIT="0")
                    mac.where = f"{how} at {number}, {log[number - 1]}: {done.returncode}\n{mac.said}"
                    if mac.installed() not in (self.former_contents, never):
                        return f"between: {mac.where}"
                    if how == "fails" and mac.installed() == never and "could not be put back" not in mac.said:
                        return f"stays without a word: {mac.where}"
                    shutil.rmtree(mac.bundle)
                    shutil.copytree(self.driver, mac.bundle)
                    different(mac.bundle, NEW)
                    mac.own(mac.bundle)
                    return self.another_install(mac, {})
                finally:
                    mac.close()

            first = next(number for number, line in enumerate(log, 1) if line.startswith("gecko-install-tool exchange"))
            self.each(one, [number for number in range(first, len(log) + 1) if how == "fails" or self.after_a_change(log, number)])

    def never_appearing(self):
        mac = self.computer(former=True)
        self.addCleanup(mac.close)
        info = mac.bundle / "Contents/Info.plist"
        info.write_bytes(info.read_bytes().replace(NEW.encode(), b"0.9.9"))
        return mac

    def contents_of_never_appearing(self, mac):
        """As it was prepared: signed."""
        subprocess.run([str(mac.folder / "macs/codesign"), "--force", str(mac.bundle)], env=mac.environment(), check=True)
        return contents(mac.bundle)

    def test_removing_it(self):
        """By a user with sudo."""
        user = {"FAKE_UID": "501", "FAKE_SUDO": "yes"}
        for how in ("killed", "ended", "fails", "half"):
            log = self.commands_of(True, "uninstall.sh", **user)
            self.assertGreater(len(log), 12)

            def one(number, how=how, log=log):
                mac = self.computer(former=True)
                try:
                    wrong = self.fault(mac, number, how, log[number - 1], "uninstall.sh", (), (self.former_contents, None), user)
                    if wrong:
                        return wrong
                    done = mac.run("uninstall.sh", **user)
                    if done.returncode != 0 or mac.installed() is not None or mac.running() is not None or mac.left_over():
                        return f"another run: {done.returncode}, {mac.left_over()}\n{mac.said}\n{mac.where}"
                    return None
                finally:
                    mac.close()

            only = {"fails": lambda *_: True, "half": self.half_doable}.get(how, self.after_a_change)
            self.each(one, [number for number in range(1, len(log) + 1) if only(log, number)])


if __name__ == "__main__":
    fake_mac.main(sys.argv)
