#!/usr/bin/env python3
"""Listens to what is played into Gecko Sink, where the driver publishes it (docs/shared-memory.md).

    listen.py [FILE.wav]    prints the level of what it hears, twice a second, and writes it as 16-bit WAV if asked to

Waits until something is played; ends when nothing is played any more, or the rate changes while it is.
"""
import _posixshmem  # shm_open(), which multiprocessing.shared_memory stands on
import array, math, mmap, os, struct, sys, time, wave

while True:
    try:
        descriptor = _posixshmem.shm_open("/GeckoAudioShm", os.O_RDONLY, mode=0)
        break
    except FileNotFoundError:
        time.sleep(0.1)
memory = mmap.mmap(descriptor, os.fstat(descriptor).st_size, mmap.MAP_SHARED, mmap.PROT_READ)
u32 = lambda offset, count: struct.unpack_from(f"={count}I", memory, offset)
buffer_size, channels = u32(8, 2)
frames = buffer_size // channels
control = (20 + 4 * buffer_size + 127) // 128 * 128
if u32(control, 2) != (0x4745434B, 2):
    sys.exit("listen.py: this segment has another version of the protocol")
pcm = memoryview(memory)[20 : 20 + 4 * buffer_size].cast("f")
producer = memoryview(memory)[control + 128 : control + 256].cast("Q")  # [0] reserved, [1] P; read in one piece


def read(position, count):
    """`count` frames from `position` on; silence for those that the driver has overwritten meanwhile."""
    start, end = position % frames * channels, (position % frames + count) * channels
    block = array.array("f", pcm[start : min(end, buffer_size)].tobytes() + pcm[: max(0, end - buffer_size)].tobytes())
    lost = min(count, max(0, producer[0] - frames - position))  # after the copy, never before it
    block[: lost * channels] = array.array("f", bytes(4 * lost * channels))
    return block


out, heard, began, moved = None, False, None, time.monotonic()
while True:
    generation, running = u32(control + 152, 2)  # before P: what is played last is then heard
    if generation != began:  # at first, and at another rate
        if heard:
            sys.exit("listen.py: the rate has changed; start again")
        position, began, (rate,) = producer[1], generation, u32(16, 1)
        print(f"listening at {rate} Hz", flush=True)
    count = min(producer[1] - position, some := min(rate // 2, frames // 4))
    if count == some or (count > 0 and not running):
        block = read(position, count)
        position, heard, moved = position + count, True, time.monotonic()
        print(f"{20 * math.log10(max(map(abs, block)) or 1e-10):6.1f} dBFS", flush=True)
        if len(sys.argv) > 1 and out is None:
            out = wave.open(sys.argv[1], "wb")
            out.setparams((channels, 2, rate, 0, "NONE", ""))
        if out:
            out.writeframes(array.array("h", (max(-32768, min(32767, round(32768 * x))) for x in block)))
    elif (heard and not running) or (running and time.monotonic() - moved > 5):
        break  # over, or a driver that has died
    time.sleep(0.01)
