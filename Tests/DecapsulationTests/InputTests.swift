import Captures
import Decapsulation
import Foundation
import TestSupport
import Testing

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

  @Test func aCutInputIsReadAsFarAsItGoes() throws {
    let capture = DecapsulationTests.capture(
      [DecapsulationTests.outer(DecapsulationTests.inner), DecapsulationTests.inner])
    let done = try Decapsulated(capture: Array(capture.dropLast(3)))
    #expect(done.recovered == 1)
    #expect(done.errors.map(\.code) == [.truncated])
  }

  /// A record that went into a pipe comes out at once, though the pipe stays open.
  @Test(.timeLimit(.minutes(1))) func aStreamIsServedAsItGoes() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Checkout.program)
    process.arguments = ["decap", "-", "--pcap"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let capture = DecapsulationTests.capture(
      [DecapsulationTests.outer(DecapsulationTests.inner)])
    try input.fileHandleForWriting.write(contentsOf: capture)
    var bytes: [UInt8] = []
    let expected = 24 + 16 + DecapsulationTests.inner.count
    while bytes.count < expected {
      let piece = output.fileHandleForReading.availableData
      guard !piece.isEmpty else { break }
      bytes += piece
    }
    #expect(bytes.count == expected)
    #expect(bytes.suffix(DecapsulationTests.inner.count) == DecapsulationTests.inner[...])
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
