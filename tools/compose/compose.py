#!/usr/bin/env python3
"""Synthesises "Eight Bars of Rain", the piece that `make run` plays when it is given no file.

Eight bars at 96 beats a minute, 20 seconds: pad, bass, a plucked melody, drums and a small room, in stereo, written as a 48 kHz,
24-bit WAV file. Only the standard library is used and every run writes the same bytes.

    compose.py OUT.wav
"""

import array
import math
import os
import sys
import wave

RATE = 48000
BEAT = 30000  # frames: 96 beats a minute, so that every beat falls on a whole frame
BAR = 4 * BEAT
BARS = 8
LEAD_IN = 480  # frames of digital silence before the first sound
TAIL = 4800  # frames of digital silence at the end
FRAMES = LEAD_IN + BARS * BAR + TAIL
PEAK = 10 ** (-3 / 20)


class Noise:
    """A small linear congruential generator of its own: random.Random's float methods may change between Python versions."""

    def __init__(self, seed):
        self.state = seed

    def block(self, count):
        out = []
        state = self.state
        for _ in range(count):
            state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
            out.append(state / 2147483648.0 - 1.0)
        self.state = state
        return out


def hz(note):
    """Frequency of a MIDI note number."""
    return 440.0 * 2 ** ((note - 69) / 12)


def silence():
    return [0.0] * FRAMES


def add(track, start, sound, gain):
    """Adds a sound to a track at a frame counted from the first beat; what reaches beyond the piece is cut."""
    start += LEAD_IN
    end = min(start + len(sound), FRAMES - TAIL)
    track[start:end] = [a + gain * b for a, b in zip(track[start:end], sound)]


def fade_ends(sound, attack, release):
    """Raised-cosine fades in and out, in place."""
    for i in range(attack):
        sound[i] *= 0.5 - 0.5 * math.cos(math.pi * i / attack)
    for i in range(release):
        sound[-1 - i] *= 0.5 - 0.5 * math.cos(math.pi * i / release)
    return sound


def wavetable(amplitudes, size=4096):
    """One period of a sum of sine harmonics."""
    table = [0.0] * size
    for harmonic, amplitude in enumerate(amplitudes, 1):
        step = 2 * math.pi * harmonic / size
        for i in range(size):
            table[i] += amplitude * math.sin(step * i)
    return table


def oscillate(table, frequency, frames, phase=0.0):
    size = len(table)
    step = frequency * size / RATE
    start = phase * size
    mask = size - 1
    return [table[int(start + step * i) & mask] for i in range(frames)]


def decay(sound, seconds):
    """Exponential decay: -60 dB after the given time."""
    factor = 10 ** (-3 / (seconds * RATE))
    level = 1.0
    out = []
    for sample in sound:
        out.append(sample * level)
        level *= factor
    return out


def low_pass(sound, frequency):
    """One pole."""
    c = 1 - math.exp(-2 * math.pi * frequency / RATE)
    level = 0.0
    out = []
    for sample in sound:
        level += c * (sample - level)
        out.append(level)
    return out


def high_pass(sound, frequency):
    return [a - b for a, b in zip(sound, low_pass(sound, frequency))]


def pluck(note, seconds, noise, brightness=0.72):
    """A plucked string after Karplus and Strong, tuned by a fractional delay (a one-pole all-pass)."""
    period = RATE / hz(note)
    # The averaging filter below delays by (1 - brightness) frames.
    whole = int(period - (1 - brightness) - 0.2)
    fraction = period - (1 - brightness) - whole
    c = (1 - fraction) / (1 + fraction)
    line = noise.block(whole)
    mean = sum(line) / whole
    line = [x - mean for x in line]
    loss = 10 ** (-3 * period / (RATE * seconds * 1.6))
    keep, mix = brightness * loss, (1 - brightness) * loss
    out = []
    append = out.append
    position = 0
    previous = all_in = all_out = 0.0
    for _ in range(int(seconds * RATE)):
        sample = line[position]
        append(sample)
        damped = keep * sample + mix * previous
        previous = sample
        all_out = c * (damped - all_out) + all_in
        all_in = damped
        line[position] = all_out
        position += 1
        if position == whole:
            position = 0
    return fade_ends(out, 24, 2400)


def bass_note(note, frames):
    """Fundamental and a few harmonics; the harmonics die first."""
    body = decay(oscillate(wavetable([1.0, 0.28]), hz(note), frames), 3.5)
    growl = decay(oscillate(wavetable([0.0, 0.0, 0.3, 0.22, 0.16, 0.1, 0.07, 0.05]), hz(note), frames), 0.7)
    return fade_ends([a + b for a, b in zip(body, growl)], 240, 1600)


