import Captures
import Decapsulation
import Filters
import Foundation
import TestSupport
import Testing
import Topology

/// Several inputs, their interfaces, and streams.
struct InputTests {
  @Test func severalInputsAreMergedByTime() throws {
    let frames = (0..<6).map {
      DecapsulationTests.outer([UInt8](DecapsulationTests.inner) + [UInt8($0)])
    }
    var files: [TemporaryFile] = []
    for parity in 0..<2 {
      var pcap = PcapBytes()
      for index in stride(from: parity, to: 6, by: 2) {
        pcap.append(seconds: UInt32(100 + index), fraction: 0, frames[index])
      }
      files.append(try TemporaryFile(pcap.bytes, named: "n\(parity)-eth0.pcap"))
    }
    let done = try Decapsulated(files.map(\.path), inBackground: true)
    #expect(try done.frames().map(\.time) == (100..<106).map { Int64($0) * 1_000_000_000 })
    let names = try done.tshark(["frame.interface_name"]).compactMap { $0["frame.interface_name"] }
    #expect(Set(names).count == 2)
    #expect(names.map { $0.contains("-n0") || $0.hasPrefix("n0") }.count == 6)
    #expect(names[0] == names[2] && names[0] != names[1])
  }

  @Test func droppedPacketsAreTold() throws {
    var pcapng = PcapngBytes()
    pcapng.section(.big)
    pcapng.interface(options: [(2, Array("eth0".utf8))])
    pcapng.enhancedPacket(timestamp: 5, DecapsulationTests.outer(DecapsulationTests.inner))
    pcapng.statistics(interface: 0, options: [(5, pcapng.value(UInt64(3)))])
    let done = try Decapsulated(capture: pcapng.bytes, named: "n1.pcapng")
    var reader = try CaptureReader(path: done.file.path)
    while try reader.advance() {}
    #expect(reader.interfaces.map(\.drops) == [3])
    #expect(reader.interfaces.first?.name?.hasSuffix("/eth0") == true)
  }

  /// What the interface dropped and what the system did stays apart, and of its time: tshark shows no other.
  @Test func dropsOfBothKindsAreTold() throws {
    var pcapng = PcapngBytes()
    pcapng.section(.little)
    pcapng.interface()
    pcapng.enhancedPacket(timestamp: 5, DecapsulationTests.inner)
    let counts = [(UInt16(5), UInt64(3)), (7, 4)].map { ($0, pcapng.value($1)) }
    pcapng.statistics(interface: 0, timestamp: 6_000_000, options: counts)
    let done = try Decapsulated(capture: pcapng.bytes, named: "n1-eth0.pcapng")
    var reader = try CaptureReader(path: done.file.path)
    while try reader.advance() {}
    let interface = try #require(reader.interfaces.first)
    #expect(interface.dropsByInterface == 3 && interface.dropsBySystem == 4)
    #expect(interface.drops == 7)
    #expect(interface.statisticsTime == 6_000_000_000)
  }

  /// A pcap of Ethernet frames holds what a cooked capture has behind its header: ARP and tags as well.
  @Test(
    arguments: [
      (113, [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 9, 0, 0], []),
      (276, [], [0, 0, 0, 0, 0, 3, 0, 1, 0, 6, 2, 0, 0, 0, 0, 9, 0, 0]),
    ] as [(UInt32, [UInt8], [UInt8])])
  func cookedFrames(linkType: UInt32, before: [UInt8], behind: [UInt8]) throws {
    let packet = Array(DecapsulationTests.inner.dropFirst(14))
    let request: [UInt8] =
      [0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 9, 10, 42, 1, 2, 0, 0, 0, 0, 0, 0, 10, 42, 1, 1]
    let payloads: [[UInt8]] = [
      [8, 6] + request, [0x81, 0, 0, 5, 8, 0] + packet, [8, 0] + packet,
    ]
    let frames = payloads.map { before + $0[..<2] + behind + $0[2...] }
    let capture = DecapsulationTests.capture(frames, linkType: linkType)
    let written = try Decapsulated(capture: capture, format: .pcap(.ethernet))
    let addresses: [UInt8] = [0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 9]
    #expect(try written.frames().map(\.bytes) == payloads.map { addresses + $0 })
    for (expression, place) in [("arp", 0), ("vlan 5 and udp", 1), ("udp and not vlan", 2)] {
      var options = DecapsulationOptions()
      options.filter = try InnerPacketFilter(expression: expression)
      let pcapng = try Decapsulated(capture: capture, options: options)
      #expect(try pcapng.frames().map(\.bytes) == [frames[place]], "\(expression)")
      let pcap = try Decapsulated(capture: capture, format: .pcap(.ethernet), options: options)
      #expect(try pcap.frames().map(\.bytes) == [addresses + payloads[place]], "\(expression)")
    }
  }

