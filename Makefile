# Gecko. `make` alone says what there is. Plain enough for Apple's make 3.81.

.DEFAULT_GOAL := help
.PHONY: help run test check format lint bench soak halval macos driver-install driver-uninstall sink-seen mac-output mac-logs mac-first-run clean

# Names go to the recipes through the environment, as they were typed: spaces, quotes and dollars included. Only what stands on the
# command line counts; an OUT that happens to be in the environment does not.
typed = $(if $(filter command,$(firstword $(origin $(1)))),$(value $(1)))
export GECKO_FILE := $(call typed,FILE)
export GECKO_PRESET := $(call typed,PRESET)
export GECKO_APPS := $(call typed,APPS)
export GECKO_OUT := $(call typed,OUT)
export GECKO_REAL := $(call typed,REAL)
export GECKO_BUNDLE := $(call typed,BUNDLE)
export GECKO_STRICTNESS := $(call typed,STRICTNESS)

STEP := tools/dev/step
PROGRAMS := minihald minihal-devices gecko gecko-play gecko-song GeckoAudioDevice

define build-for-macos
@$(STEP) 'macOS: building the driver' tools/dev/build-macos GeckoAudioDevice
@$(STEP) 'macOS: looking at what was built' tools/dev/test macos
@$(STEP) 'macOS: compiling the app' tools/dev/build-macos sources_for_macos
endef

help:
	@echo 'make run      play a song through Gecko (driver, shared memory, equaliser) and measure what arrives'
	@echo '              FILE=song.flac    what to play; a piece of about 20 seconds if not given'
	@echo '              PRESET=rock       one of flat, bass-boost, treble-boost, vocal, rock, classical, podcast'
	@echo '              APPS="a.flac:rock b.flac:vocal"   instead of both: several applications at once, each with its own preset;'
	@echo '                                a space in a name is "\ ": APPS="my\ song.flac:rock b.flac:vocal"'
	@echo '              OUT=out.wav       where the recording goes; the picture (SVG) and the report (JSON) go beside it'
	@echo '              REAL=1            on a Mac: install the driver, play through coreaudiod and the default output'
	@echo 'make test     build with and without AddressSanitizer and run all tests in both builds'
	@echo 'make check    format, lint, layers, the tests under ThreadSanitizer and RealtimeSanitizer, the driver for macOS built, looked'
	@echo '              at and run (x86_64, and arm64 under qemu), the app compiled for macOS, fuzzing'
	@echo 'make format   format all sources'
	@echo 'make lint     clang-tidy over all sources'
	@echo 'make bench    build and run the benchmarks'
	@echo 'make soak     a simulated day of drift, jitter and random faults, every frame looked at; GECKO_SEED=7 for another day'
	@echo 'make halval   does a driver keep its contract with CoreAudio? docs/halval.md'
	@echo '              BUNDLE=x.driver   which; Gecko'"'"'s own if not given'
	@echo 'make macos    build the driver for macOS, Intel and Apple silicon: build/macos/HAL/GeckoAudioDevice.driver; on a Mac with Xcode,'
	@echo '              elsewhere with LLVM and without Apple'"'"'s SDK, to check it; look at what is in it; compile the app'
	@echo 'On a Mac only (none of it has run on one yet):'
	@echo 'make driver-install     install what make macos built, restart coreaudiod, wait for "Gecko Sink"; make driver-uninstall'
	@echo 'make sink-seen          is "Gecko Sink" there?          make mac-output   see to an output device, if there is none'
	@echo 'make mac-first-run      try all there is to try, into one file: docs/mac-first-run.md; make mac-logs for the logs alone'
	@echo 'make clean    remove all that was built'
	@echo
	@echo 'Each installs what it needs and is missing, where that takes no password. V=1 shows what the steps print.'

run:
ifeq ($(call typed,REAL),)
	@tools/install-packages build
	@$(STEP) 'building' tools/dev/build release $(PROGRAMS)
else
	@tools/dev/need-a-mac 'make run REAL=1'
	@tools/install-packages build
	@$(MAKE) --no-print-directory macos
	@$(STEP) 'driver: installing' packaging/macos/install.sh
	@$(STEP) 'building' tools/dev/build coreaudio gecko gecko-play gecko-song
endif
	@tools/dev/run-song

test:
	@tools/install-packages build test
	@$(STEP) 'release: building' tools/dev/build release
	@$(STEP) 'release: testing' tools/dev/test release
	@$(STEP) 'address and undefined behaviour: building' tools/dev/build asan
	@$(STEP) 'address and undefined behaviour: testing' tools/dev/test asan

check:
	@tools/install-packages build test check macos arm64
	@$(STEP) 'format' tools/dev/format --check
	@$(STEP) 'layers' python3 tools/check_layers.py
	@$(STEP) 'workflows' tools/dev/lint-workflows
	@$(STEP) 'threads: building' tools/dev/build tsan
	@$(STEP) 'lint' tools/dev/lint
	@$(STEP) 'threads: testing' tools/dev/test tsan
	@$(STEP) 'real time: building' tools/dev/build rtsan
	@$(STEP) 'real time: testing' tools/dev/test rtsan
	$(build-for-macos)
	@$(STEP) 'macOS: building what loads the driver here' tools/dev/build release
	@$(STEP) 'macOS: running the driver' tools/dev/test mach-o 6
	@$(STEP) 'macOS: running the driver on arm64' tools/dev/halval-arm64
	@$(STEP) 'fuzzing: building' tools/dev/build fuzz fuzzers
	@$(STEP) 'fuzzing' tools/dev/fuzz 20

format:
	@tools/install-packages check
	@$(STEP) 'formatting' tools/dev/format

lint:
	@tools/install-packages build test check
	@$(STEP) 'lint' tools/dev/lint

bench:
	@tools/install-packages build test bench
	@$(STEP) 'building' tools/dev/build-bench
	@tools/dev/run-bench

soak:
	@tools/install-packages build test
	@$(STEP) 'building' tools/dev/build-soak
	@build/release/bin/gecko-soak --hours 24

halval:
	@tools/install-packages build
	@$(STEP) 'building' tools/dev/build release halval GeckoAudioDevice
	@build/release/bin/halval "$${GECKO_BUNDLE:-build/release/HAL/GeckoAudioDevice.driver}" --strictness "$${GECKO_STRICTNESS:-10}"

macos:
	@tools/install-packages build macos
	$(build-for-macos)
	@echo '  build/macos/HAL/GeckoAudioDevice.driver'

driver-install:
	@packaging/macos/install.sh

driver-uninstall:
	@packaging/macos/uninstall.sh

sink-seen:
	@packaging/macos/sink-seen

mac-output:
	@packaging/macos/mac-output

mac-logs:
	@tools/mac-first-run.sh --logs

mac-first-run:
	@tools/mac-first-run.sh

clean:
	rm -rf build