def pad_note(note, frames, detune, phase):
    table = wavetable([1.0, 0.5, 0.34, 0.22, 0.13, 0.1, 0.06, 0.05, 0.03, 0.02])
    return fade_ends(oscillate(table, hz(note) * detune, frames, phase), 14000, 16000)


def kick():
    frames = int(0.42 * RATE)
    out = []
    phase = 0.0
    for i in range(frames):
        phase += (36.0 + 120.0 * math.exp(-i / 1500.0)) / RATE
        out.append(math.sin(2 * math.pi * phase) * math.exp(-i / 5200.0))
    return fade_ends(out, 30, 1200)


def brush(noise):
    """A brushed snare: filtered noise over a short drum tone."""
    frames = int(0.28 * RATE)
    hiss = decay(low_pass(high_pass(noise.block(frames), 900.0), 8500.0), 0.32)
    tone = decay(oscillate(wavetable([1.0, 0.4]), 186.0, frames), 0.13)
    return fade_ends([0.8 * a + 0.5 * b for a, b in zip(hiss, tone)], 60, 1200)


def hat(noise, seconds):
    frames = int(seconds * 1.3 * RATE)
    bright = high_pass(high_pass(noise.block(frames), 7000.0), 7000.0)
    return fade_ends(decay(bright, seconds), 12, 400)


def comb(sound, delay, gain):
    """y[n] = x[n] + gain * y[n - delay], a delay's worth of frames at a time."""
    out = sound[:delay]
    for start in range(delay, len(sound), delay):
        out += [a + gain * b for a, b in zip(sound[start : start + delay], out[start - delay : start])]
    return out


def all_pass(sound, delay, gain):
    inner = comb(sound, delay, gain)
    late = [0.0] * delay + inner[: len(inner) - delay]
    return [b - gain * a for a, b in zip(inner, late)]


def room(sound, delays):
    """A small room after Schroeder: four combs side by side, two all-passes behind them."""
    sound = low_pass(sound, 6500.0)
    combs = [comb(sound, delay, 10 ** (-3 * delay / (0.9 * RATE))) for delay in delays]
    wet = [a + b + c + d for a, b, c, d in zip(*combs)]
    return all_pass(all_pass(wet, 241, 0.62), 83, 0.62)


#        bass note, pad notes
CHORDS = [
    (26, (57, 60, 64, 65)),  # D minor 9
    (22, (53, 57, 62, 65)),  # B flat major 7
    (29, (55, 57, 60, 64)),  # F major 9
    (24, (55, 58, 62, 64)),  # C 9
    (31, (53, 58, 62, 65)),  # G minor 7
    (22, (53, 57, 60, 62)),  # B flat major 9
    (33, (55, 57, 62, 64)),  # A 7 sus 4, resolved in the melody
    (26, (54, 57, 61, 64)),  # D major 9
]

# Melody: bar, beat within it, MIDI note, loudness.
MELODY = [
    (0, 0.0, 74, 0.9), (0, 0.75, 77, 0.7), (0, 1.5, 76, 0.8), (0, 2.5, 72, 0.7), (0, 3.0, 69, 0.8),
    (1, 0.0, 70, 0.9), (1, 1.0, 74, 0.7), (1, 1.5, 77, 0.8), (1, 2.5, 81, 0.9), (1, 3.5, 79, 0.6),
    (2, 0.0, 81, 0.9), (2, 0.75, 79, 0.7), (2, 1.5, 76, 0.8), (2, 2.0, 72, 0.7), (2, 3.0, 74, 0.7), (2, 3.5, 76, 0.6),
    (3, 0.0, 79, 0.9), (3, 1.0, 76, 0.7), (3, 1.5, 74, 0.7), (3, 2.0, 72, 0.8), (3, 3.0, 70, 0.8),
    (4, 0.0, 70, 0.9), (4, 0.75, 74, 0.7), (4, 1.5, 77, 0.8), (4, 2.5, 82, 0.9), (4, 3.5, 81, 0.6),
    (5, 0.0, 81, 0.9), (5, 0.5, 77, 0.7), (5, 1.0, 74, 0.7), (5, 2.0, 72, 0.8), (5, 2.5, 74, 0.7), (5, 3.5, 76, 0.7),
    (6, 0.0, 76, 0.9), (6, 1.0, 74, 0.8), (6, 1.5, 76, 0.7), (6, 2.0, 73, 0.9), (6, 3.0, 69, 0.7), (6, 3.5, 73, 0.6),
    (7, 0.0, 74, 0.9), (7, 0.5, 78, 0.6), (7, 1.0, 81, 0.6), (7, 1.5, 85, 0.5),
]  # fmt: skip


