#!/usr/bin/env python3
"""The package, Gecko.app, starting at login, and `gecko driver` and `gecko autostart`, which run the scripts.

    package_test.py PROGRAMS DRIVER
"""

import contextlib
import os
import plistlib
import shutil
import signal
import subprocess
import sys
import tarfile
import time

import fake_mac
from fake_mac import NAME, SCRIPTS

AWKWARD = "it's <a> & \"b\" $(touch pwned)\nc"


class Package(fake_mac.MacTest):
    def setUp(self):
        self.mac_ = self.mac()
        self.package = self.mac_.folder / "Gecko.pkg"
        self.engine = self.mac_.folder / "gecko"
        self.engine.write_text("#!/bin/sh\necho an engine\n")
        self.engine.chmod(0o755)

    def make(self, code=0, **more):
        environment = {"PATH": f"{self.mac_.folder}/macs:/usr/bin:/bin", "GECKO_DRIVER": str(self.mac_.bundle), "GECKO_PROGRAM": str(self.engine),
                       "GECKO_TOOL": str(self.programs / "gecko-install-tool"), "FAKE_AT": "none", **more}  # fmt: skip
        done = self.mac_.run("make-pkg", str(self.package), **environment)
        self.assert_done(self.mac_, done, code)
        return done

    def unpack(self):
        """As macOS's installer: each component's scripts, and its files onto the root."""
        opened = self.mac_.folder / "opened-package"
        with tarfile.open(self.package) as package:
            package.extractall(opened)
        for name in ("driver", "app"):
            with tarfile.open(opened / f"{name}.pkg") as component:
                component.extractall(opened / name)
        return opened

    def install(self, code=0, **more):
        opened = self.unpack()
        codes = [self.mac_.run("preinstall", "Gecko.pkg", "/", "/", "/", folder=opened / "driver/scripts", **more).returncode]
        if codes == [0]:
            for name in ("driver", "app"):
                shutil.copytree(opened / name / "payload", self.mac_.root, dirs_exist_ok=True)
            more.setdefault("GECKO_INSTALL_TOOL", "")
            codes.append(self.mac_.run("postinstall", "Gecko.pkg", "/", "/", "/", folder=opened / "driver/scripts", **more).returncode)
        self.assertEqual(codes[-1], code, self.mac_.said)

    def test_it_installs_the_driver_and_the_app_and_can_be_removed(self):
        self.make()
        self.mac_.start()
        self.install()
        self.assertEqual(self.mac_.running(), "0.1.0")
        app = self.mac_.root / "Applications/Gecko.app/Contents"
        info = plistlib.loads((app / "Info.plist").read_bytes())
        self.assertEqual((info["CFBundleIdentifier"], info["CFBundleShortVersionString"]), ("com.gecko.app", "0.1.0"))
        self.assertTrue(os.access(app / "MacOS" / info["CFBundleExecutable"], os.X_OK))
        self.assertTrue(info["NSMicrophoneUsageDescription"])
        link = self.mac_.root / "usr/local/bin/gecko"
        self.assertEqual(os.readlink(link), str(app / "MacOS/gecko"))
        kept = self.mac_.root / "Library/Application Support/Gecko/scripts"
        self.assert_done(self.mac_, self.mac_.run("uninstall.sh", folder=kept, GECKO_INSTALL_TOOL=""))
        self.assertIsNone(self.mac_.running())
        self.assertFalse(kept.exists() or link.is_symlink())
        # The app's own scripts install it again.
        self.assert_done(self.mac_, self.mac_.run("install.sh", folder=app / "Resources/scripts", GECKO_INSTALL_TOOL=""))
        self.assertEqual(self.mac_.running(), "0.1.0")

    def test_another_program_of_that_name_stays(self):
        self.make()
        self.mac_.start()
        other = self.mac_.root / "usr/local/bin/gecko"
        other.parent.mkdir(parents=True)
        other.write_text("another")
        self.install()
        self.assert_done(self.mac_, self.mac_.run("uninstall.sh"))
        self.assertEqual(other.read_text(), "another")

    def test_it_is_for_the_processors_that_all_its_programs_have(self):
        for processors, common in (("x86_64 arm64", "arm64,x86_64"), ("arm64", "arm64")):
            self.make(FAKE_PROCESSORS=processors)
            opened = self.unpack()
            self.assertIn(f'hostArchitectures="{common}"', (opened / "distribution.xml").read_text())
            shutil.rmtree(opened)
        self.assertIn("no processor in common", self.make(code=2, FAKE_PROCESSORS="i386").stderr)

    def test_everybody_can_read_what_is_packed_whoever_packs_it(self):
        before = os.umask(0o077)
        self.addCleanup(os.umask, before)
        self.make()
        os.umask(before)
        modes = {path: path.stat().st_mode for path in self.unpack().rglob("*") if "payload" in path.parts}
        self.assertEqual([path for path, mode in modes.items() if mode & 0o444 != 0o444], [])

    def test_a_refused_restart_is_no_failure_of_the_package(self):
        self.make()
        self.mac_.start()
        self.install(FAKE_REFUSE="launchctl kickstart")
        self.install(FAKE_REFUSE="launchctl|killall")

    def test_a_place_that_is_a_link_is_refused_before_anything_is_there(self):
        self.make()
        self.mac_.hal.rmdir()
        self.mac_.hal.symlink_to(self.mac_.folder)
        self.install(code=1)
        self.assertFalse((self.mac_.root / "Library/Application Support").exists())

    def test_the_bundles_are_neither_moved_nor_kept_back(self):
        self.make()
        for key in ("BundleIsRelocatable", "BundleIsVersionChecked"):
            self.assertEqual(sum(f"-replace 0.{key} -bool NO" in line for line in self.mac_.log), 2, self.mac_.log)

    def test_signs_and_notarises_as_the_variables_say(self):
        self.make()
        self.assertFalse([line for line in self.mac_.log if "Developer ID" in line or line.startswith("xcrun")])
        self.make(GECKO_SIGN_CODE="Developer ID Application: A", GECKO_SIGN_PACKAGE="Developer ID Installer: A", GECKO_NOTARY_PROFILE="p")
        signed = [line for line in self.mac_.log if line.startswith("codesign --force --timestamp --options runtime --sign Developer ID App")]
        self.assertEqual(len(signed), 6)
        entitled = [line.split("/")[-1] for line in signed if f"--entitlements {SCRIPTS}/gecko.entitlements" in line]
        self.assertEqual(entitled, ["gecko", "Gecko.app"])
        self.assertTrue(plistlib.loads((SCRIPTS / "gecko.entitlements").read_bytes())["com.apple.security.device.audio-input"])
        self.assertTrue(signed[-1].endswith("Gecko.app"), "what holds the others is signed last")
        self.assertTrue(any(line.startswith("productbuild") and "--sign Developer ID Installer: A" in line for line in self.mac_.log))
        self.assertIn("xcrun notarytool submit", "\n".join(self.mac_.log))
        self.assertIn("xcrun stapler staple", "\n".join(self.mac_.log))

    def test_an_engine_that_needs_what_other_macs_lack_is_refused(self):
        brewed = "\t/opt/homebrew/lib/libfmt.dylib (compatibility version 1)\n"
        self.assertIn("/opt/homebrew/lib/libfmt.dylib", self.make(code=2, FAKE_LIBRARIES=brewed).stderr)
        self.make(FAKE_LIBRARIES=brewed, GECKO_ANY_LIBRARY="1")
        refused = self.make(code=2, FAKE_LIBRARIES=brewed, GECKO_ANY_LIBRARY="1", GECKO_SIGN_CODE="Developer ID Application: A")
        self.assertIn("exclude each other", refused.stderr)

    def test_whatever_step_fails_there_is_no_package(self):
        self.make()
        self.package.unlink()
        for command in ("otool", "codesign --verify", "codesign --force", "pkgbuild --analyze", "pkgbuild --root", "productbuild", "plutil"):
            with self.subTest(command):
                if command != "otool":
                    self.make(code=2, FAKE_REFUSE=command)
                    self.assertFalse(self.package.exists())
        self.assertEqual(list((self.mac_.folder / "tmp").iterdir()), [])