  /// How many packets an interface received (isb_ifrecv) and dropped (isb_ifdrop) and how many a filter took
  /// (isb_filteraccept) goes along, of each the last count.
  @Test(arguments: [ByteWriter.Order.little, .big])
  func receivedPacketsAreTold(_ order: ByteWriter.Order) throws {
    var pcapng = PcapngBytes()
    pcapng.section(order)
    for number: UInt32 in 0...1 {
      pcapng.interface()
      pcapng.enhancedPacket(
        interface: number, timestamp: 5, DecapsulationTests.outer(DecapsulationTests.inner))
    }
    for count: UInt64 in [258, 772] {
      let counts = [(UInt16(4), count), (5, count - 1), (6, count - 2)].map {
        ($0, pcapng.value($1))
      }
      pcapng.statistics(interface: 1, timestamp: 6_000_000, options: counts)
    }
    let done = try Decapsulated(capture: pcapng.bytes, named: "n1-eth0.pcapng")
    let options: [UInt8] = [
      4, 0, 8, 0, 4, 3, 0, 0, 0, 0, 0, 0, 5, 0, 8, 0, 3, 3, 0, 0, 0, 0, 0, 0, 6, 0, 8, 0, 2, 3, 0,
      0,
      0, 0, 0, 0, 0, 0, 0, 0,
    ]
    // Type and interface, and the options up to the block's end.
    let statistics = done.bytes.suffix(12 + 8 + options.count + 4)
    #expect(statistics.prefix(4) == [5, 0, 0, 0])
    #expect(statistics.dropFirst(8).prefix(4) == [1, 0, 0, 0])
    #expect(statistics.dropLast(4).suffix(options.count) == options[...])
  }

  /// They are of the whole capture: one of its points tells them.
  @Test func droppedPacketsOfACookedCaptureAreToldOnce() throws {
    var pcapng = PcapngBytes()
    pcapng.section(.little)
    pcapng.interface(linkType: 276, options: [(2, Array("any".utf8))])
    for index: UInt8 in 2...4 {
      let header: [UInt8] = [8, 0, 0, 0, 0, 0, 0, index, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0]
      pcapng.enhancedPacket(
        timestamp: UInt64(index), header + DecapsulationTests.inner.dropFirst(14))
    }
    let counts = [(UInt16(4), UInt64(9)), (5, 3)].map { ($0, pcapng.value($1)) }
    pcapng.statistics(interface: 0, options: counts)
    let done = try Decapsulated(capture: pcapng.bytes, named: "n1-any.pcapng")
    var reader = try CaptureReader(path: done.file.path)
    while try reader.advance() {}
    #expect(reader.interfaces.compactMap(\.name).map { $0.suffix(4) } == ["/if2", "/if3", "/if4"])
    #expect(reader.interfaces.compactMap(\.drops) == [3])
    #expect(reader.interfaces.compactMap(\.received) == [])
  }

