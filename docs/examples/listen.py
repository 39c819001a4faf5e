#!/usr/bin/env python3
"""Listens to what is played into Gecko Sink, where the driver publishes it (docs/shared-memory.md).

    listen.py [FILE.wav]    writes what it hears as 16-bit WAV; without a file it prints the level of each half second

Waits until something is played and ends when nothing is played any more.
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

buffer_size, channels, rate = struct.unpack_from("=III", memory, 8)
frames = buffer_size // channels
control = (20 + 4 * buffer_size + 127) // 128 * 128
if struct.unpack_from("=II", memory, control) != (0x4745434B, 1):
    sys.exit("listen.py: this segment has another version of the protocol")
pcm = memoryview(memory)[20 : 20 + 4 * buffer_size].cast("f")
producer = memoryview(memory)[control + 128 : control + 256].cast("Q")  # [0] reserved, [1] P; read in one piece


def generation_and_running():
    return struct.unpack_from("=II", memory, control + 152)


def read(position, count):
    """`count` frames from `position` on; silence for those that the driver has overwritten meanwhile."""
    start, end = position % frames * channels, (position % frames + count) * channels
    block = array.array("f", pcm[start : min(end, buffer_size)].tobytes() + pcm[: max(0, end - buffer_size)].tobytes())
    lost = min(count, max(0, producer[0] - frames - position))  # after the copy, never before it
    block[: lost * channels] = array.array("f", bytes(4 * lost * channels))
    return block


out = wave.open(sys.argv[1], "wb") if len(sys.argv) > 1 else None
if out:
    out.setparams((channels, 2, rate, 0, "NONE", ""))
position, began = producer[1], generation_and_running()[0]
print(f"listening at {rate} Hz", flush=True)
heard, moved = False, time.monotonic()
while True:
    generation, running = generation_and_running()  # before P: what is played last is then heard
    count = min(producer[1] - position, frames if out else rate // 2)
    if count > 0 and (out or count == rate // 2 or not running):
        block = read(position, count)
        position, heard, moved = position + count, True, time.monotonic()
        if out:
            out.writeframes(array.array("h", (max(-32768, min(32767, round(32768 * x))) for x in block)))
        else:
            print(f"{20 * math.log10(max(map(abs, block)) or 1e-10):6.1f} dBFS", flush=True)
    elif (heard and not running) or generation != began or (running and time.monotonic() - moved > 5):
        break  # over; or another rate; or a driver that has died
    time.sleep(0.01)