class App(fake_mac.MacTest):
    def setUp(self):
        self.mac_ = self.mac()
        self.folder = self.mac_.folder / AWKWARD / "MacOS"
        self.folder.mkdir(parents=True)
        shutil.copy(SCRIPTS / "gecko-app", self.folder)

    def engine(self, text):
        (self.folder / "gecko").write_text("#!/bin/sh\n" + text)
        (self.folder / "gecko").chmod(0o755)

    def open(self, *arguments, **more):
        environment = self.mac_.environment(**{"GECKO_COMMANDS": str(self.mac_.folder / "macs"), **more})
        app = subprocess.Popen([str(self.folder / "gecko-app"), *arguments], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, start_new_session=True)  # fmt: skip
        self.addCleanup(self.end_all_of, app.pid)
        self.addCleanup(app.wait, 10)
        self.addCleanup(app.kill)
        return app

    @staticmethod
    def end_all_of(group):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)

    def start(self, engine):
        self.engine(engine)
        return self.open("--watch")

    def until(self, true, what):
        deadline = time.monotonic() + 10
        while not true():
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.005)

    def alerts(self):
        """What windows have said: title, text, buttons."""
        file = self.mac_.folder / "alerts"
        return file.read_text() if file.exists() else ""

    def opened(self):
        file = self.mac_.folder / "opened"
        return file.read_text().split() if file.exists() else []

    def test_opens_the_page_that_the_engine_names_once(self):
        page = '{"a":1,"page":"http://127.0.0.1:8080/x?key=1","b":2}'
        app = self.start(f"[ \"$*\" = 'run --wait --json' ] || exit 9\necho '{{}}'\necho '{page}'\necho '{page}'\n")
        self.assertEqual(app.wait(10), 0)
        self.until(self.opened, "no page is opened")
        self.assertEqual(self.opened(), ["http://127.0.0.1:8080/x?key=1"])

    def test_opens_nothing_else(self):
        app = self.start("""echo '{"page":"http://example.com/"}'; echo '{"page":"file:///etc/passwd"}'; echo '{}'\n""")
        self.assertEqual(app.wait(10), 0)
        self.assertEqual(self.opened(), [])

    # Says that it runs, and that it was ended in order.
    ENGINE = "trap 'touch {0}.ended; exit 0' TERM\ntouch {0}.ready\nwhile :; do sleep 0.01; done\n"

    def test_its_end_is_the_engines_and_the_other_way_round(self):
        self.assertEqual(self.start("exit 2\n").wait(10), 2)
        for number, how in enumerate((signal.SIGTERM, signal.SIGKILL)):
            mark = self.mac_.folder / f"engine{number}"
            app = self.start(self.ENGINE.format(mark))
            self.until(mark.with_suffix(".ready").exists, "the engine does not start")
            app.send_signal(how)
            app.wait(10)
            self.until(mark.with_suffix(".ended").exists, "the engine was not ended by TERM")
        self.until(lambda: not list((self.mac_.folder / "tmp").iterdir()), "temporary files stay")

    def test_why_it_has_failed_is_said_in_a_window(self):
        says = """a "quote" & $(touch pwned)`touch pwned`" & (do shell script "touch pwned") & \\"""
        app = self.start(f"cat >&2 <<'END'\ngecko: earlier\ngecko: {says}\n       do this\nEND\nexit 3\n")
        self.assertEqual(app.wait(10), 3)
        self.assertEqual(self.alerts(), f"Gecko has ended.\ngecko: {says}\n       do this\nOK\n")
        self.assertEqual(list(self.mac_.folder.rglob("pwned")), [])
        self.assertIn(says, (self.mac_.home / "Library/Logs/Gecko.log").read_text())

    def test_opened_it_starts_the_engine_and_is_done(self):
        mark = self.mac_.folder / "engine"
        self.engine(f"echo $$ >{mark}.pid\n" + self.ENGINE.format(mark))
        self.assertEqual(self.open().wait(10), 0)
        self.until(mark.with_suffix(".ready").exists, "the engine does not start")
        os.kill(int(mark.with_suffix(".pid").read_text()), signal.SIGTERM)
        self.until(mark.with_suffix(".ended").exists, "the engine does not end")
        self.until(lambda: not list((self.mac_.folder / "tmp").iterdir()), "the watcher does not end")
        self.assertEqual(self.alerts(), "")

    def test_opened_again_it_offers_to_quit(self):
        state = self.mac_.home / "Library/Application Support/Gecko"
        state.mkdir(parents=True)
        runs = f"""import fcntl, os, time; lock = open({str(state / "lock")!r}, "w"); fcntl.flock(lock, fcntl.LOCK_EX)
print(os.getpid(), file=lock, flush=True); print(flush=True); time.sleep(60)"""
        gecko = subprocess.Popen([sys.executable, "-c", runs], stdout=subprocess.PIPE)
        self.addCleanup(gecko.stdout.close)
        self.addCleanup(gecko.wait, 10)
        self.addCleanup(gecko.kill)
        gecko.stdout.readline()
        self.engine(f"touch {self.mac_.folder}/second\n")
        self.assertEqual(self.open(FAKE_ANSWER="Leave it running").wait(10), 0)
        self.assertIn("Gecko runs already.", self.alerts())
        self.assertIsNone(gecko.poll())
        self.assertEqual(self.open(FAKE_ANSWER="Quit Gecko").wait(10), 0)
        self.assertEqual(gecko.wait(10), -signal.SIGTERM)
        self.assertFalse((self.mac_.folder / "second").exists())