def compose():
    noise = Noise(20260131)
    left, right, send = silence(), silence(), silence()

    for bar, (root, chord) in enumerate(CHORDS):
        start = bar * BAR
        for voice, note in enumerate(chord):
            frames = BAR + 12000 if bar < BARS - 1 else BAR
            # Slightly different tuning on the two sides makes the pad wide.
            add(left, start, pad_note(note, frames, 1.0011, 0.13 * voice), 0.052)
            add(right, start, pad_note(note, frames, 0.9989, 0.31 * voice), 0.052)
        pattern = [(0.0, 1.4, 1.0), (1.5, 0.45, 0.7), (2.0, 1.0, 0.9), (3.5, 0.45, 0.6)] if bar < BARS - 1 else [(0.0, 4.0, 1.0)]
        for beat, length, loudness in pattern:
            sound = bass_note(root, int(length * BEAT))
            at = start + int(beat * BEAT)
            add(left, at, sound, 0.30 * loudness)
            add(right, at, sound, 0.30 * loudness)

    for index, (bar, beat, note, loudness) in enumerate(MELODY):
        sound = pluck(note, 2.4, noise)
        at = bar * BAR + int(beat * BEAT)
        across = 0.5 + 0.28 * math.sin(index * 1.7)
        add(left, at, sound, 0.30 * loudness * math.cos(across * math.pi / 2))
        add(right, at, sound, 0.30 * loudness * math.sin(across * math.pi / 2))
        add(send, at, sound, 0.16 * loudness)

    drum, snare = kick(), brush(noise)
    closed = [hat(noise, 0.06) for _ in range(3)]
    opened = hat(noise, 0.3)
    for bar in range(BARS):
        start = bar * BAR
        last = bar == BARS - 1
        for beat in [0.0] if last else [0.0, 1.75, 2.5]:
            add(left, start + int(beat * BEAT), drum, 0.50 if beat == 0.0 else 0.34)
            add(right, start + int(beat * BEAT), drum, 0.50 if beat == 0.0 else 0.34)
        for beat in [] if last else [1.0, 3.0]:
            at = start + int(beat * BEAT)
            add(left, at, snare, 0.22)
            add(right, at, snare, 0.19)
            add(send, at, snare, 0.10)
        for eighth in range(1 if last else 8):
            # Off-beats a little late: a hint of swing.
            at = start + eighth * BEAT // 2 + (1400 if eighth % 2 else 0)
            sound = opened if eighth == 7 or last else closed[eighth % 3]
            loudness = (0.30, 0.19)[eighth % 2]
            add(left, at, sound, loudness * 0.75)
            add(right, at, sound, loudness)

    wet_left = room(send, (1687, 1601, 2053, 2251))
    wet_right = room(send, (1747, 1559, 2089, 2179))
    left = [a + 0.16 * b for a, b in zip(left, wet_left)]
    right = [a + 0.16 * b for a, b in zip(right, wet_right)]

    # The last chord fades to nothing over its last three beats; then digital silence.
    end = FRAMES - TAIL
    fade = 3 * BEAT
    for track in (left, right):
        for i in range(fade):
            track[end - fade + i] *= 0.5 + 0.5 * math.cos(math.pi * i / fade)
        track[end:] = [0.0] * TAIL
    return left, right


def write(path, left, right):
    top = max(max(map(abs, left)), max(map(abs, right)))
    scale = PEAK * 8388607 / top
    samples = array.array("i", bytes(8 * FRAMES))
    samples[0::2] = array.array("i", [round(scale * x) << 8 for x in left])
    samples[1::2] = array.array("i", [round(scale * x) << 8 for x in right])
    if sys.byteorder == "big":
        samples.byteswap()
    wide = samples.tobytes()
    packed = bytearray(len(wide) // 4 * 3)
    for byte in range(3):
        packed[byte::3] = wide[byte + 1 :: 4]
    # Written beside and renamed, so that an interrupted run leaves no half a song behind.
    beside = path + ".part"
    with wave.open(beside, "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(3)
        out.setframerate(RATE)
        out.writeframes(bytes(packed))
    os.replace(beside, path)


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        print("usage: compose.py OUT.wav", file=sys.stderr)
        return 1
    try:
        write(sys.argv[1], *compose())
    except OSError as error:
        print(f"compose.py: cannot write {sys.argv[1]}: {error.strerror}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
