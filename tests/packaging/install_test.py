#!/usr/bin/env python3
"""install.sh, uninstall.sh, status.sh and restart.sh, where what they meet is not as it should be.

    install_test.py PROGRAMS DRIVER
"""

import concurrent.futures
import os
import pathlib
import plistlib
import re
import shutil
import subprocess
import sys
import time
import unittest

import fake_mac
from fake_mac import NAME, PROGRAM, SCRIPTS, contents, different

SHELLS = [shell for shell in ("dash", "bash --posix", "bash", "zsh --emulate sh", "busybox sh") if shutil.which(shell.split()[0])]
NAMES = ("it's a $(touch pwned) `touch pwned`", 'two "quotes" and \\ backslashes', "a line\nend", "an end of line\n", "-rf", "*?[a]", " ")


class Install(fake_mac.MacTest):
    def setUp(self):
        self.mac_ = self.mac(self.user).start()

    def install(self, *arguments, code=0, **environment):
        done = self.mac_.install(*arguments, **environment)
        self.assert_done(self.mac_, done, code)
        return done

    def test_a_first_install_is_whole_and_at_work(self):
        self.mac_.hal.rmdir()
        self.mac_.hal.parent.rmdir()
        self.mac_.hal.parent.parent.rmdir()  # a fresh system lacks it
        self.install()
        self.assertEqual(self.mac_.running(), "0.1.0")
        for path in [self.mac_.hal, *self.mac_.hal.rglob("*")]:
            mode = 0o755 if path.is_dir() or path.parent.name == "MacOS" else 0o644
            self.assertEqual(path.stat().st_mode & 0o7777, mode, path)
        self.assertEqual(self.mac_.left_over(), [])

    def test_upgrades_and_downgrades(self):
        first = self.mac_.bundle
        self.install()
        later = self.mac_.folder / "later" / NAME
        shutil.copytree(first, later)
        different(later, "0.3.0")
        self.mac_.own(later.parent)
        for bundle, version in ((later, "0.3.0"), (first, "0.1.0"), (later, "0.3.0")):
            self.install(bundle)
            self.assertEqual(self.mac_.running(), version)
            self.assertEqual(self.mac_.left_over(), [])

    def test_the_very_same_one_is_left_alone_without_any_rights(self):
        self.install()
        inode = (self.mac_.hal / NAME).stat().st_ino
        pid = (self.mac_.folder / "pid").read_text()
        done = self.install(FAKE_UID="501")
        self.assertIn("installed already", done.stdout)
        self.assertEqual(inode, (self.mac_.hal / NAME).stat().st_ino)
        self.assertEqual(pid, (self.mac_.folder / "pid").read_text())

    def test_the_very_same_one_is_installed_again_where_its_modes_are_wrong(self):
        self.install()
        (self.mac_.hal / PROGRAM).chmod(0o700)
        self.assertEqual(self.mac_.run("status.sh").returncode, 2)
        self.install()
        self.assertEqual((self.mac_.hal / PROGRAM).stat().st_mode & 0o777, 0o755)

    def test_the_files_that_are_installed_are_never_written_to(self):
        self.install()
        with open(self.mac_.hal / PROGRAM, "rb") as running:
            before = running.read()
            different(self.mac_.bundle, "0.2.0")
            self.install()
            running.seek(0)
            self.assertEqual(running.read(), before)

    def refused(self, *words):
        before = contents(self.mac_.hal / NAME)
        pid = (self.mac_.folder / "pid").read_text()
        done = self.install(code=2)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertEqual(contents(self.mac_.hal / NAME), before)
        self.assertEqual(pid, (self.mac_.folder / "pid").read_text())
        self.assertEqual(self.mac_.left_over(), [])

    def test_refuses_a_bundle_that_is_not_the_driver_or_not_whole(self):
        info = self.mac_.bundle / "Contents/Info.plist"
        good = info.read_bytes()
        program = self.mac_.bundle / "Contents/MacOS/GeckoAudioDevice"
        code = program.read_bytes()
        self.install()

        def spoil(key, value):
            values = plistlib.loads(good)
            values[key] = value
            info.write_bytes(plistlib.dumps(values))

        for words, do in {
            "identifier": lambda: spoil("CFBundleIdentifier", "com.example"),
            "no version": lambda: spoil("CFBundleShortVersionString", "$(id)"),
            "another program": lambda: spoil("CFBundleExecutable", "../../x"),
            "no factory": lambda: spoil("CFPlugInFactories", {}),
            "no property list": lambda: info.write_bytes(good[:200]),
            "cannot be read": info.unlink,
            "is no program": lambda: program.write_bytes(b"short"),
            "cannot be r": program.unlink,
            "and this computer is": lambda: program.write_bytes(code[:18] + b"\x08\0" + code[20:]),
            "neither a file nor a folder": lambda: (self.mac_.bundle / "Contents/link").symlink_to("/etc/passwd"),
        }.items():
            with self.subTest(words):
                do()
                self.refused(words)
                (self.mac_.bundle / "Contents/link").unlink(missing_ok=True)
                info.write_bytes(good)
                program.write_bytes(code)

    def test_refuses_a_program_for_other_macs_only(self):
        program = self.mac_.bundle / "Contents/MacOS/GeckoAudioDevice"
        own = os.uname().machine == "x86_64"
        intel, arm = (0x01000007, 0x0100000C)
        other = arm if own else intel
        program.write_bytes(b"\xcf\xfa\xed\xfe" + other.to_bytes(4, "little") + bytes(64))
        self.refused("it is for " + ("arm64" if own else "x86_64"))
        program.write_bytes(b"\xca\xfe\xba\xbe" + (1).to_bytes(4, "big") + other.to_bytes(4, "big") + bytes(64))
        self.refused("it is for ")
        program.write_bytes(b"\xca\xfe\xba\xbe" + (999).to_bytes(4, "big") + bytes(64))
        self.refused("cut off")

    def test_refuses_what_was_changed_after_it_was_signed(self):
        subprocess.run([str(self.mac_.folder / "macs/codesign"), "--force", str(self.mac_.bundle)], env=self.mac_.environment(), check=True)
        with open(self.mac_.bundle / "Contents/MacOS/GeckoAudioDevice", "ab") as program:
            program.write(b"more")
        self.refused("verifying the signature failed")

    def test_keeps_the_signature_that_somebody_gave_it(self):
        subprocess.run([str(self.mac_.folder / "macs/codesign"), "--force", str(self.mac_.bundle)], env=self.mac_.environment(), check=True)
        self.install(FAKE_AT="none")
        self.assertNotIn("codesign --force", "\n".join(self.mac_.log))
        self.assertEqual(self.mac_.installed(), contents(self.mac_.bundle))

    def test_refuses_places_that_are_links_or_files_or_belong_to_others(self):
        elsewhere = self.mac_.folder / "elsewhere"
        hal, plug_ins = self.mac_.hal, self.mac_.hal.parent
        for target in (hal / NAME, hal, plug_ins):
            for kind in ("link", "file"):
                with self.subTest(target=target.name, kind=kind):
                    saved = None
                    if target.exists():
                        saved = target.rename(self.mac_.folder / "saved")
                    elsewhere.mkdir()
                    if kind == "link":
                        target.symlink_to(elsewhere)
                    else:
                        target.touch()
                    done = self.install(code=2)
                    self.assertIn("symbolic link" if kind == "link" else "is no folder", done.stderr)
                    self.assertEqual(list(elsewhere.iterdir()), [])
                    target.unlink()
                    elsewhere.rmdir()
                    if saved:
                        saved.rename(target)
        # As if root were somebody else than whom all belongs to.
        other = {"GECKO_OWNER_ID": "54321"}
        self.assertIn("does not belong to root", self.install(code=2, **other).stderr)
        self.assertIsNone(self.mac_.installed())

    @unittest.skipUnless(os.getuid() == 0, "only root can give files away")
    def test_refuses_a_driver_that_belongs_to_somebody_else(self):
        self.install()
        os.chown(self.mac_.hal / NAME, 54321, 54321)
        different(self.mac_.bundle, "0.2.0")
        self.refused("does not belong to root")

    def test_a_folder_that_only_root_could_read_is_opened(self):
        self.mac_.hal.chmod(0o700)
        self.assertIn("755", self.install().stdout)
        self.assertEqual(self.mac_.hal.stat().st_mode & 0o777, 0o755)

    def test_from_macos_14_4_on_the_daemon_is_killed_instead(self):
        done = self.install(FAKE_REFUSE="launchctl kickstart")
        self.assertIn("by killall -TERM", done.stdout)
        self.assertEqual(self.mac_.running(), "0.1.0")

    def test_a_daemon_that_ignores_that_is_killed_for_good(self):
        done = self.install(FAKE_REFUSE="launchctl kickstart", FAKE_DAEMON="stubborn")
        self.assertIn("by killall -KILL", done.stdout)
        self.assertEqual(self.mac_.running(), "0.1.0")

    def test_a_daemon_that_cannot_be_restarted_wants_a_restart_and_is_no_failure(self):
        self.install()
        different(self.mac_.bundle, "0.2.0")
        done = self.install(FAKE_REFUSE="launchctl|killall")
        self.assertIn("Audio daemon restart required", done.stderr)
        self.assertEqual((self.mac_.running(), len(self.mac_.left_over())), ("0.1.0", 1))
        self.assertIn("installed, not yet seen since", self.status(2))
        self.mac_.restart()
        self.assertEqual(self.mac_.running(), "0.2.0")
        self.assertIn("the next install removes it", self.status(0))
        self.install()  # settles what was left
        self.assertEqual((self.mac_.running(), self.mac_.left_over()), ("0.2.0", []))

    def test_a_later_restart_removes_the_former_driver_once_the_new_one_is_seen(self):
        self.install()
        different(self.mac_.bundle, "0.2.0")
        self.install(FAKE_REFUSE="launchctl|killall")
        self.assert_done(self.mac_, self.mac_.run("restart.sh", FAKE_REFUSE="launchctl|killall"))
        self.assertEqual(len(self.mac_.left_over()), 1, "it was not restarted, and the former one is gone")
        self.assert_done(self.mac_, self.mac_.run("restart.sh"))
        self.assertEqual((self.mac_.running(), self.mac_.left_over()), ("0.2.0", []))

    def test_a_later_restart_brings_the_former_driver_back_if_the_new_one_is_not_seen(self):
        self.install()
        before = self.mac_.installed()
        info = self.mac_.bundle / "Contents/Info.plist"
        info.write_bytes(info.read_bytes().replace(b"0.1.0", b"0.9.9"))
        self.install(FAKE_REFUSE="launchctl|killall")
        self.assertNotEqual(self.mac_.installed(), before)
        done = self.mac_.run("restart.sh", GECKO_WAIT="1")
        self.assert_done(self.mac_, done, 2)
        self.assertIn("back in its place", done.stderr)
        self.assertEqual((self.mac_.installed(), self.mac_.left_over()), (before, []))
        self.assertEqual(self.mac_.tool("device-present", "GeckoSink_UID", "5", "0.1.0").returncode, 0)

    def test_where_there_was_none_a_way_back_that_fails_says_where_the_new_one_is(self):
        info = self.mac_.bundle / "Contents/Info.plist"
        info.write_bytes(info.read_bytes().replace(b"0.1.0", b"0.9.9"))
        refuse = f"gecko-install-tool place {self.mac_.hal}"  # the way out; the way in begins in the staging folder
        done = self.install(code=2, GECKO_WAIT="0", FAKE_REFUSE=refuse)
        self.assertIn(f"could not be taken out again; it is still {self.mac_.hal / NAME}", done.stderr)
        self.assertNotIn("former", done.stderr)

    def test_a_device_that_never_appears_gives_the_former_driver_back(self):
        self.install()
        before = self.mac_.installed()
        program = self.mac_.bundle / "Contents/MacOS/GeckoAudioDevice"
        program.write_bytes(program.read_bytes()[:4096])
        done = self.install(code=2, GECKO_WAIT="1")
        self.assertIn("did not appear within 1 s", done.stderr)
        self.assertIn("back in its place, and at work", done.stderr)
        self.assertEqual((self.mac_.installed(), self.mac_.running(), self.mac_.left_over()), (before, "0.1.0", []))

    def test_where_there_was_none_a_driver_whose_device_never_appears_goes(self):
        program = self.mac_.bundle / "Contents/MacOS/GeckoAudioDevice"
        program.write_bytes(program.read_bytes()[:4096])
        done = self.install(code=2, GECKO_WAIT="1")
        self.assertIn("none is installed, as before", done.stderr)
        self.assertEqual((self.mac_.installed(), self.mac_.running(), self.mac_.left_over()), (None, None, []))

    def test_where_the_way_back_fails_it_says_where_the_former_one_is(self):
        self.install()
        info = self.mac_.bundle / "Contents/Info.plist"
        info.write_bytes(info.read_bytes().replace(b"0.1.0", b"0.9.9"))
        # The way there begins in the staging folder, and so does the way back: the second one fails.
        tool = self.mac_.folder / "bin/gecko-install-tool"
        text = tool.read_text()
        tool.unlink()
        tool.write_text(text.replace("gecko-install-tool) exec", 'gecko-install-tool) if [ "$1" = exchange ] && [ -e "$FAKE/exchanged" ]; then '
                                     'refuse; fi; [ "$1" != exchange ] || touch "$FAKE/exchanged"; exec'))  # fmt: skip
        tool.chmod(0o755)
        self.mac_.own(tool)
        done = self.install(code=2, GECKO_WAIT="0")
        (left,) = self.mac_.left_over()
        self.assertIn(f"could not be put back; it is in {left}", done.stderr)
        tool.write_text(text)
        shutil.rmtree(self.mac_.bundle)
        shutil.copytree(self.driver, self.mac_.bundle)
        self.mac_.own(self.mac_.bundle)
        self.install()
        self.assertEqual((self.mac_.running(), self.mac_.left_over()), ("0.1.0", []))

    def test_a_file_system_that_cannot_exchange_is_refused_and_said(self):
        self.install()
        different(self.mac_.bundle, "0.2.0")
        tool = self.mac_.folder / "bin/gecko-install-tool"
        text = tool.read_text()
        tool.unlink()
        tool.write_text(text.replace("gecko-install-tool) exec", 'gecko-install-tool) [ "$1" != exchange ] || { echo "this file system '
                                     'cannot do it in one step" >&2; exit 1; }; exec'))  # fmt: skip
        tool.chmod(0o755)
        self.mac_.own(tool)
        self.refused("in one step", "as it was")

    def test_without_rights_it_prints_one_line_to_paste_that_does_it_all(self):
        folder = self.mac_.folder / NAMES[0]
        shutil.copytree(self.driver, folder / NAME)
        self.mac_.own(folder)
        done = self.install("--publish=0666", folder / NAME, code=3, FAKE_UID="501")
        self.assertEqual((self.mac_.installed(), self.mac_.left_over()), (None, []))
        self.assert_done(self.mac_, self.mac_.paste(done))
        info = plistlib.loads((self.mac_.hal / NAME / "Contents/Info.plist").read_bytes())
        self.assertEqual((info["GeckoPublish"], self.mac_.running(), self.mac_.left_over()), ("0666", "0.1.0", []))
        self.assertEqual(list(self.mac_.folder.rglob("pwned")), [])

    def test_root_follows_no_link_that_was_planted_after_the_user_had_checked(self):
        victim = self.mac_.folder / "victim"
        victim.write_bytes((self.mac_.bundle / "Contents/MacOS/GeckoAudioDevice").read_bytes())
        victim.chmod(0o600)
        program = self.mac_.bundle / "Contents/MacOS/GeckoAudioDevice"
        program.unlink()
        program.symlink_to(victim)
        done = self.install("--elevated", self.mac_.bundle, code=2, FAKE_AT="none")
        self.assertIn("is neither a file nor a folder", done.stderr)
        self.assertEqual((victim.stat().st_mode & 0o777, self.mac_.installed(), self.mac_.left_over()), (0o600, None, []))
        self.assertEqual([name for name in self.mac_.commands() if name in ("chmod", "chown")], [])

    def test_of_two_at_once_the_second_changes_nothing(self):
        self.install()
        different(self.mac_.bundle, "0.2.0")
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            first = pool.submit(self.mac_.install, FAKE_AT="none", FAKE_HOLD="gecko-install-tool exchange")
            while not (self.mac_.folder / "held").exists():
                self.assertFalse(first.done(), self.mac_.said)
                time.sleep(0.005)
            try:
                staged = [contents(path) for path in self.mac_.left_over()]
                for script in ("install.sh", "uninstall.sh", "restart.sh"):
                    done = self.mac_.run(script, *([self.mac_.bundle] if script == "install.sh" else []))
                    self.assert_done(self.mac_, done, 4)
                    self.assertIn("Another installation or removal", done.stderr)
                self.assertEqual([contents(path) for path in self.mac_.left_over()], staged)
                self.assertEqual(self.mac_.running(), "0.1.0")
            finally:
                (self.mac_.folder / "go").touch()
            self.assertEqual(first.result().returncode, 0, self.mac_.said)
        self.assertEqual((self.mac_.running(), self.mac_.left_over()), ("0.2.0", []))

    def test_refuses_places_that_others_may_write_to(self):
        for place in (self.mac_.hal, self.mac_.hal.parent, self.mac_.root / "Library"):
            for mode in (0o775, 0o757, 0o1777):
                with self.subTest(place=place.name, mode=oct(mode)):
                    place.chmod(mode)
                    self.assertIn(f"sudo chmod go-w '{place}'", self.install(code=2).stderr)
                    self.assertEqual(place.stat().st_mode & 0o7777, mode)
                    place.chmod(0o755)
        self.assertIsNone(self.mac_.installed())

    def test_a_staging_folder_that_is_not_roots_alone_is_neither_believed_nor_removed(self):
        self.install()
        planted = self.mac_.hal.parent / ".gecko-staging.planted"
        shutil.copytree(self.mac_.hal / NAME, planted / NAME)
        (planted / "journal").write_text(f"{(self.mac_.hal / NAME).stat().st_ino}\n")
        planted.chmod(0o755)
        self.mac_.own(planted)
        before = contents(planted)
        different(self.mac_.bundle, "0.2.0")
        self.install()
        self.assertEqual((self.mac_.running(), contents(planted)), ("0.2.0", before))
        self.assert_done(self.mac_, self.mac_.run("uninstall.sh"))
        self.assertEqual(contents(planted), before)

    def test_the_disk_has_it_before_it_takes_its_place(self):
        self.install(FAKE_AT="none")
        tool = [line.split()[1] for line in self.mac_.log if line.startswith("gecko-install-tool ")]
        self.assertLess(tool.index("sync"), tool.index("place"))
        different(self.mac_.bundle, "0.2.0")
        self.assertIn("as it was", self.install(code=2, FAKE_REFUSE="gecko-install-tool sync").stderr)
        self.assertEqual(self.mac_.running(), "0.1.0")
        self.assertEqual(self.mac_.tool("sync", "/nowhere").returncode, 1)

    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    def test_what_the_disk_is_asked_for(self):
        def synced(*arguments):
            command = ["strace", "-y", "-e", "trace=fsync", str(self.programs / "gecko-install-tool"), *map(str, arguments)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
            if "PTRACE" in done.stderr:
                self.skipTest("no process can be traced here")
            self.assertEqual(done.returncode, 0, done.stderr)
            return set(re.findall(r"fsync\(\d+<([^>]*)>\) += 0", done.stderr))

        bundle = self.mac_.bundle.resolve()
        self.assertEqual(synced("sync", bundle), {str(path) for path in [bundle, *bundle.rglob("*")]})
        other = self.mac_.folder.resolve() / "other"
        other.mkdir()
        self.assertEqual(synced("exchange", bundle, other), {str(bundle.parent), str(other.parent)})

    def test_a_password_that_is_not_given_changes_nothing(self):
        self.install(code=3, FAKE_UID="501", GECKO_ASK="window")
        self.assertIsNone(self.mac_.installed())

    def test_names_of_folders_are_only_names(self):
        for how in ({"FAKE_UID": "501", "FAKE_SUDO": "yes"}, {"FAKE_UID": "501", "GECKO_ASK": "window", "FAKE_WINDOW": "yes"}, {}):
            with self.subTest(**how):
                folder = self.mac_.folder.joinpath(f"names{len(how)}", *NAMES)
                shutil.copytree(SCRIPTS, folder / "scripts")
                shutil.copytree(self.driver, folder / NAME)
                (folder / "tmp").mkdir()
                different(folder / NAME, f"0.2.{len(how)}")
                self.mac_.folder.chmod(0o755)
                self.mac_.own(self.mac_.folder / f"names{len(how)}")
                done = self.mac_.run("install.sh", folder=folder / "scripts", TMPDIR=str(folder / "tmp"), **how)
                self.assert_done(self.mac_, done)
                self.assertEqual(self.mac_.running(), f"0.2.{len(how)}")
                self.assertEqual(list((folder / "tmp").iterdir()), [])
        self.assertEqual(list(self.mac_.folder.rglob("pwned")), [])

    def test_what_the_window_ran_is_said_and_its_exit_code_counts(self):
        done = self.install(code=2, FAKE_UID="501", GECKO_ASK="window", FAKE_WINDOW="yes", FAKE_REFUSE="gecko-install-tool place")
        self.assertIn("moving the driver into its place failed", done.stdout)

    @unittest.skipUnless(os.getuid() == 0, "only root can mount")
    def test_a_disk_that_is_full_keeps_the_former_driver(self):
        self.install()
        before = self.mac_.installed()
        pages = sum(-(-len(data or b"") // 4096) for data in before.values())  # and one for the journal
        different(self.mac_.bundle, "0.2.0")
        library = self.mac_.root / "Library"
        saved = library.rename(self.mac_.root / "saved")
        library.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,mode=755", "tmpfs", str(library)], check=False).returncode != 0:
            saved.rename(library)
            self.skipTest("a file system cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", str(library)], check=False)
        shutil.copytree(saved, library, dirs_exist_ok=True)
        self.mac_.own(library)
        for free in sorted({0, 1, 2, pages // 2, pages - 1, pages}):
            filler = library / "filler"
            status = os.statvfs(library)
            with open(filler, "wb") as file:
                file.write(bytes(max(0, status.f_bavail * status.f_frsize - free * 4096)))
            self.assertIn("as it was", self.install(code=2).stderr)
            self.assertEqual((self.mac_.installed(), self.mac_.left_over()), (before, []))
            filler.unlink()
        self.install()
        self.assertEqual((self.mac_.running(), self.mac_.left_over()), ("0.2.0", []))

    def test_publishing_is_asked_for(self):
        self.install("--publish", self.mac_.bundle)
        info = plistlib.loads((self.mac_.hal / NAME / "Contents/Info.plist").read_bytes())
        self.assertEqual(info["GeckoPublish"], "0644")
        self.assertNotIn("GeckoPublish", plistlib.loads((self.mac_.bundle / "Contents/Info.plist").read_bytes()))
        self.install("--publish=0644", self.mac_.bundle)
        self.assertIn("installed already", self.mac_.said)
        self.install()
        self.assertNotIn(b"GeckoPublish", (self.mac_.hal / NAME / "Contents/Info.plist").read_bytes())

    def test_wrong_usage(self):
        for arguments in (("--what",), ("a", "b"), ("--publish=0777", self.mac_.bundle)):
            self.install(*arguments, code=1)
        for script in ("uninstall.sh", "status.sh", "restart.sh"):
            self.assertEqual(self.mac_.run(script, "--what").returncode, 1)

    def test_elsewhere_nothing_is_touched(self):
        for script in ("install.sh", "uninstall.sh", "status.sh", "restart.sh"):
            with self.subTest(script):
                done = self.mac_.run(script, FAKE_AT="none", FAKE_SYSTEM="Linux")
                self.assertEqual(done.returncode, 3)
                self.assertIn("needs a Mac", done.stderr)
                self.assertEqual(self.mac_.log, ["uname -s"])

    def test_without_its_tool_nothing_is_touched(self):
        done = self.install(code=2, GECKO_INSTALL_TOOL="/nowhere", PATH="/bin")
        self.assertIn("gecko-install-tool", done.stderr)

    def status(self, code):
        done = self.mac_.run("status.sh")
        self.assert_done(self.mac_, done, code)
        return done.stdout

    def test_status_says_what_is_and_what_to_do(self):
        self.assertIn("to do: `gecko driver install`", self.status(2))
        self.install()
        said = self.status(0)
        for words in ("installed: version 0.1.0", "drwxr-xr-x", "signature: ad hoc, valid", "running: version 0.1.0", "to do: nothing"):
            self.assertIn(words, said)
        with open(self.mac_.hal / PROGRAM, "ab") as program:
            program.write(b"more")
        self.assertIn("not valid", self.status(2))
        shutil.rmtree(self.mac_.hal / NAME)
        self.assertIn("not there any more: `gecko driver restart`, or", self.status(2))
        self.assertEqual(self.mac_.run("restart.sh").returncode, 0)
        self.assertIn("running: no", self.status(2))

    def test_restart_restarts_and_says_where_it_cannot(self):
        before = (self.mac_.folder / "pid").read_text()
        self.assertEqual(self.mac_.run("restart.sh").returncode, 0)
        self.assertNotEqual(before, (self.mac_.folder / "pid").read_text())
        done = self.mac_.run("restart.sh", FAKE_REFUSE="launchctl|killall")
        self.assertEqual(done.returncode, 0)
        self.assertIn("Audio daemon restart required", done.stderr)
        self.assertEqual(self.mac_.run("restart.sh", FAKE_UID="501").returncode, 3)

    def test_every_shell_that_is_here_runs_them(self):
        for number, shell in enumerate(SHELLS):
            with self.subTest(shell):
                different(self.mac_.bundle, f"0.{number + 4}.0")
                self.assert_done(self.mac_, self.mac_.install(shell=shell))
                self.assertEqual(self.mac_.running(), f"0.{number + 4}.0")
                self.assert_done(self.mac_, self.mac_.run("status.sh", shell=shell))
                self.assert_done(self.mac_, self.mac_.run("uninstall.sh", shell=shell))
                self.assertIsNone(self.mac_.running())


class Scripts(unittest.TestCase):
    @unittest.skipUnless(shutil.which("shellcheck"), "shellcheck is not installed")
    def test_shellcheck_has_nothing_to_say(self):
        def check(script):
            return subprocess.run(["shellcheck", "-x", "-P", str(fake_mac.ROOT), str(script)], capture_output=True, text=True, check=False).stdout

        scripts = [path for path in SCRIPTS.iterdir() if path.is_file() and path.read_bytes().startswith(b"#!/bin/sh")]
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            self.assertEqual("".join(pool.map(check, scripts)), "")


@unittest.skipUnless(os.getuid() == 0, "Install is run by no root already")
class InstallByNoRoot(fake_mac.MacTest):
    """What depends on who runs it."""

    user = 12345
    setUp, install, refused, status = Install.setUp, Install.install, Install.refused, Install.status
    test_first = Install.test_a_first_install_is_whole_and_at_work
    test_versions = Install.test_upgrades_and_downgrades
    test_modes = Install.test_the_very_same_one_is_installed_again_where_its_modes_are_wrong
    test_never_appearing = Install.test_a_device_that_never_appears_gives_the_former_driver_back
    test_names = Install.test_names_of_folders_are_only_names
    test_status = Install.test_status_says_what_is_and_what_to_do


if __name__ == "__main__":
    fake_mac.main(sys.argv)
