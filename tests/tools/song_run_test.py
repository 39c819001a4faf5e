#!/usr/bin/env python3
"""gecko-song with programs that only pretend (fake_program.py): what it checks first, what it reports, how it ends.

    song_run_test.py GECKO_SONG [unittest's arguments]
"""

import array
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import wave
import xml.etree.ElementTree

GECKO_SONG = str(pathlib.Path(sys.argv.pop(1)).resolve())
FAKE = pathlib.Path(__file__).resolve().parent / "fake_program.py"
FRAMES = 100000
OTHER_FRAMES = 70000


def noise(seed, frames, peak):
    values = random.Random(seed)
    return array.array("h", [values.randrange(-peak, peak) for _ in range(2 * frames)]).tobytes()


SONG = noise(1, FRAMES, 20000)
OTHER = noise(2, OTHER_FRAMES, 9000)


def gone(pid):
    try:
        # A process that nobody has waited for yet is gone too.
        return pathlib.Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] == "Z" if pathlib.Path("/proc").is_dir() else os.kill(pid, 0)
    except OSError:
        return True


class SongRun(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="song-run-"))
        self.addCleanup(shutil.rmtree, self.folder)
        for name in ("programs", "tmp", "hal/GeckoAudioDevice.driver"):
            (self.folder / name).mkdir(parents=True)
        for name in ("minihald", "gecko", "gecko-play"):
            (self.folder / "programs" / name).symlink_to(FAKE)
        for name, samples in (("song.wav", SONG), ("other: two.wav", OTHER)):
            with wave.open(str(self.folder / name), "wb") as song:
                song.setparams((2, 2, 48000, 0, "NONE", ""))
                song.writeframes(samples)
        self.out = self.folder / "out.wav"

    def applications(self, *arguments, **faults):
        command = [GECKO_SONG, "--programs", str(self.folder / "programs"), "--hal", str(self.folder / "hal"),
                   "--out", str(self.out), *arguments]  # fmt: skip
        done = subprocess.run(command, env=self.environment(**faults), capture_output=True, text=True, timeout=50,
                              cwd=self.folder, check=False)  # fmt: skip
        self.assert_nothing_left()
        return done

    def command(self, *arguments, song="song.wav"):
        return [GECKO_SONG, "--programs", str(self.folder / "programs"), "--hal", str(self.folder / "hal"),
                "--out", str(self.out), *arguments, "--", str(self.folder / song)]  # fmt: skip

    def environment(self, **faults):
        return {**os.environ, "TMPDIR": str(self.folder / "tmp"), "FAKE_PIDS": str(self.folder / "pids"), **faults}

    def run_song(self, *arguments, song="song.wav", **faults):
        done = subprocess.run(self.command(*arguments, song=song), env=self.environment(**faults), capture_output=True,
                              text=True, timeout=50, check=False)  # fmt: skip
        self.assert_nothing_left()
        return done

    def assert_nothing_left(self):
        self.assertEqual(os.listdir(self.folder / "tmp"), [])
        pids = self.folder / "pids"
        for pid in pids.read_text().split() if pids.exists() else []:
            self.assertTrue(gone(int(pid)), f"process {pid} is left")
        self.assertEqual(list(self.folder.glob("*.[0-9]*.part")), [])

    def assert_fails(self, done, code, *words):
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    # What a good run leaves

    def test_reports_what_arrived(self):
        done = self.run_song()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        report = json.loads((self.folder / "out.json").read_text())
        self.assertEqual((report["frames_in"], report["frames_out"], report["lost_frames"]), (FRAMES, FRAMES, 0))
        self.assertTrue(report["bit_identical"])
        self.assertAlmostEqual(report["latency_ms"], 4000 / 48, places=6)
        self.assertEqual(len(report["response"]), 22)
        self.assertLess(report["largest_difference_db"], 0.001)
        for words in ("100 000 at 48 kHz", "yes, from the first sample to the last", "simulated", "0:00 of 0:02"):
            self.assertIn(words, done.stdout)
        self.assertNotIn("\x1b", done.stdout)

    def test_writes_the_frames_that_were_played_and_a_picture(self):
        self.run_song()
        # 44 bytes of header and a chunk or two, 8 bytes a frame.
        self.assertAlmostEqual(self.out.stat().st_size, 8 * FRAMES, delta=200)
        picture = xml.etree.ElementTree.parse(self.folder / "out.svg").getroot()
        texts = [element.text for element in picture.iter() if element.tag.endswith("text")]
        self.assertIn("song, preset flat", texts)
        self.assertIn("Frequency in Hz", texts)

    def test_a_name_may_hold_spaces_quotes_and_dashes(self):
        name = "-it's \"my\" $ong & <more>.wav"
        shutil.copy(self.folder / "song.wav", self.folder / name)
        self.out = self.folder / "an 'out' & more.wav"
        done = self.run_song(song=name)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        xml.etree.ElementTree.parse(self.folder / "an 'out' & more.svg")

    def test_a_file_of_the_users_beside_the_results_is_left_alone(self):
        users = [self.folder / name for name in ("out.wav.part", "out.svg.part", "out.json.part")]
        for path in users:
            path.write_text("mine")
        done = self.run_song()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual([path.read_text() for path in users], ["mine"] * 3)

    def test_a_users_file_of_the_very_name_to_be_written_is_left_alone(self):
        # exec keeps the process ID, which is in the name.
        script = f'echo mine > "{self.out}.$$.part"; exec "$@"'
        done = subprocess.run(["sh", "-c", script, "sh", *self.command()], env=self.environment(), capture_output=True,
                              text=True, timeout=50, check=False)  # fmt: skip
        self.assert_refused(done, 3, "is there already", "Move it out of the way")
        (part,) = self.folder.glob("*.part")
        self.assertEqual(part.read_text(), "mine\n")

    def test_the_picture_may_go_elsewhere(self):
        self.run_song("--picture", str(self.folder / "other.svg"))
        self.assertTrue((self.folder / "other.svg").exists())

    # What did not arrive

    def test_lost_frames_are_a_failure_and_are_counted(self):
        done = self.run_song(FAKE_RECORDING="cut")
        self.assert_fails(done, 4, "3 frames lost, 0 repeated, 0 damaged")
        self.assertIn("at frame 50 000: 3 lost", done.stdout)

    def test_silence_is_a_failure(self):
        self.assert_fails(self.run_song(FAKE_RECORDING="silent"), 4, "the song is not in the recording")

    # What is refused before anything is started

    def assert_refused(self, done, code, *words):
        self.assert_fails(done, code, *words)
        self.assertFalse((self.folder / "pids").exists(), "a program was started")

    def test_a_song_that_is_not_there(self):
        self.assert_refused(self.run_song(song="none.wav"), 3, "no such file", "none.wav")

    def test_a_song_that_is_no_audio(self):
        (self.folder / "text.txt").write_text("This is a text, and a text is no audio.")
        self.assert_refused(self.run_song(song="text.txt"), 3, "is not an audio file")

    def test_a_song_of_silence(self):
        with wave.open(str(self.folder / "silent.wav"), "wb") as song:
            song.setparams((2, 2, 48000, 0, "NONE", ""))
            song.writeframes(bytes(4 * FRAMES))
        self.assert_refused(self.run_song(song="silent.wav"), 3, "silent.wav is silent", "nothing to hear or to measure")

    def test_an_unknown_preset_names_the_near_ones(self):
        self.assert_refused(self.run_song("--preset", "bass-bost"), 3, 'no preset "bass-bost"', "Did you mean bass-boost", "podcast")

    def test_an_output_in_a_folder_that_is_not_there(self):
        self.out = self.folder / "none" / "out.wav"
        self.assert_refused(self.run_song(), 3, "there is no folder", "none")

    def test_an_output_that_is_a_folder(self):
        self.out = self.folder / "folder.wav"
        self.out.mkdir()
        self.assert_refused(self.run_song(), 3, "it is a folder")

    def test_an_output_that_is_the_song(self):
        self.out = self.folder / "song.wav"
        self.assert_refused(self.run_song(), 3, "is the song itself")

    def test_an_output_that_is_no_wav(self):
        self.out = self.folder / "out.flac"
        self.assert_refused(self.run_song(), 3, "does not end in .wav")

    @unittest.skipIf(not pathlib.Path("/proc/self").exists(), "needs a folder that nobody can write to")
    def test_an_output_that_is_not_permitted(self):
        self.out = pathlib.Path("/proc/self/out.wav")
        self.assert_refused(self.run_song(), 3, "cannot write the recording to /proc/self/out.wav")

    def test_a_missing_bundle(self):
        shutil.rmtree(self.folder / "hal/GeckoAudioDevice.driver")
        self.assert_refused(self.run_song(), 2, "HAL plugin not installed", "make run")

    def test_a_missing_program(self):
        (self.folder / "programs/gecko").unlink()
        self.assert_refused(self.run_song(), 2, "the program gecko is missing")

    def test_usage(self):
        done = subprocess.run([GECKO_SONG, "--nonsense"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)

    # Several applications

    def test_two_applications_are_each_measured(self):
        done = self.applications("--app", "song.wav:flat", "--app", "other: two.wav:flat")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        report = json.loads((self.folder / "out.json").read_text())
        self.assertTrue(report["bit_identical"])
        one, two = report["applications"]
        self.assertEqual((one["frames_in"], two["frames_in"]), (FRAMES, OTHER_FRAMES))
        self.assertEqual((one["begins_at_frame"], two["begins_at_frame"]), (0, 512))
        self.assertEqual((one["lost_frames"], two["repeated_frames"]), (0, 0))
        self.assertEqual((one["bundle_id"], two["bundle_id"]), ("com.gecko.song.application1", "com.gecko.song.application2"))
        for application in (one, two):
            self.assertGreater(application["points_measured"], 10)
            self.assertLess(application["largest_difference_db"], 0.05)
        self.assertAlmostEqual(report["latency_ms"], 4000 / 48, places=6)
        self.assertIn("other: two.wav", done.stdout)
        xml.etree.ElementTree.parse(self.folder / "out.svg")

    def test_a_list_of_applications_is_divided_at_spaces_and_lines(self):
        done = self.applications("--apps", "  song.wav:flat\n\tother:\\ two.wav:flat ")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(len(json.loads((self.folder / "out.json").read_text())["applications"]), 2)

    def test_one_application_alone_is_one_too(self):
        done = self.applications("--app", "song.wav:flat")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_an_application_whose_preset_is_not_heard_is_a_failure(self):
        done = self.applications("--app", "song.wav:flat", "--app", "other: two.wav:vocal")
        self.assert_fails(done, 4, "is not the sum of the applications", "application 2 (other: two.wav) is up to", "off vocal")

    def test_an_application_that_is_not_heard_is_a_failure(self):
        done = self.applications("--app", "song.wav:flat", "--app", "other: two.wav:flat", FAKE_RECORDING="first only")
        self.assert_fails(done, 4, "not in the recording", "application 2 (other: two.wav)")

    def test_frames_that_all_applications_lost_are_a_failure(self):
        done = self.applications("--app", "song.wav:flat", "--app", "other: two.wav:flat", FAKE_RECORDING="cut")
        self.assert_fails(done, 4, "at frame 50 000, all applications: 3 lost, 0 repeated, 0 damaged")

    def test_an_application_that_dies_is_named(self):
        done = self.applications("--app", "song.wav:flat", "--app", "other: two.wav:flat", FAKE_PLAY="application2 dies")
        self.assert_fails(done, 2, "application 2 (gecko-play other: two.wav) was killed by signal 9")

    def test_applications_that_are_refused_are_named(self):
        for entry, *words in (
            ("none.wav:rock", 'application 2, "none.wav:rock"', "no such file"),
            ("song.wav", 'application 2, "song.wav"', "names no preset", "FILE:PRESET"),
            ("other: two.wav", 'application 2, "other: two.wav"', "no such file: other"),
            (":rock", "names no file"),
            ("", "names no preset"),
            ("song.wav:", 'no preset ""'),
            ("song.wav:bas-bost", 'no preset "bas-bost"', "Did you mean bass-boost"),
        ):
            with self.subTest(entry):
                self.assert_refused(self.applications("--app", "song.wav:flat", "--app", entry), 3, *words)

    def test_a_space_without_a_backslash_is_explained(self):
        self.assert_refused(self.applications("--apps", "my song.flac:rock"), 3, 'application 1, "my"', "backslash and space")

    def test_files_of_different_rates_are_refused_and_all_are_named(self):
        with wave.open(str(self.folder / "slow.wav"), "wb") as song:
            song.setparams((1, 2, 44100, 0, "NONE", ""))
            song.writeframes(b"\x01\x02" * 1000)
        done = self.applications("--app", "song.wav:flat", "--app", "slow.wav:rock")
        self.assert_refused(done, 3, "different rates", "48 kHz  song.wav", "44.1 kHz  slow.wav")

    def test_more_applications_than_there_is_room_for(self):
        self.assert_refused(self.applications("--apps", "song.wav:flat " * 17), 3, "17 applications are named; 16")

    def test_a_song_and_applications_exclude_each_other(self):
        app = ("--app", "song.wav:flat")
        self.assert_refused(self.applications(*app, "song.wav"), 1, "FILE", "APPS")
        self.assert_refused(self.applications(*app, "--preset", "rock"), 1, "PRESET", "APPS")
        self.assert_refused(self.applications(*app, "--apps", "song.wav:flat"), 1, "--apps")
        self.assert_refused(self.applications("--apps", " "), 1, "names no application")

    def test_an_output_that_is_one_of_the_applications_files(self):
        self.out = self.folder / "other: two.wav"
        done = self.applications("--app", "song.wav:flat", "--app", "other: two.wav:flat")
        self.assert_refused(done, 3, "is the song itself")

    # What goes wrong on the way

    def test_a_bundle_that_is_refused(self):
        self.assert_fails(self.run_song(FAKE_MINIHALD="refuses"), 2, "HAL plugin not installed", "it has no Info.plist")

    def test_a_minihald_that_does_not_start(self):
        self.assert_fails(self.run_song(FAKE_MINIHALD="no start"), 2, "minihald ended with exit code 2", "cannot listen")

    def test_a_gecko_that_rejects(self):
        self.assert_fails(self.run_song(FAKE_GECKO="rejects"), 3, "gecko ended with exit code 3", "There is no such thing.")

    def test_whoever_dies_is_named_and_ends_the_rest(self):
        for variable, name in (("FAKE_MINIHALD", "minihald"), ("FAKE_GECKO", "gecko"), ("FAKE_PLAY", "gecko-play")):
            with self.subTest(name):
                done = self.run_song(**{variable: "dies"})
                self.assert_fails(done, 2, f"gecko-song: {name} was killed by signal 9", "these are my last words")
                self.assertFalse(self.out.exists())

    def test_a_program_that_does_not_end_is_killed(self):
        done = self.run_song(FAKE_GECKO="stubborn")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("gecko did not end when told to and was killed", done.stdout)

    def test_a_run_that_does_not_move_is_ended(self):
        self.assert_fails(self.run_song(FAKE_PLAY="hangs"), 2, "no progress for 10 s", "minihald has stopped asking")

    def interrupted(self, number):
        process = subprocess.Popen(self.command(), env=self.environment(FAKE_PLAY="hangs"), stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)  # fmt: skip
        deadline = time.monotonic() + 20
        while not list((self.folder / "tmp").glob("*/played")):
            self.assertLess(time.monotonic(), deadline, "the song was never played")
            time.sleep(0.01)
        process.send_signal(number)
        return process, process.communicate(timeout=20)[1]

    def test_a_signal_ends_everything(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number):
                process, errors = self.interrupted(number)
                self.assertEqual(process.returncode, 130, errors)
                self.assertIn("interrupted", errors)
                self.assert_nothing_left()

    def test_a_signal_while_programs_are_stopped_ends_the_run_before_it_measures(self):
        self.assert_fails(self.run_song(FAKE_MINIHALD="interrupts"), 130, "interrupted")
        self.assertFalse(self.out.exists())

    def test_a_signal_while_the_recording_is_measured_ends_the_run(self):
        process = subprocess.Popen(self.command(), env=self.environment(FAKE_MINIHALD="keeps waiting"), stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)  # fmt: skip
        deadline = time.monotonic() + 20
        while not (fifos := [path for path in (self.folder / "tmp").glob("*/recordings/*.jsonl") if path.is_fifo()]):
            self.assertLess(time.monotonic(), deadline, "the song was never recorded")
            time.sleep(0.01)
        # Opened once the other side, which measures, has opened it too.
        with open(fifos[0], "w", encoding="utf-8"):
            process.send_signal(signal.SIGINT)
        errors = process.communicate(timeout=20)[1]
        self.assertEqual(process.returncode, 130, errors)
        self.assertIn("interrupted", errors)
        self.assertFalse(self.out.exists())
        self.assert_nothing_left()

    def test_a_program_that_chatters_without_end_holds_nothing_up(self):
        done = self.run_song(FAKE_GECKO="chatters")
        self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr[-2000:])

    @unittest.skipIf(sys.platform != "linux", "only Linux tells children that their parent has died")
    def test_no_program_outlives_a_supervisor_that_is_killed(self):
        self.interrupted(signal.SIGKILL)
        pids = [int(pid) for pid in (self.folder / "pids").read_text().split()]
        deadline = time.monotonic() + 10
        while not all(gone(pid) for pid in pids):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)


if __name__ == "__main__":
    unittest.main()
