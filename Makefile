# vxhop: `make demo` to see it work, `make test` to see that it does.

PREFIX ?= /usr/local

BUILD_PACKAGES := git pkg-config libpcap-dev libnl-3-dev libnl-route-3-dev \
	zlib1g-dev libzstd-dev liblz4-dev
TEST_PACKAGES := $(BUILD_PACKAGES) \
	iproute2 nftables iptables ethtool tcpdump tshark wireshark-common python3 \
	chromium curl gzip zstd lz4 iperf3 openssh-client openssh-server
BENCH_PACKAGES := $(BUILD_PACKAGES) gcc libc6-dev python3 valgrind tcpdump tshark wireshark-common

# The binary carries Swift's libraries, so that it runs where no Swift is installed, and no symbols. It carries C++'s as
# well, where there is one to carry, of which Swift's runtime uses little: finding all the names in the shared one takes
# a fifth of a start. In a folder of its own the linker finds nothing else by the library's name.
STATIC := .build/static
STATIC_CXX = $(wildcard $(shell (gcc -print-file-name=libstdc++.a || clang -print-file-name=libstdc++.a) 2>/dev/null))
# Not where instructions are counted by the names of what they are of.
STRIP := -Xlinker -s
PRODUCT := vxhop
# Other packages, too, ask for the types of collections by symbol: see Package.swift.
RELEASE = swift build -c release --static-swift-stdlib -Xlinker "-L$(CURDIR)/$(STATIC)" $(STRIP) \
	-Xswiftc -Xfrontend -Xswiftc -disable-concrete-type-metadata-mangled-name-accessors --product $(PRODUCT)

.PHONY: build release demo test install fuzz bench instructions format lint clean \
	build-packages test-packages bench-packages

build: build-packages
	$(MAKE) release

release:
	rm -rf $(STATIC)
	mkdir -p $(STATIC)
	$(if $(STATIC_CXX),ln -s "$(STATIC_CXX)" $(STATIC)/libstdc++.a)
	$(RELEASE)

demo: build
	.build/release/vxhop trace Fixtures/demo/*.pcap

# The lab's tests measure a network: nothing runs beside them, and Tests/Lab/run-tests repeats what fails once.
test: test-packages
	swift test --skip LabTests
	Tests/Lab/run-tests

# Reads captures made of anything for SECONDS, with addresses checked: `make fuzz SECONDS=600`.
FUZZ := .build/fuzz
SEEDS := $(wildcard Fixtures/*/ ../shared/captures/*/)
fuzz: SECONDS := 60
fuzz: build-packages
	swift build -c release --scratch-path $(FUZZ) --sanitize fuzzer -Xswiftc -sanitize=fuzzer,address \
		-Xswiftc -DFUZZING --product fuzz-captures
	mkdir -p $(FUZZ)/corpus
	SWIFT_BACKTRACE=enable=no $(FUZZ)/release/fuzz-captures -max_total_time=$(SECONDS) -max_len=65536 \
		-timeout=20 -rss_limit_mb=4096 -print_final_stats=1 -artifact_prefix=$(FUZZ)/ \
		$(FUZZ)/corpus $(SEEDS)

# Times beside the limit in C and other tools': some 20 minutes, 6 GB of memory or disk.
bench: bench-packages
	Benchmarks/run

# Instructions per observation must not grow by more than a tenth over those recorded.
instructions: bench-packages
	Benchmarks/run --sections instructions --exit-code

install: build
	install -D -m 755 .build/release/vxhop $(DESTDIR)$(PREFIX)/bin/vxhop

format:
	swift format --in-place --recursive Package.swift Sources Tests Benchmarks

lint:
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks

clean:
	rm -rf .build

# Installs what is missing of the Debian packages $(1); says which and how where it may not.
define install-missing
@command -v dpkg-query >/dev/null || exit 0; \
missing=$$(for package in $(1); do \
  dpkg-query -Wf '$${db:Status-Status}' $$package 2>/dev/null | grep -qx installed || echo $$package; \
done | xargs); \
[ -n "$$missing" ] || exit 0; \
if [ "$$(id -u)" = 0 ]; then as_root='env DEBIAN_FRONTEND=noninteractive'; \
elif command -v sudo >/dev/null && sudo -v; then as_root='sudo env DEBIAN_FRONTEND=noninteractive'; \
else \
  echo "missing: $$missing"; \
  echo "to install (as root): apt-get install --no-install-recommends $$missing"; \
  exit 1; \
fi; \
echo "installing: $$missing"; \
$$as_root apt-get update -q && \
$$as_root apt-get install -qy --no-install-recommends $$missing
endef

build-packages:
	$(call install-missing,$(BUILD_PACKAGES))

test-packages:
	$(call install-missing,$(TEST_PACKAGES))

bench-packages:
	$(call install-missing,$(BENCH_PACKAGES))
