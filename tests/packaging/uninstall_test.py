#!/usr/bin/env python3
"""uninstall.sh: what it removes, what it leaves, and the default output that it gives back.

    uninstall_test.py PROGRAMS DRIVER
"""

import fcntl
import os
import pathlib
import signal
import subprocess
import sys
import unittest

import fake_mac
from fake_mac import FIXED_NAME, NAME

SINK = "GeckoSink_UID"
SEGMENT = pathlib.Path("/dev/shm" + FIXED_NAME)


class Uninstall(fake_mac.MacTest):
    def setUp(self):
        self.mac_ = self.mac(self.user).start()
        self.assert_done(self.mac_, self.mac_.install())
        self.settings = self.mac_.home / "Library/Application Support/Gecko"
        self.agent = self.mac_.home / "Library/LaunchAgents/com.gecko.app.plist"

    # A user's own shell; root's is another test.
    AS_USER = {"FAKE_UID": "501", "FAKE_SUDO": "yes"}

    def uninstall(self, *arguments, code=0, **environment):
        done = self.mac_.run("uninstall.sh", *arguments, **(environment or self.AS_USER))
        self.assert_done(self.mac_, done, code)
        return done

    def furnish(self):
        """All that may be there besides the driver."""
        for path, text in ((self.settings / "settings.json", "{}"), (self.settings / "default-output", "nobody's\n"), (self.agent, "<plist/>"),
                           (self.mac_.root / "Library/Application Support/Gecko/scripts/install.sh", "x"),
                           (self.mac_.folder / "receipts/com.gecko.driver.pkg", ""), (self.mac_.folder / "receipts/com.gecko.app.pkg", ""),
                           (self.mac_.hal.parent / ".gecko-staging.abcdef/journal", "1\n")):  # fmt: skip
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        (self.mac_.hal.parent / ".gecko-staging.abcdef").chmod(0o700)
        self.mac_.own(self.mac_.root)
        self.mac_.own(self.mac_.folder / "receipts")

    def output(self, *uid):
        done = subprocess.run([str(self.programs / "packaging_choose_output"), *uid], env=self.mac_.environment(), capture_output=True,
                              text=True, timeout=60, check=False)  # fmt: skip
        return done.stdout.strip() if done.returncode == 0 else None

    def test_removes_all_but_the_settings_and_only_its_own(self):
        others = [self.mac_.hal / "Other.driver/Contents/Info.plist", self.agent.with_name("com.example.plist"), self.settings.with_name("Other")]
        for path in others:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        self.furnish()
        self.uninstall()
        self.assertEqual((self.mac_.installed(), self.mac_.running(), self.mac_.left_over()), (None, None, []))
        self.assertFalse(self.agent.exists() or (self.mac_.root / "Library/Application Support/Gecko").exists())
        self.assertEqual(list((self.mac_.folder / "receipts").iterdir()), [])
        self.assertTrue((self.settings / "settings.json").exists())
        for path in others:
            self.assertTrue(path.exists(), path)

    def test_purging_removes_the_settings_too(self):
        self.furnish()
        self.uninstall("--purge")
        self.assertFalse(self.settings.exists())

    def test_twice_is_fine_and_nothing_at_all_too(self):
        self.uninstall()
        self.assertIn("No driver is installed", self.uninstall().stdout)
        self.assertIn("No driver is installed", self.uninstall(FAKE_UID="501").stdout)

    def test_what_was_taken_away_by_hand_is_no_error(self):
        self.furnish()
        (self.mac_.hal / NAME).rename(self.mac_.folder / "gone")
        self.uninstall()
        self.assertIsNone(self.mac_.running())

    def test_the_published_memory_goes(self):
        SEGMENT.touch()
        self.addCleanup(SEGMENT.unlink, missing_ok=True)
        self.uninstall()
        self.assertFalse(SEGMENT.exists())

    def test_the_default_output_is_given_back(self):
        self.settings.mkdir(parents=True)
        speakers = self.output()
        (self.settings / "default-output").write_text(speakers + "\n")
        self.assertEqual(self.output(SINK), SINK)
        self.assertIn("again what it was", self.uninstall().stdout)
        self.assertEqual(self.output(), speakers)
        self.assertFalse((self.settings / "default-output").exists())

    def gecko(self):
        """A gecko that somebody has started in a terminal, when Gecko Sink is the default output. It ends with its test."""
        environment = self.mac_.environment(GECKO_HOME=str(self.settings))
        gecko = subprocess.Popen([str(self.programs / "gecko"), "run"], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 **self.mac_.drop)  # fmt: skip
        self.addCleanup(gecko.stdout.close)
        self.addCleanup(gecko.wait, 10)
        self.addCleanup(gecko.kill)
        self.addCleanup(gecko.send_signal, signal.SIGCONT)
        while self.output() != SINK:
            self.assertTrue(gecko.stdout.readline(), "gecko does not start")
        return gecko

    def test_a_gecko_that_runs_is_ended_and_gives_the_default_output_back(self):
        speakers = self.output()
        gecko = self.gecko()
        self.uninstall("--purge")
        self.assertEqual((gecko.wait(10), self.output(), self.mac_.running()), (0, speakers, None))
        self.assertFalse(self.settings.exists())

    def test_root_ends_the_users_gecko_too(self):
        speakers = self.output()
        gecko = self.gecko()
        if os.getuid() == 0:
            os.chown(self.mac_.root / "dev/console", 501, 501)
        self.uninstall("--purge", FAKE_UID="0")
        self.assertEqual((gecko.wait(10), self.output(), self.mac_.running()), (0, speakers, None))
        self.assertFalse(self.settings.exists())

    def test_without_rights_what_gecko_has_noted_stays(self):
        """Its guard gives the default output back by it, should the next gecko die."""
        speakers = self.output()
        self.gecko()
        self.uninstall("--purge", code=3, FAKE_UID="501")
        self.assertEqual(self.output(), speakers)
        self.assertTrue((self.settings / "lock").exists())
        gecko = self.gecko()
        gecko.kill()
        gecko.wait(10)
        self.assertEqual(self.mac_.tool("end-gecko", str(self.settings), "10").returncode, 0)  # waits for the guard
        self.assertEqual(self.output(), speakers)

    def test_a_gecko_that_does_not_end_keeps_all_as_it_is(self):
        gecko = self.gecko()
        gecko.send_signal(signal.SIGSTOP)
        done = self.uninstall("--purge", code=4, GECKO_WAIT="0", **self.AS_USER)
        self.assertIn(f"gecko (process {gecko.pid}) does not end", done.stderr)
        self.assertIn("Quit it", done.stderr)
        self.assertEqual((self.mac_.running(), self.output()), ("0.1.0", SINK))
        self.assertTrue((self.settings / "default-output").exists() and (self.settings / "lock").exists())
        self.assertIn(f"gecko runs (process {gecko.pid})", self.uninstall(code=4, GECKO_INSTALL_TOOL="/nowhere", **self.AS_USER).stderr)

    def test_whoever_has_a_number_that_was_geckos_is_left_alone(self):
        """As after a restart of the Mac."""
        other = subprocess.Popen(["/bin/sleep", "60"])
        self.addCleanup(other.wait, 10)
        self.addCleanup(other.kill)
        self.settings.mkdir(parents=True)
        lock = self.settings / "lock"
        lock.write_text(str(other.pid))
        with open(lock, "rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            self.uninstall(code=4, GECKO_WAIT="0", **self.AS_USER)
        self.uninstall()
        self.assertIsNone(other.poll())

    @unittest.skipUnless(os.getuid() == 0, "needs root, whose rights are at stake")
    def test_root_does_not_follow_the_users_links(self):
        victims = [self.mac_.folder / "victim" / name for name in ("Gecko/settings.json", "com.gecko.app.plist", "Gecko.log")]
        for path in victims:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        library = self.mac_.home / "Library"
        library.mkdir()
        for name in ("Application Support", "LaunchAgents", "Logs"):
            (library / name).symlink_to(self.mac_.folder / "victim")
        os.chown(self.mac_.root / "dev/console", 501, 501)
        for file in ("count", "log"):
            (self.mac_.folder / file).chmod(0o666)
        self.uninstall("--purge", code=2, FAKE_UID="0", FAKE_DROP="yes")
        self.assertEqual([path for path in victims if not path.exists()], [])
        self.assertIsNone(self.mac_.running())

    def test_root_gives_back_what_the_console_user_had(self):
        self.settings.mkdir(parents=True)
        speakers = self.output()
        (self.settings / "default-output").write_text(speakers + "\n")
        self.assertEqual(self.output(SINK), SINK)
        if os.getuid() == 0:
            os.chown(self.mac_.root / "dev/console", 501, 501)
        self.assertIn("again what it was", self.uninstall(FAKE_UID="0").stdout)
        self.assertEqual(self.output(), speakers)

    def test_a_default_output_that_is_not_geckos_stays(self):
        self.settings.mkdir(parents=True)
        (self.settings / "default-output").write_text("whoever\n")
        speakers = self.output()
        self.assertIn("it stays", self.uninstall().stdout)
        self.assertEqual(self.output(), speakers)

    def test_a_former_output_that_is_not_there_or_damaged_is_no_obstacle(self):
        self.settings.mkdir(parents=True)
        self.assertEqual(self.output(SINK), SINK)
        (self.settings / "default-output").write_text("unplugged\n")
        self.assertIn("not connected", self.uninstall().stdout)
        for damaged in ("", "two\nlines\n", "x" * 5000):
            (self.settings / "default-output").write_text(damaged)
            self.assertIn("could not be given back", self.uninstall().stderr)

    def test_the_file_that_names_it_is_not_followed_elsewhere(self):
        self.settings.mkdir(parents=True)
        secret = self.mac_.folder / "secret"
        secret.write_text("secret words\n")
        (self.settings / "default-output").symlink_to(secret)
        self.uninstall()
        self.assertNotIn("secret words", self.mac_.said)
        self.assertTrue(secret.exists())

    def test_a_link_in_the_drivers_place_is_removed_and_not_followed(self):
        elsewhere = self.mac_.folder / "elsewhere"
        (self.mac_.hal / NAME).rename(elsewhere)
        (self.mac_.hal / NAME).symlink_to(elsewhere)
        self.uninstall()
        self.assertFalse(os.path.lexists(self.mac_.hal / NAME))
        self.assertTrue((elsewhere / "Contents/Info.plist").exists())

    def test_a_daemon_that_cannot_be_restarted_is_said_and_no_failure(self):
        done = self.uninstall(FAKE_REFUSE="launchctl|killall", **self.AS_USER)
        self.assertIn("Audio daemon restart required", done.stderr)
        self.assertIsNone(self.mac_.installed())

    def test_without_rights_the_driver_stays(self):
        done = self.uninstall(code=3, FAKE_UID="501")
        self.assertEqual(self.mac_.running(), "0.1.0")
        self.assert_done(self.mac_, self.mac_.paste(done))
        self.assertIsNone(self.mac_.running())

    def test_without_its_tool_it_removes_what_it_can(self):
        done = self.uninstall(GECKO_INSTALL_TOOL="/nowhere", **self.AS_USER)
        self.assertIn("choose one in System Settings", done.stderr)
        self.assertIsNone(self.mac_.installed())


@unittest.skipUnless(os.getuid() == 0, "Uninstall is run by no root already")
class UninstallByNoRoot(fake_mac.MacTest):
    user = 12345
    AS_USER = Uninstall.AS_USER
    setUp, uninstall, furnish = Uninstall.setUp, Uninstall.uninstall, Uninstall.furnish
    test_all = Uninstall.test_purging_removes_the_settings_too
    test_twice = Uninstall.test_twice_is_fine_and_nothing_at_all_too


if __name__ == "__main__":
    fake_mac.main(sys.argv)