class Autostart(fake_mac.MacTest):
    def setUp(self):
        self.mac_ = self.mac()
        self.agent = self.mac_.home / "Library/LaunchAgents/com.gecko.app.plist"

    def autostart(self, *arguments, code=0, **more):
        done = self.mac_.run("autostart.sh", *arguments, **{"FAKE_UID": "501", "FAKE_AT": "none", **more})
        self.assert_done(self.mac_, done, code)
        return done

    def test_on_is_a_launch_agent_that_is_ended_by_term(self):
        program = f"/Applications/{AWKWARD}/gecko"
        self.autostart("on", program)
        agent = plistlib.loads(self.agent.read_bytes())
        self.assertEqual(agent["ProgramArguments"], [program, "run", "--wait"])
        self.assertEqual((agent["Label"], agent["RunAtLoad"], agent["KeepAlive"], agent["ExitTimeOut"]), ("com.gecko.app", True, {"Crashed": True}, 10))
        self.assertEqual(agent["StandardOutPath"], agent["StandardErrorPath"])
        self.assertIn(f"launchctl bootstrap gui/501 {self.agent}", self.mac_.log)
        self.assertEqual([path.name for path in self.agent.parent.iterdir()], [self.agent.name])
        self.assertEqual(self.agent.stat().st_mode & 0o777, 0o644)
        self.autostart("on", program)  # again

    def test_off_takes_it_away_as_often_as_asked(self):
        self.autostart("on", "/gecko")
        self.assertIn("any more", self.autostart("off").stdout)
        self.assertFalse(self.agent.exists())
        self.assertIn("launchctl bootout gui/501/com.gecko.app", self.mac_.log)
        self.assertIn("was not", self.autostart("off").stdout)

    def test_who_was_switched_off_by_hand_is_on_again(self):
        self.autostart("on", "/gecko")
        asked = [line.split()[1] for line in self.mac_.log if line.startswith("launchctl")]
        self.assertEqual(asked, ["enable", "bootout", "bootstrap", "print"])

    def test_what_launchd_does_not_have_was_not_started(self):
        self.assertIn("was not started now", self.autostart("on", "/gecko", code=2, FAKE_REFUSE="launchctl print").stderr)
        self.autostart("off", FAKE_REFUSE="launchctl")

    def test_what_launchctl_refuses_is_said(self):
        self.assertIn("from the next login on", self.autostart("on", "/gecko", code=2, FAKE_REFUSE="launchctl").stderr)

    def test_an_agent_is_there_whole_or_as_before(self):
        self.autostart("on", "/one")
        before = self.agent.read_bytes()
        count = next(number for number, line in enumerate(self.mac_.log, 1) if line.startswith("launchctl"))
        for how in ("fails", "killed"):
            for number in range(1, count + 1):
                self.mac_.run("autostart.sh", "on", "/two", FAKE_UID="501", FAKE_AT=str(number), FAKE_HOW=how)
                agent = plistlib.loads(self.agent.read_bytes())
                self.assertIn(agent["ProgramArguments"], (["/one", "run", "--wait"], ["/two", "run", "--wait"]))
                self.agent.write_bytes(before)

    def test_elsewhere_it_is_not_there_yet(self):
        self.assertIn("not there yet", self.autostart("on", "/gecko", code=3, FAKE_SYSTEM="Linux").stderr)
        self.assertIn("not as root", self.autostart("on", "/gecko", code=2, FAKE_UID="0").stderr)
        self.autostart("on", "gecko", code=1)
        self.autostart("on", code=1)
        self.assertFalse(self.agent.exists())