  /// Simple packet blocks have no time: tshark shows none in the output either.
  @Test func framesWithoutATime() throws {
    var pcapng = PcapngBytes()
    pcapng.section(.little)
    pcapng.interface()
    let frames = [DecapsulationTests.inner, DecapsulationTests.outer(DecapsulationTests.inner)]
    pcapng.enhancedPacket(timestamp: 7_000_000, frames[0])
    for frame in frames { pcapng.simplePacket(frame, originalLength: UInt32(frame.count)) }
    pcapng.enhancedPacket(timestamp: 8_000_000, frames[1])
    let done = try Decapsulated(capture: pcapng.bytes, named: "n1-eth0.pcapng")
    let original = try TemporaryFile(pcapng.bytes)
    let times = try Tshark.rows(original.path, ["frame.number", "frame.time_epoch"])
    #expect(try done.tshark(["frame.number", "frame.time_epoch"]) == times)
    #expect(try done.frames().map(\.bytes) == Array(repeating: frames[0], count: 4))
    #expect(
      done.counts.lines(files: ["a"]).last == "2 frames without a time (simple packet blocks)")
  }

  /// 64 bits of nanoseconds end in April 2262: frames said to be later are written, as of that time.
  @Test func framesOfADistantFuture() throws {
    var pcapng = PcapngBytes()
    pcapng.section(.little)
    pcapng.interface()
    let outer = DecapsulationTests.outer(DecapsulationTests.inner)
    for time in [UInt64(7_000_000), 1 << 61, 1 << 62] {
      pcapng.enhancedPacket(timestamp: time, outer)
    }
    let done = try Decapsulated(capture: pcapng.bytes, named: "n1-eth0.pcapng")
    let frames = try done.frames()
    #expect(frames.map(\.bytes) == Array(repeating: DecapsulationTests.inner, count: 3))
    #expect(frames.map(\.time) == [7_000_000_000, .max, .max])
  }

  /// An interface's offset may be negative (if_tsoffset); no time that can be written is.
  @Test func framesOfADistantPast() throws {
    var pcapng = PcapngBytes()
    pcapng.section(.little)
    pcapng.interface(options: [(14, pcapng.value(UInt64(bitPattern: -100)))])
    for time in [UInt64(1_000_000), 200_000_000] {
      pcapng.enhancedPacket(timestamp: time, DecapsulationTests.inner)
    }
    let done = try Decapsulated(capture: pcapng.bytes, named: "n1-eth0.pcapng")
    #expect(try done.frames().map(\.time) == [0, 100_000_000_000])
    #expect(
      done.counts.lines(files: ["a"]).last == "1 frame of a time before 1970, written as of 1970")
  }

  /// Where a frame without a time cannot stay one it is dated 1970, and that is said: in a pcap, cut by the
  /// capture, and as a packet without Ethernet, which has an interface of its own.
  @Test func framesWithoutATimeThatAreDated() throws {
    var pcapng = PcapngBytes()
    pcapng.section(.little)
    pcapng.interface(snapshotLength: 90)
    let outer = DecapsulationTests.outer(DecapsulationTests.inner)
    let bare = DecapsulationTests.ethernet(
      DecapsulationTests.ipv4(Array(DecapsulationTests.inner.dropFirst(14)), protocol: 4))
    pcapng.simplePacket(Array(outer[..<90]), originalLength: UInt32(outer.count))
    pcapng.simplePacket(bare, originalLength: UInt32(bare.count))
    pcapng.simplePacket(
      DecapsulationTests.inner, originalLength: UInt32(DecapsulationTests.inner.count))
    let done = try Decapsulated(capture: pcapng.bytes, named: "n1-eth0.pcapng")
    let times = try done.tshark(["frame.number", "frame.time_epoch"])
    #expect(times.map { $0["frame.time_epoch"] } == ["0.000000000", "0.000000000", ""])
    #expect(
      done.counts.lines(files: ["a"]).contains(
        "3 frames without a time (simple packet blocks), 2 of them written as of 1970"))
    let pcap = try Decapsulated(capture: pcapng.bytes, format: .pcap(.ethernet))
    #expect(pcap.counts.untimed == 3 && pcap.counts.dated == 3)
    #expect(try pcap.frames().map(\.time) == [0, 0, 0])
  }

  /// The node that the command line names is in the output, also where nothing names the interface. Where
  /// there is no name at all tshark shows the description, which is the file's name.
  @Test func namedNodes() throws {
    let capture = DecapsulationTests.capture([DecapsulationTests.inner])
    let file = try TemporaryFile(capture, named: "capture.pcap")
    for (name, expected) in [
      ("n7=", "n7/unknown"), ("n7/ens3=", "n7/ens3"), ("", "capture.pcap"),
    ] {
      let input = InputName(name + file.path) { _ in false }
      #expect(input.path == file.path)
      let done = try Decapsulated(inputs: [input])
      let rows = try done.tshark(["frame.interface_name", "ip.src"])
      let written = try #require(rows.first?["frame.interface_name"])
      #expect(written.hasSuffix(expected) && written.hasPrefix("n7/") == name.hasPrefix("n7"))
    }
  }

  @Test func aCutInputIsReadAsFarAsItGoes() throws {
    let capture = DecapsulationTests.capture(
      [DecapsulationTests.outer(DecapsulationTests.inner), DecapsulationTests.inner])
    let done = try Decapsulated(capture: Array(capture.dropLast(3)))
    #expect(done.recovered == 1)
    #expect(done.errors.map(\.code) == [.truncated])
  }

  /// A record that went into a pipe comes out at once, though the pipe stays open.
  @Test(.timeLimit(.minutes(1)), arguments: [[], ["--pcap"]])
  func aStreamIsServedAsItGoes(options: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Checkout.program)
    process.arguments = ["decap", "-", "-w", "-"] + options
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    var capture = PcapBytes()
    var written = 0
    var bytes = Data()
    for number: UInt8 in 1...3 {
      let inner = DecapsulationTests.inner + [number]
      capture.append(seconds: UInt32(number), fraction: 0, DecapsulationTests.outer(inner))
      try input.fileHandleForWriting.write(contentsOf: capture.bytes[written...])
      written = capture.bytes.count
      while bytes.range(of: Data(inner)) == nil {
        let piece = output.fileHandleForReading.availableData
        try #require(!piece.isEmpty)
        bytes += piece
      }
    }
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
