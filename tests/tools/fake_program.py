#!/usr/bin/env python3
"""Stands in for minihald, gecko and gecko-play in the supervisor's tests: keeps their contracts, moves no audio.

Which one it is says the name it is called by ("application1" is a gecko-play in a bundle); what it does wrong say FAKE_MINIHALD, FAKE_GECKO, FAKE_PLAY and FAKE_RECORDING.
They talk to each other through files in the run directory, and leave their process ID in FAKE_PIDS.
"""

import array
import json
import os
import pathlib
import signal
import sys
import threading
import time
import wave

NAME = pathlib.Path(sys.argv[0]).name
APPLICATION = NAME if NAME.startswith("application") else ""
NAME = "gecko-play" if APPLICATION else NAME
RUN = pathlib.Path(os.environ["MINIHAL_RUN_DIR"])
FAULT = os.environ.get("FAKE_" + {"minihald": "MINIHALD", "gecko": "GECKO", "gecko-play": "PLAY"}[NAME], "")

with open(os.environ["FAKE_PIDS"], "a", encoding="utf-8") as pids:
    print(os.getpid(), file=pids)


def publish(name, text):
    """A file that the other programs find whole or not at all."""
    part = RUN / (name + ".part")
    part.write_text(text)
    part.rename(RUN / name)


def say(**line):
    print(json.dumps(line), flush=True)


def words(text):
    print(f"{NAME}: {text}", file=sys.stderr, flush=True)


def die():
    words("these are my last words")
    os.kill(os.getpid(), signal.SIGKILL)


def float_wav(path, rate, frames):
    """A WAV file of 32-bit floats from an array of interleaved stereo."""
    data = frames.tobytes()
    head = b"RIFF" + (36 + len(data)).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    head += (3).to_bytes(2, "little") + (2).to_bytes(2, "little") + rate.to_bytes(4, "little")
    head += (rate * 8).to_bytes(4, "little") + (8).to_bytes(2, "little") + (32).to_bytes(2, "little")
    pathlib.Path(path).write_bytes(head + b"data" + len(data).to_bytes(4, "little") + data)


def chatter():
    """Short lines, faster than anyone takes them apart."""
    while True:
        os.write(2, b"\n" * 65536)


def read_song(path):
    with wave.open(path) as source:
        samples = array.array("h", source.readframes(source.getnframes()))
        return source.getframerate(), array.array("f", [x / 32768 for x in samples])


def record(folder):
    files = [json.loads(path.read_text())["file"] for path in sorted(RUN.glob("played*"))]
    rate, song = read_song(files[0])
    for number, file in enumerate(files[1:], 1):
        _, more = read_song(file)
        ahead = 2 * 512 * number
        song.extend([0.0] * max(0, ahead + len(more) - len(song)))
        for i, x in enumerate(more):
            song[ahead + i] += x
    fault = os.environ.get("FAKE_RECORDING", "")
    speakers = array.array("f", song)
    if fault == "cut":
        del speakers[2 * 50000 : 2 * 50003]
    if fault == "silent":
        speakers = array.array("f", bytes(4 * len(song)))
    if fault == "first only":
        _, speakers = read_song(files[0])
        speakers.extend([0.0] * (len(song) - len(speakers)))
    with open(folder / "recordings.jsonl", "w", encoding="utf-8") as lines:
        for device, ahead, audio in (("Gecko Sink", 1000, song), ("Simulated Speakers", 5000, speakers)):
            name = f"{device}.1.wav"
            float_wav(folder / name, rate, array.array("f", bytes(8 * ahead)) + audio + array.array("f", bytes(8000)))
            print(json.dumps({"device": device, "uid": device, "file": name, "rate": rate, "channels": 2,
                              "frames": ahead + len(audio) // 2 + 1000, "first_sample_time": 0,
                              "first_host_time_ns": 1000000, "buffer_frames": 512}), file=lines)  # fmt: skip


def minihald():
    arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
    ended = []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(1))
    if FAULT == "no start":
        words("cannot listen")
        return 2
    if FAULT == "refuses":
        words("cannot load GeckoAudioDevice.driver: it has no Info.plist")
    print(f"minihald: ready, run directory {arguments['--run-dir']}", flush=True)
    while not ended:
        time.sleep(0.01)
        if FAULT == "dies" and list(RUN.glob("played*")):
            die()
    if list(RUN.glob("played*")):
        record(pathlib.Path(arguments["--record-dir"]))
    if FAULT == "interrupts":
        os.kill(os.getppid(), signal.SIGINT)
    if FAULT == "keeps waiting":
        lines = pathlib.Path(arguments["--record-dir"]) / "recordings.jsonl"
        lines.unlink()
        os.mkfifo(lines)
    return 0


def gecko():
    ended = []
    signal.signal(signal.SIGTERM, signal.SIG_IGN if FAULT == "stubborn" else lambda *_: ended.append(1))
    if FAULT == "rejects":
        words("There is no such thing.")
        return 3
    if FAULT == "chatters":
        threading.Thread(target=chatter, daemon=True).start()
    while not ended:
        rate = float((RUN / "rate").read_text()) if (RUN / "rate").exists() else 48000.0
        playing = bool(list(RUN.glob("playing*")))
        if FAULT == "dies" and playing:
            die()
        say(state="running", attached=True, output="Simulated Speakers", rate=rate, playing=playing, position_frames=0,
            fill_frames=480.0, applications=[{"bundle_id": "com.gecko.song." + path.name[7:], "process_id": 1, "preset": None,
            "peak_dbfs": [-21.5, -22.5]} for path in RUN.glob("playing?*")], peak_dbfs=[-12.5, -200.0], underrun_frames=0, overtaken_frames=0, preset="flat")  # fmt: skip
        time.sleep(0.02)
    return 0


def play():
    file = sys.argv[-1]
    with wave.open(file) as source:
        rate, frames = source.getframerate(), source.getnframes()
    publish("rate", str(rate))
    say(state="prepared", rate=rate, file_rate=rate, frames=frames)
    sys.stdin.readline()
    playing = RUN / ("playing" + APPLICATION)
    playing.touch()
    publish("played" + APPLICATION, json.dumps({"file": file}))
    for step in range(11):
        say(state="playing", position_frames=frames * step // 10, frames=frames)
        time.sleep(0.03)
        if step == 5 and FAULT in ("dies", APPLICATION + " dies"):
            die()
        while step == 5 and FAULT == "hangs":
            say(state="playing", position_frames=frames * step // 10, frames=frames)
            time.sleep(0.1)
    playing.unlink()
    say(state="done", position_frames=frames, frames=frames, skips=0)
    return 0


sys.exit({"minihald": minihald, "gecko": gecko, "gecko-play": play}[NAME]())