class Commands(fake_mac.MacTest):
    """`gecko driver ...`, found as it is installed."""

    def setUp(self):
        self.mac_ = self.mac().start()
        self.app = self.mac_.folder / "it's an app/Contents"
        shutil.copytree(SCRIPTS, self.app / "Resources/scripts")
        (self.app / "MacOS").mkdir()
        shutil.copy(self.programs / "gecko", self.app / "MacOS")

    def gecko(self, *words, code=0, **more):
        environment = self.mac_.environment(**{"GECKO_COMMANDS": str(self.mac_.folder / "macs"), **more})
        done = subprocess.run([str(self.app / "MacOS/gecko"), *map(str, words)], env=environment, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=60, check=False, cwd=self.mac_.bundle.parent)  # fmt: skip
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def test_they_do_what_the_scripts_do(self):
        self.assertIn("installed: no", self.gecko("driver", "status", code=2))
        self.assertIn("is there", self.gecko("driver", "install", NAME))
        self.assertEqual(self.mac_.running(), "0.1.0")
        self.assertIn("to do: nothing", self.gecko("driver", "status"))
        self.assertIn("driver version: 0.1.0", self.gecko("driver"))
        self.assertIn("restarted", self.gecko("driver", "restart"))
        self.gecko("driver", "install", "--publish", NAME)
        self.assertIn("is removed", self.gecko("driver", "uninstall", "--purge"))
        self.assertIsNone(self.mac_.running())

    def test_away_from_a_terminal_the_window_asks(self):
        self.gecko("driver", "install", NAME, FAKE_UID="501", FAKE_WINDOW="yes")
        self.assertEqual(self.mac_.running(), "0.1.0")
        self.gecko("driver", "uninstall", FAKE_UID="501", code=3)

    def test_autostart_starts_this_program(self):
        self.gecko("autostart", "on", FAKE_UID="501")
        agent = plistlib.loads((self.mac_.home / "Library/LaunchAgents/com.gecko.app.plist").read_bytes())
        self.assertEqual(agent["ProgramArguments"], [str(self.app / "MacOS/gecko"), "run", "--wait"])
        self.gecko("autostart", "off", FAKE_UID="501")
        self.gecko("autostart", code=1)
        self.gecko("autostart", "on", FAKE_SYSTEM="Linux", code=3)

    def test_without_the_scripts_it_says_so(self):
        shutil.rmtree(self.app / "Resources")
        self.gecko("driver", "install", code=2)

    def test_elsewhere_they_are_not_there(self):
        for command in ("install", "uninstall", "status", "restart"):
            self.gecko("driver", command, code=3, FAKE_SYSTEM="Linux")


if __name__ == "__main__":
    fake_mac.main(sys.argv)
