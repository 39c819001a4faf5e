#!/usr/bin/env python3
"""The song that ships with the project: the same bytes each time, as long, loud and silent as it should be."""

import array
import hashlib
import pathlib
import subprocess
import sys
import tempfile
import unittest
import wave

SCRIPT = pathlib.Path(__file__).resolve().parent.parent.parent / "tools/compose/compose.py"


class Compose(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.paths = [pathlib.Path(cls.folder.name) / name for name in ("one.wav", "two.wav")]
        runs = [subprocess.Popen([sys.executable, SCRIPT, path]) for path in cls.paths]
        assert [run.wait() for run in runs] == [0, 0]
        with wave.open(str(cls.paths[0])) as song:
            cls.format = (song.getnchannels(), song.getsampwidth(), song.getframerate())
            data = song.readframes(song.getnframes())
        wide = bytearray(len(data) // 3 * 4)
        for byte in range(3):
            wide[byte + 1 :: 4] = data[byte::3]
        cls.samples = array.array("i", bytes(wide))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_every_run_writes_the_same(self):
        one, two = (hashlib.sha256(path.read_bytes()).hexdigest() for path in self.paths)
        self.assertEqual(one, two)

    def test_it_is_stereo_of_24_bits_at_48_khz_and_twenty_seconds_long(self):
        self.assertEqual(self.format, (2, 3, 48000))
        self.assertAlmostEqual(len(self.samples) / 2 / 48000, 20, delta=0.5)

    def test_it_peaks_at_3_db_below_full_scale(self):
        self.assertAlmostEqual(max(map(abs, self.samples)) / 2**31, 10 ** (-3 / 20), places=4)

    def test_it_begins_and_ends_in_silence(self):
        self.assertFalse(any(self.samples[: 2 * 240]))
        self.assertFalse(any(self.samples[-2 * 240 :]))
        self.assertTrue(any(self.samples[: 2 * 2400]))

    def test_no_part_is_a_tone_or_silent(self):
        # The crest factor of a sine is 1.41; music's is higher.
        for start in range(0, 17 * 48000 * 2, 48000 * 2):
            second = self.samples[start : start + 48000 * 2]
            rms = (sum(x * x for x in second[::7]) / len(second[::7])) ** 0.5
            self.assertGreater(rms / 2**31, 0.03)
            self.assertGreater(max(map(abs, second)) / rms, 2.5)


if __name__ == "__main__":
    unittest.main()
